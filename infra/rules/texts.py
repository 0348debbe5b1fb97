"""Text that Terraform would change on the way: refused here, because nobody would see it there.

Source: HCL's JSON syntax drops a byte order mark at the start of a template, and cty normalises text to Unicode NFC.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from infra.documents import KeyPath, Layers, Problem
from infra.model.lake_model import LakeModel

BYTE_ORDER_MARK = "\ufeff"


def check_texts(model: LakeModel) -> Iterator[Problem]:
    """`text-not-portable` for text with a byte order mark, `duplicate-key` for keys that are one key in Unicode NFC."""
    for draft in model.drafts.entries:
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
        if BYTE_ORDER_MARK in value:
            yield _mark(layers, path, key=False)
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
        if BYTE_ORDER_MARK in key:
            yield _mark(layers, (*path, key), key=True)
        other = seen.setdefault(unicodedata.normalize("NFC", key), key)
        if other != key:
            message = f'"{key}" and another key are the same text in Unicode NFC, which Terraform uses'
            yield layers.problem("duplicate-key", (*path, key), message, "remove one of the two", key=True)


def _mark(layers: Layers, path: KeyPath, *, key: bool) -> Problem:
    message = "holds the invisible character U+FEFF (byte order mark), which Terraform drops"
    return layers.problem("text-not-portable", path, message, "delete it and type the text again", key=key)
