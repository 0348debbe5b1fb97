"""`lakeform schema`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from infra.commands.common import find_root, say
from infra.connectors.lock import ConnectorLock, read_locks, specs_of
from infra.documents import render_json, write_text
from infra.model.lake_model import LakeModel
from infra.registry.editor_schema import registry_schema, stream_schema

FOLDER = "dag/schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[KIND] --write`."""
    parser.add_argument("kind", nargs="?", choices=("registry", "stream"), default="registry", help="default: registry")
    parser.add_argument("--write", action="store_true", help=f"write both below {FOLDER}/, where editors look for them")


def run(options: argparse.Namespace) -> int:
    """Print one schema, or write both."""
    root = find_root(options)
    texts = _texts(read_locks(root)[0])
    if not options.write:
        print(texts[f"{FOLDER}/{options.kind}.json"], end="")
        return 0
    for path, text in texts.items():
        if write_text(root / path, text):
            say(options, f"wrote {path}")
    return 0


def write_schemas(model: LakeModel) -> None:
    """Write both schemas of a lake."""
    for path, text in _texts(model.locks).items():
        write_text(model.root / path, text)


def _texts(locks: Mapping[str, ConnectorLock]) -> dict[str, str]:
    return {
        f"{FOLDER}/registry.json": render_json(registry_schema(specs_of(locks))),
        f"{FOLDER}/stream.json": render_json(stream_schema()),
    }
