"""An import tried out in a copy of the lake: what `check` refuses is not written, and what differs in spite of all is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from infra.airbyte.workspace.setup import Setup, setup_of_entry
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.documents import Problem, plural, write_text
from infra.lake.model.catalogs import catalogs_of
from infra.lake.model.copied import copied_lake
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.dbt_files import generated_dbt_files
from infra.lake.rules.check import check_lake
from infra.move.entries.import_plan import ImportPlan, ImportRequest, plan_import
from infra.move.entries.told import Told

# Each round takes out what the one before it was refused for; what falls out for good needs two.
_ROUNDS = 12
_SHOWN = 3
_ENTRY = re.compile(r"(sources|destinations|connections)\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class Tried:
    """Attributes:
    plan: what is to be written.
    generated: path -> text of what is generated of the sources that it is about.
    problems: what `check` has against it in spite of all; empty but for mistakes of this program.
    differences: (id of a connection, stack) -> what an apply would change that nothing else tells.
    """

    plan: ImportPlan
    generated: Mapping[str, str]
    problems: tuple[Problem, ...]
    differences: Mapping[tuple[str, str], tuple[Told, ...]]


def try_out(request: ImportRequest) -> Tried:
    """The plan whose files pass `check` beside those that there are."""
    plan = plan_import(request, {})
    if not plan.files:
        return Tried(plan, {}, (), {})
    before = {problem.identity for problem in check_lake(request.model.root, catalogs=False).report.errors}
    refused: dict[str, tuple[str, ...]] = {}
    for _ in range(_ROUNDS):
        plan = plan_import(request, refused)
        model, errors = _checked(request.model.root, plan)
        new = tuple(problem for problem in errors if problem.identity not in before)
        more = _blamed(plan, new, refused)
        if not more:
            break
        refused |= more
    return Tried(plan, _generated(plan, model), new, _differences(plan, model))


def _checked(root: Path, plan: ImportPlan) -> tuple[LakeModel, tuple[Problem, ...]]:
    with copied_lake(root) as copy:
        for path, text in plan.files.items():
            write_text(copy, path, text)
        checked = check_lake(copy, catalogs=False)
    return checked.model, checked.report.errors


def _generated(plan: ImportPlan, model: LakeModel) -> dict[str, str]:
    """The catalogs, and what a dbt project has of the sources, so that `check` finds them current."""
    if not any(path.startswith(f"{STREAMS}/") for path in plan.files):
        return {}
    dbt = generated_dbt_files(model)
    touched = {path.split("/")[2] for path in plan.files if path.startswith(f"{STREAMS}/")}
    texts = {path: text for path, text in catalogs_of(model).items() if path.split("/")[2] in touched}
    return texts | {path: text for path, text in dbt.texts.items() if path in dbt.stale()}


def _blamed(
    plan: ImportPlan, problems: tuple[Problem, ...], refused: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """New entries that have to go, with the reasons: those that are wrong by themselves, and only where there are none the
    later one of two that are in each other's way.
    """
    new = {one.path for one in plan.proposed} - refused.keys()
    alone: dict[str, list[str]] = {}
    later: dict[str, list[str]] = {}
    for problem in problems:
        said = f"its entry would not pass check ({problem.rule}): {problem.message}"
        found = [path for path in _entries(plan, problem) if path in new]
        others = [match[0] for match in _ENTRY.finditer(problem.message) if match[0] in new.difference(found)]
        if others and found:
            later.setdefault(max(*found, *others), []).append(said)
        for path in () if others else found:
            alone.setdefault(path, []).append(said)
    return {path: _few(reasons) for path, reasons in (alone or later).items()}


def _few(reasons: list[str]) -> tuple[str, ...]:
    different = list(dict.fromkeys(reasons))
    more = len(different) - _SHOWN
    return (*different[:_SHOWN], *([f"and {plural(more, 'more problem')}"] if more > 0 else []))


def _entries(plan: ImportPlan, problem: Problem) -> Iterator[str]:
    """The entries that a problem is about, in the order of their ids."""
    named = _ENTRY.match(problem.path)
    if named:
        yield f"{named[1]}.{named[2]}"
        return
    files = [problem.location.file, *(other.location.file for other in problem.related)]
    for file in files:
        if file.startswith(f"{STREAMS}/"):
            yield from plan.owners.get(file.split("/")[2], ())
        else:
            yield from plan.owners.get(file, ())


def _differences(plan: ImportPlan, model: LakeModel) -> dict[tuple[str, str], tuple[Told, ...]]:
    """What an apply would change of connections, beyond what is told already: the lake's defaults and overrides do that."""
    found = {}
    told = {(one.id, stack): said for one in plan.proposed for stack, said in one.told.items()}
    for (id_, stack), setup in plan.setups.items():
        entry = model.stacks[stack].connections.get(id_)
        if entry is not None:
            known = {one.field for one in told.get((id_, stack), ())}
            becomes = setup_of_entry(model.stacks[stack], entry)
            found[id_, stack] = tuple(changes_beyond(setup, becomes, known))
    return found


def changes_beyond(setup: Setup, becomes: Setup, known: set[str]) -> Iterator[Told]:
    """What is told of a connection that is set so and becomes otherwise, but for the fields that are told already."""
    if isinstance(setup.schedule, dict) and "every" in setup.schedule:
        setup = replace(setup, schedule=becomes.schedule)
    for change in setup.becoming(becomes):
        what, _, values = change.partition(": ")
        there, _, then = values.partition(" → ")
        field = re.sub(r"^stream (.*?)(?:, (\w+))?$", lambda m: ".".join(filter(None, ("streams", m[1], m[2]))), what)
        if field not in known:
            yield Told(field, there, then or "as the lake says it")
