"""PlanSummary: what a plan does, read from its text for people. Only entries and numbers are taken: never a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from infra.base.json_value import part
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.kinds import SECTION_OF_TYPE
from infra.terraform.explain.source_map import SourceLine, places_of

_COUNTS = re.compile(
    r"^Plan: ([0-9]+ to (?:import|add|change|destroy|forget)(?:, [0-9]+ to (?:import|add|change|destroy|forget))*)",
    re.MULTILINE,
)

_ACTIONS = (
    "will be created",
    "will be updated in-place",
    "will be destroyed",
    "must be replaced",
    "will be replaced",
    "will be imported",
    "has moved to",
    "has changed",
    "has been deleted",
    "will no longer be managed",
)
_HEADER = re.compile(
    rf"^ *# ({'|'.join(SECTION_OF_TYPE)})\.([a-z][a-z0-9_]*)(?:\[[^]]*\])?"
    rf"(?: \(deposed object [0-9a-f]+\))?(?: is tainted, so)? ({'|'.join(_ACTIONS)})\b",
    re.MULTILINE,
)


@dataclass(frozen=True, order=True)
class PlannedEntry:
    """What a plan does to one entry.

    Attributes:
        action: `will be created`, ...
        place: the registry line of the entry.
    """

    address: str
    action: str
    place: SourceLine

    def to_json(self) -> dict[str, Any]:
        """For `--format json`."""
        return {"address": self.address, "action": self.action, **self.place.location.to_json()}


@dataclass(frozen=True)
class PlanSummary:
    """What a plan does.

    Attributes:
        counts: `1 to add, 0 to change, 0 to destroy`; empty if the text does not say.
        others: how many resources it names that are no entries of this registry.
    """

    counts: str
    changes: tuple[PlannedEntry, ...]
    others: int


def summarize(text: str, stack: str, model: LakeModel) -> PlanSummary:
    """The summary of a plan of that stack."""
    counts = _COUNTS.search(text)
    found, others = set(), 0
    for kind, entry_id, action in sorted(set(_HEADER.findall(text))):
        places = places_of(("resource", kind, entry_id), stack, model)
        if places:
            found.add(PlannedEntry(f"{kind}.{entry_id}", action, places[0]))
        else:
            others += 1
    return PlanSummary(counts[1] if counts else "", tuple(sorted(found)), others)


def join_chunks(maps: Iterable[dict[str, Any]], plan: str) -> str:
    """The text of the readable plan with that id from its ConfigMaps; empty if they are of another plan.

    A plan of more than 1 MiB is in several, numbered by an annotation (tofu-controller: api/plan/plan.go).
    """
    chunks: dict[int, str] = {}
    for found in maps:
        annotations = part(part(found, "metadata"), "annotations")
        number = str(annotations.get("infra.contrib.fluxcd.io/plan-chunk", "0"))
        text = part(found, "data").get("tfplan")
        if annotations.get("savedPlan") == plan and number.isdecimal() and isinstance(text, str):
            chunks[int(number)] = text
    return "".join(chunks[number] for number in sorted(chunks))
