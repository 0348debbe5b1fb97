"""docs/where-is.md answers with a file and a symbol, and each of them is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.lake.documents.rule_id import RULE_IDS
from tests.support.lakes import REPOSITORY

PAGE = REPOSITORY / "docs/where-is.md"
RULES = "| rule | raised in |\n|---|---|\n"
IDS = "infra/lake/documents/rule_id.py"

# A rule that more functions than this raise is named with its files.
MOST = 4


def symbols_of(file: Path) -> set[str]:
    """Names that a file defines, those of a class with the class before them."""
    return set(_symbols(ast.parse(file.read_text("utf-8")).body, ""))


def _symbols(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                yield from _symbols(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (prefix + target.id for target in targets if isinstance(target, ast.Name))


def answers() -> list[tuple[str, str]]:
    """(file, symbol) of everything on the page that says `file:symbol`."""
    found = re.findall(r"`((?:infra|stacks|tests)/[\w/]+\.py):([\w.]+)`", PAGE.read_text("utf-8"))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(("file", "symbol"), answers())
def test_the_answer_is_there(file: str, symbol: str) -> None:
    assert symbol in symbols_of(REPOSITORY / file), f"{file} defines no {symbol}"


def test_the_questions_are_answered() -> None:
    table = PAGE.read_text("utf-8").partition(RULES)[0]
    unanswered = [line for line in table.splitlines() if line.startswith("| ") and ".py:" not in line]
    assert unanswered == ["| question | answer |"]


def mentioned() -> Iterator[str]:
    """`file:line: path` of every file of ours that a docstring, a comment or a page names and that is not there."""
    pages = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    code = [file for folder in ("infra", "stacks", "tests") for file in (REPOSITORY / folder).rglob("*.py")]
    for file in sorted([*pages, *code]):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            for path in re.findall(r"(?<![\w./*-])(?:infra|stacks|tests)/[\w/.]*\w\.(?:py|md|yaml)\b", line):
                if not (REPOSITORY / path).exists():
                    yield f"{file.relative_to(REPOSITORY)}:{number}: {path}"


def test_files_that_are_named_are_there() -> None:
    assert list(mentioned()) == []


def raised_in(rule: str) -> list[str]:
    """`file:function` of every function that names a rule, or its files where they are many."""
    found = [
        (file, function) for file, functions in FUNCTIONS.items() for function, texts in functions if rule in texts
    ]
    if len(found) > MOST:
        return list(dict.fromkeys(f"`{file}`" for file, _ in found))
    return list(dict.fromkeys(f"`{file}:{name}`" for file, name in found))


def _functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, set[object]]]:
    """The outermost functions and the methods of a file, with the constants in each."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield prefix + node.name, {text.value for text in ast.walk(node) if isinstance(text, ast.Constant)}


FUNCTIONS = {
    name: list(_functions(ast.parse(file.read_text("utf-8")).body))
    for file in [*sorted((REPOSITORY / "infra").rglob("*.py")), *sorted((REPOSITORY / "stacks").glob("*.py"))]
    if (name := file.relative_to(REPOSITORY).as_posix()) != IDS
}


def test_every_rule_is_found(request: pytest.FixtureRequest) -> None:
    before, heading, _ = PAGE.read_text("utf-8").partition(RULES)
    rows = "".join(f"| [{rule}](rules.md#{rule}) | {', '.join(raised_in(rule))} |\n" for rule in sorted(RULE_IDS))
    if request.config.getoption("--update-cases"):
        PAGE.write_text(before + heading + rows)
    assert PAGE.read_text("utf-8") == before + RULES + rows
