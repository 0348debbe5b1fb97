"""Discoveries that are not taken at their word: one that lost much, and one that lets streams slip into another sync mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.catalog.discovered import StreamKey
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import plural
from infra.lake.model.lake_model import LakeModel
from infra.review.details.change import Refusal
from infra.review.sides.side import Side

# More than this part of the columns that are synced of a source or of one stream, and at least so many, gone at once looks like a
# missing permission.
LOST_PERCENT = 30
LOST_OF = 5


# (connection, (namespace, name)) -> stream.
_Streams = Mapping[tuple[str, StreamKey], ConfiguredStream]


class _Pair(NamedTuple):
    """A stream that both sides sync, and the folder of what was discovered of its source."""

    folder: str
    connection: str
    before: ConfiguredStream
    after: ConfiguredStream


def lost_discoveries(base: Side, head: Side) -> Iterator[tuple[int, Refusal]]:
    """(how many columns are gone, the refusal) of each source whose discovery lost too many at once."""
    found: dict[str, dict[tuple[str, str], tuple[set[str], set[str]]]] = {}
    for pair in _pairs(base, head):
        known, now = set(properties_of(pair.before.json_schema)), _offered(head.model, pair)
        whole, gone = found.setdefault(pair.folder, {}).setdefault(pair.before.key, (set(), set()))
        whole |= known
        gone |= known - now
    for folder, streams in sorted(found.items()):
        counts = Counter(
            all=sum(len(whole) for whole, _ in streams.values()), gone=sum(len(g) for _, g in streams.values())
        )
        parts = [(len(gone), len(whole)) for whole, gone in streams.values()]
        if any(_is_much(*part) for part in [*parts, (counts["gone"], counts["all"])]):
            yield counts["gone"], _lost(folder, counts, sum(bool(gone) for _, gone in streams.values()))


def _is_much(gone: int, whole: int) -> bool:
    return gone >= LOST_OF and gone * 100 > whole * LOST_PERCENT


def slipped_modes(base: Side, head: Side) -> Iterator[Refusal]:
    """The refusal of each stream whose sync mode changes because of a discovery alone: nobody wrote the one or the other."""
    told: set[str] = set()
    for folder, connection, before, after in _pairs(base, head):
        file = f"dag/streams/{folder}/{after.stem}.json"
        if before.sync_mode != after.sync_mode and _decided(before) == _decided(after) and file not in told:
            told.add(file)
            message = (
                f"would be read as {after.sync_mode} instead of {before.sync_mode} only because of what was discovered"
            )
            fix = f'discover the source again; or, if it is meant, write "sync_mode": "{after.sync_mode}" in {file}'
            yield Refusal(f"connections.{connection}.streams.{after.stem}", "mode-slipped", message, fix)


def _decided(stream: ConfiguredStream) -> list[object]:
    """What a stream file says of how it is read; another edit of it decides nothing."""
    return [stream.layers.value.get(key) for key in ("sync_mode", "cursor_field")]


def _lost(folder: str, counts: Counter[str], streams: int) -> Refusal:
    entry = f"sources.{folder}"
    where = plural(streams, "stream")
    message = (
        f"was discovered without {counts['gone']} of the {counts['all']} columns that are synced, in {where}: "
        "a missing permission looks like this, and so does another schema"
    )
    fix = (
        "discover it again with a login that may see everything; or, if they are gone for good, add under accepted:\n"
        f"  - {{entry: {entry}, rule: discovery-shrunk, value: {counts['gone']}, date: <YYYY-MM-DD>, reason: <why>}}"
    )
    return Refusal(entry, "discovery-shrunk", message, fix, can_be_acknowledged=True)


def _pairs(base: Side, head: Side) -> Iterator[_Pair]:
    """Sorted by stack, connection and stream; what has another id, or another file, in this change is the same."""
    earlier = {line.to: line.from_ for line, _ in head.model.registry.renamed}
    for stack in sorted(base.documents.keys() & head.documents.keys()):
        before, after = _streams(base, stack), _streams(head, stack)
        for (connection, key), stream in sorted(after.items()):
            ids = (connection, earlier.get(f"connections.{connection}", "").partition(".")[2])
            old = next((found for id_ in ids if (found := _of_key(before, id_, key))), None)
            folder = _folder(head, stack, connection)
            if old is not None and folder:
                yield _Pair(folder, connection, old, stream)


def _of_key(streams: _Streams, connection: str, key: StreamKey) -> ConfiguredStream | None:
    """The stream of a key; where only one side knows the namespace, the name is enough if no other has it."""
    if (connection, key) in streams:
        return streams[connection, key]
    named = [stream for (id_, other), stream in streams.items() if id_ == connection and other[1] == key[1]]
    return named[0] if len(named) == 1 and "" in (named[0].key[0], key[0]) else None


def _streams(side: Side, stack: str) -> _Streams:
    found = side.stack(stack)
    streams = found.streams.items() if found else ()
    return {(connection, stream.key): stream for connection, held in streams for stream in held}


def _folder(side: Side, stack: str, connection: str) -> str | None:
    placed = side.entry(stack, f"connections.{connection}")
    return side.model.folder_of(placed) if placed else None


def _offered(model: LakeModel, pair: _Pair) -> set[str]:
    """The columns that the head knows of a stream, whether it selects them or not."""
    known = model.sources.get(pair.folder)
    offered = known.discovery.streams.get(pair.after.key) if known else None
    return {*properties_of(offered.json_schema if offered else pair.after.json_schema)}
