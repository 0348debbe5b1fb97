"""ConnectorLock: the committed definition of one connector, so that nothing has to ask a server what it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import jsonschema_rs
from pydantic import AfterValidator, Field

from infra.base.printable import spelled
from infra.lake.documents import Document, Layers, Problem, Strict, Written, parse, render_json
from infra.lake.documents.links import first_link, link_problem
from infra.lake.documents.mended_schema import mended
from infra.lake.documents.parse import refuse
from infra.lake.documents.read import list_files, read_document
from infra.lake.documents.types import Items, JsonSchema, Uuid

FOLDER = "dag/connectors"
# Titles and descriptions of options, beside the lock: for editors and scaffolds alone.
PROSE = ".docs.json"

_CONNECTOR = re.compile("(source|destination)-[A-Za-z0-9][A-Za-z0-9._-]*")
_NO_LETTER = re.compile(r"[^A-Za-z0-9._-]")
# The grammar of a reference to an image: github.com/distribution/reference, regexp.go.
_PART = "[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?"
_IMAGE = re.compile(f"(?:{_HOST}/)?{_PART}(?:/{_PART})*")
_TAG = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


def is_connector(name: str) -> bool:
    """True for `source-x` and `destination-x`: what can be the name of a connector, and so of a lock file."""
    return _CONNECTOR.fullmatch(name) is not None and ".." not in name


def why_no_connector(kind: str, name: str) -> str:
    """What is odd about a name that is not that of a connector of this kind, in words that follow a colon."""
    if not name.startswith(f"{kind}-"):
        return f"their names begin with {kind}-"
    odd = _NO_LETTER.search(name)
    return (
        f"{spelled(odd[0])} cannot be in their names"
        if odd
        else f"{kind}- is followed by a letter or digit, and .. by none"
    )


def _check_image(name: str) -> str:
    """The name, if an image can have it; a connector that no registry has stands there by its own name."""
    if _IMAGE.fullmatch(name) or is_connector(name):
        return name
    raise refuse("lock-invalid", f'"{name}" is not the name of an image, such as airbyte/source-x')


def _check_tag(tag: str) -> str:
    if _TAG.fullmatch(tag):
        return tag
    raise refuse("lock-invalid", f'"{tag}" is not the tag of an image, such as 1.0.0')


class BreakingChange(Strict):
    """What a release of a connector asks of its users."""

    version: str = Field(description="the release")
    deadline: str | None = Field(default=None, description="day after which Airbyte upgrades or pauses connections")
    message: str = Field(description="what it asks for, in Airbyte's words")
    streams: Annotated[Items[str], Field(description="streams that it concerns; none: all of them")] = ()


class Releases(Strict):
    """What is known of a connector's releases."""

    breaking_changes: Annotated[Items[BreakingChange], Field(alias="breakingChanges", description="oldest first")] = ()


class ConnectorLock(Strict):
    """One file below dag/connectors/, named after the connector."""

    connector: str = Field(description="name of the connector, source-x or destination-x")
    definition_id: Uuid = Field(description="Airbyte's id of the connector definition")
    image: Annotated[str, AfterValidator(_check_image)] = Field(description="Docker repository, airbyte/source-x")
    tag: Annotated[str, AfterValidator(_check_tag)] = Field(
        description="version of the connector that the spec was taken from"
    )
    supports_refreshes: bool = Field(default=False, description="destinations: can a stream be refreshed?")
    destination_sync_modes: Annotated[Items[str], Field(description="destinations: append, overwrite, ...")] = ()
    support_level: str | None = Field(default=None, description="certified, community or archived")
    releases: Releases | None = Field(default=None, description="breaking changes of its releases")
    spec: JsonSchema = Field(description="JSON Schema of the configuration, without prose")

    def to_text(self) -> str:
        """The lock file: the same bytes for the same definition."""
        unknown = {key for key in ("support_level", "releases") if getattr(self, key) is None}
        return render_json(self.model_dump(mode="json", by_alias=True, exclude=unknown))


def lock_path(connector: str) -> str:
    """The lock file of a connector, from the project root."""
    return f"{FOLDER}/{connector}.json"


def read_locks(root: Path) -> tuple[dict[str, ConnectorLock], list[Problem]]:
    """Every lock below dag/connectors/, by connector, and what is wrong with the others (`lock-invalid`)."""
    locks: dict[str, ConnectorLock] = {}
    problems: list[Problem] = []
    for file in list_files(root, FOLDER, (".json",)):
        if file.endswith(PROSE):
            continue
        if link := first_link(root, file):
            problems.append(link_problem(root, link))
            continue
        document, found = read_document(root, file)
        lock, refused = _parse_lock(document) if document else (None, [])
        problems += [_as_lock_problem(p) for p in found + refused]
        if lock is not None:
            locks[lock.connector] = lock
    return locks, problems


def _parse_lock(document: Document) -> tuple[ConnectorLock | None, list[Problem]]:
    value, broken = _mended(document)
    layers = Layers.single(Written(document, (), value))
    lock, problems = parse(ConnectorLock, layers)
    problems += broken
    if lock is not None and lock_path(lock.connector) != document.file:
        return None, [layers.problem("lock-invalid", ("connector",), f'says "{lock.connector}", unlike its file name')]
    return lock, problems


def _mended(document: Document) -> tuple[Any, list[Problem]]:
    """The lock with the part of its spec that is a JSON Schema, and warnings about the rest."""
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("spec"), dict) or _is_schema(value["spec"]):
        return value, []
    spec, flaws = mended(value["spec"])
    layers = Layers.single(Written(document, (), value))
    told = [
        layers.problem("lock-invalid", ("spec", *path), f"{message}, and is left out", severity="warning")
        for path, message in flaws
    ]
    return {**value, "spec": spec}, told


def _is_schema(spec: Any) -> bool:
    return jsonschema_rs.meta.is_valid({**spec, "$schema": _DRAFT})


_DRAFT = "http://json-schema.org/draft-07/schema#"


def _as_lock_problem(problem: Problem) -> Problem:
    """A lock is written by a command, so every problem in one has the same way out."""
    connector = Path(problem.location.file).stem
    fix = f"write it again: lakeform lock {shlex.quote(connector)}"
    return replace(problem, rule="lock-invalid", fix=fix)


def specs_of(locks: Mapping[str, ConnectorLock]) -> dict[str, dict[str, Any]]:
    """The spec of each locked connector."""
    return {connector: lock.spec for connector, lock in locks.items()}
