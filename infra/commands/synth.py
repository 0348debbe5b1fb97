"""`lakeform synth`, which is what `cdktf synth` runs."""

from __future__ import annotations

import argparse
import os
import sys

from infra.commands.catalog import write_catalogs
from infra.commands.common import find_root, print_report, say
from infra.documents import Report
from infra.faults import Fault
from infra.model.catalogs import stale_catalogs
from infra.rules.check import check_lake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--check`."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not current")


def run(options: argparse.Namespace) -> int:
    """Check, then write catalogs and Terraform JSON; with `--check`, name what is not current."""
    if os.environ.get("SYNTH_HCL_OUTPUT") == "true":
        raise Fault("--hcl is not served: CDKTF's HCL output drops blocks; Terraform reads the JSON")
    checked = check_lake(find_root(options), catalogs=False)
    if checked.report.errors:  # warnings are for `check`: what the app prints on stderr `cdktf synth` calls an error
        print_report(checked.report, to=sys.stderr)
        return 1
    from stacks.synth import refused, stale_stacks, strays, synth  # noqa: PLC0415  # starts Node, which a lake with problems does not need

    if options.check:
        report = Report.of([*stale_catalogs(checked.model), *stale_stacks(checked.model), *strays(checked.model)])
        print_report(report)
        return 1 if report.errors else 0
    if problems := refused(checked.model):
        print_report(Report.of(problems), to=sys.stderr)
        return 1
    for line in [*write_catalogs(checked.model), *synth(checked.model)]:
        say(options, line)
    return 0
