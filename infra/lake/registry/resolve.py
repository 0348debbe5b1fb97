"""Declared to Registry: every entry checked against its model in each of its stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.documents import Layers, Problem, Written, parse
from infra.lake.documents.parse import M
from infra.lake.registry.accepted import Accepted
from infra.lake.registry.declared import SECTIONS, Declared
from infra.lake.registry.draft import Drafts, Key, make_drafts, stack_ids
from infra.lake.registry.entry import Entry
from infra.lake.registry.history import Renamed, Retired
from infra.lake.registry.lake import Lake, Provider, StackSettings
from infra.lake.registry.registry import Registry


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
    entries = _entries(drafts, problems)
    retired, renamed = _lines(Retired, declared.retired, problems), _lines(Renamed, declared.renamed, problems)
    accepted = _lines(Accepted, declared.accepted, problems)
    return Resolved(Registry(lake, entries, retired, renamed, accepted), drafts, tuple(problems))


def _lake(written: Written | None, problems: list[Problem]) -> Lake:
    if written is None:
        return _filled_up(())
    lake, found = parse(Lake, Layers.single(written))
    problems += found
    return lake or _filled_up(stack_ids(written))


def _filled_up(stacks: tuple[str, ...]) -> Lake:
    settings = StackSettings.model_construct(server_url="", workspace_id="", auth="none")
    return Lake.model_construct(
        name="", provider=Provider(), stacks=dict.fromkeys(stacks, settings), variables={}, defaults=None
    )


def _entries(drafts: Drafts, problems: list[Problem]) -> dict[Key, Entry[Any]]:
    entries: dict[Key, Entry[Any]] = {}
    for key, draft in drafts.entries.items():
        settings, found = parse(SECTIONS[draft.section], draft.layers)
        problems += found
        if settings is not None:
            entries[key] = Entry(draft.section, draft.id, draft.stack, draft.layers, settings)
    return entries


def _lines(model: type[M], lines: list[Written], problems: list[Problem]) -> tuple[tuple[M, Layers], ...]:
    parsed = []
    for line in lines:
        layers = Layers.single(line)
        value, found = parse(model, layers)
        problems += found
        if value is not None:
            parsed.append((value, layers))
    return tuple(parsed)
