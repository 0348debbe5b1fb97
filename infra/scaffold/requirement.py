"""Requirement: what CI installs, pinned so that nobody can put something else in its place."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed
from packaging.utils import canonicalize_name

from infra.base.errors import UserError
from infra.base.places import real
from infra.base.redactor import Redactor

NAME = "lakeform"

# For documents: a host that nobody can have (RFC 2606), and a commit that is none.
EXAMPLE = f"{NAME} @ git+https://git.example.com/team/lakeform@0123456789abcdef0123456789abcdef01234567"

_WAYS = f"""
    say what CI is to install, with one of
    --lakeform "{NAME} @ git+https://git.example.com/team/lakeform@<all 40 digits of a commit>"
    --lakeform "{NAME} @ https://files.example.com/lakeform-0.1.0-py3-none-any.whl#sha256=<digest>"
    --lakeform "wheels/lakeform-0.1.0-py3-none-any.whl#sha256=<digest>", a wheel that is committed"""

_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
# Nothing that YAML, a shell or the expressions of a workflow would read as more than a letter.
_PLAIN = re.compile(r"[A-Za-z0-9._~:/@+=,&%?\[\] -]+(#[A-Za-z0-9._~:/@+=,&%-]+)?")


@dataclass(frozen=True)
class Requirement:
    """What stands in a workflow.

    Attributes:
        text: a requirement with an address (PEP 508), or the path of a wheel in the repository; with what pins it.
        committed: True for such a path.
    """

    text: str
    committed: bool = False


def refusal(why: str) -> UserError:
    """What is told where nothing can be pinned: why, and what to write."""
    return UserError(f"{why}{_WAYS}")


def read_requirement(text: str, repository: Path) -> Requirement:
    """What the user named, if it is pinned. Raises UserError with what to write."""
    wanted = text.strip()
    if re.match(r"(git\+)?[a-z]+://", wanted):
        wanted = f"{NAME} @ {wanted}"
    parsed = _parse(wanted)
    address = parsed.url if parsed else wanted
    if address and "://" not in address and re.search(r"\.whl(#|$)", address):
        return _wheel(address, repository)
    if parsed is None or not _PLAIN.fullmatch(wanted):
        raise refusal("--lakeform is not a requirement with an address that pip reads")
    if canonicalize_name(parsed.name) != NAME:
        raise refusal(f"--lakeform names {parsed.name}; the workflow runs {NAME}")
    if not parsed.url or parsed.marker:
        raise refusal(
            f"--lakeform {parsed.name}{parsed.specifier} has no address: whoever has that name on an index decides what CI runs"
        )
    why = why_not_pinned(parsed.url)
    if why:
        raise refusal(f"--lakeform {why}")
    return Requirement(wanted)


def why_not_pinned(url: str) -> str:
    """Why CI should not install from an address; empty if it is pinned, and holds no login. No login is repeated."""
    try:
        parts = urlsplit(url.removeprefix("git+"))
        login = (parts.username or "", parts.password or "")
    except ValueError:
        return "has an address that cannot be read"
    shown = urlunsplit((parts.scheme, parts.hostname or "", parts.path, "", ""))
    if login[1] or (login[0] and parts.scheme != "ssh") or parts.query:
        return f"has a login or a token in its address ({shown}), which must not be in a file of a repository: leave it out"
    if url.startswith("git+"):
        return _why_not_commit(parts, shown)
    return _why_not_archive(parts, shown)


def _why_not_commit(parts: SplitResult, shown: str) -> str:
    if parts.scheme not in ("https", "http", "ssh") or not parts.hostname:
        return f"names {shown}, which only this machine can read"
    commit = parts.path.rpartition("@")[2] if "@" in parts.path else ""
    if _COMMIT.fullmatch(commit):
        return ""
    if not commit:
        return f"names no commit of {shown}"
    return f"names {commit} of {shown.rpartition('@')[0]}, which may be another commit tomorrow: write all 40 digits, git ls-remote shows them"


def _why_not_archive(parts: SplitResult, shown: str) -> str:
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return f"names {shown}, which only this machine can read"
    return "" if _digest(parts.fragment) else f"names no digest of {shown}: add #sha256=, and what sha256sum prints"


def _digest(fragment: str) -> tuple[str, str] | None:
    """(algorithm, digest) of `sha256=...`, also beside other words."""
    for word in fragment.split("&"):
        name, _, value = word.partition("=")
        if len(value) == _DIGESTS.get(name) and re.fullmatch("[0-9a-f]+", value):
            return name, value
    return None


def _parse(text: str) -> Parsed | None:
    try:
        return Parsed(text)
    except InvalidRequirement:
        return None


def _shown(text: str) -> str:
    return Redactor().one_line(text)


def _wheel(text: str, repository: Path) -> Requirement:
    """A wheel in the repository, if it is there and has that digest."""
    name, _, fragment = text.partition("#")
    path = real(name)
    if not path.is_file():
        raise refusal(f"--lakeform: there is no file {_shown(name)}")
    if not path.is_relative_to(real(repository)):
        raise refusal(f"--lakeform: {_shown(name)} is not in the repository, so CI does not have it")
    shown = path.relative_to(real(repository)).as_posix()
    if not path.name.startswith(f"{NAME}-") or not re.fullmatch("[A-Za-z0-9._+/-]+", shown):
        raise refusal(f"--lakeform: {_shown(shown)} is not the name of a wheel of {NAME}")
    known = _digest(fragment) or ("sha256", "")
    digest = hashlib.new(known[0], path.read_bytes()).hexdigest()
    if known[1] != digest:
        raise UserError(f"--lakeform: {shown} has another digest; write {_shown(name)}#{known[0]}={digest}")
    return Requirement(f"{shown}#{known[0]}={digest}", committed=True)
