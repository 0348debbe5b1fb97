"""Resources of a source or destination after an apply: what is not written any more stays as it is.

Source: every attribute of `resource_allocation` is optional and computed in the provider airbytehq/airbyte, so that one
which is left out is planned with the value of the state, in a list with that of the element at the same place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.documents import KeyPath, render_path
from infra.lake.registry.entries import Actor, EntrySettings
from infra.lake.registry.entry import Entry

# The key in the registry, and the attribute in Terraform's document.
ALLOCATION = "resource_allocation"


@dataclass(frozen=True)
class Kept:
    """A quantity that Airbyte keeps. `job`: the type of job that it counts for from now on; empty if for every one."""

    path: KeyPath
    quantity: str
    job: str

    def __str__(self) -> str:
        return f"{render_path((ALLOCATION, *self.path))} {self.quantity}" + (f" for {self.job}" if self.job else "")


def allocation_of(placed: Entry[EntrySettings]) -> Any:
    """What a source or destination says, as JSON; None if it says nothing."""
    allocation = placed.settings.resource_allocation if isinstance(placed.settings, Actor) else None
    return allocation.model_dump(mode="json", exclude_none=True) if allocation else None


def after_apply(before: Any, after: Any) -> Any:
    """What Airbyte has when `after` was applied over `before`; None stands for what is not written."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return {**before, **{key: after_apply(before.get(key), value) for key, value in after.items()}}
    if isinstance(before, list) and isinstance(after, list):
        return [after_apply(before[i] if i < len(before) else None, value) for i, value in enumerate(after)]
    return before if after is None else after


def in_state(allocation: Any) -> Any:
    """The same as the provider has it in its state: the list of jobs is there as soon as anything is."""
    return {"job_specific": [], **allocation} if isinstance(allocation, Mapping) else allocation


def quantities(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """(key path, value) of everything that is no container."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from quantities(inner, (*path, key))
    elif value is not None:
        yield path, value


def kept(before: Any, after: Any) -> Iterator[Kept]:
    """The quantities that Airbyte keeps of `before` although `after` does not say them, in the order of `before`."""
    there, written = after_apply(before, after), dict(quantities(after))
    for path, quantity in quantities(there):
        if path not in written and path[-1] != "job_type":
            job = there["job_specific"][path[1]]["job_type"] if path[0] == "job_specific" else ""
            yield Kept(path, quantity, job)
