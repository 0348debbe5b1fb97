"""Declarations: what an extra file declares, in Terraform's language or as JSON, held against what lakeform writes.

Looked at are the names of blocks and what `moved`, `removed` and `import` are about; not expressions, nor modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.documents import KeyPath, Location, Problem, RuleId, read_json
from infra.lake.documents.document import Document
from infra.lake.documents.hcl import Block, HclError, read_blocks, unquoted

_RULE: RuleId = "extra-file"
# Kind of block -> how many labels make its address.
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "provider": 1}
_HISTORY = {"moved": ("from", "to"), "removed": ("from",), "import": ("to",)}
_ADDRESS = re.compile(r"\s*(?:\$\{)?\s*([a-z][\w-]*)\s*\.\s*([\w-]+)")

Written = Mapping[str, Any]


@dataclass(frozen=True)
class Declaration:
    """Something that a file declares.

    Attributes:
        kind: of the block: `resource`, `locals`, `terraform`, `moved`, ...
        names: its labels, the name of a local value, or type and name of the resource that a history block is about.

    """

    kind: str
    names: tuple[str, ...]
    location: Location


def declarations_of(file: str, text: str) -> tuple[list[Declaration], list[Problem]]:
    """What a `.tf` or `.tf.json` file declares, or what is wrong with it."""
    if file.lower().endswith(".json"):
        document, problems = read_json(file, text)
        return (list(_in_json(document)) if document else []), problems
    try:
        return [found for block in read_blocks(text) for found in _in_block(file, block)], []
    except HclError as error:
        return [], [Problem(_RULE, Location(file, error.line, error.column), "", f"cannot be read: {error}")]


def collisions(declarations: list[Declaration], written: Written) -> Iterator[Problem]:
    """`extra-file` for what lakeform declares itself; `written`: the document of the stack."""
    for one in declarations:
        shown = " ".join([one.kind, *(f'"{name}"' for name in one.names)])
        if one.kind == "terraform":
            message = (
                "the block terraform belongs to lakeform: providers, and where the state is, come from the registry"
            )
            yield Problem(_RULE, one.location, "", message, "leave it out")
        elif one.kind in _HISTORY:
            if _holds(written, ("resource", *one.names)):
                message = f"{one.kind} refers to {'.'.join(one.names)}, which lakeform writes"
                yield Problem(_RULE, one.location, "", message, "say it in the registry: renamed, retired or adopt")
        elif _holds(written, (one.kind, *one.names)):
            fix = "give it another name" if one.kind != "provider" else "give it an alias, or leave it out"
            yield Problem(_RULE, one.location, "", f"{shown} is declared by lakeform itself", fix)


def _holds(written: Any, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(written, Mapping) or part not in written:
            return False
        written = written[part]
    return True


def _in_block(file: str, block: Block) -> Iterator[Declaration]:
    at = Location(file, block.line, block.column)
    if block.kind == "locals":
        for name, (_, line, column) in block.attributes.items():
            yield Declaration("locals", (name,), Location(file, line, column))
    elif block.kind in _HISTORY:
        for key in _HISTORY[block.kind]:
            if names := _resource(unquoted(block.attributes.get(key, ("", 1, 1))[0])):
                yield Declaration(block.kind, names, at)
    elif block.kind == "terraform":
        yield Declaration("terraform", (), at)
    elif len(block.labels) == _LABELS.get(block.kind) and not (
        block.kind == "provider" and "alias" in block.attributes
    ):
        yield Declaration(block.kind, block.labels, at)


def _in_json(document: Document) -> Iterator[Declaration]:
    for kind, value, path in _members(document.value, ()):
        if kind == "terraform":
            yield Declaration(kind, (), document.locate(path, key=True))
        elif kind in _HISTORY:
            for body, at in _each(value, path):
                for key in _HISTORY[kind]:
                    if names := _resource(str(body.get(key, ""))):
                        yield Declaration(kind, names, document.locate((*at, key)))
        elif kind == "locals" or kind in _LABELS:
            yield from _labelled(document, kind, (), value, path)


def _labelled(
    document: Document, kind: str, names: tuple[str, ...], value: Any, path: KeyPath
) -> Iterator[Declaration]:
    for name, inner, below in _members(value, path):
        if len(names) + 1 < _LABELS.get(kind, 1):
            yield from _labelled(document, kind, (*names, name), inner, below)
        elif kind != "provider" or any("alias" not in body for body, _ in _each(inner, below)):
            yield Declaration(kind, (*names, name), document.locate(below, key=True))


def _members(value: Any, path: KeyPath) -> Iterator[tuple[str, Any, KeyPath]]:
    """(key, value, path) of an object, or of every object of a list: JSON may have either."""
    for body, at in _each(value, path):
        yield from ((key, inner, (*at, key)) for key, inner in body.items() if key != "//")


def _each(value: Any, path: KeyPath) -> Iterator[tuple[Mapping[str, Any], KeyPath]]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _each(inner, (*path, index))
    elif isinstance(value, Mapping):
        yield value, path


def _resource(expression: str) -> tuple[str, ...]:
    """Type and name of the resource that an expression begins with; none for anything else."""
    found = _ADDRESS.match(expression)
    return (found[1], found[2]) if found and found[1] not in ("module", "data") else ()
