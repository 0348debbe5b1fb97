"""The ways to learn what a source offers: an Airbyte server, the connector itself on this machine, a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.airbyte.discover.by_image import way_by_image
from infra.airbyte.discover.unset import unset_logins
from infra.airbyte.local.cache import NotOnIndexError
from infra.airbyte.local.configuration import configuration_values
from infra.airbyte.local.connector import discover_here, discover_manifest, is_on_index
from infra.airbyte.local.conversation import ConnectorFailedError
from infra.airbyte.server import AirbyteServer, open_server
from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.discovery import is_manifest as says_manifest
from infra.lake.catalog.discovery import read_catalog
from infra.lake.catalog.left_out import LeftOut
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import references_in
from infra.lake.documents import render_path
from infra.lake.documents.files import text_of
from infra.lake.documents.foreign_file import YAML
from infra.lake.model.find import find_in_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry, actor_name
from infra.lake.registry.placeholder import placeholders_in

Tell = Callable[[str], None]

# A connector or a pod starts first, and a database may have ten thousand tables.
TIMEOUT_SECONDS = 900.0


@dataclass(frozen=True)
class DiscoveryRequest:
    """How the user wants to ask.

    Attributes:
        origin: `server`, `connector`, the path of a manifest.yaml or of another file, or None for the first of the two that works.
        stack: id of the stack whose server and entry are meant; None where they are all alike.
        cached: take what the server has stored, do not let it look again.
        version: of the connector: the one to run, or the one that wrote the file.
        timeout: seconds that the discovery of one source may take.
    """

    origin: str | None
    stack: str | None
    cached: bool
    version: str | None
    timeout: float


@dataclass(frozen=True)
class DiscoveryAnswer:
    """What a source offers, and who said so.

    Attributes:
        version: of the connector; None if nobody said.
        instead_of: the locked version, if the package index does not have it.
        origin: `server`, `connector` or `file`.
        told_by: for people; empty for a file, which the user named.
        left_out: what was said and nobody can use.
    """

    streams: list[DiscoveredStream]
    connector: str | None
    version: str | None
    origin: str
    told_by: str = ""
    left_out: tuple[LeftOut, ...] = ()
    instead_of: str | None = None


@dataclass(frozen=True)
class _SourceInStack:
    """A source in one of its stacks."""

    stack: Stack
    source: Entry[Source]


def discover(model: LakeModel, source: str, wanted: DiscoveryRequest, tell: Tell) -> DiscoveryAnswer:
    """The streams of a source. Raises UserError if they cannot be had, or if the way is not clear."""
    if wanted.origin is not None and wanted.origin not in ("server", "connector", *_manifest(wanted.origin)):
        return _from_file(model, source, wanted.origin, wanted.version)
    places = _places(model, source, wanted.stack)
    if external := places[0].source.settings.external:
        raise UserError(
            f"{source} is loaded by {external}, not by Airbyte, so there is nothing to query; use --from FILE"
        )
    if wanted.origin == "server":
        place = _one(places, _server_of)
        return _from_server(place, open_server(place.stack, os.environ, tell=tell), wanted, tell)
    if wanted.origin is not None:
        return _from_connector(model, places, wanted, tell)
    return _by_default(model, places, wanted, tell)


def _manifest(origin: str | None) -> tuple[str, ...]:
    """The path, if it is that of a low-code connector's manifest, which Airbyte's runner for those can run."""
    return (origin,) if origin is not None and is_manifest(origin) else ()


def is_manifest(path: str) -> bool:
    """True for a YAML file, unless what it holds is something else: a catalog, octavia's files."""
    return path.endswith(YAML) and (not os.path.isfile(path) or says_manifest(path, text_of(path)))


def _from_file(model: LakeModel, source: str, file: str, version: str | None) -> DiscoveryAnswer:
    written = model.declared.entries["sources"][source].value
    connector = written.get("connector") if isinstance(written, dict) else None
    text, left_out = text_of(file), list[LeftOut]()
    try:
        streams = read_catalog(text, file, left_out)
    except UserError as error:
        raise UserError(Redactor().one_line(str(error))) from None
    return DiscoveryAnswer(streams, connector, version, "file", left_out=tuple(left_out))


def _places(model: LakeModel, source: str, stack: str | None) -> list[_SourceInStack]:
    """The stacks of a source, or the one that was named. Raises UserError if there is none, or its entry is not right."""
    return [_SourceInStack(there, entry) for there, entry in find_in_stacks(model, "sources", source, stack)]


def _one(places: list[_SourceInStack], key: Callable[[_SourceInStack], Any]) -> _SourceInStack:
    """The first of places that are all alike. Raises UserError if they are not."""
    if len(_distinct(places, key)) > 1:
        stacks = ", ".join(place.stack.id for place in places)
        raise UserError(f"{places[0].source.id} is in the stacks {stacks}, which differ: choose one with --stack")
    return places[0]


def _distinct(places: Iterable[_SourceInStack], key: Callable[[_SourceInStack], Any]) -> list[_SourceInStack]:
    found: list[_SourceInStack] = []
    for place in places:
        if all(key(place) != key(other) for other in found):
            found.append(place)
    return found


def _server_of(place: _SourceInStack) -> Any:
    """What decides which object of which server is asked."""
    settings, entry = place.stack.settings, place.source.settings
    wanted = entry.existing or entry.adopt or actor_name(place.source)
    return settings.server_url, settings.workspace_id, settings.auth, wanted


