"""Text that Terraform would change on the way: refused here, because nobody would see it there.

Source: HCL's JSON syntax drops a byte order mark at the start of a template, cty normalises text to Unicode NFC, and
Terraform's jsonencode does so after it has escaped, so that an accent joins the last letter of an escape such as that of a tab.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from infra.base.json_value import texts_in
from infra.base.printable import spelled
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import KeyPath, Layers, Problem
from infra.lake.model.lake_model import LakeModel

BYTE_ORDER_MARK = "\ufeff"
_ACCENT_ON_ESCAPE = re.compile("[\x00-\x1f<>&][\u0300-\u036f]")


def check_texts(model: LakeModel) -> Iterator[Problem]:
    """`text-not-portable` for text that Terraform would change, `duplicate-key` for keys that are one key in Unicode NFC."""
    for draft in model.drafts.entries.values():
        yield from _check_layers(draft.layers)
    for stack_model in model.stacks.values():
        yield from _check_layers(stack_model.layers)
        for streams in stack_model.streams.values():
            for stream in streams:
                yield from _check_layers(stream.layers)
                yield from _check_discovered(stream)


def _check_layers(layers: Layers) -> Iterator[Problem]:
    if not all(piece.document.ascii for piece in layers.pieces):
        yield from _check(layers, layers.value, ())


def _check_discovered(stream: ConfiguredStream) -> Iterator[Problem]:
    """What the document says of a stream in the words of its source, and not of its file."""
    paths = (stream.used_cursor, *stream.used_primary_key, stream.fields or ())
    said = {stream.name, stream.namespace or "", *(name for path in paths for name in path)}
    odd = {text for text in said if not text.isascii()}
    for text in sorted(odd - set(_written(stream.layers.value)) if odd else ()):
        if trouble := _trouble(text):
            message = f'the source has the name "{text}", which {trouble[0]}'
            fix = "give it another name in the source and discover it again, or leave it out"
            yield stream.layers.problem("text-not-portable", (), message, fix)


def _written(value: Any) -> Iterator[str]:
    yield from texts_in(value)
    yield from value.get("fields") or () if isinstance(value, dict) else ()


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
    if trouble := _trouble(text):
        yield layers.problem("text-not-portable", path, *trouble, key=key)


def _trouble(text: str) -> tuple[str, str] | None:
    """What Terraform would change of a text, and what to do; None if nothing."""
    if text.startswith(BYTE_ORDER_MARK):
        told = "begins with the invisible character U+FEFF (byte order mark), which Terraform drops"
        return told, "delete it and type the text again"
    if not text.isascii() and _ACCENT_ON_ESCAPE.search(unicodedata.normalize("NFD", text)):
        told = "contains an accent after a control character, <, > or &, which Terraform's jsonencode breaks"
        return told, "remove the accent"
    return None
