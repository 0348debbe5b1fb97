"""Accepted: what the review refuses, and is intended, for once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from infra.lake.documents import Strict, refuse
from infra.lake.documents.types import Id
from infra.lake.registry.history import Day, check_stream_or_entry

AcceptedRule = Literal[
    "adoption-changes",
    "created-twice",
    "discovery-shrunk",
    "mass-deletion",
    "protected-entry",
    "replication-shared",
    "unacknowledged-stream",
]

# What `check` refuses, in every change: a line counts for as long as it stands.
CHECKED: frozenset[AcceptedRule] = frozenset({"replication-shared"})

# What only a look at the server refuses: without it nobody knows whether a line is needed.
BY_SERVER: frozenset[AcceptedRule] = frozenset({"adoption-changes"})

# Rules that are refused for a stack as a whole.
OF_STACKS = frozenset[AcceptedRule]({"created-twice", "mass-deletion"})

_STACK = "lake.stacks."


def _entry(text: str) -> str:
    if text.startswith(_STACK) or check_stream_or_entry(text):
        return text
    raise refuse(
        "not-accepted", "must be what the refusal names: lake.stacks.X, sources.X or connections.X.streams.<file>"
    )


def _value(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    if value is None or all(isinstance(item, (str, int, float)) for item in items):
        return tuple(value) if isinstance(value, list) else value
    raise refuse("wrong-type", "must be text, a number or a list of them: what the refusal named")


class Accepted(Strict):
    """One line of `accepted:`; it counts in the change that adds it, where `check` refuses for good, and stays as a record."""

    entry: Annotated[str, AfterValidator(_entry)] = Field(description="what was refused, as the refusal names it")
    rule: AcceptedRule = Field(description="rule id of the refusal")
    value: Annotated[Any, PlainValidator(_value), WithJsonSchema({})] = Field(
        default=None, description="what the refusal named: a number, a version, a slot, a list of columns"
    )
    stack: Id | None = Field(default=None, description="only in this stack; default: in every one")
    date: Day = Field(description="when, YYYY-MM-DD")
    reason: str = Field(min_length=1, description="why, for whoever looks for it")

    def accepts(self, rule: str, entry: str, stack: str, value: object = None) -> bool:
        """True for the refusal of that rule, for that entry in that stack, which names that value."""
        return (self.rule, self.entry, self.value) == (rule, entry, value) and self.stack in (None, stack)


def accepted_line(entry: str, rule: str, more: str = "") -> str:
    """The line to add below `accepted:`; `more`: further keys, `, value: 6`."""
    return f"  - {{entry: {entry}, rule: {rule}{more}, date: <YYYY-MM-DD>, reason: <why>}}"
