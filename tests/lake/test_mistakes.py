"""Typical mistakes: each is told once, with its place and with what to write. The table is tests/mistakes/*.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lakes import problems_of, write_lake
from tests.support.mistakes.lake import FILES
from tests.support.mistakes.table import Mistake, mistakes, write_tables

MISTAKES = list(mistakes())


@pytest.fixture(scope="module", autouse=True)
def _written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With --update-cases, the tables as they would be now."""
    if request.config.getoption("--update-cases"):
        root = tmp_path_factory.mktemp("mistakes")
        write_tables({mistake: told_of(root / str(number), mistake) for number, mistake in enumerate(MISTAKES)})


def told_of(root: Path, mistake: Mistake) -> str:
    """What `check` tells of it, without the line that counts."""
    return "\n".join(problem.to_text() for problem in problems_of(write_lake(root, mistake.files)))


def test_the_lake_that_they_are_edits_of_has_no_problem(tmp_path: Path) -> None:
    assert problems_of(write_lake(tmp_path, FILES)) == ()


def test_they_are_more_than_a_first_user_made() -> None:
    assert len(MISTAKES) >= 109
    assert len({(mistake.file, mistake.old, mistake.new) for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m.table.stem}: {m.new.strip()[:70]}" for m in MISTAKES])
def test_a_mistake_is_told_once_with_its_place_and_its_cure(tmp_path: Path, mistake: Mistake) -> None:
    (problem,) = problems_of(write_lake(tmp_path, mistake.files))
    assert problem.to_text() == mistake.told
    assert problem.location.file == mistake.file
    assert problem.fix
