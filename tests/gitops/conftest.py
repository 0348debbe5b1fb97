"""A cluster that answers as it is told, and a lake of one stack that is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.kube import Cluster
from tests.support.operate_lakes import known_cluster, operate_lake, stack


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return known_cluster(tmp_path, monkeypatch)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return operate_lake(tmp_path / "lake", stack())
