"""`lakeform check`."""

from __future__ import annotations

import argparse
import sys

from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_report, say
from infra.lake.documents import Problem, Report, plural
from infra.lake.model.lake_model import LakeModel
from infra.lake.models.extra import NOT_READ, can_read_models
from infra.lake.models.project import has_models
from infra.lake.registry.kinds import KIND_OF
from infra.lake.rules.check import check_lake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--synth --strict --format`."""
    parser.add_argument("--synth", action="store_true", help="also check that the committed Terraform JSON is current")
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print every problem of the lake; 1 if there is an error."""
    checked = check_lake(find_root(options))
    report = checked.report
    if options.synth and not report.errors:
        report = Report.of([*report.problems, *_stale(checked.model)])
    if options.strict:
        report = report.strict()
    print_report(report, as_json=options.format == "json")
    _models_not_read(options, checked.model)
    if not report.problems and options.format == "text":
        say(options, f"no problems in {_summary(checked.model)}")
    return 1 if report.errors else 0


def _models_not_read(options: argparse.Namespace, model: LakeModel) -> None:
    """Say once that models were not looked at, where there are some and nothing that reads them."""
    if not options.quiet and has_models(model.root) and not can_read_models():
        show(NOT_READ, to=sys.stderr)


def _stale(model: LakeModel) -> list[Problem]:
    from stacks.synth import stale_stacks, strays  # noqa: PLC0415  # starts Node, which only this option needs

    return [*stale_stacks(model), *strays(model)]


def _summary(model: LakeModel) -> str:
    counts = [
        plural(len(entries), KIND_OF[section])
        for section, entries in sorted(model.declared.entries.items(), reverse=True)
    ]
    streams = sum(len(source.selected) for source in model.sources.values())
    return ", ".join([*counts, plural(streams, "stream"), plural(len(model.stacks), "stack")])
