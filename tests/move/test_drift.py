"""What somebody changes in Airbyte by hand is found, and the patch of it makes the files say what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.drift_lakes import MASKED, SECRET, Shop
from tests.support.drift_mutations import MASKED_CHANGES, MUTATIONS
from tests.support.git_apply import git
from tests.support.lakes import run

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

NO_DRIFT = "stack prod: no drift\n\nstack staging: no drift\n"


def texts(root: Path) -> dict[str, str]:
    """What people have written."""
    return {str(path.relative_to(root)): path.read_text() for path in sorted((root / "dag").rglob("*.*"))}


def test_a_workspace_that_is_as_the_files_say_has_no_drift(drifting: Shop) -> None:
    told = run(drifting.root, "drift", "--quiet")

    assert (told.code, told.out, told.err) == (0, NO_DRIFT, "")


@pytest.mark.parametrize("case", MUTATIONS)
def test_a_change_by_hand_is_found_and_its_patch_makes_the_drift_vanish(drifting: Shop, case: str) -> None:
    mutate, places = MUTATIONS[case]
    mutate(drifting)
    before = texts(drifting.root)

    told = run(drifting.root, "drift", "--quiet", "--format", "json")
    found = [one for stack in json.loads(told.out)["stacks"] for one in stack["differences"]]
    patch = run(drifting.root, "drift", "--quiet", "--format", "patch")

    assert [".".join(filter(None, (one["entry"], one["path"]))) for one in found] == list(places)
    assert [one["reason"] for one in found] == [None] * len(places)
    assert (told.code, patch.code, patch.err) == (1, 1, "")
    assert SECRET not in told.out + patch.out
    assert MASKED not in told.out + patch.out
    assert texts(drifting.root) == before
    git(drifting.root, "apply", text=patch.out)
    assert run(drifting.root, "synth").err == ""
    after = run(drifting.root, "drift", "--quiet")
    assert (after.code, after.out) == (0, NO_DRIFT)
    keeps_comments_and_defaults(before, texts(drifting.root))


def keeps_comments_and_defaults(before: dict[str, str], after: dict[str, str]) -> None:
    for path in ("dag/registry/lake.yaml", "dag/registry/connections.yaml"):
        kept = [line for line in before[path].splitlines() if line.strip().startswith("#")]
        assert [line for line in after[path].splitlines() if line.strip().startswith("#")] == kept
    head = before["dag/registry/lake.yaml"].partition("sources:")[0]
    assert after["dag/registry/lake.yaml"].startswith(head)


def test_at_least_forty_changes_are_tried() -> None:
    assert len(MUTATIONS) >= 40
    assert len(MASKED_CHANGES) >= 10


@pytest.mark.parametrize("case", MASKED_CHANGES)
def test_a_masked_value_is_never_drift(drifting: Shop, case: str) -> None:
    MASKED_CHANGES[case](drifting)

    told = run(drifting.root, "drift", "--quiet")

    assert (told.code, told.out, told.err) == (0, NO_DRIFT, "")


def test_all_changes_of_settings_at_once_are_one_patch(drifting: Shop) -> None:
    for case, (mutate, _) in MUTATIONS.items():
        if "deleted" not in case:
            mutate(drifting)

    git(drifting.root, "apply", text=run(drifting.root, "drift", "--quiet", "--format", "patch").out)

    after = run(drifting.root, "drift", "--quiet")
    assert (after.code, after.out) == (0, NO_DRIFT)
