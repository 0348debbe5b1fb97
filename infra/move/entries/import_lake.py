"""Import: what was found becomes files of the lake, and a report of what could not be read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.base.json_value import Json
from infra.lake.documents import Problem, write_text
from infra.lake.registry.declared import FOLDER as REGISTRY
from infra.move.entries.import_plan import ImportRequest
from infra.move.entries.import_record import PATH, ImportRecord
from infra.move.entries.import_report import REPORT_PATH, report_text
from infra.move.entries.leaving import removals_after
from infra.move.entries.made_record import made_record
from infra.move.entries.proposed import Left
from infra.move.entries.trial import try_out


@dataclass(frozen=True)
class Imported:
    """The outcome of an import; nothing is written yet.

    Attributes:
        files: path from the root -> text: new files, generated catalogs, and both files of the report.
        record: what all imports have made, this one among them.
        left: what this one leaves out.
        problems: what `check` has against it; empty but for mistakes of this program.
    """

    files: Mapping[str, str]
    record: ImportRecord
    left: tuple[Left, ...]
    problems: tuple[Problem, ...]

    def to_json(self, written: Sequence[str]) -> Json:
        """For `--format json`: the record of this and earlier imports, and which files changed."""
        left = [{"stack": one.stack, "key": one.key, **one.left_out.to_json()} for one in self.left]
        return {"written": list(written), "left_out": left, "record": self.record.to_json()}

    def write(self, request: ImportRequest) -> list[str]:
        """Write the files; the paths of those that changed. Entries come last: where somebody interrupts it, the next import finds
        none whose streams are missing or of which the record tells nothing, and goes on.
        """
        ordered = sorted(self.files, key=lambda path: path.startswith(f"{REGISTRY}/"))
        changed = {path for path in ordered if write_text(request.model.root, path, self.files[path])}
        return [path for path in self.files if path in changed]


def import_lake(request: ImportRequest) -> Imported:
    """Try the import out, and say what there is to write. Raises UserError."""
    tried = try_out(request)
    rest = made_record(request, (), {}, removals_after(tried.request), tried.left)
    record = tried.request.record.after(rest, whole=not request.only)
    files = {**tried.files, PATH: record.to_text(), REPORT_PATH: report_text(record)}
    return Imported(files, record, tried.left, tried.problems)
