"""Declared to Registry: every entry checked against its model in each of its stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.documents import Layers, Problem, Written, parse
from infra.lake.documents.parse import M
from infra.lake.registry.declared import SECTIONS, Declared
from infra.lake.registry.draft import Drafts, make_drafts, stack_ids
from infra.lake.registry.history import Renamed, Retired
from infra.lake.registry.lake import Lake, Provider, Stack
from infra.lake.registry.registry import Placed, Registry, StackRegistry


@dataclass(frozen=True)
class Resolved:
    """What became of the declared entries: those that fit their models, all of them as drafts, and the problems."""

    registry: Registry
    drafts: Drafts
    problems: tuple[Problem, ...]


def resolve(declared: Declared, specs: Mapping[str, Spec]) -> Resolved:
    """The registry, every entry merged and checked for each of its stacks. `specs`: connector -> locked spec.

    A lake with problems is filled up, so that its mistakes do not hide those of the entries.
    """
    drafts = make_drafts(declared, specs)
    problems = list(drafts.problems)
    lake = _lake(declared.lake, problems)
    placed = _placed(drafts, problems)
    stacks = {id_: _stack(id_, lake, declared.lake, placed) for id_ in sorted(lake.stacks)}
    retired, renamed = _lines(Retired, declared.retired, problems), _lines(Renamed, declared.renamed, problems)
    return Resolved(Registry(lake, stacks, retired, renamed), drafts, tuple(problems))


def _lake(written: Written | None, problems: list[Problem]) -> Lake:
    if written is None:
        return _filled_up(())
    lake, found = parse(Lake, Layers.single(written))
    problems += found
    return lake or _filled_up(stack_ids(written))


def _filled_up(stacks: tuple[str, ...]) -> Lake:
    settings = Stack.model_construct(server_url="", workspace_id="", auth="none")
    return Lake.model_construct(
        name="", provider=Provider(), stacks=dict.fromkeys(stacks, settings), variables={}, defaults=None
    )


def _placed(drafts: Drafts, problems: list[Problem]) -> list[Placed[Any]]:
    placed = []
    for draft in drafts.entries:
        entry, found = parse(SECTIONS[draft.section], draft.layers)
        problems += found
        if entry is not None:
            placed.append(Placed(draft.section, draft.id, draft.stack, draft.layers, entry))
    return placed


def _stack(stack: str, lake: Lake, written: Written | None, placed: list[Placed[Any]]) -> StackRegistry:
    here = [entry for entry in placed if entry.stack == stack]
    sections = {section: {entry.id: entry for entry in here if entry.section == section} for section in SECTIONS}
    assert written is not None, "only a written lake has stacks"
    return StackRegistry(stack, lake.stacks[stack], Layers.single(written).child("stacks", stack), **sections)


def _lines(model: type[M], lines: list[Written], problems: list[Problem]) -> tuple[tuple[M, Layers], ...]:
    parsed = []
    for line in lines:
        layers = Layers.single(line)
        value, found = parse(model, layers)
        problems += found
        if value is not None:
            parsed.append((value, layers))
    return tuple(parsed)
