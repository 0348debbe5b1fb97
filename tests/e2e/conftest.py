"""Fixtures of the end-to-end tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.applied import Applied
from tests.e2e.tools import Tools, tools_or_skip


@pytest.fixture(scope="session")
def tools() -> Tools:
    return tools_or_skip()


@pytest.fixture(scope="session")
def applied(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    return Applied(tools, tmp_path_factory.mktemp("applied"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
