"""Options and settings of the whole suite."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.packages import place, use_index

pytest_plugins = [
    "tests.support.skips",
    "tests.support.postgres",
    "tests.support.s3",
    "tests.e2e.report",
    "tests.attack.plugin",
]

# The same examples on every run and every machine; slow machines are no reason to fail.
settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what tests/cases/ expects anew; review the diff"
    )


@pytest.fixture(scope="module")
def fake_connector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of installed connectors that has the fake one, and no index beside it."""
    cache = tmp_path_factory.mktemp("cache")
    place(cache, "airbyte-source-fake", "1.0.0")
    with pytest.MonkeyPatch.context() as patch:
        use_index(patch, cache / "no-index", cache)
        yield cache


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go during the test."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
