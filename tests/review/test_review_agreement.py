"""What a review says in its verdict, in its rows, in its notes and by its exit code is one thing."""

from __future__ import annotations

import re

import pytest

from tests.review.test_reviews import REVIEWS
from tests.support.review_bases import BEFORE
from tests.support.review_edits import EDITS

# What the verdict says of something that may be there twice.
SAYS_SO = re.compile("loses? sync state|(is|are) not judged")


@pytest.mark.parametrize("case", EDITS)
def test_what_loses_sync_state_passes_with_a_line_that_says_that_it_is_meant(case: str) -> None:
    told = (REVIEWS / f"{case}.txt").read_text()
    if "  state-lost\n" in told and not told.startswith("Refused"):
        assert re.search("retired:|accepted:|renamed:", str(EDITS[case]) + str(BEFORE.get(case)))


@pytest.mark.parametrize("case", EDITS)
def test_what_is_there_twice_is_not_said_to_do_nothing(case: str) -> None:
    told = (REVIEWS / f"{case}.txt").read_text()
    if re.search("created? .*a second time|gets a second one", told):
        assert SAYS_SO.search(told.partition("\n")[0]), told
