"""SetAside: what a plan does not propose as it could, as trials have found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.move.found import FoundActor, FoundConnection

# The objects that are one entry: (stack, key). The id of the entry may be another one beside other entries.
Members = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class SetAside:
    """Attributes:
    refused: why an entry does not pass `check`: a source or destination becomes one that is left as it is, a connection none.
    waiting: connections that the plan is not about.
    split: connections in several stacks that are not one entry.
    """

    refused: Mapping[Members, tuple[str, ...]] = field(default_factory=dict)
    waiting: frozenset[Members] = frozenset()
    split: frozenset[Members] = frozenset()


def members_of(objects: Mapping[str, FoundActor] | Mapping[str, FoundConnection]) -> Members:
    """Those of a group. `objects`: stack -> its object."""
    return frozenset((stack, one.key) for stack, one in objects.items())
