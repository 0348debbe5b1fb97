"""A value written at a key path of a YAML text, or a key taken out of it; every other character stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from infra.lake.documents.location import KeyPath
from infra.lake.documents.yaml_document import read_yaml
from infra.lake.documents.yaml_text import flow, scalar

# Loader classes differ only in speed.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

WIDTH = 120

# (start, end, what stands there instead).
Span = tuple[int, int, str]


def with_yaml_value(text: str, path: KeyPath, value: Any) -> str | None:
    """The text in which `path` has that value: in its place, else as the last key of the mapping above it.

    None where no such text can be told to mean exactly that: a mapping that an alias shares, broken YAML.
    """
    document, problems = read_yaml("", text)
    if document is None or problems or not path:
        return None
    wanted, source = placed(document.value, path, value), _Text(text)
    return _first(source, _written(source, path, value, document.value), wanted)


def without_yaml_key(text: str, path: KeyPath) -> str | None:
    """The text without that key; a mapping that had no other is empty then. None as above, and where there is no such key."""
    document, problems = read_yaml("", text)
    if document is None or problems or not path or not _has(document.value, path):
        return None
    wanted, source = _removed(document.value, path), _Text(text)
    return _first(source, _cut(source, path), wanted)


def with_yaml_key_named(text: str, path: KeyPath, name: str) -> str | None:
    """The text in which the key at `path` is called `name`, in its place. None as above, and where there is such a key already."""
    document, problems = read_yaml("", text)
    if document is None or problems or not path or not _has(document.value, path):
        return None
    key, _ = (source := _Text(text)).find(path)
    if key is None or _has(document.value, (*path[:-1], name)):
        return None
    span = (int(key.start_mark.index), source.end(key), scalar(name))
    return _first(source, iter([[span]]), _renamed(document.value, path, name))


def with_yaml_changes(text: str, changes: Mapping[KeyPath, Any], removed: Iterable[KeyPath]) -> str | None:
    """The text with all of these values, and without these keys, as above: reading it once. None also where it takes more than one
    reading, as where two changes are about one place: then one after the other may do.
    """
    document, problems = read_yaml("", text)
    gone = list(removed)
    if document is None or problems or not all(_has(document.value, path) for path in gone):
        return None
    source, wanted = _Text(text), document.value
    spans: list[Span] = []
    for path, value in changes.items():
        spans += next(_written(source, path, value, document.value), [])
        wanted = placed(wanted, path, value)
    for path in gone:
        spans += next(_cut(source, path), [])
        wanted = _removed(wanted, path)
    return _first(source, iter([spans]), wanted)


def _first(source: _Text, candidates: Iterator[list[Span]], wanted: Any) -> str | None:
    """The first text that means what is wanted."""
    texts = (source.with_spans(spans) for spans in candidates)
    return next((new for new in texts if new is not None and _means(new, wanted)), None)


@dataclass(frozen=True)
class _Text:
    """A text and the nodes of it."""

    text: str

    @cached_property
    def root(self) -> yaml.Node | None:
        return yaml.compose(self.text, Loader=_Loader)

    @property
    def line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def find(self, path: KeyPath) -> tuple[yaml.Node | None, yaml.Node | None]:
        """(key, value) at a path; None for what is not there."""
        key: yaml.Node | None = None
        node = self.root
        for part in path:
            key, node = _child(node, part)
        return key, node

    def end(self, node: yaml.Node) -> int:
        """Where the node ends; a block without the comments and empty lines that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end(last[1] if isinstance(last, tuple) else last)
        found = self.text[node.start_mark.index : node.end_mark.index]
        return int(node.start_mark.index) + len(found.rstrip())

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_stop(self, at: int) -> int:
        """The end of a line, before its line break."""
        stop = self.text.find("\n", at)
        stop = len(self.text) if stop < 0 else stop
        return stop - 1 if self.text[at:stop].endswith("\r") else stop

    def next_line(self, at: int) -> int:
        stop = self.text.find("\n", at)
        return len(self.text) if stop < 0 else stop + 1

    def with_spans(self, spans: Iterable[Span]) -> str | None:
        """The text with these replacements; None where two are about the same place."""
        pieces: list[str] = []
        at = 0
        for start, end, new in sorted(spans, key=lambda span: span[:2]):
            if start < at:
                return None
            pieces += [self.text[at:start], new]
            at = end
        return "".join([*pieces, self.text[at:]])


def _written(source: _Text, path: KeyPath, value: Any, old: Any) -> Iterator[list[Span]]:
    depth = _depth(old, path)
    if depth == len(path) and source.find(path)[1] is not None:
        yield from _replaced(source, path, value, _at(old, path))
        return
    depth = min(depth, len(path) - 1)  # a merge key may bring what is not written here
    below: Any = value
    for part in reversed(path[depth + 1 :]):
        below = {part: below}
    _, parent = source.find(path[:depth])
    if isinstance(parent, yaml.MappingNode):
        yield from _inserted(source, parent, str(path[depth]), below)
    elif depth:
        yield from _replaced(source, path[:depth], {path[depth]: below}, _at(old, path[:depth]))


