"""The ids of Airbyte's objects in a Terraform state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class StateIds:
    """The ids that a state holds; nothing else of it is kept.

    Attributes:
        entries: entry, such as `sources.shopify` -> the id of its object in Airbyte.
        every: all ids, also of objects that are still to be destroyed.
    """

    entries: Mapping[str, str]
    every: frozenset[str]

    @property
    def connections(self) -> Mapping[str, str]:
        """Id of a connection's entry -> its id in Airbyte."""
        pairs = ((path.partition("."), id_) for path, id_ in self.entries.items())
        return {entry: id_ for (section, _, entry), id_ in pairs if section == "connections"}
