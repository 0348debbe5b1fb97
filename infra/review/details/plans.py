"""What a plan of each stack takes, where the change matters to it."""

from __future__ import annotations

from collections.abc import Iterator

from infra.base.json_value import Json
from infra.lake.model.plan_cost import PlanCost, Selection, in_words, limit_of, plan_cost
from infra.lake.registry.kinds import entry_of, is_connection
from infra.review.sides.side import Side
from infra.review.sides.stack_json import StackDocument

# What is less is lost in what other work on a machine adds, and in what the estimate does not know.
_NOTICEABLE_SECONDS = 15
_NOTICEABLE_PART = 0.2


def plan_notes(base: Side, head: Side, stack: str) -> Iterator[str]:
    """A note if plans of a stack take noticeably longer or shorter than before, or come to need too long or do so no more.

    The synthesized documents say what is planned, also those of a base whose registry has problems.
    """
    before, after = document_cost(base.document(stack)).seconds, document_cost(head.document(stack)).seconds
    was_slow, is_slow = before > limit_of(base.flux(stack)), after > limit_of(head.flux(stack))
    if abs(after - before) < max(_NOTICEABLE_SECONDS, _NOTICEABLE_PART * before) and was_slow == is_slow:
        return
    words = [in_words(seconds) for seconds in (before, after)]
    then = f", {words[0]} before" if stack in base.documents and words[0] != words[1] else ""
    verdict = _verdict(head, stack, was_slow=was_slow, is_slow=is_slow)
    yield f"{stack}: a plan takes about {words[1]} of processor time{then}{verdict}"


def _verdict(head: Side, stack: str, *, was_slow: bool, is_slow: bool) -> str:
    flux = head.flux(stack)
    interval = f" for an interval of {flux.interval}" if flux else ""
    if is_slow:
        return f"; that is slow{interval} (plan-slow)"
    return f"; that is no longer slow{interval}" if was_slow else ""


def document_cost(document: StackDocument) -> PlanCost:
    """What a plan of a synthesized document takes."""
    return plan_cost(
        {
            entry_of(address): [_selection(stream) for stream in _streams(attributes)]
            for address, attributes in document.resources.items()
            if is_connection(address)
        }
    )


def _streams(connection: Json) -> Iterator[Json]:
    yield from connection.get("configurations", {}).get("streams", ())


def _selection(stream: Json) -> Selection:
    fields = tuple(field["field_path"][0] for field in stream.get("selected_fields", ()))
    return Selection(fields, len(stream.get("mappers", ())))
