"""Registry: the checked entries, each with the lines that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.documents import Layers
from infra.lake.registry.accepted import Accepted
from infra.lake.registry.draft import Key
from infra.lake.registry.entry import Entry
from infra.lake.registry.history import Renamed, Retired
from infra.lake.registry.lake import Lake


@dataclass(frozen=True)
class Registry:
    """All of dag/registry/, resolved.

    Attributes:
        lake: what holds for every stack.
        entries: (section, id, stack) -> the entry, sorted; those with problems are absent.
        retired, renamed, accepted: the checked lines, each with the place where it stands.

    """

    lake: Lake
    entries: Mapping[Key, Entry[Any]]
    retired: tuple[tuple[Retired, Layers], ...]
    renamed: tuple[tuple[Renamed, Layers], ...]
    accepted: tuple[tuple[Accepted, Layers], ...]
