"""Text that Terraform would change on the way: refused here, because nobody would see it there.

Source: HCL's JSON syntax drops a byte order mark at the start of a template, cty normalises text to Unicode NFC, and
Terraform's jsonencode does so after it has escaped, so that an accent joins the last letter of an escape such as that of a tab.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from infra.base.printable import spelled
from infra.lake.documents import KeyPath, Layers, Problem
from infra.lake.model.lake_model import LakeModel

BYTE_ORDER_MARK = "\ufeff"
_ACCENT_ON_ESCAPE = re.compile("[\x00-\x1f<>&][\u0300-\u036f]")


def check_texts(model: LakeModel) -> Iterator[Problem]:
    """`text-not-portable` for text that Terraform would change, `duplicate-key` for keys that are one key in Unicode NFC."""
    for draft in model.drafts.entries.values():
        yield from _check_layers(draft.layers)
    for stack_model in model.stacks.values():
        for streams in stack_model.streams.values():
            for stream in streams:
                yield from _check_layers(stream.layers)


def _check_layers(layers: Layers) -> Iterator[Problem]:
    if not all(piece.document.ascii for piece in layers.pieces):
        yield from _check(layers, layers.value, ())


def _check(layers: Layers, value: Any, path: KeyPath) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from _check_text(layers, value, path, key=False)
    elif isinstance(value, dict):
        yield from _check_keys(layers, value, path)
        for key, inner in value.items():
            yield from _check(layers, inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _check(layers, inner, (*path, index))


def _check_keys(layers: Layers, value: dict[str, Any], path: KeyPath) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for key in value:
        if key.isascii():
            continue
        yield from _check_text(layers, key, (*path, key), key=True)
        other = seen.setdefault(unicodedata.normalize("NFC", key), key)
        if other != key:
            message = f"{spelled(other)} and {spelled(key)} are the same text in Unicode NFC, which Terraform uses"
            yield layers.problem("duplicate-key", (*path, key), message, "remove one of the two", key=True)


def _check_text(layers: Layers, text: str, path: KeyPath, *, key: bool) -> Iterator[Problem]:
    if text.startswith(BYTE_ORDER_MARK):
        message = "begins with the invisible character U+FEFF (byte order mark), which Terraform drops"
        yield layers.problem("text-not-portable", path, message, "delete it and type the text again", key=key)
    if not text.isascii() and _ACCENT_ON_ESCAPE.search(unicodedata.normalize("NFD", text)):
        message = "contains an accent after a control character, <, > or &, which Terraform's jsonencode breaks"
        yield layers.problem("text-not-portable", path, message, "remove the accent", key=key)
