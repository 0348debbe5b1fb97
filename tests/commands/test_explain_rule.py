"""`lakeform explain RULE`: the section of the page on rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.lake.documents import RULE_IDS
from infra.lake.rules.rule_page import rule_text
from tests.support.lakes import REPOSITORY, Result, run, write_lake


@pytest.mark.parametrize("rule", sorted(RULE_IDS))
def test_every_rule_has_its_text(rule: str) -> None:
    text = rule_text(rule)  # type: ignore[arg-type]  # a rule by its name
    assert text
    assert "\n## " not in text
    assert "](#" not in text


def test_it_is_shown_as_it_stands_on_the_page(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/rules.md").read_text("utf-8")
    section = page.partition("\n## duplicate-key\n")[2].partition("\n## ")[0].strip()
    lake = write_lake(tmp_path)
    assert run(lake, "explain", "duplicate-key") == Result(0, f"duplicate-key\n\n{section}\n", "")
    told = json.loads(run(lake, "explain", "duplicate-key", "--format", "json").out)
    assert told == {"rule": "duplicate-key", "text": section, "problems": []}


def test_a_rule_that_is_none_has_its_near_match(tmp_path: Path) -> None:
    assert run(write_lake(tmp_path), "explain", "cursor-requird") == Result(
        2,
        "",
        'lakeform explain: there is no rule "cursor-requird"; did you mean "cursor-required" or "cursor-nested"?\n',
    )
