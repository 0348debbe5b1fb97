"""Options and settings of the whole suite."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.skips", "tests.e2e.report"]

# The same examples on every run and every machine; slow machines are no reason to fail.
settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what tests/cases/ expects anew; review the diff"
    )