def _inserted(source: _Text, parent: yaml.MappingNode, key: str, value: Any) -> Iterator[list[Span]]:
    if not parent.value:
        start, end = parent.start_mark.index, source.end(parent)
        yield [(start, end, flow({key: value}))]
        return
    first, last = parent.value[0][0], parent.value[-1][1]
    at = source.end(last)
    if parent.flow_style:
        yield [(at, at, f", {scalar(key)}: {flow(value)}")]
        return
    at = source.line_stop(at)
    lines = block_lines(key, value, int(first.start_mark.column))
    yield [(at, at, "".join(source.line_end + line for line in lines))]


def _replaced(source: _Text, path: KeyPath, value: Any, old: Any) -> Iterator[list[Span]]:
    key, node = source.find(path)
    if key is None or node is None:
        return
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and isinstance(value, list) and value:
        yield from _items(source, node, old, value)
    start, end = int(node.start_mark.index), source.end(node)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        colon = source.text.index(":", source.end(key))
        lines = block_lines("", value, int(key.start_mark.column))
        yield [(colon, end, source.line_end.join([lines[0].lstrip(), *lines[1:]]))]
        return
    space = "" if source.text[start - 1 : start] in (" ", "[", "{") else " "
    yield [(start, max(start, end), space + flow(value))]


def _items(source: _Text, node: yaml.SequenceNode, old: Sequence[Any], new: Sequence[Any]) -> Iterator[list[Span]]:
    """A list, a line each: those that stay keep their lines, others are added below."""
    kept = [item for item in old if item in new]
    added = [item for item in new if item not in old]
    if [*kept, *added] != list(new) or not kept:
        return
    at = source.line_stop(source.end(node.value[-1]))
    dash = f"{source.line_end}{' ' * int(node.start_mark.column)}- "
    last = source.line_start(node.value[-1].start_mark.index)
    if added and old[-1] not in new:  # in the place of the last one
        lines = [line.removeprefix(source.line_end) for line in (f"{dash}{flow(item)}" for item in added)]
        yield [(last, at, source.line_end.join(lines)), *_gone(source, node, old[:-1], new)]
        return
    below = [(at, at, "".join(f"{dash}{flow(item)}" for item in added))] if added else []
    yield [*below, *_gone(source, node, old, new)]


def _gone(source: _Text, node: yaml.SequenceNode, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Span]:
    """The lines of items that do not stay."""
    for item, child in zip(old, node.value, strict=False):
        if item not in new:
            yield source.line_start(child.start_mark.index), source.next_line(source.end(child)), ""


def _cut(source: _Text, path: KeyPath) -> Iterator[list[Span]]:
    _, parent = source.find(path[:-1])
    if not isinstance(parent, yaml.MappingNode):
        return
    if len(parent.value) == 1:
        if path[:-1]:
            yield from _replaced(source, path[:-1], {}, None)
        return
    index = next(i for i, (key, _) in enumerate(parent.value) if key.value == path[-1])
    key, value = parent.value[index]
    end = max(source.end(value), source.end(key))
    if parent.flow_style:
        if index:
            yield [(source.end(parent.value[index - 1][1]), end, "")]
        else:
            yield [(key.start_mark.index, parent.value[1][0].start_mark.index, "")]
        return
    start = source.line_start(key.start_mark.index)
    if not source.text[start : key.start_mark.index].strip():
        yield [(start, source.next_line(end), "")]
    elif index + 1 < len(parent.value):
        yield [(key.start_mark.index, parent.value[index + 1][0].start_mark.index, "")]


def block_lines(key: str, value: Any, indent: int) -> list[str]:
    """A key with its value: on one line where that is short enough, else a line for each key or item below it."""
    head = f"{' ' * indent}{scalar(key) if key else ''}:"
    line = f"{head} {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return [line]
    if isinstance(value, dict):
        return [head, *(line for name, inner in value.items() for line in block_lines(str(name), inner, indent + 2))]
    return [head, *(f"{' ' * (indent + 2)}- {flow(item)}" for item in value)]


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None, None


def _means(text: str, wanted: Any) -> bool:
    document, problems = read_yaml("", text)
    return document is not None and not problems and same(document.value, wanted)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return bool(one == other) and repr(_sorted(one)) == repr(_sorted(other))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, _sorted(value[key])) for key in sorted(value)]
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def placed(value: Any, path: KeyPath, new: Any) -> Any:
    """A copy of the value with `new` at a path; what is missing above it, or is no mapping, becomes one."""
    if not path:
        return new
    part, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(part, int):
        return [placed(one, rest, new) if index == part else one for index, one in enumerate(value)]
    known = value if isinstance(value, dict) else {}
    return {**known, part: placed(known.get(part), rest, new)}


def _removed(value: Any, path: KeyPath) -> Any:
    part, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_removed(one, rest) if index == part else one for index, one in enumerate(value)]
    if rest:
        return {key: _removed(inner, rest) if key == part else inner for key, inner in value.items()}
    return {key: inner for key, inner in value.items() if key != part}


def _renamed(value: Any, path: KeyPath, name: str) -> Any:
    part, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_renamed(one, rest, name) if index == part else one for index, one in enumerate(value)]
    if rest:
        return {key: _renamed(inner, rest, name) if key == part else inner for key, inner in value.items()}
    return {name if key == part else key: inner for key, inner in value.items()}


def _at(value: Any, path: KeyPath) -> Any:
    for part in path:
        value = value[part]
    return value


def _depth(value: Any, path: KeyPath) -> int:
    """How many leading parts of the path there are."""
    for depth, part in enumerate(path):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(path)


def _has(value: Any, path: KeyPath) -> bool:
    return _depth(value, path) == len(path)
