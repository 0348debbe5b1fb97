"""What differs between the locks of connectors: versions, options, breaking releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from infra.lake.connectors.lock import BreakingChange, ConnectorLock, lock_path
from infra.lake.connectors.option_changes import ChangeKind, OptionChange, option_changes
from infra.lake.connectors.releases import breaking_between, deadline_words, is_older, message_of
from infra.lake.documents import plural
from infra.lake.model.connector_uses import actors_with, reach_words, reached, synced_with
from infra.lake.model.stack import Stack
from infra.review.details.change import Change, Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.side import Side

_KINDS: Mapping[ChangeKind, DetailKind] = {
    "appeared": "option-appeared",
    "gone": "option-gone",
    "required": "option-required",
    "changed": "option-changed",
    "default": "default-changed",
}
# Options of one kind that are told one by one.
_SHOWN = 12


def lock_changes(base: Side, head: Side, stack: str, today: date | None) -> Iterator[Change]:
    """A change for each lock that differs and that something in the stack has; Terraform sees none of them."""
    found = head.stack(stack)
    for connector, after in sorted(head.model.locks.items()) if found else ():
        before = base.model.locks.get(connector)
        if before is None or before == after or found is None or not any(actors_with(found, connector)):
            continue
        if details := tuple(_details(found, before, after, today)):
            path = lock_path(connector)
            yield Change(stack, path, path, "lock", tuple(detail.masked() for detail in details))


def release_notes(head: Side, today: date | None) -> Iterator[str]:
    """A note for each breaking release that a lock knows of and is not at yet, if it is about what is synced."""
    for connector, lock in sorted(head.model.locks.items()):
        synced = [one for stack in head.model.stacks.values() for one in synced_with(stack, connector)]
        for change in breaking_between(lock, lock.tag):
            if found := reached(change, synced):
                yield f"{connector} is locked at {lock.tag}; {_release(change, reach_words(change, found), today)}"


def _details(stack: Stack, before: ConnectorLock, after: ConnectorLock, today: date | None) -> Iterator[Detail]:
    path = lock_path(after.connector)
    if before.tag != after.tag:
        text = f"{after.connector}: {before.tag} → {after.tag}"
        kind: DetailKind = "lock-older" if is_older(after.tag, before.tag) else "lock-changed"
        yield Detail(kind, path, before.tag, after.tag, text)
    yield from _rest(path, before, after)
    if after.support_level == "archived" != before.support_level:
        yield Detail("connector-archived", path, before.support_level, "archived", f"{after.connector} is archived")
    for change in breaking_between(after, before.tag, after.tag):
        here = reached(change, synced_with(stack, after.connector))
        text = _release(change, reach_words(change, here), today)
        yield Detail("release-breaking" if here else "release-elsewhere", path, None, change.version, text)
    yield from _options(stack, after.connector, path, option_changes(before.spec, after.spec))


def _rest(path: str, before: ConnectorLock, after: ConnectorLock) -> Iterator[Detail]:
    """What is neither version, nor option, nor release; another definition id replaces entries, which tell it."""
    for name in ("image", "destination_sync_modes", "supports_refreshes"):
        values = [getattr(lock, name) for lock in (before, after)]
        if values[0] != values[1]:
            shown = [", ".join(value) if isinstance(value, tuple) else str(value).lower() for value in values]
            yield Detail(
                "lock-changed", path, shown[0], shown[1], f"{name}: {shown[0] or '(none)'} → {shown[1] or '(none)'}"
            )


def _release(change: BreakingChange, reach: str, today: date | None) -> str:
    return f"breaking release {change.version} ({deadline_words(change, today)}) {reach}: {message_of(change)}"


def _options(stack: Stack, connector: str, path: str, changes: tuple[OptionChange, ...]) -> Iterator[Detail]:
    """Those of one kind next to each other, the first ones one by one."""
    told: dict[DetailKind, list[str]] = {}
    for change in changes:
        if change.kind != "default" or _is_left_out(stack, connector, change):
            told.setdefault(_KINDS[change.kind], []).append(change.text)
    for kind in _KINDS.values():
        texts = told.get(kind, [])
        yield from (Detail(kind, path, None, None, text) for text in texts[:_SHOWN])
        if len(texts) > _SHOWN:
            yield Detail(kind, path, None, None, f"and {plural(len(texts) - _SHOWN, 'more option')}")


def _is_left_out(stack: Stack, connector: str, change: OptionChange) -> bool:
    """Another default is one for those alone who do not write the option."""
    actors = (actor for actor in actors_with(stack, connector) if actor.settings.managed)
    return any(change.is_left_out(actor.settings.configuration or {}) for actor in actors)
