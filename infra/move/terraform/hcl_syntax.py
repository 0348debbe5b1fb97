"""Files of Terraform as trees: python-hcl2, which is an extra, imported here alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.lake.documents.files import text_of

try:
    from hcl2 import parses_to_tree
    from lark import Token, Tree
    from lark.exceptions import LarkError
except ImportError:
    raise UserError("this reads files of Terraform: install lakeform with its extra `hcl`") from None

MAX_BYTES = 4 * 1024 * 1024
MAX_FILES = 500

__all__ = [
    "Attribute",
    "Block",
    "Token",
    "Tree",
    "attributes_of",
    "blocks_of",
    "expression_of",
    "parts_of",
    "read_folder",
    "read_values",
]


@dataclass(frozen=True)
class Attribute:
    """An attribute: the tree of its expression, and where it stands."""

    tree: Any
    place: str


@dataclass(frozen=True)
class Block:
    """`resource "type" "name" { ... }`: its kind, labels, body and place."""

    kind: str
    labels: tuple[str, ...]
    body: Any
    place: str


def read_folder(folder: Path, seen: set[Path]) -> list[Block]:
    """The top-level blocks of the `.tf` files of a folder, by name of file. Raises UserError."""
    found = []
    for path in _files(folder, (".tf",)):
        seen.add(path)
        if len(seen) > MAX_FILES:
            raise UserError(f"{folder}: more than {MAX_FILES} files of Terraform")
        found += list(blocks_of(_parse(path), str(path)))
    return found


def read_values(folder: Path) -> dict[str, Attribute]:
    """The values that Terraform itself reads: of `terraform.tfvars`, then of `*.auto.tfvars`."""
    paths = _files(folder, ("terraform.tfvars",)) + _files(folder, (".auto.tfvars",))
    return {name: one for path in paths for name, one in attributes_of(_parse(path), str(path)).items()}


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
    except OSError as error:
        raise UserError(f"{folder}: {(error.strerror or 'cannot be read').lower()}") from None
    return [folder / name for name in names if name.endswith(endings)]


def _parse(path: Path) -> Any:
    text = text_of(str(path), most=MAX_BYTES)
    try:
        return parses_to_tree(text).children[0]
    except RecursionError:
        raise UserError(f"{path} is nested too deeply") from None
    except LarkError as error:
        line, column = getattr(error, "line", 1), getattr(error, "column", 1)
        raise UserError(f"{path}:{line}:{column} is not understood as Terraform's language") from None


def expression_of(text: str) -> Any:
    """The tree of an expression by itself; None for what is none."""
    try:
        said = attributes_of(parses_to_tree(f"value = {text}\n").children[0], "")
    except (LarkError, RecursionError):
        return None
    return said["value"].tree if said.keys() == {"value"} else None


def blocks_of(body: Any, file: str) -> Iterator[Block]:
    """The blocks in a body."""
    for node in body.children:
        if isinstance(node, Tree) and node.data == "block":
            head = [
                one
                for one in node.children
                if isinstance(one, Tree) and one.data in ("identifier", "string", "keyword")
            ]
            kind, *labels = ("".join(_words(one)).strip('"') for one in head)
            inner = next(one for one in node.children if isinstance(one, Tree) and one.data == "body")
            yield Block(kind, tuple(labels), inner, f"{file}:{node.meta.line}")


def attributes_of(body: Any, file: str) -> dict[str, Attribute]:
    """The attributes in a body, by name."""
    found = {}
    for node in body.children:
        if isinstance(node, Tree) and node.data == "attribute":
            name, *_, expression = node.children
            found["".join(_words(name))] = Attribute(expression, f"{file}:{node.meta.line}")
    return found


def parts_of(tree: Any) -> list[Any]:
    """The trees below a tree, without line ends, comments and punctuation."""
    return [one for one in tree.children if isinstance(one, Tree) and one.data != "new_line_or_comment"]


def _words(tree: Any) -> Iterator[str]:
    for one in tree.children:
        if isinstance(one, Tree):
            yield from _words(one)
        else:
            yield str(one)


def tokens_of(tree: Any) -> Iterator[str]:
    """The words of an expression, in their order, without spaces."""
    for one in getattr(tree, "children", ()):
        yield from tokens_of(one) if hasattr(one, "children") else (str(one),)


def text_of_reference(attribute: Attribute) -> str:
    """`airbyte_source.shop["eu"]`: a reference as it is written, without spaces."""
    return "".join(tokens_of(attribute.tree))
