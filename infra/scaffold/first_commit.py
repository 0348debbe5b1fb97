"""The git repository of a new lake, and its first commit."""

from __future__ import annotations

from pathlib import Path

from infra.base.errors import UserError
from infra.base.git import GitError, git_output, read_git, top_of
from infra.base.places import real
from infra.base.printable import inline

BRANCH = "main"

_MESSAGE = "Create the lake"
_NOBODY = 'git config --global user.name "Your Name"; git config --global user.email you@example.com'


def refuse_commit(folder: Path, instead: str) -> None:
    """Raises UserError where a first commit of a folder, which need not be there yet, is not to be had.

    `instead`: what to write where there is a repository above.
    """
    top, shown = top_of(folder), inline(str(folder))
    if top != real(folder):
        raise UserError(f"{shown} is in the git repository {inline(str(top))}, which has its own commits: {instead}")
    if git_output(_existing(folder), "rev-parse", "--verify", "--quiet", "HEAD") and (folder / ".git").exists():
        raise UserError(f"{shown} has commits already: leave out --git")
    for ident in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        try:
            read_git(_existing(folder), "-c", "user.useConfigOnly=true", "var", ident)
        except GitError:
            raise UserError(f"git does not know who commits\n    run: {_NOBODY}") from None


def commit_all(folder: Path) -> str:
    """Make a repository of the folder, unless it is one, and commit all that git does not ignore; the commit's short name.

    Raises UserError for what git says, as a hook of the user's may.
    """
    try:
        if not (folder / ".git").exists():
            read_git(folder, "init", "--quiet")
            if not git_output(folder, "config", "init.defaultBranch"):
                read_git(folder, "symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
        read_git(folder, "add", "--all")
        read_git(folder, "commit", "--quiet", "--message", _MESSAGE)
    except GitError as error:
        said = " ".join(error.said.split())
        raise UserError(f"the files are written, but git made no commit: {said or 'it does not say why'}") from None
    return git_output(folder, "rev-parse", "--short", "HEAD")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(one for one in (folder, *real(folder).parents) if one.is_dir())
