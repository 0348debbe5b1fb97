"""`lakeform schema`, and the settings of Visual Studio Code, in which nothing of the user's is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.commands.main import main
from tests.support.lakes import REGISTRY, REPOSITORY, SOURCE, run, write_files, write_lake

SETTINGS = ".vscode/settings.json"
LEFT_ALONE = f"{SETTINGS} is not plain JSON and stays as it is; lakeform schema settings prints what to copy\n"

FAKER = {
    "fileMatch": ["/dag/streams/faker/*.json", "!/dag/streams/faker/_*.json"],
    "url": "./dag/schema/streams/faker.json",
}
ANY = {"fileMatch": ["/dag/streams/*/*.json", "!/dag/streams/*/_*.json"], "url": "./dag/schema/stream.json"}
YAML = {"./dag/schema/registry.json": ["/dag/registry/**/*.yaml", "/dag/registry/**/*.yml"]}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A small lake whose schemas are current."""
    root = write_lake(tmp_path / "lake")
    assert run(root, "schema", "--write").code == 0
    return root


def read(root: Path) -> object:
    return json.loads((root / SETTINGS).read_text("utf-8"))


@pytest.mark.parametrize("kind", ["registry", "stream", "streams/klaviyo"])
def test_the_committed_schemas_are_current(kind: str) -> None:
    result = run(REPOSITORY, "schema", kind)
    assert (result.code, result.err) == (0, "")
    assert result.out.encode() == (REPOSITORY / f"dag/schema/{kind}.json").read_bytes()


def test_registry_is_the_default(tmp_path: Path) -> None:
    root = write_lake(tmp_path)
    assert run(root, "schema").out == run(root, "schema", "registry").out
    assert not (root / "dag/schema").exists()


WRITTEN = "wrote dag/schema/registry.json\nwrote dag/schema/stream.json\nwrote dag/schema/streams/faker.json\n"


def test_write_puts_all_where_editors_look(tmp_path: Path) -> None:
    root = write_lake(tmp_path)
    assert run(root, "schema", "--write").out == WRITTEN
    assert run(root, "schema", "--write").out == ""


def test_with_a_broken_lock_the_schemas_stay_as_they_are(lake: Path) -> None:
    lock = lake / "dag/connectors/source-faker.json"
    lock.write_text(lock.read_text("utf-8").replace('"tag"', '"tagg"'), "utf-8")
    before = (lake / "dag/schema/registry.json").read_bytes()
    result = run(lake, "add", "stream", "faker", "purchases", "--fields", "id:integer")
    assert (result.code, result.err) == (0, "")
    told = (
        "dag/schema/ stays as it is: the options of dag/connectors/source-faker.json cannot be read; "
        "lakeform check says why"
    )
    assert [line for line in result.out.splitlines() if "dag/schema/" in line] == [told]
    assert (lake / "dag/schema/registry.json").read_bytes() == before
    assert run(lake, "schema", "--write").code == 1


def test_an_unknown_kind_exits_2(tmp_path: Path) -> None:
    assert run(write_lake(tmp_path), "schema", "catalog").code == 2


def test_a_new_lake_has_settings(tmp_path: Path) -> None:
    assert main(["init", "--quiet", str(tmp_path / "new")]) == 0
    assert read(tmp_path / "new") == {"json.schemas": [FAKER, ANY], "yaml.schemas": YAML}
    assert run(tmp_path / "new", "schema", "settings").out == (tmp_path / "new" / SETTINGS).read_text("utf-8")


def test_they_are_printed_for_a_lake_without_and_not_made(lake: Path) -> None:
    printed = run(lake, "schema", "settings")
    assert json.loads(printed.out) == {"json.schemas": [FAKER, ANY], "yaml.schemas": YAML}
    assert not (lake / ".vscode").exists()


def test_a_source_that_is_gone_or_new_changes_them_and_the_rest_stays(lake: Path) -> None:
    theirs = {"fileMatch": ["/x.json"], "url": "./x.schema.json"}
    gone = {"fileMatch": ["/dag/streams/old/*.json"], "url": "./dag/schema/streams/old.json"}
    before = {"yaml.schemas": {"./y.json": "y.yaml"}, "json.schemas": [gone, theirs], "editor.tabSize": 2}
    write_files(lake, {SETTINGS: json.dumps(before)})
    assert run(lake, "schema", "--write").out == f"wrote {SETTINGS}\n"
    after = {"yaml.schemas": {"./y.json": "y.yaml", **YAML}, "json.schemas": [theirs, FAKER, ANY], "editor.tabSize": 2}
    assert read(lake) == after
    assert run(lake, "schema", "--write").out == ""


@pytest.mark.parametrize(
    "text",
    [
        '{\n  // mine\n  "editor.tabSize": 2\n}\n',
        "[]",
        '{"json.schemas": {}}',
        '{"yaml.schemas": []}',
        '{"a": 1, "a": 2}',
        b"\xff",
    ],
)
def test_what_is_not_plain_json_stays_as_it_is(lake: Path, text: str | bytes) -> None:
    write_files(lake, {SETTINGS: text})
    assert run(lake, "schema", "--write").out == LEFT_ALONE
    assert (lake / SETTINGS).read_bytes() == (text if isinstance(text, bytes) else text.encode())


def test_add_writes_what_editors_complete(lake: Path) -> None:
    assert run(lake, "add", "source", "shop", "--connector", "source-faker").out.splitlines()[:2] == [
        "wrote dag/registry/shop.yaml",
        "wrote dag/schema/registry.json",
    ]
    assert run(lake, "schema", "--check").code == 0


def test_synth_writes_the_schemas_of_a_lake_that_has_them_and_says_when_they_are_stale(lake: Path) -> None:
    write_files(
        lake, {"dag/registry/other.yaml": SOURCE.replace("faker:", "sample:", 1), "dag/schema/streams/old.json": ""}
    )
    assert run(lake, "synth", "--check").out.count("synth-stale") == 3
    written = run(lake, "synth").out
    assert "wrote dag/schema/registry.json\nremoved dag/schema/streams/old.json\n" in written
    assert run(lake, "synth", "--check").code == 0


def test_synth_makes_none_for_a_lake_without(tmp_path: Path) -> None:
    root = write_lake(tmp_path / "lake")
    assert run(root, "synth").code == 0
    assert not (root / "dag/schema").exists()


LISTED = {
    "the entry": {"dag/registry/extra.yaml": SOURCE.replace("faker:", "extra:", 1) + "    undeclared: [more]\n"},
    "the defaults": {
        "dag/registry/lake.yaml": REGISTRY.replace("  stacks:", "  defaults: {source: {undeclared: [more]}}\n  stacks:")
    },
    "a stack": {
        "dag/registry/lake.yaml": REGISTRY.replace(
            "      auth: none\n", "      auth: none\n      overrides: {source: {undeclared: [more]}}\n"
        )
    },
}


@pytest.mark.parametrize("files", LISTED.values(), ids=LISTED)
def test_options_that_somebody_lists_are_left_open(lake: Path, files: Mapping[str, str]) -> None:
    """Wherever `undeclared` stands: a schema sees one file, and of that one entry."""
    write_files(lake, files)
    definitions = json.loads(run(lake, "schema").out)["$defs"]
    left_open = [name for name in ("source-faker", "source-faker-with-undeclared") if name in definitions]
    assert "additionalProperties" not in definitions[left_open[-1]]
    assert "additionalProperties" in definitions["destination-s3"]
