"""Fixtures of the tests about landings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.landing.engine.engine import Engine
from tests.support.landings import opened, settings_in
from tests.support.read_lakes import SECRET, MakeShop, Shop, shop_in


@pytest.fixture
def make_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeShop:
    def made(*given: Any, **streams: Any) -> Shop:
        monkeypatch.setenv("TF_VAR_shop_key", SECRET)
        return shop_in(tmp_path / "lake", *given, **streams)

    return made


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A landing on SQLite; each test has a table of its own in it."""
    with opened(settings_in(tmp_path_factory.mktemp("lake"))) as engine:
        yield engine
