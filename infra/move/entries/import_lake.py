"""Import: what was found becomes files of the lake, and a report of what could not be read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.base.json_value import Json
from infra.lake.documents import Problem, write_text
from infra.move.entries.import_plan import ImportPlan, ImportRequest
from infra.move.entries.import_record import PATH, ImportedObject, ImportRecord, StackRecord
from infra.move.entries.import_report import REPORT_PATH, report_text
from infra.move.entries.leaving import removals_after
from infra.move.entries.proposed import Proposed
from infra.move.entries.told import Told
from infra.move.entries.trial import Tried, try_out


@dataclass(frozen=True)
class Imported:
    """The outcome of an import; nothing is written yet.

    Attributes:
        files: path from the root -> text: new files, generated catalogs, and both files of the report.
        record: what all imports have made, this one among them.
        plan: what this one makes.
        problems: what `check` has against it; empty but for mistakes of this program.
    """

    files: Mapping[str, str]
    record: ImportRecord
    plan: ImportPlan
    problems: tuple[Problem, ...]

    def to_json(self, written: Sequence[str]) -> Json:
        """For `--format json`: the record of this and earlier imports, and which files changed."""
        left = [{"stack": one.stack, "key": one.key, **one.left_out.to_json()} for one in self.plan.left]
        return {"written": list(written), "left_out": left, "record": self.record.to_json()}

    def write(self, request: ImportRequest) -> list[str]:
        """Write the files; the paths of those that changed."""
        return [path for path, text in self.files.items() if write_text(request.model.root, path, text)]


def import_lake(request: ImportRequest) -> Imported:
    """Try the import out, and say what there is to write. Raises UserError."""
    tried = try_out(request)
    record = request.record.after(_record(request, tried), whole=not request.only)
    files = {**tried.plan.files, **tried.generated, PATH: record.to_text(), REPORT_PATH: report_text(record)}
    return Imported(files, record, tried.plan, tried.problems)


def _record(request: ImportRequest, tried: Tried) -> ImportRecord:
    """What this import alone makes."""
    stacks = {stack: _stack(request, tried, stack) for stack in request.found}
    secrets = {name: said for one in tried.plan.proposed for name, said in one.secrets.items()}
    return ImportRecord(stacks, secrets, removals_after(request, tried.plan))


def _differences(tried: Tried, one: Proposed, stack: str) -> tuple[Told, ...]:
    return tried.differences.get((one.id, stack), ()) if one.section == "connections" else ()


def _stack(request: ImportRequest, tried: Tried, stack: str) -> StackRecord:
    workspace = request.found[stack].workspace
    objects = {}
    for one in tried.plan.proposed:
        if stack in one.objects:
            there = one.objects[stack]
            name = there.remote.name if hasattr(there, "remote") else there.name
            told = (*one.told.get(stack, ()), *_differences(tried, one, stack))
            objects[there.id or there.key] = ImportedObject(one.path, name, one.managed, stack in one.carried, told)
    left = {one.key: one.left_out for one in tried.plan.left if one.stack == stack}
    untold = tuple(f"{one.what}: {one.why}" for one in workspace.untold)
    return StackRecord(workspace.origin, objects, left, untold)
