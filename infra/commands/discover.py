"""`lakeform discover`."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from infra.catalog.discovered import FOLDER
from infra.catalog.discovery import discovery_files, read_catalog
from infra.commands.common import find_root, read_declared, say
from infra.documents import Written, did_you_mean, plural, write_text
from infra.documents.files import UnreadableError, read_text
from infra.documents.read import list_files
from infra.documents.types import ID_PATTERN
from infra.faults import Fault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE --from FILE --connector-version`."""
    parser.add_argument("source", metavar="SOURCE", help="id of the source in the registry")
    parser.add_argument(
        "--from",
        dest="origin",
        metavar="FILE",
        required=True,
        help="output of the connector's discover command, or an AirbyteCatalog",
    )
    parser.add_argument("--connector-version", metavar="VERSION", help="version of the connector that was asked")


def run(options: argparse.Namespace) -> int:
    """Write a file a stream; streams that vanished are reported and stay."""
    root = find_root(options)
    source = _source(root, options.source)
    borrowed = source.value.get("streams_from") if isinstance(source.value, dict) else None
    if borrowed:
        raise Fault(f"{options.source} uses the streams of {borrowed}: discover that one")
    streams = read_catalog(_read(options.origin), options.origin)
    connector = source.value.get("connector") if isinstance(source.value, dict) else None
    provenance = {"connector": connector, "version": options.connector_version, "from": "file"}
    files = discovery_files(options.source, streams, provenance)
    written = [path for path, text in files.items() if write_text(root / path, text)]
    for path in written:
        say(options, f"wrote {path}")
    for path in list_files(root, f"{FOLDER}/{options.source}", (".json",)):
        if path not in files:
            print(f"{path}: the source does not offer this stream any more; remove the file when nothing needs it")
    say(options, f"{options.source} offers {plural(len(streams), 'stream')}")
    return 0


def _source(root: Path, name: str) -> Written:
    sources = read_declared(root).entries["sources"]
    if name not in sources:
        raise Fault(f'there is no source "{name}"; {did_you_mean(name, sources, "sources")}')
    if not re.fullmatch(ID_PATTERN, name):
        raise Fault(f'"{name}" is not an id, and so no name of a folder; see: lakeform check')
    return sources[name]


def _read(file: str) -> str:
    try:
        return read_text(file)
    except UnreadableError as error:
        raise Fault(f"{file}: {error}") from None
