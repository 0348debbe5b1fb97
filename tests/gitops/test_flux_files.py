"""`lakeform flux` and the files of others: what it refuses, keeps, takes away, and where it may write."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.gitops.flux.manifest_text import Manifest, manifest_text, mark_of
from tests.support.flux_lakes import (
    CLUSTER,
    DOCUMENT,
    FILE,
    GIT,
    SECRETS,
    USUAL,
    VALUES,
    flux_lake,
    two_stacks,
)
from tests.support.lakes import Result, run


def test_a_stack_that_is_gone_takes_its_manifests_with_it(tmp_path: Path) -> None:
    root = two_stacks(tmp_path, USUAL, ("namespace: other", GIT, "branch_planner: true", "secrets: [{name: x}]"))
    assert run(root, "flux").code == 0
    (root / "deploy/other/notes.md").write_text("mine\n")
    (root / "deploy/other/terraform/extra.yaml").write_text("mine: true\n")
    (root / "deploy/other/notifications.yaml").write_text("mine: true\n")
    (root / FILE).write_text((flux_lake(tmp_path / "one", *USUAL) / FILE).read_text())
    check = run(root, "flux", "--check")
    assert check.code == 1
    assert check.out.count("flux-stale  no longer belongs to anything") == 7
    removed = run(root, "flux").out
    assert removed.count("removed deploy/other/") == 5
    assert removed.count("removed deploy/branch-planner/") == 2
    left = sorted(path.relative_to(root / "deploy").as_posix() for path in (root / "deploy").rglob("*"))
    assert [path for path in left if not path.startswith("airbyte")] == [
        *("other", "other/notes.md", "other/notifications.yaml", "other/terraform", "other/terraform/extra.yaml")
    ]
    assert run(root, "flux", "--check") == Result(0, "", "")


def test_a_stack_of_its_own_leaves_the_others_alone(tmp_path: Path) -> None:
    root = two_stacks(tmp_path, USUAL, ("namespace: other", GIT, "secrets: [{name: x}]"))
    assert run(root, "flux").code == 0
    (root / "deploy/other/sources.yaml").write_text((root / "deploy/other/sources.yaml").read_text() + "# old\n")
    assert run(root, "flux", "--check", "--stack", "airbyte") == Result(0, "", "")
    assert run(root, "flux", "--check", "--stack", "other").code == 1
    assert run(root, "flux", "--stack", "other").out == "wrote deploy/other/sources.yaml\n"


def test_manifests_without_anything_to_apply_say_so(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    assert run(root, "flux", "--quiet").code == 0
    (root / DOCUMENT).unlink()
    why = "is missing, so that Flux finds nothing to apply"
    told = f"{DOCUMENT} {why}; run: lakeform synth, and commit it too\n"
    assert run(root, "flux") == Result(0, told, "")
    problem = f"{DOCUMENT}:1:1  flux-stale  {why}\n    run: lakeform synth\n1 problem\n"
    assert run(root, "flux", "--check") == Result(1, problem, "")


def test_a_file_of_somebody_else_is_never_overwritten(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    mine = root / "deploy/airbyte/sources.yaml"
    mine.parent.mkdir(parents=True)
    for text in (
        "mine: true\n",
        "# written by lakeform flux for another lake; change dag/registry/ and run it again\n",
    ):
        mine.write_text(text)
        told = (
            "deploy/airbyte/sources.yaml:1:1  flux-stale  was not written by lakeform flux for this lake\n"
            "    move it away\n1 problem\n"
        )
        assert run(root, "flux") == run(root, "flux", "--check") == Result(1, told, "")
        assert [path.name for path in mine.parent.iterdir()] == ["sources.yaml"]
        assert mine.read_text() == text


def test_a_manifest_that_is_missing_or_edited_is_named(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    assert run(root, "flux").code == 0
    (root / "deploy/airbyte/sources.yaml").unlink()
    edited = root / "deploy/airbyte/kustomizations.yaml"
    edited.write_text(edited.read_text().replace("interval: 10m", "interval: 11m"))
    assert run(root, "flux", "--check").out == (
        "deploy/airbyte/kustomizations.yaml:1:1  flux-stale  does not match the registry\n    run: lakeform flux\n"
        "deploy/airbyte/sources.yaml:1:1  flux-stale  has not been generated\n    run: lakeform flux\n2 problems\n"
    )


def manual(root: Path) -> tuple[Path, Path]:
    """A lake whose plans are approved by hand, and the folder of its manifests in another repository."""
    return flux_lake(root / "lake", *USUAL, CLUSTER, "approve: manual"), root / "cluster/apps/lake"


def test_manifests_of_another_repository_go_there_only(tmp_path: Path) -> None:
    root, output = manual(tmp_path)
    refused = run(root, "flux")
    url = "ssh://git@git.example.com/team/cluster"
    told = f"lakeform flux: the manifests belong in {url}; name a checkout of it: --output ../cluster/apps/lake\n"
    assert refused == Result(2, "", told)
    elsewhere = run(root, "flux", "--output", str(tmp_path / "cluster"))
    assert (elsewhere.code, "flux.cluster.path is apps/lake" in elsewhere.err) == (2, True)
    assert "wrote ../cluster/apps/lake/airbyte/sources.yaml\n" in run(root, "flux", "--output", str(output)).out
    assert not (root / "deploy").exists()
    terraform, system = yaml.safe_load_all((output / "airbyte/sources.yaml").read_text())
    assert terraform["spec"]["url"] == "ssh://git@git.example.com/team/lake"
    assert system["spec"]["url"] == url
    itself, last = yaml.safe_load_all((output / "airbyte/kustomizations.yaml").read_text())
    assert itself["spec"]["path"] == "./apps/lake/airbyte"
    pending = "(has(status.plan) && has(status.plan.pending) && status.plan.pending != '')"
    assert last["spec"]["healthCheckExprs"][0]["current"].endswith(f"c.status == 'True')) || {pending}")
    assert not (output / "airbyte/secrets").exists()


def test_an_output_elsewhere_needs_a_repository(tmp_path: Path) -> None:
    root = flux_lake(tmp_path / "lake", *USUAL)
    refused = run(root, "flux", "--output", str(tmp_path / "out"))
    assert (refused.code, "name its repository in flux.cluster" in refused.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_secrets_of_the_other_repository_are_applied_from_there(tmp_path: Path) -> None:
    root, output = manual(tmp_path)
    (root / "secrets").rename(tmp_path / "cluster")
    (tmp_path / "cluster").rename(tmp_path / "secrets")
    (tmp_path / "cluster").mkdir()
    (tmp_path / "secrets").rename(tmp_path / "cluster/secrets")
    words = ("--output", str(output), "--secrets-root", str(tmp_path / "cluster"))
    assert run(root, "flux", *words).code == 0
    assert run(root, "flux", "--check", *words) == Result(0, "", "")
    (found,) = yaml.safe_load_all((output / "airbyte/secrets/kustomization.yaml").read_text())
    assert found["resources"] == ["../../../../secrets/lake.yaml"]


def test_an_approval_is_kept_until_it_is_taken_back(tmp_path: Path) -> None:
    root, output = manual(tmp_path)
    words = ("--output", str(output))
    assert run(root, "flux", *words).code == 0
    file = output / "airbyte/terraform/terraform.yaml"
    waiting = file.read_text()
    assert "approvePlan: ''\n" in waiting or 'approvePlan: ""\n' in waiting
    approved = waiting.replace('approvePlan: ""', "approvePlan: plan-main-0123456789")
    file.write_text(approved)
    assert run(root, "flux", "--check", *words) == Result(0, "", "")
    assert run(root, "flux", *words) == Result(0, "", "")
    assert file.read_text() == approved
    file.write_text(waiting.replace('approvePlan: ""', "approvePlan: plan-main"))
    refused = run(root, "flux", *words)
    assert refused.code == 1
    assert "  flux-invalid  spec.approvePlan: approves more than one plan" in refused.out


def test_a_folder_of_the_lake_that_is_not_there_is_told(tmp_path: Path) -> None:
    root = flux_lake(tmp_path / "lake", 'git: {url: "ssh://git@x/y", path: data}', SECRETS, VALUES)
    result = run(root, "flux")
    assert (result.code, "flux.git.path is data, but the folder is" in result.err) == (2, True)


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n0123456789eExXob._:-+yn~"), max_size=12
)


@given(st.recursive(TEXTS | st.integers() | st.booleans(), lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_texts_survive_yaml(value: object) -> None:
    text = manifest_text(mark_of("shop"), [Manifest({"spec": value}, "One\ntwo.")])
    assert yaml.safe_load(text) == {"spec": value}


@pytest.mark.parametrize("text", ["1e3", "0o14", "0x1F", "1_000", "12:30", "y", "N", "010", ".5", "", "12e4567890"])
def test_texts_that_other_readers_take_for_something_else_are_quoted(text: str) -> None:
    assert f'spec: "{text}"\n' in manifest_text(mark_of("shop"), [Manifest({"spec": text})])
