"""`lakeform review` in the situations that repositories are in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.review.test_reviews import changed, commit, git, repository, synthesized
from tests.support.lakes import run
from tests.support.review_lake import BASE, REFUNDS, SHOP, apply, edited

CASE = "an-option-of-a-source-changes"
VERDICT = "1 change, which shows in the next sync.\n"


def test_the_work_on_a_branch_is_compared_with_where_it_went_off(tmp_path: Path) -> None:
    """What happened on main since then is not part of the change."""
    repository(tmp_path)
    git(tmp_path, "switch", "--quiet", "--create", "work")
    changed(tmp_path, CASE)
    commit(tmp_path)
    git(tmp_path, "switch", "--quiet", "main")
    changed(tmp_path, "a-prefix-changes")
    commit(tmp_path)
    git(tmp_path, "switch", "--quiet", "work")
    assert run(tmp_path, "review", "--base", "main").out.startswith(VERDICT)


def test_what_is_not_committed_yet_is_reviewed_too(tmp_path: Path) -> None:
    changed(repository(tmp_path), CASE)
    assert run(tmp_path, "review", "--base", "main").out.startswith(VERDICT)
    commit(tmp_path)
    assert run(tmp_path, "review", "--base", "main").out == "No effective change.\n"
    assert run(tmp_path, "review", "--base", "HEAD~1").out.startswith(VERDICT)


def test_nothing_is_checked_out_and_nothing_is_written(tmp_path: Path) -> None:
    changed(repository(tmp_path), CASE)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    run(tmp_path, "review", "--base", "main")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_lake_may_be_a_folder_of_its_repository(tmp_path: Path) -> None:
    lake = tmp_path / "data" / "the lake"
    apply(lake, dict(BASE))
    apply(tmp_path, {"dag/registry/other.yaml": "not: ours\n"})
    synthesized(lake)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    assert run(changed(lake, CASE), "review", "--base", "main").out.startswith(VERDICT)


def test_histories_that_have_nothing_in_common(tmp_path: Path) -> None:
    repository(tmp_path)
    git(tmp_path, "switch", "--quiet", "--orphan", "other")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Other")
    git(tmp_path, "restore", "--source", "main", ".")
    result = run(tmp_path, "review", "--base", "main")
    assert result.err == "lakeform review: main and HEAD have no commit in common; is it the right branch?\n"


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    result = run(tmp_path, "review", "--base", "main")
    assert (result.code, result.err) == (2, "lakeform review: git is not on the PATH; install it\n")


def test_a_base_without_synthesized_output(tmp_path: Path) -> None:
    apply(tmp_path, dict(BASE))
    git(tmp_path, "init", "--quiet")
    base = commit(tmp_path)
    synthesized(tmp_path)
    result = run(tmp_path, "review", "--base", "main")
    assert result.code == 0
    assert result.out.startswith("3 changes: 1 shows in the next sync, 2 do nothing to the data.\n")
    assert result.out.endswith(
        f"notes\n    the base ({base[:10]}) has no synthesized output, so everything counts as new\n"
    )


def test_a_base_whose_files_have_problems(tmp_path: Path) -> None:
    """Its synthesized output still tells what will happen."""
    repository(tmp_path)
    apply(tmp_path, edited(BASE, {SHOP: [("    source: shop\n", "    source: shop\n    prefx: x\n")]}))
    base = commit(tmp_path)
    apply(tmp_path, edited(BASE, {SHOP: [("schedule: {", "prefix: x_\n    schedule: {")]}))
    synthesized(tmp_path)
    assert run(tmp_path, "review", "--base", "main").out == (
        "1 change, which shows in the next sync.\n"
        "\n"
        "connections.shop_to_warehouse  update in airbyte  next-sync-differs\n"
        "    prefix changes\n"
        "        next-sync-differs: the object is changed in place\n"
        "\n"
        "notes\n"
        f"    the base ({base[:10]}) has problems of its own, so some details may be missing\n"
    )


def test_a_base_whose_output_is_no_json(tmp_path: Path) -> None:
    repository(tmp_path)
    document = tmp_path / "cdktf.out/stacks/airbyte/cdk.tf.json"
    document.write_text("<<<<<<< main\n")
    base = commit(tmp_path)
    synthesized(tmp_path)
    result = run(tmp_path, "review", "--base", "main")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"lakeform review: the base ({base[:10]}): cdktf.out/stacks/airbyte/cdk.tf.json: this is a conflict marker of git; "
        "write it again: lakeform synth\n"
    )


def test_output_that_is_not_current_is_no_ground_for_a_review(tmp_path: Path) -> None:
    repository(tmp_path)
    apply(tmp_path, edited(BASE, {SHOP: [("region: eu", "region: us")]}))
    result = run(tmp_path, "review", "--base", "main")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "cdktf.out/stacks/airbyte/cdk.tf.json:1:1  synth-stale  does not match the registry\n"
        "    run: lakeform synth\n"
        "1 problem\n"
    )


def test_a_lake_with_problems_is_told_about_those(tmp_path: Path) -> None:
    repository(tmp_path)
    apply(tmp_path, edited(BASE, {SHOP: [("    source: shop\n", "    source: shpo\n")]}))
    result = run(tmp_path, "review", "--base", "main")
    assert (result.code, result.out) == (1, "")
    assert 'did you mean "shop"?' in result.err


def test_files_that_are_renamed_say_the_same(tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / SHOP).rename(tmp_path / "dag/registry/webshop.yml")
    shutil.copy(tmp_path / "dag/registry/lake.yaml", tmp_path / "dag/registry/the lake.yaml")
    (tmp_path / "dag/registry/lake.yaml").unlink()
    synthesized(tmp_path)
    assert run(tmp_path, "review", "--base", "main").out == "No effective change.\n"


def test_a_tag_and_a_commit_are_bases_too(tmp_path: Path) -> None:
    repository(tmp_path)
    git(tmp_path, "tag", "--annotate", "--message", "First", "v1")
    changed(tmp_path, CASE)
    name = commit(tmp_path)
    assert run(tmp_path, "review", "--base", "v1").out.startswith(VERDICT)
    assert run(tmp_path, "review", "--base", name).out == "No effective change.\n"


def test_links_in_the_base_lead_nowhere(tmp_path: Path) -> None:
    """A link that somebody committed is not followed out of the repository."""
    outside = tmp_path / "outside.yaml"
    outside.write_text("sources: {stolen: {connector: source-shop, configuration: {}}}\n")
    lake = repository(tmp_path / "lake")
    (lake / "dag/registry/link.yaml").symlink_to(outside)
    commit(lake)
    (lake / "dag/registry/link.yaml").unlink()
    assert run(lake, "review", "--base", "main").out == "No effective change.\n"


def test_the_same_twice_is_the_same_text(tmp_path: Path) -> None:
    changed(repository(tmp_path), "a-stream-vanishes-without-a-word")
    outputs = {run(tmp_path, "review", "--base", "main", "--format", form).out for form in ("json",) * 2}
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["refused"][0]["entry"].endswith(Path(REFUNDS).stem)
