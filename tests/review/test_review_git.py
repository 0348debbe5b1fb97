"""`lakeform review` in repositories from which something is missing, and with bases that nobody can find."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.review.test_reviews import changed, commit, git, repository
from tests.support.lakes import Result, run
from tests.support.review_lake import BASE, apply

CASE = "an-option-of-a-source-changes"
VERDICT = "1 change, which shows in the next sync.\n"
REFETCH = "git fetch --refetch --no-filter"
PARTIAL = (
    "lakeform review: this clone is partial and lacks files that are needed, and nothing is fetched automatically; "
    f"run: {REFETCH} (in CI: clone without a filter)\n"
)


def reviewed(lake: Path, base: str) -> Result:
    return run(lake, "review", f"--base={base}")


def refusal(lake: Path, base: str) -> str:
    """What the command says to stderr; it is one line, exit code 2, and nothing else."""
    result = reviewed(lake, base)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1
    return result.err.removeprefix("lakeform review: ").removesuffix("\n")


def published(folder: Path) -> Path:
    """A repository that others may clone in part: `main`, and a change on the branch `work`."""
    origin = repository(folder)
    for option in ("allowFilter", "allowAnySHA1InWant"):
        git(origin, "config", f"uploadpack.{option}", "true")
    git(origin, "switch", "--quiet", "--create", "work")
    commit(changed(origin, CASE))
    return origin


def cloned(tmp_path: Path, *options: str) -> Path:
    """A clone of such a repository."""
    git(tmp_path, "clone", "--quiet", *options, f"file://{published(tmp_path / 'origin')}", "clone")
    return tmp_path / "clone"


@contextmanager
def counted() -> Iterator[tuple[str, list[object]]]:
    """An address on this machine, and who connected to it."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    connection, who = server.accept()
                except TimeoutError:
                    continue
                calls.append(who)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", calls
        finally:
            done.set()
            thread.join()


