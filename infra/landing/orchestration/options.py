"""Options: what the code of a code location says, beside the lake's files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import dagster as dg


@dataclass(frozen=True)
class Options:
    """How a landing runs in Dagster.

    What each is: `landing_definitions`.
    """

    tick: int
    reconcile: str | None
    maintain: str | None
    sample: int
    hooks: Collection[dg.HookDefinition]
