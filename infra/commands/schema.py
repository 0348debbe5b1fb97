"""`lakeform schema`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from infra.base.printable import show
from infra.commands.answer import Answer, tell
from infra.commands.common import add_format, find_root, print_json, refuse, refuse_links
from infra.lake.connectors.lock import ConnectorLock, read_locks, specs_of
from infra.lake.connectors.prose import read_prose, with_prose
from infra.lake.documents import Report, render_json
from infra.lake.documents.generated import FileChange, GeneratedFiles
from infra.lake.registry.editor_schema import registry_schema, stream_schema

FOLDER = "dag/schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[KIND] --write --check --format`."""
    parser.add_argument("kind", nargs="?", choices=("registry", "stream"), default="registry", help="default: registry")
    parser.add_argument("--write", action="store_true", help=f"write both to {FOLDER}/, where editors look for them")
    parser.add_argument("--check", action="store_true", help="exit 1 and name those that --write would change")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print one schema, or write or check both; 1 if a lock is broken, whose options would be missing."""
    root = find_root(options)
    refuse_links(root)
    locks, problems = read_locks(root)
    if problems:
        return refuse(options, Report.of(problems))
    files = _files(root, locks)
    if options.check:
        return _check(options, files)
    text = files.texts[f"{FOLDER}/{options.kind}.json"]
    if options.write:
        tell(options, Answer(files.write()))
    elif options.format == "json":
        print_json({"kind": options.kind, "schema": json.loads(text)})
    else:
        show(text, end="")
    return 0


def _check(options: argparse.Namespace, files: GeneratedFiles) -> int:
    stale = files.stale()
    if options.format == "json":
        print_json({"stale": list(stale)})
    else:
        for path in stale:
            show(f"{path}  is not current; run: lakeform schema --write")
    return 1 if stale else 0


def write_schemas(root: Path) -> list[FileChange]:
    """Write both schemas of a lake where they are not current."""
    return _files(root, read_locks(root)[0]).write()


def has_schemas(root: Path) -> bool:
    """True if the lake keeps schemas for editors."""
    return (root / FOLDER).is_dir()


def _files(root: Path, locks: Mapping[str, ConnectorLock]) -> GeneratedFiles:
    specs = {connector: with_prose(spec, read_prose(root, connector)) for connector, spec in specs_of(locks).items()}
    registry, stream = registry_schema(specs), stream_schema()
    texts = {f"{FOLDER}/registry.json": render_json(registry), f"{FOLDER}/stream.json": render_json(stream)}
    return GeneratedFiles(root, texts)
