"""docs/security.md says of every attack what it showed, and of every limit where it stands."""

from __future__ import annotations

import re
from importlib import import_module

from tests.attack.page import HEAD, PAGE, attacks_on, with_table
from tests.support.lakes import REPOSITORY

LIMIT = re.compile(r"^\| .* \| (.*) \| `(infra/[\w/]+)\.py:(\w+)` \|$", re.MULTILINE)
UNITS = {"MB": 2**20}


def test_every_attack_is_on_the_page() -> None:
    files = sorted((REPOSITORY / "tests/attack").glob("test_*.py"))
    found = [
        name for file in files for name in re.findall(r'pytest\.mark\.attack\(\s*"([^"]+)"', file.read_text("utf-8"))
    ]
    assert len(found) > 10
    assert attacks_on(PAGE.read_text("utf-8")) == sorted(found)


def test_every_limit_is_the_one_that_is_kept() -> None:
    rows = LIMIT.findall(PAGE.read_text("utf-8"))
    assert len(rows) > 10
    for most, module, name in rows:
        number, _, unit = most.replace(",", "").partition(" ")
        assert getattr(import_module(module.replace("/", ".")), name) == int(number) * UNITS.get(unit, 1), name


def test_every_limit_of_a_size_is_on_the_page() -> None:
    names = re.compile(
        r"^((?:MAX|MOST|ALL)(?:_\w+)?_(?:BYTES|FILES|FOLDERS|DEPTH|ITEMS|VALUES|PARTS|LEVELS|WASTED)) = ", re.MULTILINE
    )
    rooms = ("base", "lake", "airbyte", "gitops", "move/terraform")
    files = [path for room in rooms for path in sorted((REPOSITORY / "infra" / room).rglob("*.py"))]
    kept = {
        f"{path.relative_to(REPOSITORY)}:{name}" for path in files for name in names.findall(path.read_text("utf-8"))
    }
    told = {f"{module}.py:{name}" for _, module, name in LIMIT.findall(PAGE.read_text("utf-8"))}
    assert len(kept) > 15
    assert sorted(kept - told) == []


def test_the_table_is_written_anew() -> None:
    page = f"before\n\n{HEAD}| old | 1 | 0 |\n\nafter\n"
    assert (
        with_table(page, {"a": (1200, 0), "b": (1, 2)})
        == f"before\n\n{HEAD}| a | 1,200 | 0 |\n| b | 1 | 2 |\n\nafter\n"
    )
