"""A name that there is not: every verb says so in the same words, with the near matches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.lakes import LAKE, MINIMAL, REPOSITORY, run, write_lake

VERBS = {
    "add": ("source", "new", "--connector", "source-faker", "--stack"),
    "backfill": ("--list", "--stack"),
    "connections": ("--stack",),
    "discover": ("faker", "--stack"),
    "explain": ("sources.faker", "--stack"),
    "flux": ("--stack",),
    "read": ("faker", "--stack"),
    "secrets": ("--stack",),
    "status": ("--stack",),
    "sync": ("faker_to_lake", "--stack"),
    "test": ("faker", "--stack"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_stack_that_there_is_not_has_near_matches_for_every_verb(verb: str, tmp_path: Path) -> None:
    write_lake(tmp_path, MINIMAL)
    result = run(tmp_path, verb, *VERBS[verb], "airbite")
    said = f'lakeform {verb}: there is no stack "airbite"; did you mean "airbyte"?'
    assert result.err.splitlines()[-1] == said
    assert result.code == 2


def test_where_nothing_is_known_the_sentence_ends(tmp_path: Path) -> None:
    write_lake(tmp_path, {"dag/registry/lake.yaml": LAKE.partition("    airbyte:")[0].replace("stacks:", "stacks: {}")})
    result = run(tmp_path, "add", "destination", "new", "--connector", "destination-s3", "--stack", "x")
    assert result.err == 'lakeform add: there is no stack "x"\n'


def test_the_sentence_has_one_home() -> None:
    said = re.compile(r"""there is no (stack|source|destination|connection|\{\w+\}) "\{""")
    files = (REPOSITORY / "infra").rglob("*.py")
    homes = [file.name for file in files if said.search(file.read_text("utf-8"))]
    assert homes == ["suggestions.py"]
