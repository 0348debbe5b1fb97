"""The pre-commit file that `lakeform init` writes: at the root of the repository, for the lake where it is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from infra.commands.main import main
from infra.lake.documents import read_yaml
from infra.scaffold.pre_commit import pre_commit_text
from tests.support.lakes import REPOSITORY, run

CONFIG = ".pre-commit-config.yaml"


def hooks(text: str) -> list[dict[str, Any]]:
    document, problems = read_yaml(CONFIG, text)
    assert document is not None
    assert problems == []
    (repository,) = document.value["repos"]
    assert repository["repo"] == "local"
    found: list[dict[str, Any]] = repository["hooks"]
    return found


def test_the_documented_file_is_what_init_writes(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "lake"), "--quiet"]) == 0
    text = (tmp_path / "lake" / CONFIG).read_text("utf-8")
    assert text == (REPOSITORY / "docs/ci/pre-commit.yaml").read_text("utf-8")


@pytest.mark.parametrize("folder", [".", "data/air byte"])
def test_every_hook_is_a_command_that_passes_in_a_new_lake(folder: str, tmp_path: Path) -> None:
    lake = tmp_path / folder / "lake"
    assert main(["init", str(lake), "--quiet"]) == 0
    for hook in hooks(pre_commit_text(f"{folder}/lake")):
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)
        program, verb, option, root, *more = shlex.split(hook["entry"])
        assert (program, option, root, hook["name"]) == (
            "lakeform",
            "--root",
            f"{folder}/lake",
            " ".join(["lakeform", verb, *more]),
        )
        assert run(lake, verb, *more).code == 0
    assert (lake / "cdktf.out/stacks/airbyte/cdk.tf.json").is_file()


@pytest.mark.parametrize("folder", [".", "data/air.byte"])
def test_a_hook_runs_for_changes_of_its_lake(folder: str) -> None:
    prefix = "" if folder == "." else f"{folder}/"
    for hook in hooks(pre_commit_text(folder)):
        touched = re.compile(hook["files"])
        assert touched.search(f"{prefix}dag/streams/shop/orders.json")
        assert not touched.search(f"{prefix}dag/definitions.py")
        assert not touched.search(f"{prefix}README.md")
        assert bool(touched.search(f"{prefix}secrets/prod.env")) is (hook["id"] != "lakeform-synth")
        assert folder == "." or not touched.search("data/airXbyte/dag/registry/a.yaml")
        assert folder == "." or not touched.search("dag/registry/a.yaml")


def test_below_a_repository_it_stands_at_its_root_if_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert main(["init", "a", "--quiet"]) == 0
    assert main(["init", "b", "--repository", "."]) == 0
    assert capsys.readouterr().out.endswith(f"is made\nwrote {CONFIG}\n")
    assert not list(tmp_path.glob(f"*/{CONFIG}"))
    written = (tmp_path / CONFIG).read_text("utf-8")
    assert written == pre_commit_text("b")
    assert main(["init", "c", "--repository", "."]) == 0
    said = capsys.readouterr().out.partition(f"{CONFIG} is yours; add to its repos:\n\n")[2]
    assert hooks(f"repos:\n{said}") == hooks(pre_commit_text("c"))
    assert (tmp_path / CONFIG).read_text("utf-8") == written
