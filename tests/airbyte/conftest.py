"""Fixtures of the tests about a workspace; a file with a `server` of its own has them too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standin import StandIn
from tests.support.kube import Cluster, cluster_on_path
from tests.support.operate_lakes import operate_lake, stack


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return cluster_on_path(tmp_path, monkeypatch)


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, cluster: Cluster) -> Path:
    assert cluster.calls() == []
    return operate_lake(tmp_path / "lake", stack(url=server.url, workspace=server.workspace_id))


@pytest.fixture
def faker(server: StandIn) -> str:
    return server.add_source("Faker", "source-faker", {"count": 10})


@pytest.fixture
def files(server: StandIn) -> str:
    return server.add_destination("Files", "destination-s3", {})
