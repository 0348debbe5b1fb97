"""The changes of a stack: each planned action with the details behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from infra.lake.documents import plural
from infra.lake.registry.entries import Actor, Connection, EntrySettings
from infra.lake.registry.entry import Entry
from infra.review.details.actions import PlanInput, Planned, plan
from infra.review.details.actor_details import actor_details
from infra.review.details.adoption_details import adopted_actor, adopted_connection
from infra.review.details.backfills import backfill_changes
from infra.review.details.change import Change, Detail
from infra.review.details.connection_details import by_pattern, connection_details, discovered_details, is_new
from infra.review.details.detail_kind import DetailKind
from infra.review.details.landing_details import landing_changes
from infra.review.details.stack_details import destroys, stack_changes
from infra.review.details.stream_details import full_name, mode_of
from infra.review.sides.side import Side
from infra.review.sides.stack_json import variables_in
from infra.review.sides.values import VariableValues, comparable

Pair = tuple[VariableValues, VariableValues]

# Streams that a text names.
_SHOWN = 8

# Details of an action that stand for the whole object, by its section, and what they say.
_WHOLE: Mapping[str, tuple[Mapping[str, DetailKind], str]] = {
    "create": (
        {"sources": "source-created", "destinations": "destination-created", "connections": "connection-created"},
        "new",
    ),
    "delete": (
        {"sources": "source-deleted", "destinations": "destination-deleted", "connections": "connection-deleted"},
        "deleted",
    ),
    "replace": (
        {"sources": "source-replaced", "destinations": "destination-replaced", "connections": "connection-replaced"},
        "destroyed and created again",
    ),
}


def changes_of(base: Side, head: Side, stack: str) -> Iterator[Change]:
    """The changes of one stack, the stack's own first, then by address."""
    yield from stack_changes(base, head, stack)
    values = comparable(base.values(stack), head.values(stack))
    forgets = stack not in head.documents and not destroys(base, stack)
    planned = plan(PlanInput(base.document(stack), values[0]), PlanInput(head.document(stack), values[1]))
    changes = [_change(base, head, values, stack, replace(one, action="forget") if forgets else one) for one in planned]
    yield from changes
    yield from _discovered(base, head, stack, {change.entry for change in changes})
    replaced = {change.entry for change in changes if change.action == "replace"}
    yield from backfill_changes(base, head, stack)
    yield from landing_changes(base, head, stack, replaced)


def _discovered(base: Side, head: Side, stack: str, planned: Collection[str]) -> Iterator[Change]:
    """Connections that Terraform leaves as they are, and that read other fields than before."""
    document = head.document(stack)
    for address, path in document.entries.items():
        before, after = base.entry(stack, path), head.entry(stack, path)
        if path not in planned and before and after and _is_connection(before) and _is_connection(after):
            details = tuple(detail.masked() for detail in discovered_details(base, head, before, after))
            if details:
                yield Change(stack, path, address, "discover", details)


def _change(base: Side, head: Side, values: Pair, stack: str, planned: Planned) -> Change:
    side = base if planned.action in ("delete", "forget") else head
    entry = side.document(stack).entries[planned.address]
    moved_from = planned.previous if planned.previous != planned.address else None
    details = tuple(detail.masked() for detail in _details(base, head, values, stack, planned, entry))
    return Change(stack, entry, planned.address, planned.action, details, moved_from)


def _details(base: Side, head: Side, values: Pair, stack: str, planned: Planned, entry: str) -> Iterator[Detail]:
    previous = base.document(stack).entries.get(planned.previous or "", entry)
    before, after = base.entry(stack, previous), head.entry(stack, entry)
    if planned.previous not in (None, planned.address):
        yield Detail("moved", entry, previous, entry, f"{previous} → {entry}")
    if planned.previous is None and planned.address in head.document(stack).imports:
        yield from _adopted(head, stack, planned, entry)
    elif planned.action == "forget":
        yield Detail("forgotten", entry, entry, None, "no longer managed here")
    elif planned.action in _WHOLE:
        yield _whole(planned, entry, before, after, _streams(base, head, after, stack))
    if planned.action in ("update", "replace", "move") and planned.previous:
        found = [
            *_differences(base, head, values, planned, before, after),
            *_values(values, base, head, stack, planned),
        ]
        yield from found or _attributes(entry, planned)