@pytest.fixture(params=["new git", "old git"])
def some_git(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The git of this machine, and the same one deaf to what only newer ones know."""
    if request.param == "old git":
        wrapper = tmp_path / "bin/git"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec {shutil.which("git")} "$@"\n')
        wrapper.chmod(0o755)
        monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")


@pytest.mark.enable_socket
@pytest.mark.usefixtures("some_git")
@pytest.mark.parametrize("filter_", ["blob:none", "tree:0", "blob:limit=10"])
@pytest.mark.parametrize("scheme", ["git", "http"])
def test_a_partial_clone_is_refused_and_connects_to_nobody(tmp_path: Path, filter_: str, scheme: str) -> None:
    clone = cloned(tmp_path, f"--filter={filter_}")
    with counted() as (address, calls):
        git(clone, "remote", "set-url", "origin", f"{scheme}://{address}/lake")
        assert (reviewed(clone, "origin/main").err, calls) == (PARTIAL, [])


@pytest.mark.usefixtures("some_git")
def test_a_partial_clone_does_not_fetch_from_a_remote_that_answers(tmp_path: Path) -> None:
    clone = cloned(tmp_path, "--filter=blob:none")
    before = sorted((clone / ".git/objects").rglob("*"))
    assert reviewed(clone, "origin/main").err == PARTIAL
    assert sorted((clone / ".git/objects").rglob("*")) == before


@pytest.mark.parametrize("filter_", ["blob:none", "tree:0"])
def test_a_partial_clone_is_reviewed_once_it_is_whole(tmp_path: Path, filter_: str) -> None:
    """The command that the message gives is enough."""
    clone = cloned(tmp_path, f"--filter={filter_}")
    git(clone, *REFETCH.split()[1:], "--quiet")
    assert reviewed(clone, "origin/main").out.startswith(VERDICT)


@pytest.mark.parametrize("damage", ["deleted", "empty", "garbage", "another object"])
@pytest.mark.parametrize("name", ["main:dag/registry/lake.yaml", "main:dag", "main^{tree}", "main"])
def test_an_object_that_is_missing_or_damaged(tmp_path: Path, name: str, damage: str) -> None:
    """Whichever it is, git says so; a commit that is gone is one that git does not know."""
    lake = published(tmp_path)
    found = git(lake, "rev-parse", name)
    file = lake / ".git/objects" / found[:2] / found[2:]
    file.chmod(0o644)
    if damage == "deleted":
        file.unlink()
    elif damage == "another object":
        other = git(lake, "rev-parse", "work:cdktf.json")
        shutil.copyfile(lake / ".git/objects" / other[:2] / other[2:], file)
    else:
        file.write_bytes(b"" if damage == "empty" else b"no object")
    said = refusal(lake, "main")
    assert said.startswith(("an object of the repository is missing or damaged", "git cannot find the commit main"))


def test_a_missing_object_says_how_to_get_it(tmp_path: Path) -> None:
    origin = published(tmp_path / "origin")
    git(tmp_path, "clone", "--quiet", f"file://{origin}", "clone")
    objects = tmp_path / "clone/.git/objects"
    shutil.rmtree(objects)
    shutil.copytree(origin / ".git/objects", objects)
    found = git(origin, "rev-parse", "main:dag/registry/lake.yaml")
    (objects / found[:2] / found[2:]).unlink()
    assert refusal(tmp_path / "clone", "origin/main") == (
        "an object of the repository is missing or damaged; run git fsck to see which, then git fetch --refetch, "
        "or clone again"
    )
    git(tmp_path / "clone", "fetch", "--quiet", "--refetch")
    assert reviewed(tmp_path / "clone", "origin/main").out.startswith(VERDICT)


def test_a_shallow_clone(tmp_path: Path) -> None:
    origin = published(tmp_path / "origin")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{origin}", "clone")
    git(tmp_path / "clone", "fetch", "--quiet", "--depth", "1", "origin", "main:main")
    result = run(tmp_path / "clone", "review", "--base", "main")
    assert (result.code, result.err) == (
        2,
        (
            "lakeform review: main and HEAD have no commit in common; the clone is shallow: fetch the history "
            "(git fetch --unshallow; in CI: fetch-depth: 0)\n"
        ),
    )


def test_a_shallow_clone_that_lacks_the_base(tmp_path: Path) -> None:
    clone = cloned(tmp_path, "--depth=1")
    assert refusal(clone, "main") == (
        "git cannot find the commit main; the clone is shallow: fetch the history "
        "(git fetch --unshallow; in CI: fetch-depth: 0)"
    )


@pytest.mark.parametrize(
    ("base", "way"),
    [
        ("origin/main", "fetch it first: git fetch origin main:refs/remotes/origin/main"),
        ("upstream/fix/a_1.2", "fetch it first: git fetch upstream fix/a_1.2:refs/remotes/upstream/fix/a_1.2"),
        ("fix/a", "fetch it first: git fetch origin fix/a:fix/a"),
        ("release-1", "fetch it first: git fetch origin release-1:release-1"),
        ("0" * 40, f"fetch it first: git fetch origin {'0' * 40}"),
    ],
)
def test_a_base_that_git_does_not_know(tmp_path: Path, base: str, way: str) -> None:
    lake = repository(tmp_path)
    for remote in ("origin", "upstream"):
        git(lake, "remote", "add", remote, f"file://{tmp_path}/elsewhere")
    assert refusal(lake, base) == f"git cannot find the commit {base}; {way}"


def test_the_way_to_a_base_leads_there(tmp_path: Path) -> None:
    """Also in a clone of one branch, where `git fetch origin main` alone leaves origin/main unknown."""
    clone = cloned(tmp_path, "--single-branch", "--branch=work")
    for base in ("origin/main", "main"):
        command = refusal(clone, base).partition("fetch it first: git ")[2]
        git(clone, *command.split())
        assert reviewed(clone, base).out.startswith(VERDICT)


@pytest.mark.parametrize(
    "base",
    ["main;id", "origin/main;id", "$(id)", "a b", "--all", "-x", "origin/--all", "a..b", "HEAD~9", "^main", "x|y", ""],
)
def test_no_command_is_made_of_what_is_no_plain_name(tmp_path: Path, base: str) -> None:
    lake = repository(tmp_path)
    git(lake, "remote", "add", "origin", f"file://{tmp_path}")
    assert refusal(lake, base) == f"git cannot find the commit {base}; is it the name of a branch, a tag or a commit?"


def test_a_base_is_shown_on_one_line(tmp_path: Path) -> None:
    lake = repository(tmp_path)
    assert refusal(lake, "a\n::error::x\x1b[31m").startswith("git cannot find the commit a\\n::error::x\\u001b[31m; ")


def test_a_repository_without_a_remote(tmp_path: Path) -> None:
    said = refusal(repository(tmp_path), "origin/main")
    assert said == "git cannot find the commit origin/main; is it the name of a branch, a tag or a commit?"


def test_a_file_is_no_base(tmp_path: Path) -> None:
    assert refusal(repository(tmp_path), "main:dag").startswith("git cannot find the commit main:dag; ")


def test_outside_of_a_repository(tmp_path: Path) -> None:
    apply(tmp_path, dict(BASE))
    assert refusal(tmp_path, "main").endswith("is not in a git repository; a review compares it with a commit")


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    apply(tmp_path, dict(BASE))
    git(tmp_path, "init", "--quiet")
    assert refusal(tmp_path, "main").startswith("HEAD has no commit yet")


def test_a_branch_without_a_commit(tmp_path: Path) -> None:
    lake = repository(tmp_path)
    git(lake, "switch", "--quiet", "--orphan", "other")
    apply(lake, dict(BASE))
    assert refusal(lake, "main").startswith("HEAD has no commit yet")


def test_a_repository_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = repository(tmp_path / "the lake")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    said = refusal(lake, "main")
    assert said.startswith("git does not read a repository that another user owns; if you trust this one, run: ")
    assert f"git config --global --add safe.directory '{lake}'" in said


def test_a_broken_repository(tmp_path: Path) -> None:
    lake = repository(tmp_path)
    (lake / ".git/config").write_text("[core\n")
    assert refusal(lake, "main").startswith(f"git cannot read the repository of {lake.name}: bad config line 1")


def test_a_worktree_is_reviewed(tmp_path: Path) -> None:
    origin = published(tmp_path / "origin")
    git(origin, "switch", "--quiet", "main")
    git(origin, "worktree", "add", "--quiet", str(tmp_path / "tree"), "work")
    assert reviewed(tmp_path / "tree", "main").out.startswith(VERDICT)


def test_a_worktree_whose_repository_is_gone(tmp_path: Path) -> None:
    origin = published(tmp_path / "origin")
    git(origin, "switch", "--quiet", "main")
    git(origin, "worktree", "add", "--quiet", str(tmp_path / "tree"), "work")
    shutil.rmtree(origin)
    assert "is not in a git repository" in refusal(tmp_path / "tree", "main")


def test_a_submodule_is_a_repository_of_its_own(tmp_path: Path) -> None:
    origin, whole = published(tmp_path / "origin"), tmp_path / "whole"
    whole.mkdir()
    git(whole, "init", "--quiet")
    git(whole, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{origin}", "lake")
    assert reviewed(whole / "lake", "origin/main").out.startswith(VERDICT)


def test_a_submodule_inside_of_a_lake_is_not_read(tmp_path: Path) -> None:
    lake, other = repository(tmp_path / "lake"), tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    commit(other)
    git(lake, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{other}", "dag/notes")
    commit(lake)
    assert reviewed(lake, "HEAD").out == "No effective change.\n"


def test_a_bare_repository(tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(published(tmp_path / "origin")), "bare")
    assert refusal(tmp_path / "bare", "main").startswith("bare is a bare repository, which has no files to review")


def test_what_looks_like_a_repository_in_a_pull_request_starts_nothing(tmp_path: Path) -> None:
    """git takes a committed folder with HEAD, objects and refs for a bare repository, whose settings name programs."""
    lake = published(tmp_path / "repository") / "lake"
    shutil.copytree(tmp_path / "repository/dag", lake / "dag")
    git(tmp_path / "repository", "clone", "--quiet", "--bare", ".", "made")
    for path in (tmp_path / "repository/made").iterdir():
        path.rename(lake / path.name)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    for setting in ("core.fsmonitor", "gpg.program", "core.sshCommand", "core.pager"):
        git(lake, "--git-dir=.", "config", setting, str(program))
    git(lake, "--git-dir=.", "config", "log.showSignature", "true")
    assert refusal(lake, "main").startswith("lake is a bare repository")
    assert not (tmp_path / "started").exists()


def test_a_user_who_wants_signatures_shown_is_served(tmp_path: Path) -> None:
    lake = published(tmp_path)
    git(lake, "config", "log.showSignature", "true")
    assert reviewed(lake, "main").out.startswith(VERDICT)
