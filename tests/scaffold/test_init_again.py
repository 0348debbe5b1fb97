"""`lakeform init` that is stopped anywhere: the same command again makes what it would have made at once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from infra.commands.main import main
from infra.lake.documents import files
from infra.scaffold.first_commit import commit_all
from infra.scaffold.requirement import EXAMPLE

IDENTITY = "[user]\nname = Ada\nemail = ada@example.com\n"
CI = ("--lakeform", EXAMPLE, "--ci")
ABOVE = ("--repository", "top")
COMMANDS = {
    "a commit": ("--git", *CI, "github", "--drift"),
    "a landing and a commit": ("--git", "--landing", *CI, "gitlab", "--drift"),
    "below a repository": (*ABOVE,),
    "below a repository, with workflows": (*ABOVE, *CI, "forgejo", "--drift"),
}

Tree = Mapping[str, bytes]


def git(folder: Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True).stdout


@pytest.fixture(autouse=True)
def _quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has told git their name; nothing is synthesized."""
    (tmp_path / "gitconfig").write_text(IDENTITY)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setattr("stacks.lake.synth_lake", lambda *_: None)


def tree(top: Path) -> Tree:
    found = (path for path in top.rglob("*") if path.is_file() and ".git" not in path.relative_to(top).parts)
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}


def made(base: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, stop: int | None = None) -> int:
    """How many files `init` wrote until its end, or until it was stopped after that many, at the latest before the commit."""
    (base / "top").mkdir(parents=True, exist_ok=True)
    written = list[object]()

    def stopping(step: Callable[..., object], *given: object) -> object:
        if len(written) == stop:
            raise KeyboardInterrupt
        written.append(given)
        return step(*given)

    with monkeypatch.context() as patched:
        patched.chdir(base)
        patched.setattr(files, "_write_all", partial(stopping, files._write_all))
        patched.setattr("infra.commands.init.commit_all", partial(stopping, commit_all))
        assert main(["init", "--quiet", "top/lake", *words]) == (0 if stop is None else 130)
    return len(written)


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_stopped_anywhere_it_goes_on(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = made(tmp_path / "whole", words, monkeypatch)
    whole = tree(tmp_path / "whole/top")
    for stop in range(number - 4, number):  # those before are the files of every lake
        base = tmp_path / str(stop)
        made(base, words, monkeypatch, stop)
        made(base, words, monkeypatch)
        assert (stop, tree(base / "top")) == (stop, whole)
        if "--git" in words:
            assert (stop, git(base / "top/lake", "status", "--short")) == (stop, b"")


@pytest.mark.parametrize("landing", [("--landing",), ("--landing", "later")], ids=["at once", "later"])
def test_a_landing_that_was_asked_for_before_is_no_work_of_somebody(
    landing: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "later" in landing:
        assert main(["init", "--quiet", "lake"]) == 0
    assert main(["init", "--quiet", "lake", "--landing"]) == 0
    assert main(["init", "--quiet", "lake", "--git"]) == 0
    assert "dag/definitions.py" in git(Path("lake"), "ls-files").decode()


def test_what_is_there_is_told_and_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--quiet", "lake", "--landing", *CI, "github", "--drift"]) == 0
    Path("lake/.github/workflows/lakeform.yaml").unlink()
    assert main(["init", "lake", "--landing", *CI, "github", "--drift"]) == 0
    assert capsys.readouterr().out == (
        "dag/definitions.py is there already\n"
        "wrote lake/.github/workflows/lakeform.yaml; set its branches to your main branch\n"
        "lake/.github/workflows/lakeform-drift.yaml is there already\n"
    )
    Path("lake/dag/definitions.py").write_text("mine")
    assert main(["init", "lake", "--landing"]) == 2
    assert capsys.readouterr().err == (
        f"lakeform init: {tmp_path}/lake/dag/definitions.py exists and stays as it is; remove it, or edit it\n"
    )
