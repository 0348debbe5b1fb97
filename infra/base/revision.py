"""Revision: the files of a lake at a commit, read from git; nothing is checked out."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.base.errors import UserError
from infra.base.git import (
    GitError,
    check_repository,
    git_output,
    how_to_fetch,
    needs,
    read_git,
    shallowness,
    unreadable,
)
from infra.base.printable import inline

# What a lake consists of.
_FOLDERS = ("dag", "cdktf.out")
# Neither links nor submodules.
_REGULAR = ("100644", "100755")


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

    Raises UserError, with what to do, if git does not know it.
    """
    check_repository(root)
    if not git_output(root, "rev-parse", "--verify", "--quiet", "HEAD"):
        raise UserError("HEAD has no commit yet, and a review compares it with another one; commit what there is")
    wanted = _commit(root, ref)
    if not wanted:
        raise UserError(f"git cannot find the commit {inline(ref)}; {_way_to(root, ref)}")
    base = _merge_base(root, wanted)
    if not base:
        way = shallowness(root) or "is it the right branch?"
        raise UserError(f"{inline(ref)} and HEAD have no commit in common; {way}")
    return Revision(base, _time_of(root, base))


def head_day(root: Path) -> date | None:
    """The day on which the commit that is checked out was made, UTC; None where there is no commit, or no git."""
    try:
        return _time_of(root, "HEAD").date() if git_output(root, "rev-parse", "--verify", "--quiet", "HEAD") else None
    except UserError:
        return None


def _time_of(root: Path, commit: str) -> datetime:
    """When a commit was made, UTC. Raises UserError if the repository does not hold it."""
    seconds = needs(root, "rev-list", "--max-count=1", "--timestamp", commit).split()[0]
    return datetime.fromtimestamp(int(seconds), UTC)


def _commit(root: Path, ref: str) -> str:
    """The commit's full name; empty if git knows none."""
    found = git_output(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return found if re.fullmatch("[0-9a-f]{40,64}", found) else ""


def _way_to(root: Path, ref: str) -> str:
    if shallow := shallowness(root):
        return shallow
    fetch = how_to_fetch(root, ref)
    return f"fetch it first: {fetch}" if fetch else "is it the name of a branch, a tag or a commit?"


def _merge_base(root: Path, wanted: str) -> str:
    """Empty if there is none. Raises UserError if the history cannot be read."""
    try:
        return read_git(root, "merge-base", wanted, "HEAD").decode().strip()
    except GitError as error:
        if error.said:
            raise unreadable(root, error.said) from None
        return ""


@contextmanager
def files_at(root: Path, revision: Revision, paths: Sequence[str] = _FOLDERS) -> Iterator[Path]:
    """A folder outside the project that holds the lake's files at a commit, as long as the `with` lasts.

    `paths`: files and folders, relative to `root`.

    Raises UserError, with what to do, if git does not have them all.
    """
    prefix = git_output(root, "rev-parse", "--show-prefix")
    with TemporaryDirectory(prefix="lakeform-") as folder:
        blobs = dict(_blobs(root, revision, prefix, paths))
        for path, data in zip(blobs, _contents(root, list(blobs.values())), strict=True):
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        yield Path(folder)


def _blobs(root: Path, revision: Revision, prefix: str, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(path from the lake's root, object name) of the lake's regular files."""
    paths = [f"{prefix}{folder}" for folder in wanted]
    listing = needs(root, "ls-tree", "-r", "-z", "--full-tree", revision.commit, "--", *paths)
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, name = about.decode().split(" ")
        if mode in _REGULAR:
            yield os.fsdecode(path)[len(prefix) :], name


def _contents(root: Path, names: list[str]) -> Iterator[bytes]:
    """What objects hold, in one process of git: for each `NAME TYPE SIZE`, the data and a line's end, or `NAME missing`."""
    output = needs(root, "cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode())
    place = 0
    for name in names:
        end = output.index(b"\n", place)
        about = output[place:end].split(b" ")
        if len(about) != 3:
            raise unreadable(root)
        place = end + int(about[2]) + 2
        data = output[end + 1 : place - 1]
        if not _is_named(data, name):
            raise unreadable(root)
        yield data


def ignored(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of some paths that git ignores and does not have; none where there is no repository, or no git."""
    given = b"".join(os.fsencode(path) + b"\0" for path in paths)
    try:
        output = read_git(root, "check-ignore", "-z", "--stdin", given=given)
    except (GitError, UserError):
        return frozenset()
    return frozenset(os.fsdecode(path) for path in output.split(b"\0") if path)


def _is_named(data: bytes, name: str) -> bool:
    """Git itself does not look whether the file of an object holds what its name says."""
    hashed = hashlib.new("sha1" if len(name) == 40 else "sha256", usedforsecurity=False)
    hashed.update(b"blob %d\0" % len(data) + data)
    return hashed.hexdigest() == name
