"""A real connector on this machine: asked for its spec, for what a source offers, and for records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.airbyte.local.cache import Tell, install, installed
from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.conversation import run_command
from infra.airbyte.local.index import UnreachableIndexError, find_release
from infra.airbyte.local.manifest import manifest_spec
from infra.airbyte.local.messages import Message
from infra.airbyte.local.program import CDK, Program, program_of, with_manifest
from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.discovery import read_catalog
from infra.lake.catalog.left_out import LeftOut

# A shorter secret may be any word of a schema.
_TELLING = 8


@dataclass(frozen=True)
class Offered:
    """What a source offers.

    Attributes:
        version: of the connector that was asked.
        instead_of: the version that was wanted, if the package index does not have it.
        left_out: what it said and nobody can use.
    """

    streams: list[DiscoveredStream]
    version: str
    left_out: tuple[LeftOut, ...] = ()
    instead_of: str | None = None


def package_of(connector: str) -> str:
    """`source-faker` -> `airbyte-source-faker`, as Airbyte calls its packages."""
    return f"airbyte-{connector}"


def is_on_index(connector: str) -> bool:
    """Can it be run here: is its package in the cache or on the package index? Raises UserError if that does not answer."""
    package = package_of(connector)
    try:
        return installed(package) is not None or find_release(package, None) is not None
    except UnreachableIndexError:
        raise UserError(f"the package index cannot be reached, and {package} is not installed") from None


def discover_here(
    connector: str,
    version: str | None,
    configuration: Configuration,
    *,
    tell: Tell,
    timeout: float,
    exactly: bool = False,
) -> Offered:
    """What the connector says that a source offers, asked in that version if the index has it, else in the newest.

    `tell` hears what takes time; `timeout`: seconds, without installing; `exactly`: in no other version. Raises UserError.
    """
    package = install(package_of(connector), version, tell, exactly=exactly)
    offered = _discover(program_of(package, connector), configuration, tell, timeout)
    return replace(offered, instead_of=package.instead_of)


def discover_manifest(
    manifest: Path, label: str, configuration: Configuration, *, tell: Tell, timeout: float
) -> Offered:
    """The same of a low-code connector of which there is only a manifest.yaml; `label` names it. Raises UserError."""
    return _discover(with_manifest(install(CDK, None, tell), manifest, label), configuration, tell, timeout)


def spec_here(package: str, version: str | None, *, tell: Tell, timeout: float) -> tuple[dict[str, Any], str]:
    """The spec (`connectionSpecification`, ...) that the package tells in that version or the newest, and its version.

    Raises UserError, also if the index has no such version.
    """
    program = program_of(install(package, version, tell, exactly=True), package.removeprefix("airbyte-"))
    if program.manifest is not None:
        return manifest_spec(program.manifest), program.version
    messages = run_command(program, "spec", Configuration({}), {}, tell=tell, timeout=timeout)
    specs = (message.get("spec") for message in messages if message["type"] == "SPEC")
    spec = _first(spec for spec in specs if isinstance(spec, dict))
    if spec is None:
        raise UserError(f"{program.label}: spec ended without a spec")
    return spec, program.version


def read_here(
    connector: str,
    version: str | None,
    configuration: Configuration,
    files: Mapping[str, Any],
    *,
    tell: Tell,
    timeout: float,
) -> Iterator[Message]:
    """Every message of a sync: RECORD, STATE, ... Raises UserError, at the end if the sync failed.

    `files`: `catalog`, a ConfiguredAirbyteCatalog, and `state` if there is one.
    """
    program = program_of(install(package_of(connector), version, tell), connector)
    given = {"config": program.configuration(configuration.values), **files}
    yield from run_command(program, "read", configuration, given, tell=tell, timeout=timeout)


def _discover(program: Program, configuration: Configuration, tell: Tell, timeout: float) -> Offered:
    tell(f"asking {program.label} what it offers")
    files = {"config": program.configuration(configuration.values)}
    messages = run_command(program, "discover", configuration, files, tell=tell, timeout=timeout)
    catalog = _first(message for message in messages if message["type"] == "CATALOG")
    if catalog is None:
        raise UserError(f"{program.label}: discover ended without a catalog")
    left_out: list[LeftOut] = []
    try:
        streams = read_catalog(json.dumps(catalog), program.label, left_out)
    except UserError as error:
        raise UserError(Redactor(configuration.secrets).one_line(str(error))) from None
    _refuse_secrets(streams, program.label, configuration)
    redactor = Redactor(configuration.secrets)
    return Offered(streams, program.version, tuple(replace(one, text=redactor.one_line(one.text)) for one in left_out))


def _first(found: Iterator[Message]) -> Message | None:
    """The first one; all are asked for, as a failure is told at the end, and no other is kept."""
    first = next(found, None)
    for _ in found:
        pass
    return first


def _refuse_secrets(streams: Sequence[DiscoveredStream], label: str, configuration: Configuration) -> None:
    """Raise UserError if a stream holds a secret that the connector was given: what is discovered is committed."""
    given = Redactor(value for value in configuration.secrets if len(value) >= _TELLING)
    for stream in streams:
        if given.finds(stream.model_dump_json()):
            name = Redactor(configuration.secrets).one_line(stream.name)
            raise UserError(
                f'{label} offers the stream "{name}" with the value of a secret in it, which would be committed; nothing was written'
            )
