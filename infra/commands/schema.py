"""`lakeform schema`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.base.printable import show
from infra.commands.common import find_root, print_report, refuse_links, say
from infra.lake.connectors.lock import ConnectorLock, read_locks, specs_of
from infra.lake.connectors.prose import read_prose, with_prose
from infra.lake.documents import Report, render_json
from infra.lake.documents.generated import GeneratedFiles
from infra.lake.registry.editor_schema import registry_schema, stream_schema

FOLDER = "dag/schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[KIND] --write --check`."""
    parser.add_argument("kind", nargs="?", choices=("registry", "stream"), default="registry", help="default: registry")
    parser.add_argument("--write", action="store_true", help=f"write both to {FOLDER}/, where editors look for them")
    parser.add_argument("--check", action="store_true", help="exit 1 and name those that --write would change")


def run(options: argparse.Namespace) -> int:
    """Print one schema, or write or check both; 1 if a lock is broken, whose options would be missing."""
    root = find_root(options)
    refuse_links(root)
    locks, problems = read_locks(root)
    if problems:
        print_report(Report.of(problems), to=sys.stderr)
        return 1
    files = _files(root, locks)
    if options.check:
        stale = files.stale()
        for path in stale:
            show(f"{path}  is not current; run: lakeform schema --write")
        return 1 if stale else 0
    if options.write:
        for line in files.write():
            say(options, line)
    else:
        show(files.texts[f"{FOLDER}/{options.kind}.json"], end="")
    return 0


def write_schemas(root: Path) -> list[str]:
    """Write both schemas of a lake; a line for each that changed."""
    return _files(root, read_locks(root)[0]).write()


def has_schemas(root: Path) -> bool:
    """True if the lake keeps schemas for editors."""
    return (root / FOLDER).is_dir()


def _files(root: Path, locks: Mapping[str, ConnectorLock]) -> GeneratedFiles:
    specs = {connector: with_prose(spec, read_prose(root, connector)) for connector, spec in specs_of(locks).items()}
    registry, stream = registry_schema(specs), stream_schema()
    texts = {f"{FOLDER}/registry.json": render_json(registry), f"{FOLDER}/stream.json": render_json(stream)}
    return GeneratedFiles(root, texts)
