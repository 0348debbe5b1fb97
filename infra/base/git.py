"""Git: what a repository on this machine holds. Nothing is fetched, nobody is asked, and only the first commit of a new lake is written."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.base.errors import UserError
from infra.base.output import output_of
from infra.base.places import real
from infra.base.printable import printable

# An empty list of protocols keeps also a git older than 2.45, which does not know GIT_NO_LAZY_FETCH, from fetching.
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
# A folder that somebody committed may look like a bare repository, whose settings would start programs.
_OPTIONS = ("-c", "safe.bareRepository=explicit", "-c", "log.showSignature=false", "-c", "core.fsmonitor=false")
_PARTIAL = r"^(remote\..*\.(promisor|partialclonefilter)|extensions\.partialclone)$"
_PLAIN_NAME = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.+-]*(/[0-9A-Za-z_][0-9A-Za-z_.+-]*)*")


@dataclass
class GitError(Exception):
    """A git command that failed; `said` is what it wrote to stderr, in English."""

    said: str


def read_git(root: Path, *words: str, given: bytes = b"") -> bytes:
    """What a git command prints. Raises GitError if it fails, UserError where there is no git."""
    environment = {**os.environ, **_OFFLINE, "LC_ALL": "C"}
    command = ["git", "-C", str(root), *_OPTIONS, *words]
    try:
        run = output_of(command, given=given, environment=environment)
    except FileNotFoundError:
        raise UserError("git is not on the PATH; install it") from None
    if run.code != 0:
        raise GitError(run.errors)
    return run.written


def git_output(root: Path, *words: str) -> str:
    """What a git command prints, without the line's end; empty if it fails. Raises UserError where there is no git."""
    try:
        return os.fsdecode(read_git(root, *words)).rstrip("\n")
    except GitError:
        return ""


def top_of(folder: Path) -> Path:
    """The top of the repository that a folder is in, without links; the folder itself where there is none."""
    here = real(folder)
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), here)


def uncommitted(root: Path, paths: Sequence[str]) -> list[str]:
    """Those of some files below `root` whose text no commit has; none where there is no repository."""
    listing = git_output(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *paths) if paths else ""
    changed = {line[3:] for line in listing.split("\0")}
    prefix = git_output(root, "rev-parse", "--show-prefix")
    return [path for path in paths if f"{prefix}{path}" in changed]


def needs(root: Path, *words: str, given: bytes = b"") -> bytes:
    """What a git command prints that only a repository with something missing refuses. Raises UserError that says what."""
    try:
        return read_git(root, *words, given=given)
    except GitError as error:
        raise unreadable(root, error.said) from None


def check_repository(root: Path) -> None:
    """Raises UserError, with what to do, if git reads no repository at `root`."""
    try:
        read_git(root, "rev-parse", "--git-dir")
    except GitError as error:
        raise _refusal(root, error.said) from None


def _refusal(root: Path, said: str) -> UserError:
    trust = re.search(r"git config --global --add safe\.directory .+", said)
    if trust and trust[0].isprintable():
        return UserError(
            f"git does not read a repository that another user owns; if you trust this one, run: {trust[0]}"
        )
    if "bare repository" in said:
        return UserError(f"{root.name} is a bare repository, which has no files to review; change to a work tree")
    if "not a git repository" in said:
        return UserError(f"{root.name} is not in a git repository; a review compares it with a commit")
    return UserError(f"git cannot read the repository of {root.name}: {_reason(said)}")


def unreadable(root: Path, said: str = "") -> UserError:
    """Why something that the repository should hold cannot be read, and how to get it; `said`: what git said of it."""
    if git_output(root, "config", "--get-regexp", _PARTIAL):
        return UserError(
            "this clone is partial and lacks files that are needed, and nothing is fetched automatically; "
            "run: git fetch --refetch --no-filter (in CI: clone without a filter)"
        )
    reason = f" ({_reason(said)})" if said else ""
    return UserError(
        f"an object of the repository is missing or damaged{reason}; "
        "run git fsck to see which, then git fetch --refetch, or clone again"
    )


def shallowness(root: Path) -> str:
    """What to do about a shallow clone; empty if it is none."""
    shallow = git_output(root, "rev-parse", "--is-shallow-repository") == "true"
    return "the clone is shallow: fetch the history (git fetch --unshallow; in CI: fetch-depth: 0)" if shallow else ""


def how_to_fetch(root: Path, ref: str) -> str:
    """The command that makes `ref` known; empty if there is none to give, as for a name that no branch has."""
    remotes = git_output(root, "remote").splitlines()
    if not remotes or not _PLAIN_NAME.fullmatch(ref) or ".." in ref:
        return ""
    remote, _, branch = ref.partition("/")
    if branch and remote in remotes:
        return f"git fetch {remote} {branch}:refs/remotes/{ref}"
    origin = "origin" if "origin" in remotes else remotes[0]
    if not _PLAIN_NAME.fullmatch(origin):
        return ""
    commit = re.fullmatch("[0-9a-f]{40}", ref)
    return f"git fetch {origin} {ref if commit else f'{ref}:{ref}'}"


def _reason(said: str) -> str:
    """Git's first complaint, on one line."""
    lines = [line for line in said.splitlines() if line.startswith(("fatal: ", "error: "))] or said.splitlines()
    first = re.sub("^(fatal|error): ", "", lines[0]) if lines else "no reason given"
    return printable(first)[:200]
