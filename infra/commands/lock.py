"""`lakeform lock`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from infra.commands.common import find_root, read_declared, say
from infra.commands.schema import has_schemas, write_schemas
from infra.connectors.definitions import PUBLIC_REGISTRY, lock_of, read_definitions
from infra.connectors.lock import ConnectorLock, is_connector, lock_path
from infra.connectors.spec import compact_spec
from infra.documents import did_you_mean, read_json, render_path, write_text
from infra.documents.files import UnreadableError, holds, read_text
from infra.documents.json_schema import malformed
from infra.documents.types import check_uuid
from infra.faults import Fault
from infra.registry.declared import Declared


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[CONNECTOR...] --registry --upgrade --check --from-spec --definition-id`."""
    parser.add_argument(
        "connectors",
        nargs="*",
        metavar="CONNECTOR",
        help="source-x or destination-x; default: every connector of the registry that is not locked yet",
    )
    parser.add_argument("--registry", default=PUBLIC_REGISTRY, metavar="URL|FILE", help="default: %(default)s")
    parser.add_argument("--upgrade", action="store_true", help="without CONNECTOR: also those that are locked already")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 and name the locks that would change",
    )
    parser.add_argument("--from-spec", metavar="FILE", help="a custom connector: lock this spec, with --definition-id")
    parser.add_argument("--definition-id", metavar="UUID", help="the custom connector's definition id in Airbyte")


def run(options: argparse.Namespace) -> int:
    """Write the lock files, or with `--check` name those that would change."""
    root = find_root(options)
    for name in options.connectors:
        if not is_connector(name):
            raise Fault(f'"{name}" is not the name of a connector: source-x or destination-x')
    if options.definition_id and not options.from_spec:
        raise Fault("--definition-id goes with --from-spec FILE; the registry has the id of its own connectors")
    locks = [_custom_lock(options)] if options.from_spec else _locks(root, options)
    changed = [lock for lock in locks if not holds(root / lock_path(lock.connector), lock.to_text())]
    if options.check:
        for lock in changed:
            print(
                f"{lock_path(lock.connector)}  {options.from_spec or options.registry} has another definition: {lock.tag}"
            )
        return 1 if changed else 0
    for lock in changed:
        write_text(root / lock_path(lock.connector), lock.to_text())
        say(options, f"wrote {lock_path(lock.connector)} ({lock.tag})")
    if changed and has_schemas(root):
        for path in write_schemas(root):
            say(options, f"wrote {path}")
    if not changed:
        say(options, "nothing to lock" if not locks else "every lock is current")
    return 0


def _locks(root: Path, options: argparse.Namespace) -> list[ConnectorLock]:
    names = options.connectors or _wanted(root, everything=options.upgrade or options.check)
    if not names:
        return []
    definitions = read_definitions(options.registry)
    return [lock_of(_find(name, definitions)) for name in names]


def _wanted(root: Path, *, everything: bool) -> list[str]:
    """The connectors that the registry names, without those that have a lock, unless `everything`."""
    named = sorted(set(_connectors(read_declared(root))))
    return [name for name in named if everything or not (root / lock_path(name)).exists()]


def _connectors(declared: Declared) -> Iterable[str]:
    for section in ("sources", "destinations"):
        for piece in declared.entries[section].values():
            entry = piece.value if isinstance(piece.value, dict) else {}
            connector = entry.get("connector")
            if isinstance(connector, str) and connector.startswith(f"{section[:-1]}-") and "definition_id" not in entry:
                yield connector


def _find(name: str, definitions: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if name in definitions:
        return definitions[name]
    same_kind = [known for known in definitions if known.partition("-")[0] == name.partition("-")[0]]
    raise Fault(f'the registry has no connector "{name}"; {did_you_mean(name, same_kind or definitions)}')


def _custom_lock(options: argparse.Namespace) -> ConnectorLock:
    if len(options.connectors) != 1 or not options.definition_id:
        raise Fault("--from-spec takes one CONNECTOR and --definition-id UUID")
    try:
        definition_id = check_uuid(options.definition_id)
    except PydanticCustomError:
        raise Fault(f"{options.definition_id} is not a UUID") from None
    return ConnectorLock(
        connector=options.connectors[0],
        definition_id=definition_id,
        image=options.connectors[0],
        tag="custom",
        spec=compact_spec(_read_spec(options.from_spec)),
    )


def _read_spec(file: str) -> dict[str, Any]:
    """The JSON Schema in a file: bare, in a `connectionSpecification`, or in a connector's SPEC message."""
    try:
        document, problems = read_json(file, read_text(file))
    except UnreadableError as error:
        raise Fault(f"{file}: {error}") from None
    if document is None:
        raise Fault(f"{problems[0].location} is not JSON: {problems[0].message}")
    value = document.value
    for key in ("spec", "connectionSpecification"):
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            value = value[key]
    if not isinstance(value, dict) or not isinstance(value.get("properties"), dict):
        raise Fault(f"{file} holds no JSON Schema of a configuration: there are no properties")
    if found := malformed(value):
        raise Fault(f"{file}: {render_path(found[0])} {found[1]}")
    return value
