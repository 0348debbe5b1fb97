"""The shop of the tests about drift, as it is in Airbyte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.drift_lakes import Shop, shop
from tests.support.git_apply import git
from tests.support.remote import without_pauses


@pytest.fixture
def drifting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The shop in a git repository, nothing in it changed by hand yet."""
    without_pauses(monkeypatch)
    with shop(tmp_path / "lake") as found:
        git(found.root, "init", "-q")
        git(found.root, "add", "-A")
        yield found
