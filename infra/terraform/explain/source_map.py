"""The way back: from a path in a stack's Terraform document to the registry lines that decided what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.connectors.walk import written_path
from infra.lake.documents import KeyPath, Layers, Location, render_path
from infra.lake.model.backfills import OPERATION, backfills_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.kinds import SECTION_OF_TYPE, actor_of_local

# Attribute of a resource -> key of the entry; an attribute that is not here has the key's name.
_KEYS: dict[str, KeyPath] = {
    "source_id": ("source",),
    "destination_id": ("destination",),
    "namespace_definition": ("namespace",),
    "namespace_format": ("namespace",),
    "non_breaking_schema_updates_behavior": ("schema_changes",),
    "definition_id": ("connector",),
    "lifecycle": ("protect",),
}

# The same for a stream of a connection.
_STREAM_KEYS = {"name": "stream", "selected_fields": "fields"}

# The same for the provider, whose attributes the registry keeps in the stack's `auth`, except its address.
_PROVIDER_KEYS = {"bearer_auth": "bearer_token"}


@dataclass(frozen=True, order=True)
class SourceLine:
    """One line that somebody wrote.

    Attributes:
        path: key path in the registry, or in the stream file.
        note: what the line has to do with it; may be empty.

    """

    location: Location
    path: str
    note: str = ""

    def to_text(self) -> str:
        """`file:line:column  path  note`, without what is empty."""
        return "  ".join(part for part in (str(self.location), self.path, self.note) if part)

    def to_json(self) -> dict[str, Any]:
        """For `--format json`."""
        return {**self.location.to_json(), "path": self.path, "note": self.note}


def places_of(path: KeyPath, stack: str, model: LakeModel) -> list[SourceLine]:
    """The lines behind a path such as `("resource", "airbyte_source", "shopify", "name")` in the document of a stack,
    the deciding one first; none for what lakeform writes by itself. A path that leads below what was written gives the
    nearest line above.
    """
    return list(_places(path, stack, model))


def history_of(entry: str, stack: str, model: LakeModel) -> Iterator[tuple[SourceLine, str | None]]:
    """(line, new entry) for every `retired` and `renamed` line of the stack that names an entry of the past."""
    for retired, layers in model.registry.retired:
        if retired.entry == entry and retired.stack in (None, stack):
            where = f" in {retired.stack}" if retired.stack else ""
            how = "kept in Airbyte" if retired.keep else "destroyed"
            yield (
                SourceLine(layers.locate(), "retired", f"retired {retired.date}{where}, {how}: {retired.reason}"),
                None,
            )
    for renamed, layers in model.registry.renamed:
        if renamed.from_ == entry:
            yield SourceLine(layers.locate(), "renamed", f"renamed to {renamed.to}"), renamed.to


def place_in(draft: Draft, path: KeyPath) -> SourceLine:
    """The line that decided a key of an entry."""
    return _place(draft.layers, path)


def _places(path: KeyPath, stack: str, model: LakeModel) -> Iterator[SourceLine]:
    match path:
        case ("resource", str(kind), str(entry_id), *rest) if kind in SECTION_OF_TYPE:
            yield from _resource(SECTION_OF_TYPE[kind], entry_id, tuple(rest), stack, model)
        case ("resource", str(kind), str(name), *_) if kind == OPERATION:
            yield from _backfills(name, stack, model)
        case ("locals", str(name), *rest) if actor := actor_of_local(name):
            yield from _resource(*actor, ("configuration", *rest), stack, model)
        case ("output", str(entry_id), *_):
            yield from _resource("connections", entry_id, (), stack, model)
        case ("variable", str(name), *_):
            yield from _variable(name, stack, model)
        case ("provider", *rest):
            yield _provider([part for part in rest if isinstance(part, str)], stack, model)
        case ("terraform", "backend", *_):
            yield _place(model.stacks[stack].layers, ("backend",))
        case ("terraform", "required_providers", *_) if model.declared.lake:
            yield _place(Layers.single(model.declared.lake), ("provider", "version"))


def _backfills(name: str, stack: str, model: LakeModel) -> Iterator[SourceLine]:
    """The flag of the stream that a backfill, or the sync after a clear, is for."""
    for backfill in backfills_of(model.stacks[stack]):
        if name.partition("_")[0] in ("backfill", "pause", "resync") and name.partition("_")[2] == backfill.key:
            yield _stream_place(backfill.configured, ("backfill",))


def _resource(section: str, entry_id: str, rest: KeyPath, stack: str, model: LakeModel) -> Iterator[SourceLine]:
    draft = model.drafts.entries.get((section, entry_id, stack))
    if draft is None:
        yield from (place for place, _ in history_of(f"{section}.{entry_id}", stack, model))
    elif rest[:1] == ("workspace_id",):
        yield _place(model.stacks[stack].layers, rest[:1])
    elif rest[:1] == ("configurations",):
        yield from _streams(draft, rest[2:], model)
    else:
        yield place_in(draft, _key_path(rest, draft))


def _key_path(rest: KeyPath, draft: Draft) -> KeyPath:
    """The registry's key path for an attribute of a resource."""
    if not rest or rest[0] == "//":
        return ()
    if rest[0] == "definition_id" and "definition_id" in draft.layers.value:
        return ("definition_id",)
    if rest[:2] == ("schedule", "cron_expression"):
        schedule = draft.layers.value.get("schedule")
        return ("schedule", *(key for key in ("cron", "every") if isinstance(schedule, dict) and key in schedule))
    return _KEYS.get(str(rest[0])) or written_path(draft.layers.value, rest)


