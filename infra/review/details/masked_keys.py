"""Notes on connections whose plan differs each time and does not show how."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import plural
from infra.lake.registry.mapper import has_masked_key
from infra.review.sides.side import Side


def notes_on_masked_keys(head: Side) -> Iterator[str]:
    """A note for each connection with an `encryption.aes` mapper, in all its stacks."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for stack in sorted(head.documents):
        for entry, streams in _in_stack(head, stack):
            found.setdefault((entry, streams), []).append(stack)
    for (entry, streams), stacks in sorted(found.items()):
        where = f" in {', '.join(stacks)}" if len(head.documents) > 1 else ""
        what = plural(len(streams), "stream").partition(" ")[2]
        yield (
            f"{entry}{where}: every plan changes its streams again, as Airbyte masks the key of encryption.aes ({what} "
            f"{', '.join(streams)}), and shows them as (sensitive value): only this review shows what changes there"
        )


def _in_stack(head: Side, stack: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(connection, its streams with such a mapper), of those that are in the stack's document."""
    model, written = head.stack(stack), set(head.document(stack).entries.values())
    for connection in model.connections.values() if model else ():
        streams = model.streams.get(connection.id, ()) if model else ()
        masked = tuple(stream.stem for stream in streams if any(map(has_masked_key, stream.mappers)))
        if masked and connection.path in written:
            yield connection.path, masked
