"""`python -m stacks`, the CDKTF app that `cdktf synth` runs, does what `lakeform synth` does."""

import os
import sys

# As in `python -m infra`: nothing is imported from the working folder.
if not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(os.path.abspath(__file__))):
    del sys.path[0]

from infra.base.errors import UserError
from infra.base.exit_codes import begin, exit_code
from infra.base.printable import show
from infra.lake.model.root import project_root
from stacks.lake import synth_lake


def main() -> int:
    """Synthesize the lake that one stands in; 1 if it has problems."""
    if sys.argv[1:]:
        raise UserError("python -m stacks takes no arguments; run: lakeform synth --help")
    report, changes = synth_lake(project_root(None))
    for change in changes:
        show(change.to_text())
    if report.errors:
        show(report.to_text(), to=sys.stderr)
    return 1 if report.errors else 0


begin()
sys.exit(exit_code("lakeform synth", main))
