"""Backfills that a change asks for."""

from __future__ import annotations

from collections.abc import Iterator

from infra.model.wishes import StackWish, wishes_of
from infra.review.change import Change, Detail
from infra.review.side import Side

# Mode of a wish -> its kind.
_KINDS = {"merge": "backfill", "truncate": "backfill-truncates", "clear": "backfill-clears"}


def backfill_changes(base: Side, head: Side, stack: str) -> Iterator[Change]:
    """The calls that are sent once after the apply; one that the base has, also under another name, was sent before."""
    found = head.stack(stack)
    document, sent = head.document(stack), {head.document(stack).target(call) for call in base.document(stack).calls}
    for wish in wishes_of(found) if found else ():
        if wish.address in document.calls - sent:
            entry = f"connections.{wish.connection}.streams.{wish.stream}"
            yield Change(stack, entry, wish.address, "create", (_detail(entry, wish),))


def _detail(entry: str, wish: StackWish) -> Detail:
    kind = "backfill-appends" if wish.duplicates else _KINDS[wish.mode]
    reason = f": {wish.reason}" if wish.reason else ""
    return Detail(kind, f"{entry}.backfill", None, wish.token, f'backfill "{wish.token}" ({wish.mode}){reason}')
