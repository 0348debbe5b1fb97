"""Change: what one object goes through, and the details that say why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from infra.base.credentials import hidden
from infra.review.details.about_stream import AboutStream
from infra.review.details.consequences import CONSEQUENCES, Consequence, Label, gravest
from infra.review.details.detail_kind import DetailKind

Action = Literal["create", "update", "replace", "delete", "move", "adopt", "forget", "discover", "lock"]

# What Terraform has no part in.
NOT_APPLIED: frozenset[Action] = frozenset({"discover", "lock"})


@dataclass(frozen=True)
class Detail:
    """One difference.

    Attributes:
        kind: its row of the table of consequences.
        path: key path in the registry, `connections.x.schedule`.
        before, after: JSON values, None where there is none; never a secret's.
        text: the difference in words.
        rediscover: True if the server has to look at the source again before it knows of it.
        not_for: streams for which its consequence does not hold, because another change decides.

    """

    kind: DetailKind
    path: str
    before: Any
    after: Any
    text: str
    rediscover: bool = False
    not_for: frozenset[AboutStream] = frozenset()

    @property
    def consequence(self) -> Consequence:
        """The row of the table."""
        return CONSEQUENCES[self.kind]

    def masked(self) -> Detail:
        """The same without credentials in its texts: a base may hold some that `check` refuses today."""
        before, after = (hidden(value) if isinstance(value, str) else value for value in (self.before, self.after))
        return replace(self, before=before, after=after, text=hidden(self.text))

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        return {
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "text": self.text,
            "consequence": self.consequence.label,
            "why": self.consequence.why,
            "rediscover": self.rediscover,
        }


@dataclass(frozen=True)
class Change:
    """What happens to one object of a stack.

    Attributes:
        action: what Terraform does; `discover` where it does nothing, and what the source offers is another thing than before,
            and `lock` where another version of a connector is locked.
        entry: its path in the registry, `connections.x`, `lake.stacks.prod` for the stack as a whole, or the file of a lock.
        address: its Terraform address after the change, or before it if it is gone.
        previous_address: the address that it moves from, else None.

    """

    stack: str
    entry: str
    address: str
    action: Action
    details: tuple[Detail, ...]
    previous_address: str | None = None

    @property
    def consequence(self) -> Label:
        """The gravest of its details."""
        return gravest(detail.consequence.label for detail in self.details)

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        return {
            "stack": self.stack,
            "address": self.address,
            "previous_address": self.previous_address,
            "entry": self.entry,
            "action": self.action,
            "details": [detail.to_json() for detail in self.details],
            "consequence": self.consequence,
        }


@dataclass(frozen=True)
class Refusal:
    """What must not be merged as it is.

    Attributes:
        entry: what it is about.
        fix: the lines to add to the registry, or what else to do.
        can_be_acknowledged: True if a line of the registry makes it pass; else the change itself has to be another one.

    """

    entry: str
    rule: str
    message: str
    fix: str
    can_be_acknowledged: bool = False

    def to_json(self) -> dict[str, str]:
        """The object of `--format json`."""
        return {"entry": self.entry, "rule": self.rule, "message": self.message, "fix": self.fix}
