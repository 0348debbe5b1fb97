"""`lakeform init DIR --git`: a repository with everything committed, and no word in one that is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.commands.main import main
from infra.scaffold.requirement import EXAMPLE
from tests.support.lakes import run

NO_NODE = "CDKTF needs Node.js 20 or 22, and there is no `node` on PATH"
IDENTITY = "[user]\nname = Ada\nemail = ada@example.com\n"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Git's settings of somebody who has told their name."""
    file = tmp_path / "gitconfig"
    file.write_text(IDENTITY)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.chdir(tmp_path)
    return file


def git(folder: str, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True, text=True).stdout


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `init` says that writes nothing."""
    capsys.readouterr()
    assert main(["init", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.removeprefix("lakeform init: ")


def test_everything_is_committed_and_synthesized(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "lake", "--git", "--ci", "github", "--lakeform", EXAMPLE]) == 0
    commit, author, subject = git("lake", "log", "--format=%h%n%an <%ae>%n%s").splitlines()
    assert (author, subject) == ("Ada <ada@example.com>", "Create the lake")
    assert capsys.readouterr().out.endswith(f"\ncommitted everything, as {commit}\n")
    assert git("lake", "branch", "--show-current") == "main\n"
    assert git("lake", "status", "--short") == ""
    assert {"README.md", ".pre-commit-config.yaml", ".github/workflows/lakeform.yaml"} <= set(
        git("lake", "ls-files").splitlines()
    )
    assert run(Path("lake"), "synth", "--check").code == 0


def test_without_node_it_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def synth(*_: object) -> None:
        raise UserError(NO_NODE)

    monkeypatch.setattr("stacks.lake.synth_lake", synth)
    assert main(["init", "lake", "--git"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"without cdktf.out/, as {NO_NODE}; then run: lakeform synth, and commit what it writes",
        f"committed everything, as {git('lake', 'log', '--format=%h').strip()}",
    ]
    assert "cdktf.out" not in git("lake", "ls-files")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is synthesized."""
    monkeypatch.setattr("stacks.lake.synth_lake", lambda *_: None)


@pytest.mark.usefixtures("quick")
def test_a_fresh_repository_keeps_its_branch() -> None:
    git(".", "init", "--quiet", "lake")
    git("lake", "symbolic-ref", "HEAD", "refs/heads/trunk")
    assert main(["init", "lake", "--git", "--quiet"]) == 0
    assert git("lake", "branch", "--show-current") == "trunk\n"


@pytest.mark.usefixtures("quick")
def test_the_name_of_the_branch_is_that_of_ones_settings(settings: Path) -> None:
    settings.write_text(f"{IDENTITY}[init]\ndefaultBranch = trunk\n")
    assert main(["init", "lake", "--git", "--quiet"]) == 0
    assert git("lake", "branch", "--show-current") == "trunk\n"


@pytest.mark.usefixtures("quick")
def test_a_lake_whose_making_was_stopped_is_finished() -> None:
    assert main(["init", "lake", "--quiet", "--landing"]) == 0
    assert main(["init", "lake", "--quiet", "--landing", "--git"]) == 0
    assert git("lake", "status", "--short") == ""
    assert git("lake", "log", "--format=%s") == "Create the lake\n"


@pytest.mark.usefixtures("quick")
def test_a_lake_that_somebody_worked_on_is_theirs_to_commit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "lake", "--quiet"]) == 0
    Path("lake/.env").write_text("PASSWORD=hunter2")
    assert refused(capsys, "lake", "--git") == (
        ".env is not what lakeform init wrote, so the first commit is yours: git init, git add, git commit\n"
    )
    assert not Path("lake/.git").exists()


def test_a_lake_is_a_repository_or_a_part_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "top/lake", "--git", "--repository", ".") == (
        "--git makes the lake a repository of its own: leave it out, or --repository\n"
    )
    assert not Path("top").exists()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("named", [(), ("--repository", "top")])
def test_workflows_beside_a_repository_above_need_it_named(
    named: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    git(".", "init", "--quiet", "top")
    words = ("top/lake", "--ci", "github", "--lakeform", EXAMPLE)
    cure = "leave out --git" if named else "leave out --git, and add --repository top"
    assert refused(capsys, *words, *named, "--git") == (
        f"top/lake is in the git repository {tmp_path}/top, which has its own commits: {cure}\n"
    )
    assert main(["init", *words, "--repository", "top", "--quiet"]) == 0
    assert Path("top/.github/workflows/lakeform.yaml").is_file()


def test_a_repository_above_is_not_touched(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    git(".", "init", "--quiet", "top")
    assert refused(capsys, "top/data/lake", "--git") == (
        f"top/data/lake is in the git repository {tmp_path}/top, which has its own commits: leave out --git\n"
    )
    assert not Path("top/data").exists()


@pytest.mark.parametrize(
    ("there", "named", "cure"),
    [
        ("top", ".", "write --repository top"),
        ("top", "top/da ta", "write --repository top"),
        ("top/da ta", "top", "write --repository 'top/da ta'"),
        ("top/da ta/lake", "top", "leave it out"),
    ],
)
def test_a_folder_that_is_not_the_root_of_the_repository_is_not_named_so(
    there: str, named: str, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("top/da ta").mkdir(parents=True)
    git(".", "init", "--quiet", there)
    told = refused(capsys, "top/da ta/lake", "--repository", named, "--ci", "gitlab", "--lakeform", EXAMPLE)
    assert told == f"--repository {named} is not the root of the lake's git repository: {cure}\n"
    assert not list(Path().rglob(".gitlab*"))
    assert not Path("top/da ta/lake/cdktf.json").exists()


@pytest.mark.usefixtures("quick")
def test_commits_that_are_there_stay_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "lake", "--git", "--quiet"]) == 0
    assert refused(capsys, "lake", "--git") == "lake has commits already: leave out --git\n"


def test_git_that_knows_nobody_is_told_before_anything_is_written(
    capsys: pytest.CaptureFixture[str], settings: Path
) -> None:
    settings.write_text("")
    assert refused(capsys, "lake", "--git") == (
        "git does not know who commits\n"
        '    run: git config --global user.name "Your Name"; git config --global user.email you@example.com\n'
    )
    assert not Path("lake").exists()


@pytest.mark.usefixtures("quick")
def test_what_a_hook_of_the_user_refuses_is_told(capsys: pytest.CaptureFixture[str], settings: Path) -> None:
    hook = Path("hooks/pre-commit")
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho 'no  commits on Friday' >&2\nexit 1\n")
    hook.chmod(0o755)
    settings.write_text(f"{IDENTITY}[core]\nhooksPath = {hook.parent.resolve()}\n")
    assert main(["init", "lake", "--git"]) == 2
    assert capsys.readouterr().err == (
        "lakeform init: the files are written, but git made no commit: no commits on Friday\n"
    )
    assert Path("lake/cdktf.json").exists()
