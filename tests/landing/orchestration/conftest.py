"""A lake with files, and its code location."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.code_locations import STACK, CodeLocation
from tests.support.fed_lakes import DESTINATION, LOCAL, FedLake, fed_lake

ENTRIES = """\
sources:
  faker:
    connector: source-faker
    owner: data-platform
    configuration: {count: 10}
connections:
  faker_to_files:
    source: faker
    destination: files
    schedule: {every: 24h}
    namespace: {format: shop}
"""


@pytest.fixture
def lake(tmp_path: Path) -> FedLake:
    return fed_lake(tmp_path / "lake", STACK, LOCAL, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)


@pytest.fixture
def location(lake: FedLake) -> CodeLocation:
    return CodeLocation(lake, {"sample": 2})
