"""What pip reports of a package: believed as far as it says what it should."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.local import index
from infra.airbyte.local.index import Release, find_release
from infra.base.errors import UserError
from infra.base.process import Run


def reporting(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let pip write this report."""

    def run_pip(words: Sequence[str], timeout_seconds: float) -> Run:
        Path(words[list(words).index("--report") + 1]).write_text(text)
        run = Run(words, Path(), {}, timeout_seconds)
        run.code = 0
        return run

    monkeypatch.setattr(index, "run_pip", run_pip)


def report(version: Any, **more: Any) -> str:
    return json.dumps({"version": "1", "install": [{"metadata": {"name": "x", "version": version, **more}}]})


def test_the_version_and_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    reporting(monkeypatch, report("1.2.0", requires_python=">=3.10", description="x" * 100_000))
    assert find_release("x", None) == Release("x", "1.2.0", ">=3.10")
    reporting(monkeypatch, report("1.2.0", requires_python=[]))
    assert find_release("x", None) == Release("x", "1.2.0", None)


BROKEN = ["", "[", "[]", "{}", '{"install": []}', '{"install": [5]}', '{"install": 5}', "[" * 100_000]


@pytest.mark.parametrize(
    "text", [*BROKEN, report(None), report(5), report("../../etc"), report("1.0/.."), '{"install": [{"metadata": []}]}']
)
def test_a_report_without_a_version(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    reporting(monkeypatch, text)
    with pytest.raises(UserError) as caught:
        find_release("x", None)
    assert str(caught.value) == "cannot look up x on the package index: pip reports no version of it"


def test_a_report_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST_REPORT_BYTES", 2**20)
    reporting(monkeypatch, report("1.2.0", description="x" * 2**20))
    with pytest.raises(UserError) as caught:
        find_release("x", None)
    assert str(caught.value) == "the report of pip: is larger than 1 MB, and is not read"
