"""What is fed into which landing table: one connection writes a table, and two streams are two tables."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import Problem, Related
from infra.lake.files.feeds import Feed, feeds_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.collisions import full_name

_Table = tuple[str, str]


def check_landing_feeds(model: LakeModel) -> Iterator[Problem]:
    """`landing-two-writers` and `landing-table-collision`, landing by landing."""
    yield from _without_landing(model)
    for landing in sorted({stack.settings.landing for stack in model.stacks.values()} - {None}, key=str):
        feeds = feeds_of(model, str(landing))
        yield from _check_writers(feeds)
        yield from _check_names(feeds)


def _without_landing(model: LakeModel) -> Iterator[Problem]:
    for stack in model.stacks.values():
        for connection in stack.connections.values() if stack.settings.landing is None else ():
            if connection.settings.feeds is not None:
                message = f'the stack "{stack.id}" has no landing: its files are fed into nothing'
                fix = f"remove feeds, or write landing: NAME in the stack {stack.id}"
                yield connection.layers.problem("landing-two-writers", ("feeds",), message, fix)


def _check_writers(feeds: tuple[Feed, ...]) -> Iterator[Problem]:
    tables: dict[_Table, list[Feed]] = {}
    for feed in feeds:
        tables.setdefault((feed.table.source, feed.table.stem), []).append(feed)
    told: set[tuple[tuple[str, str], ...]] = set()
    for fed in tables.values():
        writers = [feed for feed in fed if not feed.backfill]
        pair = writers[:2] if len(writers) > 1 else fed[:1] if not writers else []
        mark = tuple((feed.stack, feed.connection.id) for feed in pair)
        if pair and mark not in told:
            told.add(mark)
            yield _two_writers(*pair) if len(pair) > 1 else _no_writer(fed)


def _two_writers(one: Feed, other: Feed) -> Problem:
    where = "" if one.stack == other.stack else f' in the stack "{one.stack}"'
    message = f"{full_name(other.stream)} is fed into {other.table.name}, which {one.connection.path}{where} feeds"
    fix = "write feeds: backfill in one of them: the other one then says who is alive; or feed them into two landings"
    related = (Related(one.connection.layers.locate(key=True), "the other connection"),)
    quoted = (other.stream.name, one.connection.id)
    return other.connection.layers.problem(
        "landing-two-writers", (), message, fix, key=True, related=related, quoted=quoted
    )


def _no_writer(fed: list[Feed]) -> Problem:
    first, *others = fed
    message = f"no other connection feeds {first.table.name}, so there is nothing to add to"
    related = tuple(Related(feed.connection.layers.locate(("feeds",)), "this one says it too") for feed in others)
    fix = "remove feeds from one of them" if others else "remove feeds"
    quoted = (first.stream.name,)
    return first.connection.layers.problem(
        "landing-two-writers", ("feeds",), message, fix, related=related, quoted=quoted
    )


def _check_names(feeds: tuple[Feed, ...]) -> Iterator[Problem]:
    """A table and a view of one name, or two tables."""
    first: dict[str, Feed] = {}
    told: set[frozenset[_Table]] = set()
    for feed in feeds:
        own = (feed.table.source, feed.table.stem)
        for name in (feed.table.name, feed.table.current):
            other = first.setdefault(name, feed)
            theirs = (other.table.source, other.table.stem)
            pair = frozenset((own, theirs))
            if theirs != own and pair not in told:
                told.add(pair)
                yield _same_name(name, other, feed)


def _same_name(name: str, one: Feed, other: Feed) -> Problem:
    message = f"the stream files {one.source}/{one.table.stem}.json and {other.source}/{other.table.stem}.json both become {name} in the landing"
    related = (Related(one.stream.layers.locate(), "the other stream"),)
    quoted = (one.table.stem, other.table.stem)
    fix = 'give one of the files another name, and say in it which stream it is: "stream"'
    return other.stream.layers.problem("landing-table-collision", (), message, fix, related=related, quoted=quoted)
