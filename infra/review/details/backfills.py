"""Backfills that a change asks for, and the provider that what is left of them needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.lake.model.backfills import StackBackfill, backfills_of
from infra.review.details.change import Change, Detail, Refusal
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.side import Side
from infra.review.sides.stack_json import required_providers

# Mode of a backfill -> its kind.
_KINDS: Mapping[str, DetailKind] = {"merge": "backfill", "truncate": "backfill-truncates", "clear": "backfill-clears"}


def backfill_changes(base: Side, head: Side, stack: str) -> Iterator[Change]:
    """The calls that are sent once after the apply; one that the base has, also under another name, was sent before."""
    found = head.stack(stack)
    document, sent = head.document(stack), {head.document(stack).target(call) for call in base.document(stack).calls}
    for backfill in backfills_of(found) if found else ():
        if backfill.address in document.calls - sent:
            entry = f"connections.{backfill.connection}.streams.{backfill.stream}"
            yield Change(stack, entry, backfill.address, "create", (_detail(entry, backfill),))


def _detail(entry: str, backfill: StackBackfill) -> Detail:
    kind: DetailKind = "backfill-appends" if backfill.duplicates else _KINDS[backfill.mode]
    reason = f": {backfill.reason}" if backfill.reason else ""
    return Detail(
        kind, f"{entry}.backfill", None, backfill.token, f'backfill "{backfill.token}" ({backfill.mode}){reason}'
    )


def provider_refusals(base: Side, head: Side) -> Iterator[Refusal]:
    """The provider taken away together with the last flag: the apply of the same change needs it to take the objects out
    of the state, and without it no plan of the stack works (docs/decisions/0001-backfill.md).
    """
    for stack in sorted(base.documents.keys() & head.documents.keys()):
        if base.document(stack).calls and _has_provider(base, stack) and not _has_provider(head, stack):
            message = (
                "is removed while the state still contains what backfills left there, and no plan works without it"
            )
            fix = f"keep backfills: true in lake.stacks.{stack}; it can be removed in a later change, once this one is applied"
            yield Refusal(f"lake.stacks.{stack}.backfills", "provider-in-use", message, fix)


def provider_notes(base: Side, head: Side) -> Iterator[str]:
    """The provider taken away later, which is right exactly if the flags' removal has been applied."""
    for stack in sorted(base.documents.keys() & head.documents.keys()):
        if not base.document(stack).calls and _has_provider(base, stack) and not _has_provider(head, stack):
            yield (
                f"{stack}: the provider for backfills is removed; the change that removed the last backfill must have been applied "
                "before, which cannot be known from the files"
            )


def _has_provider(side: Side, stack: str) -> bool:
    return "restful" in required_providers(side.document(stack))
