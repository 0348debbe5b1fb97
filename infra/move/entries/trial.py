"""An import tried out in a copy of the lake: what `check` refuses is not written, and what differs in spite of all is told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.airbyte.workspace.setup import Setup, setup_of_entry
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.documents import Problem, write_text
from infra.lake.model.catalogs import catalogs_of
from infra.lake.model.copied import copied_lake
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.dbt_files import generated_dbt_files
from infra.lake.rules.check import check_lake
from infra.move.entries.import_plan import ImportPlan, ImportRequest, plan_import
from infra.move.entries.made_record import Differences, made_record
from infra.move.entries.proposed import Left
from infra.move.entries.told import Told
from infra.move.entries.verdicts import Verdicts


@dataclass(frozen=True)
class Tried:
    """Attributes:
    files: path from the root -> text of what is to be written, without the report.
    left: objects that get no entry: each would not pass `check` beside the files, or has another reason.
    request: beside what is written, with the record of earlier imports and this one, without what is left.
    problems: what `check` has against the files in spite of all; empty but for mistakes of this program.
    """

    files: Mapping[str, str]
    left: tuple[Left, ...]
    request: ImportRequest
    problems: tuple[Problem, ...]


def try_out(request: ImportRequest) -> Tried:
    """The files that pass `check` beside those that there are, and what gets none: an import into the lake with these files
    comes to the same and has no file to add, as it is tried until it has none.
    """
    with copied_lake(request.model.root) as copy:
        trial = _Trial(request, copy)
        trial.add_all()
        return Tried(
            {**trial.files, **_generated(trial.files, trial.request.model)},
            trial.left,
            trial.request,
            tuple(trial.problems),
        )


@dataclass
class _Trial:
    """A copy of the lake that entries are added to.

    Attributes:
        request: beside what has been added.
        before: identities of the problems that the lake has; None as long as nobody has looked.
        left: what gets no entry, as far as is known.
    """

    request: ImportRequest
    copy: Path
    before: set[tuple[str, str, str]] | None = None
    files: dict[str, str] = field(default_factory=dict)
    left: tuple[Left, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def add_all(self) -> None:
        """Add everything that passes, then the connections that waited if they do, then what was refused before the last came in."""
        verdicts = Verdicts()
        while True:
            plan = self._add_what_passes(verdicts)
            if plan.proposed:
                verdicts.add()
            if verdicts.waiting:
                verdicts.call_up()
            elif not verdicts.try_again():
                self.left = plan.left
                return

    def _add_what_passes(self, verdicts: Verdicts) -> ImportPlan:
        while True:
            plan = plan_import(self.request, verdicts.aside)
            if verdicts.sort_out(plan):
                continue
            if not plan.files:
                return plan
            model, new = self._checked(plan)
            if verdicts.judge(plan, new):
                continue
            self._add(plan, model, new)
            return plan

    def _checked(self, plan: ImportPlan) -> tuple[LakeModel, tuple[Problem, ...]]:
        """(the lake with the plan's files, problems that it has by them)."""
        if self.before is None:
            self.before = {one.identity for one in check_lake(self.copy, catalogs=False).report.errors}
        with copied_lake(self.copy) as folder:
            for path, text in plan.files.items():
                write_text(folder, path, text)
            checked = check_lake(folder, catalogs=False)
        return checked.model, tuple(one for one in checked.report.errors if one.identity not in self.before)

    def _add(self, plan: ImportPlan, model: LakeModel, problems: Collection[Problem]) -> None:
        for path, text in plan.files.items():
            write_text(self.copy, path, text)
        self.files |= plan.files
        self.problems += problems
        assert self.before is not None, "a plan with files was checked"
        self.before |= {one.identity for one in problems}
        made = made_record(self.request, plan.proposed, _differences(plan, model), self.request.record.removals)
        record = self.request.record.after(made, whole=False)
        self.request = replace(self.request, model=replace(model, root=self.copy), record=record)


def _generated(files: Collection[str], model: LakeModel) -> dict[str, str]:
    """The catalogs, and what a dbt project has of the sources, so that `check` finds them current."""
    touched = {path.split("/")[2] for path in files if path.startswith(f"{STREAMS}/")}
    if not touched:
        return {}
    dbt = generated_dbt_files(model)
    texts = {path: text for path, text in catalogs_of(model).items() if path.split("/")[2] in touched}
    return texts | {path: text for path, text in dbt.texts.items() if path in dbt.stale()}


def _differences(plan: ImportPlan, model: LakeModel) -> Differences:
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
