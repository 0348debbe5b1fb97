"""`lakeform schema`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from infra.base.printable import show
from infra.commands.answer import Answer, tell, wrote
from infra.commands.common import add_format, find_root, print_json, read_model, refuse
from infra.lake.connectors.lock import read_locks
from infra.lake.documents import Report, not_found, write_text
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.generated import GeneratedFiles
from infra.lake.editor.files import FOLDER, generated_schemas
from infra.lake.editor.known import described_sources
from infra.lake.editor.settings import EXTENSIONS, SETTINGS, extensions_text, settings_text
from infra.lake.model.lake_model import LakeModel

_SETTINGS = "settings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SCHEMA] --write --check --format`."""
    parser.add_argument(
        "kind",
        nargs="?",
        metavar="SCHEMA",
        default="registry",
        help=f"registry (the default), stream, streams/SOURCE, or {_SETTINGS}: those of Visual Studio Code",
    )
    parser.add_argument("--write", action="store_true", help=f"write all to {FOLDER}/, where editors look for them")
    parser.add_argument("--check", action="store_true", help="exit 1 and name those that --write would change")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print one schema, or write or check all; 1 if a lock is broken, whose options would be missing."""
    root = find_root(options)
    model = read_model(root)
    if problems := read_locks(root)[1]:
        return refuse(options, Report.of(problems))
    files = generated_schemas(model)
    if options.check:
        return _check(options, files)
    if options.write:
        tell(options, write_schemas(root))
        return 0
    kinds = {path.removeprefix(f"{FOLDER}/").removesuffix(".json"): text for path, text in files.texts.items()}
    kinds[_SETTINGS] = settings_text(described_sources(model)) or ""
    if options.kind not in kinds:
        raise not_found("schema", options.kind, kinds)
    if options.format == "json":
        print_json({"kind": options.kind, "schema": json.loads(kinds[options.kind])})
    else:
        show(kinds[options.kind], end="")
    return 0


def _check(options: argparse.Namespace, files: GeneratedFiles) -> int:
    stale = files.stale()
    if options.format == "json":
        print_json({"stale": list(stale)})
    else:
        for path in stale:
            show(f"{path}  is not current; run: lakeform schema --write")
    return 1 if stale else 0


def write_schemas(root: Path) -> Answer:
    """Write the schemas of a lake where they are not current, and which file has which where the editor's settings are there."""
    model = read_model(root)
    return Answer(generated_schemas(model).write()).and_(_write_settings(model))


def write_kept_schemas(root: Path) -> Answer:
    """The same for a lake that keeps them; nothing for one that does not, or of which a lock is broken."""
    if not (root / FOLDER).is_dir():
        return Answer()
    if problems := read_locks(root)[1]:
        file = problems[0].location.file
        return Answer(
            notes=[f"{FOLDER}/ stays as it is: the options of {file} cannot be read; lakeform check says why"]
        )
    return write_schemas(root)


def write_editor(root: Path) -> None:
    """Write the schemas of a new lake and the settings of Visual Studio Code; what these say already stays."""
    model = read_model(root)
    generated_schemas(model).write()
    for path, text in ((SETTINGS, settings_text(described_sources(model)) or ""), (EXTENSIONS, extensions_text())):
        if not (root / path).exists():
            write_text(root, path, text)
    _write_settings(model)


def _write_settings(model: LakeModel) -> Answer:
    """Settings with comments, which would get lost, stay as they are."""
    path = model.root / SETTINGS
    if not path.is_file():
        return Answer()
    try:
        text = settings_text(described_sources(model), read_text(str(path)))
    except UnreadableError:
        text = None
    if text is None:
        note = f"{SETTINGS} is not plain JSON and stays as it is; lakeform schema {_SETTINGS} prints what to copy"
        return Answer(notes=[note])
    return Answer(wrote([SETTINGS] if write_text(model.root, SETTINGS, text) else []))
