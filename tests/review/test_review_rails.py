"""How much at once is too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.review.test_reviews import commit, git, synthesized
from tests.support.lakes import run
from tests.support.review_lake import BASE, apply
from tests.support.review_texts import many, retired

MANY = "dag/registry/many.yaml"
# Objects of the lake without those of MANY.
OTHERS = 3


@pytest.mark.parametrize(
    ("objects", "lost", "is_mass"),
    [(9, 6, False), (10, 3, False), (10, 4, True), (20, 6, False), (20, 7, True)],
)
def test_more_than_30_percent_of_at_least_10(objects: int, lost: int, is_mass: bool, tmp_path: Path) -> None:
    result = _review(tmp_path, objects, lost, "")
    assert result.count("(unacknowledged-deletion)") == lost
    assert (f"lake.stacks.airbyte would lose {lost} of its {objects} objects at once" in result) == is_mass


def test_one_line_that_is_missing_keeps_the_rail_up(tmp_path: Path) -> None:
    result = _review(tmp_path, 10, 4, retired("sources.s4", "sources.s5", "sources.s6"))
    assert "(mass-deletion)" in result
    assert result.count("(unacknowledged-deletion)") == 1


def test_with_a_line_for_each_nothing_is_refused(tmp_path: Path) -> None:
    result = _review(tmp_path, 10, 4, retired(*(f"sources.s{number}" for number in range(3, 7))))
    assert "refused" not in result


def _review(root: Path, objects: int, lost: int, lines: str) -> str:
    apply(root, {**BASE, MANY: many(objects - OTHERS)})
    synthesized(root)
    git(root, "init", "--quiet")
    commit(root)
    left = objects - OTHERS - lost
    apply(root, {MANY: (many(left) if left else "") + lines})
    synthesized(root)
    return run(root, "review", "--base", "main").out
