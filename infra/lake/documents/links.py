"""Links: in a lake they are told and never followed, because git carries them and they may lead anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.lake.documents.limits import MAX_FOLDERS
from infra.lake.documents.location import Location
from infra.lake.documents.problem import Problem

# Tools install into such folders; lakeform looks into none of them.
_NOT_OURS = frozenset({"dag/dbt_packages", "dag/node_modules"})
_BORROWABLE = re.compile("dag/(streams|sources)/([a-z][a-z0-9_]*)")


def first_link(root: Path, path: str) -> str | None:
    """The first part of a path below `root` that is a link, as a path from there; None if none is."""
    here = ""
    for part in path.split("/"):
        here = f"{here}/{part}" if here else part
        if os.path.islink(root / here):
            return here
    return None


def link_problems(root: Path, folders: Sequence[str]) -> Iterator[Problem]:
    """`file-unreadable` for every link that stands in the place of one of these folders, or below it, and for a folder that
    is too deep to be looked into.
    """
    for folder in folders:
        if link := first_link(root, folder):
            yield link_problem(root, link)
        else:
            yield from (
                too_deep(found) if is_too_deep(found) else link_problem(root, found)
                for found in _links_below(root, folder)
            )


def link_problem(root: Path, path: str) -> Problem:
    """What is said of a link."""
    return Problem(
        "file-unreadable", Location(shown(path)), "", "is a link, and links are not followed", _fix(root, path)
    )


def is_too_deep(path: str) -> bool:
    """True for a path below the root that nothing of a lake has: no folder of this depth is looked into."""
    return path.count("/") > MAX_FOLDERS


def too_deep(path: str) -> Problem:
    """What is said of a folder that is not looked into."""
    message = f"is more than {MAX_FOLDERS} folders deep, and is not read"
    return Problem("file-unreadable", Location(shown(path)), "", message, "move what is in it further up")


def shown(path: str) -> str:
    """A path that can be printed, also where its name is not UTF-8."""
    return os.fsencode(path).decode(errors="replace")


def _fix(root: Path, path: str) -> str:
    found = _BORROWABLE.fullmatch(path)
    if found is None:
        return "replace it with what it leads to"
    target = os.path.basename(os.readlink(root / path).rstrip("/"))
    known = target != found[2] and re.fullmatch("[a-z][a-z0-9_]*", target)
    lender = target if known and os.path.isdir(root / f"dag/{found[1]}/{target}") else "<source>"
    return f"to use the files of another source, remove it and add to sources.{found[2]}: streams_from: {lender}"


def _links_below(root: Path, folder: str) -> Iterator[str]:
    """Links, and folders that are too deep, sorted; hidden folders and what tools install are left out, as lakeform does not look there."""
    if is_too_deep(folder):
        yield folder
        return
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError:
        return  # reading it tells why
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if entry.is_symlink():
            if _is_looked_at(entry.name):
                yield path
        elif entry.is_dir() and not entry.name.startswith(".") and path not in _NOT_OURS:
            yield from _links_below(root, path)


def _is_looked_at(name: str) -> bool:
    return not name.startswith(".") or name == ".terraform.lock.hcl"
