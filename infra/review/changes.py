"""The changes of a stack: each planned action with the details behind it."""

from __future__ import annotations

from collections.abc import Iterator

from infra.documents import plural
from infra.registry.entries import Actor, Connection, Entry
from infra.registry.registry import Placed
from infra.review.actions import Ends, Planned, plan
from infra.review.actor_details import actor_details
from infra.review.change import Change, Detail
from infra.review.connection_details import connection_details
from infra.review.document import variables_in
from infra.review.side import Side
from infra.review.stack_details import stack_changes
from infra.review.stream_details import mode_of

# Details of an action that stand for the whole object, and what they say.
_WHOLE = {
    "create": ("created", "new"),
    "delete": ("deleted", "deleted"),
    "replace": ("replaced", "destroyed and created anew"),
}


def changes_of(base: Side, head: Side, stack: str) -> Iterator[Change]:
    """The changes of one stack, the stack's own first, then by address."""
    yield from stack_changes(base, head, stack)
    ends = (Ends(base.document(stack), base.values(stack)), Ends(head.document(stack), head.values(stack)))
    for planned in plan(*ends):
        yield _change(base, head, stack, planned)


def _change(base: Side, head: Side, stack: str, planned: Planned) -> Change:
    side = base if planned.action in ("delete", "forget") else head
    entry = side.document(stack).entries[planned.address]
    moved_from = planned.previous if planned.previous != planned.address else None
    details = tuple(_details(base, head, stack, planned, entry)) or _attributes(entry, planned)
    return Change(stack, entry, planned.address, planned.action, details, moved_from)


def _details(base: Side, head: Side, stack: str, planned: Planned, entry: str) -> Iterator[Detail]:
    previous = base.document(stack).entries.get(planned.previous or "", entry)
    before, after = base.placed(stack, previous), head.placed(stack, entry)
    if planned.previous not in (None, planned.address):
        yield Detail("moved", entry, previous, entry, f"{previous} → {entry}")
    if planned.action == "adopt":
        id_ = head.document(stack).imports[planned.address]
        yield Detail("adopted", f"{entry}.adopt", None, id_, f"takes over {id_}")
    elif planned.action == "forget":
        yield Detail("forgotten", entry, entry, None, "no longer managed here")
    elif planned.action in _WHOLE:
        yield _whole(planned, entry, before, after)
    if planned.action in ("update", "replace"):
        yield from _differences(base, head, before, after)
        yield from _values(base, head, stack, planned)
    if planned.action in ("create", "adopt") and after is not None and entry.startswith("connections."):
        yield from _new_streams(head, stack, after)


def _attributes(entry: str, planned: Planned) -> tuple[Detail, ...]:
    """What is left to say where an entry does not tell what differs in its object."""
    return tuple(Detail("attribute-changed", entry, None, None, f"{name} changes") for name in planned.because)


def _whole(planned: Planned, entry: str, before: Placed[Entry] | None, after: Placed[Entry] | None) -> Detail:
    what, text = _WHOLE[planned.action]
    because = f", because of {', '.join(planned.because)}" if planned.because else ""
    kind = f"{entry.partition('.')[0].removesuffix('s')}-{what}"
    old, new = (entry if side else None for side in (before, after))
    return Detail(kind, entry, old, new, text + because)


def _differences(base: Side, head: Side, before: Placed[Entry] | None, after: Placed[Entry] | None) -> Iterator[Detail]:
    if before is None or after is None:
        return
    if isinstance(before.entry, Connection) and isinstance(after.entry, Connection):
        yield from connection_details(base, head, _as_connection(before), _as_connection(after))
    else:
        yield from actor_details(base, head, _as_actor(before), _as_actor(after))


def _as_connection(placed: Placed[Entry]) -> Placed[Connection]:
    assert isinstance(placed.entry, Connection)
    return placed  # type: ignore[return-value]  # just asserted


def _as_actor(placed: Placed[Entry]) -> Placed[Actor]:
    assert isinstance(placed.entry, Actor)
    return placed  # type: ignore[return-value]  # just asserted


def _values(base: Side, head: Side, stack: str, planned: Planned) -> Iterator[Detail]:
    """Variables whose value the registry gives, and gives otherwise now."""
    old, new = base.values(stack), head.values(stack)
    for name in sorted(variables_in(head.document(stack).resources[planned.address])):
        if old.get(name) != new.get(name):
            values = (old.get(name), new.get(name))
            yield Detail("variable-changed", f"lake.variables.{name}", *values, f"{name}: {values[0]} → {values[1]}")


def _new_streams(head: Side, stack: str, connection: Placed[Entry]) -> Iterator[Detail]:
    streams = head.model.stacks[stack].streams.get(connection.id, ())
    names = ", ".join(f"{stream.name} ({mode_of(stream)})" for stream in streams[:8])
    more = f" and {len(streams) - 8} more" if len(streams) > 8 else ""
    yield Detail(
        "connection-created",
        f"{connection.path}.streams",
        None,
        len(streams),
        f"{plural(len(streams), 'stream')}: {names}{more}",
    )
