"""The review says of every edit of the table what `tofu plan` does; that it does it is held by test_edits.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.review.details.change import NOT_APPLIED
from tests.e2e.edit import Edit
from tests.e2e.edits import EDITS
from tests.e2e.engine import synthesize
from tests.e2e.shop import base
from tests.review.test_reviews import commit, git
from tests.support.lakes import run, write_files, write_lake

# What depends on values that only the cluster has: without them a value under another name may be another one.
SEEN_OTHERWISE = {
    "another secret value": {},
    "another variable's value": {},
    "a secret under another name": {"airbyte_source.shopify": "update"},
}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_a_review_has_the_actions_and_addresses_of_the_plan(edit: Edit, tmp_path: Path) -> None:
    lake = write_lake(tmp_path, base())
    synthesize(lake)
    git(lake, "init", "--quiet")
    commit(lake, "Base")
    head = edit.change(base())
    for path in set(base()) - set(head):
        (lake / path).unlink()
    write_files(lake, head)
    synthesize(lake)
    result = run(lake, "review", "--base", "HEAD", "--format", "json")
    assert result.code in (0, 1), result.err
    wanted = SEEN_OTHERWISE.get(edit.name, {address: _as_reviewed(action) for address, action in edit.actions.items()})
    assert _actions(json.loads(result.out)) == wanted


def _actions(review: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {
        change["address"]: f"move and {change['action']}"
        if change["previous_address"] and change["action"] != "move"
        else change["action"]
        for change in review["changes"]
        if change["address"].startswith("airbyte_") and change["action"] not in NOT_APPLIED
    }


def _as_reviewed(action: str) -> str:
    """A review without state cannot tell whether what is taken over differs."""
    return "adopt" if action.startswith("import") else action
