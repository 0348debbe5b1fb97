"""What differs in a source or a destination."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.connectors.lock import ConnectorLock
from infra.documents import render_path
from infra.registry.entries import Actor
from infra.registry.registry import Placed, actor_name
from infra.review.change import Detail
from infra.review.leaves import Difference, Leaf, differences
from infra.review.side import Side
from infra.rules.collisions import says_where

# How sources name the day from which on they read.
_START = re.compile(
    r"(.*_)?start_?(date|time|datetime|point)(_.*)?|(replication_)?start(_date)?|since|from_date", re.IGNORECASE
)


def actor_details(base: Side, head: Side, before: Placed[Actor], after: Placed[Actor]) -> Iterator[Detail]:
    """The details, in the order of the registry's keys."""
    old, new = actor_name(before), actor_name(after)
    if old != new:
        yield Detail("actor-renamed", f"{after.path}.name", old, new, f'name: "{old}" → "{new}"')
    yield from _connector(base, head, before, after)
    specs = (_spec(base, before), _spec(head, after))
    for difference in differences(before.entry.configuration, after.entry.configuration, specs):
        yield _option(after, difference)
    if before.entry.resource_allocation != after.entry.resource_allocation:
        yield _resources(before, after)


def _connector(base: Side, head: Side, before: Placed[Actor], after: Placed[Actor]) -> Iterator[Detail]:
    one, other = _lock(base, before), _lock(head, after)
    if before.entry.connector != after.entry.connector:
        names = (before.entry.connector, after.entry.connector)
        yield Detail("replacing-change", f"{after.path}.connector", *names, f"connector: {names[0]} → {names[1]}")
    elif (ids := (_definition(before, one), _definition(after, other)))[0] != ids[1]:
        yield Detail("replacing-change", f"{after.path}.definition_id", *ids, f"definition: {ids[0]} → {ids[1]}")
    elif one and other and one.tag != other.tag:
        text = f"{after.entry.connector}: {one.tag} → {other.tag}"
        yield Detail("lock-changed", f"{after.path}.connector", one.tag, other.tag, text)


def _option(after: Placed[Actor], difference: Difference) -> Detail:
    path = f"{after.path}.{render_path(('configuration', *difference.path))}"
    name = render_path(difference.path)
    shown = (_shown(difference.before), _shown(difference.after))
    text = f"{name}: {shown[0]} → {shown[1]}"
    if shown[0] == shown[1]:
        text = f"{name}: another value, which is not shown"
    before, after_ = (leaf.shown if leaf else None for leaf in (difference.before, difference.after))
    return Detail(_kind(after.entry.kind, difference), path, before, after_, text)


def _kind(actor: str, difference: Difference) -> str:
    key = str(difference.path[-1]) if difference.path else ""
    if difference.touches_secret and any(_is_named(leaf) for leaf in (difference.before, difference.after)):
        return "secret-changed"
    if actor == "destination" and says_where(key, None):
        return "place-changed"
    return "start-date-changed" if actor == "source" and _START.fullmatch(key) else "configuration-changed"


def _is_named(leaf: Leaf | None) -> bool:
    return leaf is not None and leaf.secret and isinstance(leaf.value, dict)


def _shown(leaf: Leaf | None) -> str:
    if leaf is None:
        return "(none)"
    return {True: "true", False: "false", None: "null"}.get(leaf.shown, str(leaf.shown)) if _plain(leaf) else "…"


def _plain(leaf: Leaf) -> bool:
    return isinstance(leaf.shown, (str, int, float, bool)) or leaf.shown is None


def _resources(before: Placed[Actor], after: Placed[Actor]) -> Detail:
    old, new = _allocation(before), _allocation(after)
    text = "resources of the connector's pods"
    return Detail("resources-changed", f"{after.path}.resource_allocation", old, new, text)


def _allocation(actor: Placed[Actor]) -> Any:
    allocation = actor.entry.resource_allocation
    return allocation.model_dump(mode="json", exclude_none=True) if allocation else None


def _lock(side: Side, actor: Placed[Actor]) -> ConnectorLock | None:
    return side.model.locks.get(actor.entry.connector or "")


def _spec(side: Side, actor: Placed[Actor]) -> dict[str, object] | None:
    lock = _lock(side, actor)
    return lock.spec if lock else None


def _definition(actor: Placed[Actor], lock: ConnectorLock | None) -> str | None:
    return actor.entry.definition_id or (lock.definition_id if lock else None)
