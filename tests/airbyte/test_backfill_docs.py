"""docs/backfill.md is true: its commands run and print what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_docs import DOCS, follow, lake_of_init, reader_of, synthesized


def test_reading_a_stream_again(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = synthesized(lake_of_init(tmp_path / "lake"))
    follow(DOCS / "backfill.md", reader_of(root, tmp_path / "home"), request)
