"""`lakeform catalog`."""

from __future__ import annotations

import argparse

from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, find_root, print_report, refuse
from infra.lake.documents import Report, not_found
from infra.lake.model.catalogs import generated_catalogs, stale_catalogs
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.dbt_files import generated_dbt_files, stale_dbt_files
from infra.lake.rules.check import check_lake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE...] --check --format`."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="only these; default: every source")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not current")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Write the catalogs, and what lakeform gives to the dbt project, or with `--check` name the stale ones."""
    checked = check_lake(find_root(options), catalogs=False)
    if checked.report.errors:
        return refuse(options, checked.report)
    chosen = _chosen(options.sources, checked.model)
    if options.check:
        stale = stale_dbt_files(checked.model) if chosen is None else []
        report = Report.of([*stale_catalogs(checked.model, chosen), *stale])
        print_report(report, as_json=options.format == "json")
        return 1 if report.errors else 0
    changes = generated_catalogs(checked.model, chosen).write()
    changes += generated_dbt_files(checked.model).write() if chosen is None else []
    tell(options, Answer(changes))
    return 0


def _chosen(names: list[str], model: LakeModel) -> frozenset[str] | None:
    for name in names:
        if name not in model.sources:
            raise not_found("source", name, model.sources)
    return frozenset(names) or None
