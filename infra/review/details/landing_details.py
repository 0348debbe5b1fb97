"""What a change does to the landing tables of a stack: only what is certain from the files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.documents import some
from infra.lake.files.feeds import Feed, feeds_of
from infra.lake.files.tables import connection_key
from infra.lake.registry.landing import Landing
from infra.review.details.change import Change, Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.details.stream_details import full_name
from infra.review.sides.side import Side

# What a text names of many.
_SHOWN = 3

_Key = tuple[str, str, str]
# (kind, path of the connection, what it is about, what is said of it).
_Seen = tuple[DetailKind, str, str, str]


@dataclass(frozen=True)
class _Fed:
    """One side of a landing.

    Attributes:
        feeds: of the stack, by connection (its id in the head) and stream.
        tables: of the whole landing.
    """

    feeds: Mapping[_Key, Feed]
    tables: Collection[str]


def landing_changes(base: Side, head: Side, stack: str, replaced: Collection[str]) -> Iterator[Change]:
    """What happens to the tables of the stack's landing; nothing in a stack without. `replaced`: paths of connections that
    are destroyed and created again.
    """
    old, new = (_landing(side, stack) for side in (base, head))
    if old is None and (new is None or base.stack(stack) is None):
        return
    name = new or old
    entry = f"lake.landings.{name}"
    details = tuple(_another(stack, old, new) if old != new else _same(base, head, stack, str(name), replaced))
    if details:
        yield Change(stack, entry, entry, "update", details)


def _landing(side: Side, stack: str) -> str | None:
    found = side.stack(stack)
    return found.settings.landing if found else None


def _another(stack: str, old: str | None, new: str | None) -> Iterator[Detail]:
    kind: DetailKind = "landing-begun" if old is None else "landing-ended" if new is None else "landing-changed"
    text = f"landing: {old or '(none)'} → {new or '(none)'}"
    yield Detail(kind, f"lake.stacks.{stack}.landing", old, new, text)


def _same(base: Side, head: Side, stack: str, name: str, replaced: Collection[str]) -> Iterator[Detail]:
    landings = [side.model.registry.lake.landings.get(name) for side in (base, head)]
    if landings[0] and landings[1]:
        yield from _places(f"lake.landings.{name}", landings[0], landings[1])
    old, new = _fed(base, stack, name, _renames(head)), _fed(head, stack, name, {})
    groups: dict[tuple[DetailKind, str, str], list[str]] = {}
    for kind, path, subject, what in (*_streams(old, new, replaced), *_orphans(old, new), *_assets(old, new)):
        groups.setdefault((kind, path, what), []).append(subject)
    for (kind, path, what), subjects in groups.items():
        yield Detail(kind, path, None, subjects, some(subjects, _SHOWN) + what)


def _places(path: str, old: Landing, new: Landing) -> Iterator[Detail]:
    """The catalog, or what it remembers of itself; and where files are looked for."""
    if _catalog(old) != _catalog(new):
        texts = (_where(old), _where(new))
        yield Detail("landing-catalog-changed", f"{path}.catalog", *texts, f"catalog: {texts[0]} → {texts[1]}")
    elif old.tables != new.tables:
        yield Detail(
            "landing-tables-moved", f"{path}.tables", old.tables, new.tables, f"tables: {old.tables} → {new.tables}"
        )
    if old.raw != new.raw:
        yield Detail("landing-raw-moved", f"{path}.raw", old.raw, new.raw, f"raw: {old.raw} → {new.raw}")


def _catalog(landing: Landing) -> Any:
    postgres = landing.catalog.postgres
    return (postgres.host, postgres.port, postgres.dbname) if postgres else landing.catalog.sqlite


def _where(landing: Landing) -> str:
    postgres = landing.catalog.postgres
    if postgres is None:
        return f"sqlite {landing.catalog.sqlite}"
    return f"postgres {_text(postgres.dbname)} at {_text(postgres.host)}:{postgres.port}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"(the variable {value.name})"


def _renames(head: Side) -> Mapping[str, str]:
    return {line.from_: line.to for line, _ in head.model.registry.renamed}


def _fed(side: Side, stack: str, landing: str, renames: Mapping[str, str]) -> _Fed:
    feeds = feeds_of(side.model, landing)
    own = side.ids.get(stack, stack)
    found = {}
    for feed in feeds:
        if feed.stack == own:
            path = feed.connection.path
            found[renames.get(path, path), *feed.stream.key] = feed
    return _Fed(found, {feed.table.name for feed in feeds})


def _streams(old: _Fed, new: _Fed, replaced: Collection[str]) -> Iterator[_Seen]:
    writers = {feed.table.name: key[0] for key, feed in old.feeds.items() if not feed.backfill}
    for key, after in new.feeds.items():
        path, table, before = after.connection.path, after.table.name, old.feeds.get(key)
        if before is None:
            if not after.backfill and not after.connection.settings.adopt and writers.get(table, path) != path:
                yield "landing-read-again", path, table, f": fed by {path} instead of {writers[table]}"
            continue
        if before.table.name != table and before.table.name not in new.tables and table not in old.tables:
            yield "landing-table-renamed", path, f"{before.table.name} → {table}", ""
        if path in replaced:
            yield "landing-read-again", path, table, ": another connection takes the place of the one that feeds it"
        yield from _files(path, before, after)
        yield from _settings(path, before, after)


def _files(path: str, before: Feed, after: Feed) -> Iterator[_Seen]:
    old, new = before.files, after.files
    buckets = [str(files.layout.bucket) for files in (old, new)]
    if (buckets[0], old.pattern.pattern) != (buckets[1], new.pattern.pattern):
        shown = [_name(files.layout.bucket, files.written) for files in (old, new)]
        yield "landing-files-renamed", path, f"{shown[0]} → {shown[1]}", ""


def _name(bucket: Any, key: str) -> str:
    return f"{_text(bucket)}/{key}"


def _settings(path: str, before: Feed, after: Feed) -> Iterator[_Seen]:
    old, new, name = before.stream.landing, after.stream.landing, full_name(after.stream)
    if old.mode != new.mode:
        yield "landing-mode-changed", path, name, f": {old.mode} → {new.mode}"
    for column in sorted({*old.types, *new.types}):
        types = [side.types.get(column, "(that of the files)") for side in (old, new)]
        if types[0] != types[1]:
            yield "landing-types-changed", path, f"{name}.{column}", f": {types[0]} → {types[1]}"
    if old.nested != new.nested:
        yield "landing-types-changed", path, name, f": nested values {old.nested} → {new.nested}"


def _orphans(old: _Fed, new: _Fed) -> Iterator[_Seen]:
    """Tables that nothing feeds any more; a table with another name was told of."""
    for key, before in old.feeds.items():
        if key not in new.feeds and not before.backfill and before.table.name not in new.tables:
            yield "landing-table-orphaned", before.connection.path, before.table.name, ": nothing feeds it any more"


def _assets(old: _Fed, new: _Fed) -> Iterator[_Seen]:
    """Assets of connections that have another key; those of tables go by the table."""
    keys = {
        (before.connection.path, _asset(before), _asset(after))
        for key, after in new.feeds.items()
        if (before := old.feeds.get(key)) is not None
    }
    for path, was, is_ in sorted(keys):
        if was != is_:
            yield "asset-renamed", path, f"asset {was} → {is_}", ""


def _asset(feed: Feed) -> str:
    return "/".join(connection_key(feed.stack, feed.connection.id))
