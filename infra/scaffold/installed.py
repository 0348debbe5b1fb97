"""Where the lakeform that runs was installed from, as pip has noted it (PEP 610)."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import infra
from infra.base.json_value import Json
from infra.scaffold.requirement import NAME, Requirement, refusal, why_not_pinned


def installed_requirement() -> Requirement:
    """The address that this lakeform came from, with its commit or digest. Raises UserError where there is none for CI."""
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        raise refusal("this lakeform was not installed, so nothing says where CI gets it from") from None
    origin = _origin(found)
    if "dir_info" in origin or str(origin.get("url", "")).startswith("file:"):
        raise refusal("this lakeform was installed from this machine, where CI cannot get it")
    if not _is_running(found):
        raise refusal("the lakeform that runs here is not the one that is installed, so nothing says where it is from")
    address = _address(origin)
    if address is None:
        raise refusal("this lakeform was installed by its name, which others may have on another index")
    why = why_not_pinned(address)
    if why:
        raise refusal(f"the lakeform that is installed here {why}")
    return Requirement(f"{NAME} @ {address}")


def _origin(found: Distribution) -> Json:
    try:
        value = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_running(found: Distribution) -> bool:
    running = Path(infra.__file__)
    installed = Path(str(found.locate_file("infra/__init__.py")))
    return installed.exists() and installed.samefile(running)


def _address(origin: Json) -> str | None:
    """The address for pip; None if the note holds none."""
    url, folder = origin.get("url"), origin.get("subdirectory")
    if not isinstance(url, str) or not url:
        return None
    words = [f"subdirectory={folder}"] if isinstance(folder, str) and folder else []
    vcs, archive = origin.get("vcs_info"), origin.get("archive_info")
    if isinstance(vcs, dict):
        return f"{vcs.get('vcs')}+{url}@{vcs.get('commit_id')}" + "".join(f"#{word}" for word in words)
    words = _digests(archive if isinstance(archive, dict) else {}) + words
    bare = url.partition("#")[0]
    return f"{bare}#{'&'.join(words)}" if words else bare


def _digests(archive: Json) -> list[str]:
    """`sha256=...`, as newer notes have it, else as older ones do."""
    hashes = archive.get("hashes")
    if isinstance(hashes, dict) and isinstance(hashes.get("sha256"), str):
        return [f"sha256={hashes['sha256']}"]
    return [archive["hash"]] if isinstance(archive.get("hash"), str) else []
