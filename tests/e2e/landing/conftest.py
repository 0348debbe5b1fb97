"""A lake in PostgreSQL and S3."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fed_lakes import FedLake
from tests.support.postgres import Database
from tests.support.s3 import Store
from tests.support.store_lakes import store_lake


@pytest.fixture
def lake(tmp_path: Path, database: Database, s3: Store, monkeypatch: pytest.MonkeyPatch) -> FedLake:
    return store_lake(tmp_path / "lake", database, s3, monkeypatch)
