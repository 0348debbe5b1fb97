"""What the end-to-end tests ran with, and how long each file of them took, at the end of a run.

`tests/conftest.py` names this module in `pytest_plugins`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest

FOLDER = "tests/e2e/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The versions and the times, where an end-to-end test was in the run and did not skip."""
    seconds = seconds_of(report for reports in terminalreporter.stats.values() for report in reports)
    if not seconds:
        return
    from tests.e2e.tools import AIRBYTE, RESTFUL, tools  # noqa: PLC0415  # other runs need none of it
    from tests.tools.build import ToolsMissing  # noqa: PLC0415

    terminalreporter.section("end to end")
    try:
        lines = tools(AIRBYTE, RESTFUL).versions
    except ToolsMissing as error:
        lines = (str(error),)
    for line in lines:
        terminalreporter.write_line(line)
    for file, spent in sorted(seconds.items()):
        terminalreporter.write_line(f"{spent:7.1f} s  {file}")


def seconds_of(reports: Iterable[object]) -> dict[str, float]:
    """File -> seconds of its tests, set-up and clean-up included, added over all workers."""
    found: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        if isinstance(report, pytest.TestReport) and report.nodeid.startswith(FOLDER) and not report.skipped:
            found[report.nodeid.partition("::")[0]] += report.duration
    return dict(found)
