"""What differs in a source or a destination."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import render_path
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry, actor_name
from infra.lake.rules.collisions import DEFAULT_NAMESPACE, decides_place
from infra.review.details.allocation import ALLOCATION, after_apply, allocation_of, quantities
from infra.review.details.change import Detail
from infra.review.details.configuration_diff import ComparedOption, ConfigurationSide, Difference, differences
from infra.review.details.detail_kind import DetailKind
from infra.review.details.filters import changed_filters, filter_details
from infra.review.details.replication_details import Positions, positions_of, together
from infra.review.details.start_dates import is_start, start_kind
from infra.review.sides.side import Side
from infra.review.sides.values import VariableValues


def actor_details(  # two sides, and how the one becomes the other
    base: Side,
    head: Side,
    values: tuple[VariableValues, VariableValues],
    before: Entry[Actor],
    after: Entry[Actor],
    *,
    anew: bool = False,
) -> Iterator[Detail]:
    """The details, in the order of the registry's keys; `values` of the variables of both sides. `anew`: if it is destroyed
    and created.
    """
    old, new = actor_name(before), actor_name(after)
    if old != new:
        yield Detail("actor-renamed", f"{after.path}.name", old, new, f'name: "{old}" → "{new}"')
    yield from _connector(base, head, before, after)
    options = (
        ConfigurationSide(before.settings.configuration, _spec(base, before), values[0]),
        ConfigurationSide(after.settings.configuration, _spec(head, after), values[1]),
    )
    kept = None if anew else positions_of(base, head, before, after)
    yield from together(_configuration(after, *options, kept))
    yield from _resources(before, after, anew=anew)


def _connector(base: Side, head: Side, before: Entry[Actor], after: Entry[Actor]) -> Iterator[Detail]:
    one, other = _lock(base, before), _lock(head, after)
    if before.settings.connector != after.settings.connector:
        names = (before.settings.connector, after.settings.connector)
        yield Detail("replacing-change", f"{after.path}.connector", *names, f"connector: {names[0]} → {names[1]}")
    elif (ids := (_definition(before, one), _definition(after, other)))[0] != ids[1]:
        yield Detail("replacing-change", f"{after.path}.definition_id", *ids, f"definition: {ids[0]} → {ids[1]}")


def _configuration(
    after: Entry[Actor], old: ConfigurationSide, new: ConfigurationSide, kept: Positions | None
) -> Iterator[Detail]:
    found = changed_filters(old, new) if after.section == "sources" else {}
    filters = {path: members for path, members in found.items() if kept is None or kept.kind_of(path) is None}
    for path, members in filters.items():
        yield from filter_details(after.path, path, *members)
    for difference in differences(old, new):
        if difference.path not in filters and difference.path[:-1] not in filters:
            yield _option(after, difference, kept)


def _option(after: Entry[Actor], difference: Difference, kept: Positions | None) -> Detail:
    path = f"{after.path}.{render_path(('configuration', *difference.path))}"
    shown = (_shown(difference.before), _shown(difference.after))
    what = f"{shown[0]} → {shown[1]}"
    if shown[0] == shown[1]:
        what = "another value, which is not shown"
    text = f"{render_path(difference.path)}: {what}{_by(difference)}"
    before, after_ = (option.shown if option else None for option in (difference.before, difference.after))
    kind = (kept.kind_of(difference.path) if kept else None) or _kind(after.kind, difference)
    return Detail(kind, path, before, after_, text)


def _kind(actor: str, difference: Difference) -> DetailKind:
    key = next((part for part in reversed(difference.path) if isinstance(part, str)), "")
    if difference.names_secret:
        return "secret-changed"
    if actor == "destination" and decides_place(key, None):
        return "default-namespace-changed" if DEFAULT_NAMESPACE.fullmatch(key) else "place-changed"
    if actor == "source" and is_start(key):
        return start_kind(*(option.shown if option else None for option in (difference.before, difference.after)))
    return "configuration-changed"


def _shown(option: ComparedOption | None) -> str:
    if option is None:
        return "(none)"
    if isinstance(option.shown, bool) or option.shown is None or isinstance(option.shown, (Mapping, list, tuple)):
        return json.dumps(option.shown)
    return str(option.shown)


def _by(difference: Difference) -> str:
    """The variable that a value comes from, where the value itself is shown."""
    option = difference.after or difference.before
    return f" ({option.reference})" if option and option.reference and option.reference != option.shown else ""


def _resources(before: Entry[Actor], after: Entry[Actor], *, anew: bool) -> Iterator[Detail]:
    """What differs in Airbyte; an object that is made `anew` keeps nothing of what is not written any more."""
    written = (allocation_of(before), allocation_of(after))
    old = dict(quantities(written[0]))
    new = dict(quantities(written[1] if anew else after_apply(*written)))
    for path in sorted({*old, *new}, key=str):
        values = (old.get(path), new.get(path))
        if values[0] != values[1]:
            at = render_path((ALLOCATION, *path))
            text = f"{at}: {values[0] or '(none)'} → {values[1] or '(none)'}"
            yield Detail("resources-changed", f"{after.path}.{at}", *values, text)


def _lock(side: Side, actor: Entry[Actor]) -> ConnectorLock | None:
    return side.model.locks.get(actor.settings.connector or "")


def _spec(side: Side, actor: Entry[Actor]) -> dict[str, object] | None:
    lock = _lock(side, actor)
    return lock.spec if lock else None


def _definition(actor: Entry[Actor], lock: ConnectorLock | None) -> str | None:
    return actor.settings.definition_id or (lock.definition_id if lock else None)