def _streams(draft: Draft, rest: KeyPath, model: LakeModel) -> Iterator[SourceLine]:
    streams = model.stacks[draft.stack].streams.get(draft.id, ())
    if rest and isinstance(rest[0], int) and rest[0] < len(streams):
        yield _stream_place(streams[rest[0]], rest[1:])
    else:
        yield place_in(draft, ("streams",) if "streams" in draft.layers.value else ())
        yield from (_stream_place(stream, ()) for stream in streams)


def _stream_place(stream: ConfiguredStream, rest: KeyPath) -> SourceLine:
    path = () if not rest else (_STREAM_KEYS.get(str(rest[0]), rest[0]), *rest[1:])
    if rest[:1] == ("selected_fields",):
        chosen = rest[1] if len(rest) > 1 and isinstance(rest[1], int) else None
        named = () if chosen is None or chosen >= len(stream.fields or ()) else ((stream.fields or ())[chosen],)
        path = ("exclude_fields",) if "exclude_fields" in stream.layers.value else ("fields", *named)
    place = _place(stream.layers, written_path(stream.layers.value, path))
    return SourceLine(place.location, place.path, f"stream {stream.stem}")


def _variable(name: str, stack: str, model: LakeModel) -> Iterator[SourceLine]:
    """Every line that refers to it; then what the lake says about it."""
    there = model.stacks[stack]
    for use in there.uses:
        if use.name == name:
            place = _place(use.layers, use.path)
            yield SourceLine(place.location, place.path, f"used by {use.entry}")
    lake = model.declared.lake
    if lake and lake.depth_of(("variables", name)) == 2:
        yield SourceLine(
            lake.locate(("variables", name), key=True), f"lake.variables.{name}", "its description or default"
        )


def _provider(keys: list[str], stack: str, model: LakeModel) -> SourceLine:
    layers = model.stacks[stack].layers
    key = _PROVIDER_KEYS.get(keys[1], keys[1]) if len(keys) > 1 else ""
    return _place(layers, (key,) if key == "server_url" else ("auth", key) if key else ())


def _place(layers: Layers, path: KeyPath) -> SourceLine:
    piece = layers.writer_of(path)
    written = path[: piece.depth_of(path)]
    return SourceLine(piece.locate(path, key=True), render_path(piece.path + written))
