"""How often each attack is tried, and the table of what that showed, at the end of a run.

`tests/conftest.py` names this module in `pytest_plugins`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pytest

from tests.attack.page import PAGE, with_table

MARKER = "attack(name, short, long): a test with a `seed`, run for so many seeds in `make test` and in `make attack`"

Tried = Callable[[int], None]
"""Told by a test that tries more than one thing for its seed."""


@dataclass(frozen=True)
class Row:
    """An attack: how often it was tried, and how many of its seeds failed."""

    tried: int = 0
    failures: int = 0
    seconds: float = 0.0

    def and_then(self, other: Row) -> Row:
        return Row(self.tried + other.tried, self.failures + other.failures, self.seconds + other.seconds)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("attack")
    group.addoption("--attack-size", default="short", help="seeds of each attack: short, long, or a number")
    group.addoption("--attack-seed", type=int, default=0, help="the first seed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each seed."""
    marker = metafunc.definition.get_closest_marker("attack")
    if marker is None:
        return
    size, first = metafunc.config.getoption("--attack-size"), metafunc.config.getoption("--attack-seed")
    count = marker.kwargs[size] if size in ("short", "long") else int(size)
    metafunc.parametrize("seed", range(first, first + count), ids="seed-{}".format)


def pytest_runtest_setup(item: pytest.Item) -> None:
    marker = item.get_closest_marker("attack")
    if marker is not None:
        item.user_properties.append(("attack", marker.args[0]))


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Tried:
    return lambda count: request.node.user_properties.append(("tried", count))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table; with --update-cases a long run writes it into docs/security.md as well."""
    rows = rows_of(report for reports in terminalreporter.stats.values() for report in reports)
    if not rows:
        return
    terminalreporter.section("attacks")
    width = max(map(len, rows))
    terminalreporter.write_line(f"{'attack':{width}}    tried  failures  seconds")
    for name, row in rows.items():
        bad = row.failures > 0
        terminalreporter.write_line(f"{name:{width}} {row.tried:8}  {row.failures:8}  {row.seconds:7.1f}", red=bad)
    config = terminalreporter.config
    if hasattr(config, "workerinput"):  # it knows of its own share alone
        return
    if config.getoption("--update-cases") and config.getoption("--attack-size") == "long":
        counts = {name: (row.tried, row.failures) for name, row in rows.items()}
        PAGE.write_text(with_table(PAGE.read_text("utf-8"), counts), "utf-8")


def rows_of(reports: Iterable[object]) -> Mapping[str, Row]:
    """Name of an attack -> what it showed, sorted; workers of pytest-xdist send their reports here."""
    rows: dict[str, Row] = {}
    for report in reports:
        name = dict(report.user_properties).get("attack") if isinstance(report, pytest.TestReport) else None
        if isinstance(report, pytest.TestReport) and isinstance(name, str) and report.when == "call":
            told = [count for key, count in report.user_properties if key == "tried" and isinstance(count, int)]
            row = Row(sum(told) if told else 1, int(report.failed), report.duration)
            if not report.skipped:
                rows[name] = rows.get(name, Row()).and_then(row)
    return dict(sorted(rows.items()))
