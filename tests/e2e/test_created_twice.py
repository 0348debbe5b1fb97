"""What the review says of an object that is there already: the engine creates a second one, unless it finds its state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.applied import STACK, Applied, values
from tests.e2e.edit import replace
from tests.e2e.edits import FROM_POSTGRES, HISTORY, RETIRED
from tests.e2e.engine import Engine, synthesize
from tests.e2e.shop import LAKE, POSTGRES, Files, base
from tests.e2e.tools import Tools
from tests.review.test_reviews import commit, git
from tests.support.lakes import run, write_files, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

FLUX = "      flux: {namespace: lake, git: {url: 'ssh://git@example.com/team/lake'}}\n"
KEPT = FLUX + "      backend: {kubernetes: {namespace: lake, secret_suffix: airbyte}}\n"
UNDER_FLUX = replace(LAKE, "    airbyte:\n", f"    airbyte:\n{FLUX}")
OTHER_ID = replace(LAKE, f"    airbyte:\n{FLUX}", f"    airbyte_eu:\n{FLUX}")
OTHER_ID_SAME_STATE = replace(LAKE, f"    airbyte:\n{FLUX}", f"    airbyte_eu:\n{KEPT}")


def reviewed(root: Path, before: Files, after: Files) -> tuple[Path, dict[str, Any]]:
    """The lake after a change, and what the review says of it."""
    lake = write_lake(root, before)
    synthesize(lake)
    git(lake, "init", "--quiet")
    commit(lake, "Base")
    write_files(lake, after)
    synthesize(lake)
    result = run(lake, "review", "--base", "HEAD", "--format", "json")
    assert result.code in (0, 1), result.err
    found: dict[str, Any] = json.loads(result.out)
    return lake, found


def created(review: dict[str, Any]) -> list[str]:
    """Addresses of what is created, and refused because it is there already."""
    done = {change["address"]: (change["action"], change["consequence"]) for change in review["changes"]}
    twice = [address for address, what in done.items() if what == ("create", "state-lost")]
    assert bool(twice) == ("created-twice" in [refusal["rule"] for refusal in review["refused"]])
    return sorted(twice)


def test_a_stack_with_another_id_creates_everything_again(applied: Applied, tools: Tools, tmp_path: Path) -> None:
    before = UNDER_FLUX(base())
    lake, review = reviewed(tmp_path / "lake", before, OTHER_ID(before))
    engine = Engine(tools, tmp_path / "tofu")  # with no state, as there is none of its name
    with applied.server() as server:
        engine.take(lake, "airbyte_eu", values(server))
        engine.init()
        actions = engine.plan().actions
    assert set(actions.values()) == {"create"}
    assert created(review) == sorted(actions)


def test_a_stack_with_another_id_that_names_its_state_changes_nothing(applied: Applied, tmp_path: Path) -> None:
    before = UNDER_FLUX(base())
    lake, review = reviewed(tmp_path / "lake", before, OTHER_ID_SAME_STATE(before))
    engine = applied.engine(tmp_path / "tofu")
    with applied.server() as server:
        engine.take(lake, "airbyte_eu", values(server))
        assert engine.plan().actions == {}
    assert [(change["address"], change["consequence"]) for change in review["changes"]] == [
        ("provider.airbyte", "none")
    ]
    assert review["refused"] == []


def test_a_connection_that_was_kept_in_airbyte_comes_back_as_a_second_one(applied: Applied, tmp_path: Path) -> None:
    """With its id it is the first one."""
    here = base()
    gone = {**here, POSTGRES: here[POSTGRES].partition("connections:")[0], HISTORY: RETIRED.format(", keep: true")}
    back = {**here, HISTORY: ""}
    lake, review = reviewed(tmp_path / "lake", gone, back)
    assert created(review) == [FROM_POSTGRES]
    engine = applied.engine(tmp_path / "tofu")
    with applied.server() as server:
        (id_,) = (str(one.id) for one in server.state.living("connections") if one.name == "Postgres to lake")
        adopted = replace(POSTGRES, "    destination: lake\n", f"    destination: lake\n    adopt: {id_}\n")(back)
        for files, action in ((gone, "forget"), (back, "create"), (adopted, "import")):
            write_files(lake, files)
            synthesize(lake)
            engine.take(lake, STACK, values(server))
            assert engine.plan().actions == {FROM_POSTGRES: action}
            if action == "forget":
                engine.apply()
