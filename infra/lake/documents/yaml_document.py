"""YAML text to a Document: JSON values, a position for every key and value, no surprises of YAML 1.1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from infra.lake.documents.document import Document, is_ascii
from infra.lake.documents.limits import MAX_ALIASED, MAX_DEPTH
from infra.lake.documents.lines import Mark, places_in
from infra.lake.documents.location import KeyPath, Location, render_path
from infra.lake.documents.problem import Problem, Related
from infra.lake.documents.yaml_errors import character_problem, syntax_problem
from infra.lake.documents.yaml_scalar import Scalar, plain_scalar, tagged_scalar

# Loader classes differ only in speed; the one written in C comes with every wheel of PyYAML.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(
    file: str, text: str, *, plain: Callable[[str], Scalar] = plain_scalar
) -> tuple[Document | None, list[Problem]]:
    """The document of `text`, and the problems in it: `yaml-syntax` (then there is no document) or `duplicate-key`.

    `plain`: what an unquoted word means.
    """
    composer = _Composer(file, plain, places_in(text))
    try:
        # PyYAML's composer recurses in C, where a few thousand brackets end the process: take its events instead.
        for event in yaml.parse(text, Loader=_Loader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        return None, [*composer.problems, syntax_problem(file, text, error)]
    except yaml.YAMLError as error:
        return None, [*composer.problems, character_problem(file, text, error)]
    except _RefusedError as error:
        return None, [
            *composer.problems,
            Problem("yaml-syntax", Location(file, *error.mark), "", error.message, error.fix),
        ]
    root = composer.root
    value = root.value if root else None
    return Document(file, value, _Positions(root), is_ascii(text)), composer.problems


class _RefusedError(Exception):
    def __init__(self, mark: Mark, message: str, fix: str = "") -> None:
        self.mark = mark
        self.message = message
        self.fix = fix


@dataclass
class _Node:
    """A value, where it starts, and what is inside: `children` maps a key to (mark of the key, node) or is a list."""

    value: Any
    mark: Mark
    children: dict[str, tuple[Mark, _Node]] | list[_Node] | None = None
    size: int = 1
    height: int = 0


@dataclass
class _Open:
    """A mapping or list that has begun and not ended."""

    node: _Node
    anchor: str | None
    path: KeyPath
    key: str | None = None
    key_mark: Mark = (1, 1)
    merges: list[_Node] = field(default_factory=list)


@dataclass
class _Composer:
    file: str
    plain: Callable[[str], Scalar]
    place: Callable[[Any], Mark]
    root: _Node | None = None
    problems: list[Problem] = field(default_factory=list)
    documents: int = 0
    aliased: int = 0
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Node | None] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self._scalar(event)
        elif kind is MappingStartEvent:
            self._open(event, _Node({}, self.place(event.start_mark), {}, height=1))
        elif kind is SequenceStartEvent:
            self._open(event, _Node([], self.place(event.start_mark), [], height=1))
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._close()
        elif kind is AliasEvent:
            self._alias(event)
        elif kind is DocumentStartEvent:
            self._document(event)

    def _document(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _RefusedError(self.place(event.start_mark), "a second document starts here; a file contains only one")

    def _scalar(self, event: Any) -> None:
        mark = self.place(event.start_mark)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.key is None and isinstance(top.node.children, dict):
            top.key, top.key_mark = event.value, mark
            return
        node = _Node(_value(event, mark, self.plain), mark)
        if event.anchor:
            self.anchors[event.anchor] = node
        self._add(node)

    def _open(self, event: Any, node: _Node) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _RefusedError(node.mark, f"is nested more than {MAX_DEPTH} levels deep")
        top = self.stack[-1] if self.stack else None
        if top and top.key is None and isinstance(top.node.children, dict):
            message = "a mapping key must be text, not a list or a mapping"
            raise _RefusedError(node.mark, message, "quote it if it is text, such as {{ ... }} of a template")
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise _RefusedError(node.mark, f"the tag {event.tag} is not understood here; remove it")
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor, self._path_of_next()))

    def _close(self) -> None:
        done = self.stack.pop()
        for merged in done.merges:
            _merge_under(done.node, merged)
        if done.anchor:
            self.anchors[done.anchor] = done.node
        self._add(done.node)

    def _alias(self, event: Any) -> None:
        mark = self.place(event.start_mark)
        if event.anchor not in self.anchors:
            fix = f'write "*{event.anchor}" if it is text'
            raise _RefusedError(mark, f"*{event.anchor} is used before &{event.anchor} is defined", fix)
        node = self.anchors[event.anchor]
        if node is None:
            raise _RefusedError(mark, f"*{event.anchor} is inside &{event.anchor} itself")
        if len(self.stack) + node.height > MAX_DEPTH:
            raise _RefusedError(mark, f"is nested more than {MAX_DEPTH} levels deep")
        self.aliased += node.size
        if self.aliased > MAX_ALIASED:
            raise _RefusedError(mark, f"aliases expand to more than {MAX_ALIASED} values")
        top = self.stack[-1] if self.stack else None
        if top and top.key is None and isinstance(top.node.children, dict):
            top.key, top.key_mark = _alias_key(node, mark), mark
            return
        self._add(_Node(node.value, mark, node.children, node.size, node.height))

    def _add(self, node: _Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.node.size += node.size
        top.node.height = max(top.node.height, node.height + 1)
        if isinstance(top.node.children, list):
            top.node.children.append(node)
            top.node.value.append(node.value)
        else:
            self._add_to_mapping(top, node)

    def _add_to_mapping(self, top: _Open, node: _Node) -> None:
        key, top.key = top.key, None
        children = top.node.children
        assert key is not None
        assert isinstance(children, dict)
        if key == "<<":
            top.merges += _merge_sources(node)
        elif key in children:
            self.problems.append(_duplicate(self.file, (*top.path, key), top.key_mark, children[key][0]))
        else:
            children[key] = (top.key_mark, node)
            top.node.value[key] = node.value

    def _path_of_next(self) -> KeyPath:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.node.children, list):
            return (*top.path, len(top.node.children))
        return (*top.path, top.key or "")


@dataclass(frozen=True)
class _Positions:
    root: _Node | None

    def __call__(self, path: KeyPath, of_key: bool) -> Mark | None:
        if self.root is None:
            return (1, 1) if not path else None
        node, key_mark = self.root, self.root.mark
        for part in path:
            if isinstance(node.children, dict) and part in node.children:
                key_mark, node = node.children[str(part)]
            elif isinstance(node.children, list) and isinstance(part, int) and part < len(node.children):
                node = node.children[part]
                key_mark = node.mark
            else:
                return None
        return key_mark if of_key else node.mark


def _value(event: Any, mark: Mark, plain: Callable[[str], Scalar]) -> Scalar:
    try:
        if event.tag is not None:
            return tagged_scalar(event.tag, event.value)
        return plain(event.value) if event.implicit[0] else str(event.value)
    except ValueError as error:
        raise _RefusedError(mark, str(error)) from None


def _alias_key(node: _Node, mark: Mark) -> str:
    if isinstance(node.value, str):
        return node.value
    raise _RefusedError(mark, "a mapping key must be text")


def _merge_sources(node: _Node) -> list[_Node]:
    """The mappings that `<<: *a` or `<<: [*a, *b]` names."""
    sources = node.children if isinstance(node.children, list) else [node]
    for source in sources:
        if not isinstance(source.children, dict):
            raise _RefusedError(source.mark, "<< takes a mapping or a list of mappings")
    return sources


def _merge_under(node: _Node, merged: _Node) -> None:
    """YAML's merge key: what the mapping says itself wins, then the earlier of the merged mappings."""
    assert isinstance(node.children, dict)
    assert isinstance(merged.children, dict)
    for key, child in merged.children.items():
        if key not in node.children:
            node.children[key] = child
            node.value[key] = merged.value[key]


def _duplicate(file: str, path: KeyPath, mark: Mark, first: Mark) -> Problem:
    return Problem(
        "duplicate-key",
        Location(file, *mark),
        render_path(path),
        f'the key "{path[-1]}" is given twice',
        "remove one of the two",
        (Related(Location(file, *first), "first given here"),),
    )
