"""check_lake: everything that can be known about a lake without a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import Problem, Report
from infra.lake.documents.problem import without_repeated
from infra.lake.model.catalogs import stale_catalogs
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.models.dbt_files import stale_dbt_files
from infra.lake.rules import advice, broken_rules
from infra.lake.rules.placeholders import without_undecided


@dataclass(frozen=True)
class Checked:
    """A lake and all its problems; only without errors does the model hold every entry."""

    model: LakeModel
    report: Report


def check_lake(root: Path, *, catalogs: bool = True, other_locks: Mapping[str, ConnectorLock] | None = None) -> Checked:
    """Read the lake and apply every rule; `catalogs`: also that the generated catalogs are current; `other_locks`: as it
    would be with these.

    Advice and freshness are for a lake without errors: generated files of a broken one cannot be right.
    """
    loaded = load_lake(root, other_locks)
    problems = without_undecided([*loaded.problems, *broken_rules(loaded.model)])
    report = Report.of(without_repeated(problems))
    if not report.errors:
        stale = [*stale_catalogs(loaded.model), *stale_dbt_files(loaded.model)] if catalogs else []
        report = Report.of([*report.problems, *advice(loaded.model), *stale])
    return Checked(loaded.model, report)


def errors_of(root: Path) -> tuple[Problem, ...]:
    """What is wrong in the files that people write."""
    return check_lake(root, catalogs=False).report.errors
