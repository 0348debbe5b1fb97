"""Nonsense in machine-written files, and things that stand where an output belongs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.full_lake import DISCOVERED, LAKE, LOCK, LOCK_FILE, full_lake, marked, told
from tests.support.lakes import MINIMAL, REGISTRY, REPOSITORY, run, write_files, write_lake


def lock_with(spec: str) -> str:
    return LOCK_FILE.replace(LOCK_FILE[LOCK_FILE.index('"spec"') : -2], f'"spec": {spec}\n')


# (file of the lake, what somebody or some tool put there)
NONSENSE: dict[str, tuple[str, str]] = {
    "spec with a list of properties": (LOCK, lock_with('{"properties": [1]}')),
    "spec with numbers for branches": (LOCK, lock_with('{"oneOf": 7}')),
    "spec with text for branches": (LOCK, lock_with('{"properties": {"count": {"oneOf": ["x"]}}}')),
    "spec with a broken pattern": (LOCK, lock_with('{"properties": {"count": {"type": "string", "pattern": "(["}}}')),
    "spec with an unknown type": (LOCK, lock_with('{"properties": {"count": {"type": "any"}}}')),
    "spec that refers to itself": (LOCK, lock_with('{"$ref": "#"}')),
    "schema with a list of properties": (DISCOVERED, '{"name": "users", "json_schema": {"properties": [1]}}'),
    "schema with text for a property": (
        DISCOVERED,
        '{"name": "users", "json_schema": {"properties": {"id": "integer", "email": 7, "updated_at": []}}}',
    ),
    "schema with a number for required": (
        DISCOVERED,
        '{"name": "users", "json_schema": {"properties": {"id": {"type": "integer"}}, "required": 7}}',
    ),
    "schema with a mapping for a type": (
        DISCOVERED,
        '{"name": "users", "json_schema": {"properties": {"id": {"type": {"a": 1}}, "email": {"type": [["a"]]}}}}',
    ),
}


@pytest.mark.parametrize("row", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_in_a_machine_written_file_is_a_problem_and_no_crash(row: tuple[str, str], tmp_path: Path) -> None:
    file, text = row
    assert any(p["severity"] == "error" for p in told(full_lake(tmp_path, {file: text})))


CATALOG = "dag/streams/faker/_catalog.json"
SYNTHESIZED = "cdktf.out/stacks/airbyte/cdk.tf.json"

# (verb, what stands where lakeform writes)
IN_THE_WAY: dict[str, tuple[list[str], str, bytes | None]] = {
    "folder for a catalog, check": (["check"], CATALOG, None),
    "folder for a catalog, catalog": (["catalog"], CATALOG, None),
    "binary for a catalog": (["check"], CATALOG, b"\xff"),
    "file for cdktf.out": (["synth"], "cdktf.out", b"x"),
    "folder for Terraform JSON": (["synth"], SYNTHESIZED, None),
    "folder for Terraform JSON, check": (["check", "--synth"], SYNTHESIZED, None),
    "binary for Terraform JSON": (["synth", "--check"], SYNTHESIZED, b"\xff"),
}


@pytest.mark.parametrize("row", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_stands_in_the_way_of_an_output_is_told_and_no_crash(
    row: tuple[list[str], str, bytes | None], tmp_path: Path
) -> None:
    words, name, data = row
    root = write_lake(tmp_path, MINIMAL)
    if name != CATALOG:
        assert run(root, "catalog").code == 0
    if data is None:
        (root / name).mkdir(parents=True)
    else:
        write_files(root, {name: data})
    result = run(root, *words)
    assert result.code in (1, 2)
    assert Path(name).name in result.out + result.err


def test_binary_where_terraform_json_belongs_is_replaced(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, SYNTHESIZED: b"\xff"})
    assert run(root, "synth").code == 0
    assert json.loads((root / SYNTHESIZED).read_text("utf-8"))["resource"]


@pytest.mark.parametrize("folder", ["dag/registry", "dag/streams/faker", "dag/streams", "dag/connectors"])
def test_a_folder_that_holds_a_link_to_itself_does_not_crash_or_hang(folder: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / folder / "again").symlink_to(root / folder, target_is_directory=True)
    assert run(root, "check").code in (0, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="cannot run here: file names are text")
@pytest.mark.parametrize("verb", ["check", "catalog"])
def test_a_file_name_that_is_not_utf_8_is_a_problem_and_no_crash(verb: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    Path(os.fsdecode(os.fsencode(root) + b"/dag/streams/faker/\xff.json")).write_text("{}")
    assert run(root, verb).code == 1


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_cannot_show_a_character_still_gets_the_message(encoding: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, LAKE: REGISTRY + "    sttüs→: active\n"})
    command = [sys.executable, "-m", "infra", "check", "--root", str(root)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, env=environment, cwd=REPOSITORY, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"unknown-key" in done.stdout


# (what stands in a lock, what somebody made of it, what the message says)
BROKEN_LOCKS: dict[str, tuple[str, str, str]] = {
    "misspelt key": ('"tag"', '«"tagg"', 'unknown key "tagg"'),
    "wrong type": ('"tag": "6.2.24"', '"tag": «6', "must be text"),
    "bad uuid": ('"dfd88b22-b603-4c3d-aad7-3701784586b1"', '«"dfd88b22"', "must be a UUID"),
    "missing key": ('{\n  "connector": "source-faker",\n', "«{\n", 'the key "connector" is missing'),
    "repeated key": ('"supports_refreshes": false,', '"supports_refreshes": false,\n  «"tag": "1",', "given twice"),
    "name of another connector": ('"connector": "source-faker"', '"connector": «"source-fake"', "unlike its file name"),
    "no JSON": ('  "image"', "<<<<<<< HEAD\n  «image", ""),
    "no object": (LOCK_FILE, "«[]\n", "must be a mapping"),
    "empty": (LOCK_FILE, "«", "is empty"),
}


@pytest.mark.parametrize("row", BROKEN_LOCKS.values(), ids=BROKEN_LOCKS)
def test_a_broken_lock_is_one_problem_with_the_command_that_writes_it_again(
    row: tuple[str, str, str], tmp_path: Path
) -> None:
    old, new, says = row
    text, line, column = marked(LOCK_FILE, old, new)
    problems = told(full_lake(tmp_path, {LOCK: text}))
    assert [(p["rule"], p["file"], p["fix"]) for p in problems] == [
        ("lock-invalid", LOCK, "write it again: lakeform lock source-faker"),
    ]
    assert says in problems[0]["message"]
    if says:
        assert (problems[0]["line"], problems[0]["column"]) == (line, column)
