"""Fixtures of the tests about landings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.read_lakes import SECRET, MakeShop, Shop, shop_in


@pytest.fixture
def make_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeShop:
    def made(*given: Any, **streams: Any) -> Shop:
        monkeypatch.setenv("TF_VAR_shop_key", SECRET)
        return shop_in(tmp_path / "lake", *given, **streams)

    return made