def _configuration_of(place: _SourceInStack) -> Any:
    """What decides which connector runs with which options."""
    entry = place.source.settings
    names = {name for _, _, name in references_in(entry.configuration)}
    values = {name: value for name, value in place.stack.given_values.items() if name in names}
    return entry.connector, entry.configuration, values


def _by_default(
    model: LakeModel, places: list[_SourceInStack], wanted: DiscoveryRequest, tell: Tell
) -> DiscoveryAnswer:
    """The server where one answers, else the connector where the package index has it."""
    reasons: list[str] = []
    answering = _answering(places, tell, reasons)
    if answering:
        _one(places, _server_of)
        return _from_server(*answering[0], wanted, tell)
    source, without = places[0].source, "; ".join(reasons)
    if why_not := _not_here(source.settings):
        way = "; use --from FILE" if source.settings.existing else way_by_image(source, _lock_of(model, source))
        raise UserError(f"cannot discover {source.id}: {without}; {why_not}{way}")
    try:
        return _from_connector(model, places, wanted, tell)
    except UserError as error:
        raise UserError(f"{error} (no server was queried: {without})") from None


def _answering(
    places: list[_SourceInStack], tell: Tell, reasons: list[str]
) -> list[tuple[_SourceInStack, AirbyteServer]]:
    """The servers that can be asked; why not the others goes into `reasons`."""
    found = []
    for place in _distinct(places, _server_of):
        try:
            server = open_server(place.stack, os.environ, tell=tell)
        except UserError as error:
            reasons.append(str(error))
            continue
        if server.answers():
            found.append((place, server))
        else:
            reasons.append(f'stack "{place.stack.id}": the server does not answer')
    return found


def _not_here(entry: Source) -> str | None:
    """Why the connector cannot be run on this machine; None if it can."""
    if entry.existing:
        return "only a server has its configuration"
    try:
        return None if is_on_index(entry.connector or "") else f"{entry.connector} is not on the package index"
    except UserError as error:
        return str(error)


def _from_server(place: _SourceInStack, server: AirbyteServer, wanted: DiscoveryRequest, tell: Tell) -> DiscoveryAnswer:
    entry = place.source.settings
    tell(f"querying the server of the stack {place.stack.id}")
    remote = server.locate(place.source)
    left_out: list[LeftOut] = []
    streams = server.discover(remote.id, cached=wanted.cached, seconds=wanted.timeout, left_out=left_out)
    told_by = f"the server of the stack {place.stack.id}"
    return DiscoveryAnswer(streams, entry.connector, None, "server", told_by, tuple(left_out))


def _from_connector(
    model: LakeModel, places: list[_SourceInStack], wanted: DiscoveryRequest, tell: Tell
) -> DiscoveryAnswer:
    if places[0].source.settings.existing:
        raise UserError(f"only the server has the configuration of {places[0].source.id}: use --from server")
    place = _one(places, _configuration_of)
    for path, _ in placeholders_in(place.source.settings.configuration, ("configuration",)):
        raise UserError(f"{place.source.path}.{render_path(path)} is still a placeholder; run: lakeform check")
    connector = place.source.settings.connector or ""
    lock = _lock_of(model, place.source)
    version = wanted.version or (lock.tag if lock else None)
    options = configuration_values(place.source, place.stack, model.locks, os.environ)
    if manifest := _manifest(wanted.origin):
        _refuse_code_of_the_lake(model.root, Path(manifest[0]))
        # The version that is told is the one of Airbyte's runner.
        offered = discover_manifest(Path(manifest[0]), connector, options, tell=tell, timeout=wanted.timeout)
        return DiscoveryAnswer(
            offered.streams,
            connector,
            wanted.version,
            "connector",
            f"{manifest[0]}, run on this machine",
            offered.left_out,
        )
    try:
        offered = discover_here(
            connector, version, options, tell=tell, timeout=wanted.timeout, exactly=wanted.version is not None
        )
    except ConnectorFailedError as error:
        unset = ", ".join(unset_logins(place.source, lock))
        raise UserError(f"{error}" + (f"; not set, and may be what it misses: {unset}" if unset else "")) from None
    except NotOnIndexError as error:
        raise UserError(f"{error}{way_by_image(place.source, lock)}") from None
    told_by = f"{connector} {offered.version}, run on this machine"
    return DiscoveryAnswer(
        offered.streams,
        connector,
        offered.version,
        "connector",
        told_by,
        offered.left_out,
        instead_of=offered.instead_of,
    )


def _lock_of(model: LakeModel, source: Entry[Source]) -> ConnectorLock | None:
    return model.locks.get(source.settings.connector or "")


def _refuse_code_of_the_lake(root: Path, manifest: Path) -> None:
    """Raise UserError if the runner would execute a file of the lake, which may be a stranger's pull request."""
    components = manifest.with_name("components.py")
    places = (os.path.realpath(components), os.path.realpath(components.parent))
    if os.path.lexists(components) and any(Path(place).is_relative_to(os.path.realpath(root)) for place in places):
        raise UserError(
            f"{components} is code, and files of a lake are never executed; once you have read it, copy it and the manifest to a "
            "folder outside the lake, and name that folder"
        )
