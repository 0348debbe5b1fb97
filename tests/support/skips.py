"""In CI a test may be skipped only for a reason that it states: what the machine lacks.

`conftest.py` names this module in `pytest_plugins`. A reason begins with "cannot run here:", so that a skip that hides
a failure, or that somebody forgot, does not pass for a success.
"""

from __future__ import annotations

import os

import pytest

REASON = "cannot run here:"


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test or a whole module was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr or "")
    return text.removeprefix("Skipped: ")


def is_allowed(reason: str) -> bool:
    """True for a reason that names what the machine lacks."""
    return reason.startswith(REASON)


class Skips:
    """Collects the skips of a run that have no such reason."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        # An expected failure is reported as skipped as well, with `wasxfail`.
        if report.skipped and not hasattr(report, "wasxfail") and not is_allowed(reason_of(report)):
            self.found.append(f"{report.nodeid}: {reason_of(report)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.found:
            terminalreporter.write_line(f'skipped in CI without "{REASON}" {line}', red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Watch the skips of a run in CI; workers of pytest-xdist report to the process that started them."""
    if os.environ.get("CI") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips(), "lakeform-skips")
