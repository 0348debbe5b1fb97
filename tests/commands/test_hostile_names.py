"""Names that a pull request may bring, in every place of a lake: no command shows them as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.base.test_printable import commands_in
from tests.support.lakes import MINIMAL, run, write_lake

BAD = "x\n::error file=a::pwned\n\x1b[31m\u202e##[error]y\x07"
YAML = json.dumps(BAD)
REGISTRY = "dag/registry/lake.yaml"
BASE = str(MINIMAL[REGISTRY])
STREAM = next(path for path in MINIMAL if path.startswith("dag/streams/") and not path.endswith("_catalog.json"))

PLACES = {
    "a key of the registry": {REGISTRY: f"{BASE}{YAML}: 1\n"},
    "an id": {"dag/registry/more.yaml": f"sources:\n  {YAML}: {{connector: source-x, configuration: {{}}}}\n"},
    "an option": {"dag/registry/more.yaml": f"sources:\n  y: {{connector: source-x, configuration: {{{YAML}: 1}}}}\n"},
    "a connector": {"dag/registry/more.yaml": f"sources:\n  y: {{connector: {YAML}, configuration: {{}}}}\n"},
    "a reference": {"dag/registry/more.yaml": f"connections:\n  y: {{source: {YAML}, destination: {YAML}}}\n"},
    "a file of the registry": {f"dag/registry/{BAD.replace('/', '')}.yaml": "sources: {y: 1}\n"},
    "a stream file": {f"dag/streams/{Path(STREAM).parent.name}/{BAD.replace('/', '')}.json": "{}\n"},
    "a setting of a stream": {STREAM: json.dumps({"sync_mode": BAD, "cursor_field": [BAD], BAD: 1})},
    "a file that cannot be read": {STREAM: f'{{"a": "{BAD}"}}'},
    "a folder": {f"dag/streams/{BAD.replace('/', '')}/a.json": "{}\n"},
}


@pytest.mark.parametrize(
    "verb", [["check"], ["catalog"], ["secrets"], ["flux"], ["explain", BAD], ["discover", BAD], ["lock", BAD]]
)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_shown_is_printable(place: str, verb: list[str], tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, **PLACES[place]})
    result = run(root, *verb)
    for shown in (result.out, result.err):
        assert shown.replace("\n", "").isprintable()
        assert commands_in(shown) == []


@pytest.mark.parametrize("place", PLACES)
def test_what_programs_read_is_printable_and_whole(place: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, **PLACES[place]})
    result = run(root, "check", "--format", "json")
    assert result.out.replace("\n", "").isprintable()
    assert json.loads(result.out)["problems"]
