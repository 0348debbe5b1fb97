"""Synthesizing a whole lake: check it, then its catalogs, what its models stand on, its schemas for editors, its stacks."""

from __future__ import annotations

import os
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.documents import Report
from infra.lake.documents.generated import FileChange
from infra.lake.editor.files import kept_schemas, stale_schemas
from infra.lake.model.catalogs import generated_catalogs, stale_catalogs
from infra.lake.models.dbt_files import generated_dbt_files, stale_dbt_files
from infra.lake.rules.check import Checked, check_lake


def synth_lake(root: Path) -> tuple[Report, list[FileChange]]:
    """Write all that is generated of the registry and the stream files; what was written. A lake with errors gives them, and
    nothing is written.
    """
    checked = _checked(root)
    if checked.report.errors:  # warnings are for `check`: what the app prints on stderr `cdktf synth` calls an error
        return checked.report, []
    from stacks.synth import refused, synth  # noqa: PLC0415  # starts Node, which a lake with problems does not need

    if problems := refused(checked.model):
        return Report.of(problems), []
    lake = checked.model
    generated = (generated_catalogs(lake), generated_dbt_files(lake), kept_schemas(lake))
    return Report.of([]), [*(change for files in generated for change in files.write()), *synth(lake)]


def stale_lake(root: Path) -> tuple[Report, Report]:
    """The errors of a lake, and what of the generated files is not current, which only a lake without errors has."""
    checked = _checked(root)
    if checked.report.errors:
        return checked.report, Report.of([])
    from stacks.synth import stale_stacks, strays  # noqa: PLC0415  # as above

    lake = checked.model
    stale = (stale_catalogs, stale_dbt_files, stale_schemas, stale_stacks, strays)
    return Report.of([]), Report.of([problem for find in stale for problem in find(lake)])


def _checked(root: Path) -> Checked:
    """Raises UserError for `cdktf synth --hcl`."""
    if os.environ.get("SYNTH_HCL_OUTPUT") == "true":
        raise UserError("--hcl is not supported: CDKTF's HCL output drops blocks; Terraform reads the JSON")
    return check_lake(root, catalogs=False)
