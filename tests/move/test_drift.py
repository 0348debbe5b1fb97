"""What somebody changes in Airbyte by hand is found, and the patch of it makes the files say what is there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.drift_lakes import MASKED, SECRET, Shop, shop
from tests.support.drift_mutations import MASKED_CHANGES, MUTATIONS
from tests.support.lakes import run
from tests.support.remote import without_pauses

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

NO_DRIFT = "stack prod: no drift\n\nstack staging: no drift\n"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The shop, committed and synthesized, as it is in Airbyte."""
    without_pauses(monkeypatch)
    with shop(tmp_path / "lake") as found:
        git(found.root, "init", "-q")
        git(found.root, "add", "-A")
        yield found


def git(root: Path, *words: str, text: str | None = None) -> None:
    done = subprocess.run(["git", *words], cwd=root, input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def texts(root: Path) -> dict[str, str]:
    """What people have written."""
    return {str(path.relative_to(root)): path.read_text() for path in sorted((root / "dag").rglob("*.*"))}


def test_a_workspace_that_is_as_the_files_say_has_no_drift(lake: Shop) -> None:
    told = run(lake.root, "drift", "--quiet")

    assert (told.code, told.out, told.err) == (0, NO_DRIFT, "")


@pytest.mark.parametrize("case", MUTATIONS)
def test_a_change_by_hand_is_found_and_its_patch_makes_the_drift_vanish(lake: Shop, case: str) -> None:
    mutate, places = MUTATIONS[case]
    mutate(lake)

    told = run(lake.root, "drift", "--quiet", "--format", "json")
    found = [one for stack in json.loads(told.out)["stacks"] for one in stack["differences"]]
    patch = run(lake.root, "drift", "--quiet", "--format", "patch")

    assert [".".join(filter(None, (one["entry"], one["path"]))) for one in found] == list(places)
    assert [one["reason"] for one in found] == [None] * len(places)
    assert (told.code, patch.code, patch.err) == (1, 1, "")
    assert SECRET not in told.out + patch.out
    assert MASKED not in told.out + patch.out
    git(lake.root, "apply", text=patch.out)
    assert run(lake.root, "synth").err == ""
    after = run(lake.root, "drift", "--quiet")
    assert (after.code, after.out) == (0, NO_DRIFT)


@pytest.mark.parametrize("case", MUTATIONS)
def test_a_patch_keeps_comments_defaults_and_other_stacks(lake: Shop, case: str) -> None:
    before = texts(lake.root)
    MUTATIONS[case][0](lake)

    git(lake.root, "apply", text=run(lake.root, "drift", "--quiet", "--format", "patch").out)

    after = texts(lake.root)
    for path in ("dag/registry/lake.yaml", "dag/registry/connections.yaml"):
        kept = [line for line in before[path].splitlines() if line.strip().startswith("#")]
        assert [line for line in after[path].splitlines() if line.strip().startswith("#")] == kept
    head = before["dag/registry/lake.yaml"].partition("sources:")[0]
    assert after["dag/registry/lake.yaml"].startswith(head)


def test_at_least_forty_kinds_of_changes_are_tried() -> None:
    assert len(MUTATIONS) >= 40
    assert len(MASKED_CHANGES) >= 10


@pytest.mark.parametrize("case", MASKED_CHANGES)
def test_a_masked_value_is_never_drift(lake: Shop, case: str) -> None:
    MASKED_CHANGES[case](lake)

    told = run(lake.root, "drift", "--quiet")

    assert (told.code, told.out, told.err) == (0, NO_DRIFT, "")
