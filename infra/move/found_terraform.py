"""FoundTerraform: what Terraform made of Airbyte's objects, and what becomes of that state."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from infra.move.found import FoundWorkspace


@dataclass(frozen=True)
class FoundTerraform:
    """What a state or the files of Terraform tell.

    Attributes:
        workspace: as every origin tells it. A secret stands in it in clear where a state has it so: each value at a place
            that the connector marks as secret becomes a reference when it is written, and nothing of it is printed.
        generic: address -> True where the state of this object carries over: an entry of that id needs no `adopt`.
        removals: commands to run before the first plan, each one line for a shell, sorted.
        typed: keys of the actors whose configuration is in the words of a typed resource (`airbyte_source_postgres`), and
            has to be put into the connector's own ones (`untyped`).
        workspaces: the ids of those that its objects are in, where they are several.
        clear: True where secrets may stand in clear, so that nothing is written of a connector whose secrets nobody knows.
    """

    workspace: FoundWorkspace
    generic: Mapping[str, bool] = field(default_factory=dict)
    removals: tuple[str, ...] = ()
    typed: frozenset[str] = frozenset()
    workspaces: tuple[str, ...] = ()
    clear: bool = False

    def leaving(self, kept: Collection[str]) -> tuple[str, ...]:
        """`removals`, and those of what would carry over but has no entry: the first apply would destroy it. `kept`: the
        addresses that entries have.
        """
        lost = [removal_of(address) for address, carries in self.generic.items() if carries and address not in kept]
        return tuple(sorted({*self.removals, *lost}))

    def carries_over(self, address: str | None) -> bool:
        """True where the object at the address stays in the state as it is."""
        return address is not None and self.generic.get(address, False)


def removal_of(address: str) -> str:
    """The command that takes an object out of the state and leaves it in Airbyte."""
    return f"tofu state rm {shlex.quote(address)}"
