"""The schemas of every lake of tests/cases that `check` accepts mark nothing in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from infra.lake.documents import read_json, read_yaml
from infra.lake.editor.files import FOLDER, generated_schemas
from infra.lake.rules.check import Checked, check_lake
from tests.support.lakes import REPOSITORY

CASES = [case for case in sorted((REPOSITORY / "tests/cases").iterdir()) if (case / "dag/registry").is_dir()]


@pytest.mark.slow
def test_nothing_is_marked_in_what_check_accepts() -> None:
    accepted = {case.name: checked for case in CASES if not (checked := check_lake(case, catalogs=False)).report.errors}
    marked = {name: found for name, checked in accepted.items() if (found := list(marks(checked)))}
    assert marked == {}
    assert len(accepted) > 50


def marks(checked: Checked) -> Iterator[str]:
    """`file: place: message` of all that an editor would underline."""
    root = checked.model.root
    texts = generated_schemas(checked.model).texts.items()
    schemas = {f"lake:///{path.removeprefix(f'{FOLDER}/')}": json.loads(text) for path, text in texts}
    for file in sorted((root / "dag/registry").rglob("*.y*ml")):
        document = read_yaml(file.name, file.read_text("utf-8"))[0]
        yield from _errors(schemas, "lake:///registry.json", file, document)
    for file in sorted((root / "dag/streams").glob("*/[!_]*.json")):
        document = read_json(file.name, file.read_text("utf-8"))[0]
        own = f"lake:///streams/{file.parent.name}.json"
        yield from _errors(schemas, own if own in schemas else "lake:///stream.json", file, document)


def _errors(schemas: dict[str, Any], name: str, file: Path, document: Any) -> Iterator[str]:
    schema = {**schemas[name], "$id": name}
    judge = jsonschema_rs.Draft7Validator(schema, retriever=schemas.__getitem__)
    for error in judge.iter_errors(document.value if document else None):
        yield f"{file.name}: {'/'.join(map(str, error.instance_path))}: {error.message}"
