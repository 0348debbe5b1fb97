"""Likely: what is gone and probably has another id now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeGuard, TypeVar

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.evolution.renames import share, similar
from infra.lake.registry.entries import Actor, Connection, EntrySettings
from infra.lake.registry.entry import Entry
from infra.lake.registry.kinds import SECTION_OF
from infra.review.details.change import Change
from infra.review.sides.side import Side

Settings = TypeVar("Settings", bound=EntrySettings)

# Names that a text offers.
_SHOWN = 3
# New streams of a connection that a name is compared with; among more, none is clearly it.
_MOST_STREAMS = 100
# Part of the top-level options that two actors with similar ids share to be one.
_SAME_OPTIONS = 0.5

# (stack, entry or stream that is gone) -> what it may be called now: entries, or `streams.<source>.<file>`.
Likely = Mapping[tuple[str, str], tuple[str, ...]]


def likely_names(base: Side, head: Side, changes: Sequence[Change]) -> Likely:
    """What each entry and stream that is gone may be now: of its kind, new in its place, and the same but for its name, or nearly.
    A connection counts as the same with a source or destination that may be the one that it had.
    """
    gone, new = _entries(base, changes, "delete"), _entries(head, changes, "create")
    actors = {(one.stack, one.path): _fitting(one, new, _same_actor) for one in gone if _is_actor(one)}
    connections = {
        (one.stack, one.path): _fitting(one, new, partial(_same_connection, base, head, actors))
        for one in gone
        if _is_connection(one)
    }
    found = {**actors, **connections, **dict(_streams_of(base, head, changes))}
    claimed = Counter((stack, name) for (stack, _), names in found.items() for name in names)
    return {
        (stack, gone_): names
        for (stack, gone_), names in found.items()
        if len(names) > 1 or any(claimed[stack, name] == 1 for name in names)
    }


def lines_for_an_entry(likely: Likely, stack: str, entry: str, section: str) -> str:
    """What to write below `renamed:` for an entry that is gone, with its new id as far as it can be told."""
    names = likely.get((stack, entry), ())
    if len(names) == 1:
        return f"or, if it is {names[0]} now, under renamed:\n  - {{from: {entry}, to: {names[0]}}}"
    if names:
        shown = " or ".join(names[:_SHOWN])
        return f"or, if it is {shown} now, under renamed:\n  - {{from: {entry}, to: <the one that it is>}}"
    return f"or, if it now has another id, under renamed:\n  - {{from: {entry}, to: {section}.<new id>}}"


def lines_for_a_stream(likely: Likely, stack: str, stream: str) -> str:
    """What else to write for a stream that is gone; nothing where no other one is clearly it."""
    names = likely.get((stack, stream), ())
    if len(names) != 1:
        return ""
    folder = names[0].rpartition(".")[0]
    old = f"{folder}.{stream.partition('.streams.')[2]}"
    return (
        f"\nor, if it is called {names[0].removeprefix(folder + '.')} now, under renamed; its sync state does not go with it:\n"
        f"  - {{from: {old}, to: {names[0]}}}"
    )


def _fitting(
    gone: Entry[Settings], new: Iterable[Entry[EntrySettings]], same: Callable[[Entry[Settings], Any], bool]
) -> tuple[str, ...]:
    return tuple(one.path for one in new if one.stack == gone.stack and one.section == gone.section and same(gone, one))


def _streams_of(base: Side, head: Side, changes: Sequence[Change]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for change in changes:
        for detail in change.details:
            if detail.kind == "stream-removed":
                connection, _, stem = detail.path.partition(".streams.")
                yield (change.stack, detail.path), _stems(base, head, change, connection.partition(".")[2], stem)


def _stems(base: Side, head: Side, change: Change, connection: str, stem: str) -> tuple[str, ...]:
    """The streams that are new in a connection, have a similar name, and most of the fields."""
    placed = head.entry(change.stack, change.entry)
    folder = head.model.folder_of(placed) if placed else None
    old, new = _streams(base, change.stack, connection), _streams(head, change.stack, change.entry.partition(".")[2])
    gone = old.get(stem)
    stems = sorted(new.keys() - old.keys())
    if gone is None or folder is None or len(stems) > _MOST_STREAMS:
        return ()
    return tuple(
        f"streams.{folder}.{one}"
        for one in stems
        if similar(stem, one) and share(gone.json_schema, new[one].json_schema)
    )


def _entries(side: Side, changes: Iterable[Change], action: str) -> list[Entry[EntrySettings]]:
    found = (side.entry(change.stack, change.entry) for change in changes if change.action == action)
    return [placed for placed in found if placed is not None]


def _is_actor(entry: Entry[EntrySettings]) -> TypeGuard[Entry[Actor]]:
    return isinstance(entry.settings, Actor)


def _is_connection(entry: Entry[EntrySettings]) -> TypeGuard[Entry[Connection]]:
    return isinstance(entry.settings, Connection)


def _same_actor(before: Entry[Actor], after: Entry[Actor]) -> bool:
    if before.section != after.section or before.settings.connector != after.settings.connector:
        return False
    old, new = before.settings.configuration or {}, after.settings.configuration or {}
    shared = [key for key in old.keys() & new.keys() if old[key] == new[key]]
    if old == new:
        return True
    return len(shared) >= _SAME_OPTIONS * len(old.keys() | new.keys()) and similar(before.id, after.id)


def _same_connection(
    base: Side, head: Side, actors: Likely, before: Entry[Connection], after: Entry[Connection]
) -> bool:
    """True if both ends are the same, or may be, or one is and the same streams are synced."""
    ends = [
        getattr(after.settings, key) in {getattr(before.settings, key), *_ids(actors, before, key)}
        for key in ("source", "destination")
    ]
    streams = [{*_streams(side, one.stack, one.id)} for side, one in ((base, before), (head, after))]
    return all(ends) or (any(ends) and bool(streams[0]) and streams[0] == streams[1])


def _ids(actors: Likely, connection: Entry[Connection], key: str) -> Iterator[str]:
    names: Sequence[str] = actors.get((connection.stack, f"{SECTION_OF[key]}.{getattr(connection.settings, key)}"), ())
    yield from (name.partition(".")[2] for name in names)


def _streams(side: Side, stack: str, connection: str) -> dict[str, ConfiguredStream]:
    found = side.stack(stack)
    return {stream.stem: stream for stream in found.streams.get(connection, ())} if found else {}
