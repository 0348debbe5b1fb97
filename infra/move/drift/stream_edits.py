"""Edits that give a connection the streams that it has in Airbyte, each with its settings there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.lake.catalog.choice import is_pattern, matching
from infra.lake.catalog.configure import is_pinned
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.discovered import DiscoveredStream, StreamKey
from infra.lake.catalog.fields import properties_of
from infra.lake.catalog.file_names import file_names
from infra.lake.catalog.stream_text import stream_text
from infra.lake.catalog.streams import FOLDER, SourceStreams
from infra.lake.documents import Written
from infra.lake.documents.operation import ABSENT, Operation
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.move.drift.entry_layer import decides, write_value
from infra.move.drift.found_difference import Difference

_CHOICE = {"fields": "exclude_fields", "exclude_fields": "fields"}


@dataclass(frozen=True)
class StreamEditor:
    """Writes the streams of one connection in one stack.

    Attributes:
        offered: what the source offers, as far as the origin knows.
    """

    model: LakeModel
    stack: Stack
    connection: Entry[Connection]
    folder: SourceStreams
    offered: Mapping[StreamKey, DiscoveredStream]

    def setting(self, difference: Difference) -> list[Operation] | str:
        """What gives a stream a setting that it has in Airbyte; else why nothing does."""
        stem, key = map(str, difference.path[1:])
        stream = next(one for one in self.stack.streams[self.connection.id] if one.stem == stem)
        file = stream.layers.pieces[0]
        if difference.there is ABSENT and key in file.value and not self._alone(stem):
            return f"{file.document.file} says it for others too, and an entry cannot take it back: move {key} to the entries"
        if key == "fields":
            return self._fields(stream, difference.there)
        return self._written(stream, key, difference.there)

    def membership(self, differences: Sequence[Difference], keys: Mapping[str, StreamKey]) -> list[Operation] | str:
        """What gives the connection the streams that it has in Airbyte. `keys`: stem -> stream, of those that are new here."""
        gone = [str(one.path[1]) for one in differences if one.there is ABSENT]
        added = [str(one.path[1]) for one in differences if one.here is ABSENT]
        missing = [stem for stem in added if self._unknown(keys[stem])]
        if missing:
            return f"the source is not known here to offer it; run: lakeform discover {self.folder.source}"
        new = [operation for stem in added for operation in self._new_files(stem, keys[stem])]
        named = self.connection.layers.value.get("streams")
        if named is None and "exclude" not in self.connection.layers.value and self._all_alone([*gone, *added]):
            return [*new, *self._by_files(gone, added)]
        return [*new, *self._by_entry(named, gone, added)]

    # Settings.

    def _written(self, stream: ConfiguredStream, key: str, value: Any) -> list[Operation]:
        file, *over = stream.layers.pieces
        if self._alone(stream.stem) and not any(decides(piece.value, (key,)) for piece in over):
            return list(_in_file(file, key, value))
        return self._in_entry(stream.stem, key, value)

    def _in_entry(self, stem: str, key: str, value: Any) -> list[Operation]:
        named = self.connection.layers.value.get("streams")
        if isinstance(named, dict) and stem in named:
            return write_value(self.model, self.connection, ("streams", stem, key), _null(value))
        whole = self._mapping(named)
        pattern: dict[str, Any] = next(
            (whole[name] for name in whole if is_pattern(name) and matching(name, [stem])), {}
        )
        settings = {**pattern, **whole.get(stem, {}), key: _null(value)}
        if isinstance(named, dict):
            return write_value(self.model, self.connection, ("streams", stem), settings)
        return write_value(self.model, self.connection, ("streams",), {**whole, stem: settings})

    def _mapping(self, named: Any) -> dict[str, Any]:
        """The streams that are chosen now, in the form that can hold settings."""
        if isinstance(named, dict):
            return named
        if isinstance(named, (list, tuple)):
            return {str(name): {} for name in named}
        if "exclude" in self.connection.layers.value:
            return {stream.stem: {} for stream in self.stack.streams[self.connection.id]}
        return {"*": {}}

    def _fields(self, stream: ConfiguredStream, there: Any) -> list[Operation] | str:
        said = stream.layers.value
        if is_pinned(stream):
            return 'new_columns is "acknowledge", which selects every column by its name, and all are synced there'
        if there is ABSENT:
            keys = [key for key in _CHOICE if key in said]
            return [operation for key in keys for operation in self._written(stream, key, ABSENT)]
        offered = self.offered.get(stream.key)
        known = self.folder.discovery.streams.get(stream.key)
        columns = properties_of(known.json_schema) if known else {}
        news: list[Operation] = []
        if (
            known
            and not columns.keys() >= set(there)
            and offered
            and properties_of(offered.json_schema).keys() >= set(there)
        ):
            news = [Operation(self._discovered_file(stream.key), (), offered.to_text())]
            columns = properties_of(offered.json_schema)
        if "exclude_fields" in said and columns.keys() >= set(there):
            kept = [name for name in said["exclude_fields"] if name not in there]
            left = [name for name in sorted(columns) if name not in there and name not in kept]
            return [*news, *self._written(stream, "exclude_fields", [*kept, *left])]
        return [*news, *self._selected(stream, said.get("fields"), list(there), columns)]

    def _selected(
        self, stream: ConfiguredStream, said: Any, there: list[str], columns: Mapping[str, Any]
    ) -> list[Operation]:
        file, *over = stream.layers.pieces
        plain = not isinstance(said, dict)
        if plain or not self._alone(stream.stem) or any(decides(piece.value, ("fields",)) for piece in over):
            ordered = [name for name in said if name in there] if said else []
            return self._written(stream, "fields", [*ordered, *(name for name in there if name not in ordered)])
        gone = [Operation(file.document.file, ("fields", name)) for name in said if name not in there]
        added = [name for name in there if name not in said]
        schemas = {name: columns.get(name, {}) for name in added}
        return [*gone, *(Operation(file.document.file, ("fields", name), schemas[name]) for name in added)]

    # Membership.

    def _by_files(self, gone: Iterable[str], added: Iterable[str]) -> Iterator[Operation]:
        for stem in gone:
            yield Operation(f"{FOLDER}/{self.folder.source}/{stem}.json", ("selected",), value=False)
        for stem in added:
            if stem in self.folder.files and stem not in self.folder.selected:
                yield Operation(f"{FOLDER}/{self.folder.source}/{stem}.json", ("selected",))

    def _by_entry(self, named: Any, gone: Sequence[str], added: Sequence[str]) -> list[Operation]:
        if isinstance(named, (list, tuple)) and not any(self._by_pattern(named, stem) for stem in gone):
            kept = [name for name in named if name not in gone]
            return write_value(self.model, self.connection, ("streams",), [*kept, *added])
        if named is None and not added:
            excluded = list(self.connection.layers.value.get("exclude") or ())
            return write_value(self.model, self.connection, ("exclude",), [*excluded, *gone])
        if named is None and all(stem in self.folder.selected for stem in added):
            excluded = list(self.connection.layers.value.get("exclude") or ())
            kept = [name for name in excluded if name not in added]
            if not any(matching(name, added) for name in kept):
                return write_value(self.model, self.connection, ("exclude",), [*kept, *gone])
        off: dict[str, Any] = {stem: {"selected": False} for stem in gone}
        on: dict[str, Any] = {stem: {} for stem in added}
        if not isinstance(named, dict):
            return write_value(self.model, self.connection, ("streams",), {**self._mapping(named), **on, **off})
        return [
            operation for stem, settings in {**on, **off}.items() for operation in self._member(named, stem, settings)
        ]

    def _member(self, named: Mapping[str, Any], stem: str, settings: Mapping[str, Any]) -> list[Operation]:
        if not settings:
            if stem in named:
                return write_value(self.model, self.connection, ("streams", stem, "selected"), ABSENT)
            return write_value(self.model, self.connection, ("streams", stem), {})
        if self._by_pattern(named, stem):
            return write_value(self.model, self.connection, ("streams", stem, "selected"), value=False)
        return write_value(self.model, self.connection, ("streams", stem), ABSENT)

    @staticmethod
    def _by_pattern(named: Iterable[Any], stem: str) -> bool:
        return any(is_pattern(str(name)) and matching(str(name), [stem]) for name in named)

    def _unknown(self, key: StreamKey) -> bool:
        """True for a stream that would be refused: the source was discovered, and nobody knows the stream."""
        known = self.folder.discovery.streams
        return bool(known) and key not in known and key not in self.offered

    def _new_files(self, stem: str, key: StreamKey) -> Iterator[Operation]:
        known = self.folder.discovery.streams
        if key not in known and key in self.offered:
            yield Operation(self._discovered_file(key), (), self.offered[key].to_text())
        if stem in self.folder.files:
            return
        text: dict[str, Any] = {} if stem == key[1] else {"stream": key[1]}
        text |= {"namespace": key[0]} if key[0] else {}
        others = any(self._takes_all(*user) for user in self._users())
        text |= {"selected": False} if others or self._leaves_out() else {}
        yield Operation(f"{FOLDER}/{self.folder.source}/{stem}.json", (), stream_text(text))

    def _discovered_file(self, key: StreamKey) -> str:
        names = file_names({key, *self.folder.discovery.streams})
        return f"{DISCOVERED}/{self.folder.source}/{names[key]}.json"

    def _leaves_out(self) -> bool:
        """True if the connection names its streams, so that a file need not be selected to be synced."""
        return self.connection.layers.value.get("streams") is not None

    # Who sees a file.

    def _users(self) -> Iterator[tuple[Stack, Entry[Connection]]]:
        """The other connections of the folder, and this one in other stacks."""
        for stack in self.model.stacks.values():
            for connection in stack.connections.values():
                if connection.key != self.connection.key and self.model.folder_of(connection) == self.folder.source:
                    yield stack, connection

    @staticmethod
    def _takes_all(_stack: Stack, connection: Entry[Connection]) -> bool:
        named = connection.layers.value.get("streams")
        return named is None or any(is_pattern(str(name)) for name in named)

    def _alone(self, stem: str) -> bool:
        """True if no other connection, nor this one in another stack, syncs what the file says."""
        return not any(
            stream.stem == stem for stack, other in self._users() for stream in stack.streams.get(other.id, ())
        )

    def _all_alone(self, stems: Iterable[str]) -> bool:
        """True if selecting or leaving out these files is seen by this connection in this stack only."""
        others = list(self._users())
        return all(self._alone(stem) for stem in stems) and not any(self._takes_all(*user) for user in others)


def _in_file(file: Written, key: str, value: Any) -> Iterator[Operation]:
    other = _CHOICE.get(key)
    if other in file.value and value is not ABSENT:
        yield Operation(file.document.file, (str(other),))
    if value is not ABSENT:
        yield Operation(file.document.file, (key,), value)
    elif key in file.value:
        yield Operation(file.document.file, (key,))


def _null(value: Any) -> Any:
    """What takes a setting of the stream file back: in an entry null does, where the file may say it."""
    return None if value is ABSENT else value