def _adopted(head: Side, stack: str, planned: Planned, entry: str) -> Iterator[Detail]:
    id_ = head.document(stack).imports[planned.address]
    kind: DetailKind = "connection-adopted" if entry.startswith("connections.") else "adopted"
    yield Detail(kind, f"{entry}.adopt", None, id_, f"takes over {id_}")
    placed = head.entry(stack, entry)
    if planned.action == "adopt" and placed and _is_connection(placed):
        yield from adopted_connection(head, placed)
    elif planned.action == "adopt" and placed and _is_actor(placed):
        yield from adopted_actor(placed)
    if planned.action == "replace":
        ends = " and ".join(name.removesuffix("_id") for name in planned.because)
        yield Detail("adopted-and-replaced", entry, id_, None, f"between a new {ends}")


def _attributes(entry: str, planned: Planned) -> tuple[Detail, ...]:
    """What is left to say where an entry does not tell what differs in its object."""
    if planned.action == "replace":
        return ()
    return tuple(Detail("attribute-changed", entry, None, None, f"{name} changes") for name in planned.because)


def _whole(
    planned: Planned,
    entry: str,
    before: Entry[EntrySettings] | None,
    after: Entry[EntrySettings] | None,
    streams: tuple[str, bool],
) -> Detail:
    kinds, text = _WHOLE[planned.action]
    because = f", because of {', '.join(planned.forced_by)}" if planned.action == "replace" else streams[0]
    old, new = (entry if side else None for side in (before, after))
    kind = kinds[entry.partition(".")[0]]
    if kind == "connection-created" and after and _is_connection(after) and after.settings.status == "inactive":
        kind = "inactive-connection-created"
    return Detail(kind, entry, old, new, text + because, planned.action == "create" and streams[1])


def _streams(base: Side, head: Side, connection: Entry[EntrySettings] | None, stack: str) -> tuple[str, bool]:
    """The streams of a connection in words; True if the server has to discover one of them first."""
    if connection is None or not _is_connection(connection):
        return "", False
    streams = head.model.stacks[connection.stack].streams.get(connection.id, ())
    names = ", ".join(
        f"{full_name(stream)} ({mode_of(stream)}{by_pattern(head, connection, stream.stem)})"
        for stream in streams[:_SHOWN]
    )
    more = f" and {len(streams) - _SHOWN} more" if len(streams) > _SHOWN else ""
    known = base.entry(stack, f"sources.{connection.settings.source}") is not None
    unknown = known and any(is_new(base, head, None, connection, stream.key) for stream in streams)
    return f", with {plural(len(streams), 'stream')}: {names}{more}", unknown


def _differences(
    base: Side,
    head: Side,
    values: Pair,
    planned: Planned,
    before: Entry[EntrySettings] | None,
    after: Entry[EntrySettings] | None,
) -> Iterator[Detail]:
    if before is None or after is None:
        return
    if _is_connection(before) and _is_connection(after):
        yield from connection_details(base, head, planned.forced_by, before, after)
    elif _is_actor(before) and _is_actor(after):
        anew = planned.action == "replace"
        yield from actor_details(base, head, values, before, after, anew=anew)


def _is_connection(entry: Entry[EntrySettings]) -> TypeGuard[Entry[Connection]]:
    return isinstance(entry.settings, Connection)


def _is_actor(entry: Entry[EntrySettings]) -> TypeGuard[Entry[Actor]]:
    return isinstance(entry.settings, Actor)


def _values(values: Pair, base: Side, head: Side, stack: str, planned: Planned) -> Iterator[Detail]:
    """What differs by a variable outside of the configuration: the workspace, or a key of a mapper."""
    before = base.document(stack).resources[planned.previous or planned.address]
    after = head.document(stack).resources[planned.address]
    if "workspace_id" in planned.because:
        old, new = (
            _workspace(side.filled(body.get("workspace_id")))
            for side, body in zip(values, (before, after), strict=True)
        )
        path = f"lake.stacks.{stack}.workspace_id"
        yield Detail("replacing-change", path, old, new, f"workspace: {old} → {new}")
    used = variables_in({key: value for key, value in after.items() if key not in ("configuration", "workspace_id")})
    for name in sorted(used & values[0].known.keys() & values[1].known.keys()):
        old, new = values[0].known[name], values[1].known[name]
        if old != new:
            yield Detail("variable-changed", f"lake.variables.{name}", old, new, f"{name}: {old} → {new}")


def _workspace(value: Any) -> str:
    """The workspace; with what to do where it cannot be compared."""
    if not isinstance(value, dict):
        return str(value)
    return f"{{var: {value['var']}}}, whose value is not known here (a default in lake.variables makes it known)"
