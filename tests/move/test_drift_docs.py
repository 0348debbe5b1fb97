"""docs/drift.md is true: its commands run and print what it shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.drift_lakes import OFFERED, Shop
from tests.support.drift_mutations import adds, option, sets
from tests.test_docs import DOCS, follow, reader_of, synthesized


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_drift(drifting: Shop, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shutil.rmtree(drifting.root / ".git")
    reader = reader_of(synthesized(drifting.root), tmp_path / "home")
    for mutate in (
        option("source", 1, "lookback_window", value=7),
        adds(0, OFFERED[2]),
        sets(1, status="inactive"),
    ):
        mutate(drifting)
    follow(DOCS / "drift.md", reader, request)
