"""Revision: the files of a lake at a commit, read from git; nothing is checked out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.faults import Fault

# What a lake consists of.
_FOLDERS = ("dag", "cdktf.out")

# A lake may hold files that look like a bare repository, whose configuration names programs.
_NO_PROGRAMS = ("-c", "safe.bareRepository=explicit", "-c", "log.showSignature=false", "-c", "core.fsmonitor=false")


@dataclass(frozen=True)
class Revision:
    """A commit that a change is compared with.

    Attributes:
        commit: its full name.
        time: when it was made, UTC.

    """

    commit: str
    time: datetime


def base_of(root: Path, ref: str) -> Revision:
    """The commit from which the work at `root` went off: the merge base of `ref` and HEAD.

    Raises Fault if git does not know it.
    """
    if not shows(root, "rev-parse", "--git-dir"):
        raise Fault(f"{root.name} is not in a git repository; a review compares it with a commit")
    wanted = shows(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not wanted:
        remote, _, branch = ref.partition("/")
        fetch = f"git fetch {remote} {branch}" if branch else f"git fetch origin {ref}"
        raise Fault(f"git knows no commit {ref}; {_shallow(root) or f'fetch it first: {fetch}'}")
    base = shows(root, "merge-base", wanted, "HEAD") if shows(root, "rev-parse", "--verify", "--quiet", "HEAD") else ""
    if not base:
        raise Fault(f"{ref} and HEAD have no commit in common; {_shallow(root) or 'is it the right branch?'}")
    seconds = shows(root, "show", "--no-patch", "--format=%ct", base)
    return Revision(base, datetime.fromtimestamp(int(seconds), UTC))


def _shallow(root: Path) -> str:
    shallow = shows(root, "rev-parse", "--is-shallow-repository") == "true"
    return "the clone is shallow: fetch the history (git fetch --unshallow; in CI: fetch-depth: 0)" if shallow else ""


@contextmanager
def files_at(root: Path, revision: Revision) -> Iterator[Path]:
    """A folder outside the project that holds the lake's files at a commit, as long as the `with` lasts."""
    prefix = shows(root, "rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="lakeform-") as folder:
        blobs = dict(_blobs(root, revision, prefix))
        for path, data in zip(blobs, _contents(root, list(blobs.values())), strict=True):
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        yield Path(folder)


def _blobs(root: Path, revision: Revision, prefix: str) -> Iterator[tuple[str, str]]:
    """(path from the lake's root, object name) of the lake's regular files."""
    paths = [f"{prefix}{folder}" for folder in _FOLDERS]
    listing = _git(root, "ls-tree", "-r", "-z", "--full-tree", revision.commit, "--", *paths)
    for line in listing.split(b"\0"):
        about, _, path = line.partition(b"\t")
        mode, _, name = about.decode().partition(" ")[0], *about.decode().rpartition(" ")[1:]
        if mode in ("100644", "100755"):
            yield os.fsdecode(path)[len(prefix) :], name


def _contents(root: Path, names: list[str]) -> Iterator[bytes]:
    """What objects hold, in one process of git."""
    output = _git(root, "cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode())
    place = 0
    for _ in names:
        end = output.index(b"\n", place)
        size = int(output[place:end].rpartition(b" ")[2])
        yield output[end + 1 : end + 1 + size]
        place = end + size + 2


def ignored(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of some paths that git ignores and does not have; none where there is no repository, or no git."""
    given = b"".join(os.fsencode(path) + b"\0" for path in paths)
    try:
        output = _git(root, "check-ignore", "-z", "--stdin", given=given)
    except (subprocess.CalledProcessError, Fault):
        return frozenset()
    return frozenset(os.fsdecode(path) for path in output.split(b"\0") if path)


def shows(root: Path, *words: str) -> str:
    """What a git command prints, stripped; empty if it fails. Raises Fault where there is no git."""
    try:
        return _git(root, *words).decode(errors="replace").strip()
    except subprocess.CalledProcessError:
        return ""


def _git(root: Path, *words: str, given: bytes = b"") -> bytes:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        run = subprocess.run(
            ["git", *_NO_PROGRAMS, "-C", str(root), *words],
            input=given,
            capture_output=True,
            check=True,
            env=environment,
        )
    except FileNotFoundError:
        raise Fault("git is not on the PATH; install it") from None
    return run.stdout
