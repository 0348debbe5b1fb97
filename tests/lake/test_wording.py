"""No decision hangs on the wording of a message: reworded, every problem is still told, of the same rule at the same place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from infra.lake.connectors.findings import Finding
from infra.lake.documents import Problem
from infra.lake.rules.check import check_lake
from tests.lake.test_cases import TOLD, lake_of
from tests.support.lakes import REPOSITORY

OWN_WORDS = {"message", "fix", "why"}
MADE_OF_WORDS = {"did_you_mean", "question"}
ASKED_OF_TEXT = {"startswith", "endswith", "split", "partition", "rpartition", "find", "index", "count"}


def reworded(text: str) -> str:
    """Other words, the same for the same text, and for a text that was reworded already."""
    return text if not text or text.startswith("~") else f"~{blake2b(text.encode(), digest_size=8).hexdigest()}"


def reword(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each value of the class made with other words."""
    made = kind.__init__

    def init(self: Any, *args: Any, **options: Any) -> None:
        made(self, *args, **options)
        for name in ("message", "fix"):
            object.__setattr__(self, name, reworded(getattr(self, name)))

    monkeypatch.setattr(kind, "__init__", init)


def told(root: Path) -> list[tuple[str, ...]]:
    return sorted((p.rule, str(p.location), p.path, p.severity) for p in check_lake(root).report.problems)


def test_reworded_problems_of_every_case_are_the_same_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lakes = {case: lake_of(case, tmp_path / case) for case in TOLD}
    expected = {case: told(root) for case, root in lakes.items()}
    for kind in (Problem, Finding):
        reword(kind, monkeypatch)
    assert {case: told(root) for case, root in lakes.items()} == expected


def decisions_by_words(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_wording(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.expr)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKED_OF_TEXT:
            asked = [node.func.value]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            asked = node.comparators
        if any(_is_wording(one, names) for one in asked):
            yield f"{file.relative_to(REPOSITORY)}:{node.lineno}"


def _is_wording(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Attribute(attr=attr):
            return attr in OWN_WORDS
        case ast.Name(id=name):
            return name in names
        case ast.Call(func=ast.Name(id=name)):
            return name in MADE_OF_WORDS
        case ast.IfExp(body=body, orelse=orelse):
            return _is_wording(body, names) or _is_wording(orelse, names)
    return False


def test_no_code_looks_into_the_words_of_a_message() -> None:
    files = sorted((REPOSITORY / "infra").rglob("*.py"))
    assert [found for file in files for found in decisions_by_words(file)] == []
