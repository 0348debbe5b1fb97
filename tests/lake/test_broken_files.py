"""Files that are not what their names say: a clear problem or correct work, never a crash and never a hang."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests.support.full_lake import LAKE, STREAM, place, position_of, told
from tests.support.lakes import MINIMAL, REGISTRY, SOURCE, run, write_files, write_lake

# (text of a registry file beside a good lake, with « where the message has to point; what it says)
BROKEN_YAML: dict[str, tuple[str, str]] = {
    "unclosed bracket": ("sources: [a«", "the file ends before a list or mapping is closed"),
    "unclosed list of a whole file": ("retired: [a«\n", "the file ends before a list or mapping is closed"),
    "unclosed quote": ('lake: "name\n\nsources: {}\n', "quote"),
    "tab": ("sources:\n«\tfaker: {}\n", "YAML does not allow tabs"),
    "colon in text": ("lake:\n  name: a«: b\n", "a colon starts a second mapping on this line"),
    "two documents": ("retired: []\n«---\nrenamed: []\n", "a file contains only one"),
    "not a number": ("lake: {name: «.nan}\n", ".nan is not a number"),
    "infinity": ("lake: {name: «-.inf}\n", "-.inf is not a number"),
    "overflow": ("lake: {name: «1e999}\n", "1e999 is too large"),
    "many digits": (f"lake: {{name: «{'9' * 5000}}}\n", "more than 154 digits"),
    "custom tag": ("lake: {name: «!vault x}\n", "the tag !vault is not understood"),
    "python tag": ("lake: «!!python/object:os.system {}\n", "is not understood"),
    "set tag": ("lake: «!!set {a, b}\n", "is not understood"),
    "binary tag": ("lake: {name: «!!binary aGk=}\n", "is not understood"),
    "recursive alias": ("lake: &a {name: «*a}\n", "*a is inside &a itself"),
    "unknown alias": ("lake: «*a\n", "*a is used before &a is defined"),
    "list as key": ("lake:\n  ? «[a, b]\n  : c\n", "a mapping key must be text"),
    "merge of text": ("lake:\n  <<: «name\n", "<< takes a mapping"),
    "control character": ("lake: {name: a«\x07b}\n", "U+0007"),
    "deep brackets": ("lake: " + "[" * 99 + "«" + "[" * 99_901, "nested more than 100 levels deep"),
    "deep braces": ("{a: " * 100 + "«" + "{a: " * 99_900, "nested more than 100 levels deep"),
    "deep indentation": (
        "\n".join(" " * i + "a:" for i in range(100)) + "\n" + " " * 100 + "«a:\n" + " " * 101 + "b: c",
        "deep",
    ),
    "billion laughs": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "aliases expand to more than",
    ),
}


@pytest.mark.parametrize("row", BROKEN_YAML.values(), ids=BROKEN_YAML)
def test_broken_yaml_is_one_problem_and_hides_nothing_else(row: tuple[str, str], tmp_path: Path) -> None:
    before, mark, after = row[0].partition("«")
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/broken.yaml": before + after, STREAM: '{"selectd": true}'})
    problems = told(root)
    broken = [p for p in problems if p["file"] == "dag/registry/broken.yaml"]
    assert [p["rule"] for p in broken] == ["yaml-syntax"]
    assert row[1] in f"{broken[0]['message']} {broken[0]['fix']}"
    if mark:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        assert (broken[0]["line"], broken[0]["column"]) == (line, column)
    lines = len((before + after).splitlines())
    assert all(1 <= other["line"] <= lines for other in broken[0]["related"])
    assert [place(p) for p in problems if p not in broken] == [f"{STREAM}:1:2  unknown-key"]


BROKEN_JSON: dict[str, tuple[str, str]] = {
    "empty": ("«", "write {} to accept every default"),
    "blank": ("\n\n", "write {} to accept every default"),
    "trailing comma": ('{"selected": true«,}', "remove it"),
    "single quotes": ("{«'selected': true}", "JSON allows only"),
    "comment": ("{\n  «// why\n}", "JSON has no comments"),
    "unquoted key": ("{«selected: true}", ""),
    "two values": ("{}«{}", ""),
    "NaN": ('{"backfill": «NaN}', "NaN is not JSON"),
    "Infinity": ('{"backfill": «-Infinity}', "Infinity is not JSON"),
    "overflow": ('{"backfill": «1e999}', "1e999 is too large"),
    "many digits": (f'{{"backfill": «{"9" * 5000}}}', "more than 154 digits"),
    "lone surrogate": ('{"owner": «"\\ud83d"}', "half of a surrogate pair"),
    "lone surrogate in a key": ('{«"\\udc00": 1}', "half of a surrogate pair"),
    "deep brackets": ('{"fields": ' + "[" * 100_000, ""),
    "deep and closed": ('{"fields": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested more than 100 levels deep"),
    "deep objects": ('{"a": ' * 100_000, ""),
    "control character": ('{"owner": "a\n«b"}', ""),
}


@pytest.mark.parametrize("row", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_broken_json_is_one_problem_and_hides_nothing_else(row: tuple[str, str], tmp_path: Path) -> None:
    before, mark, after = row[0].partition("«")
    registry = REGISTRY + "    sttus: active\n"
    problems = told(write_lake(tmp_path, {LAKE: registry, STREAM: before + after}))
    broken = [p for p in problems if p["file"] == STREAM]
    assert [p["rule"] for p in broken] == ["json-syntax"]
    assert row[1] in f"{broken[0]['message']} {broken[0]['fix']}"
    if mark and row[1]:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        assert (broken[0]["line"], broken[0]["column"]) == (line, column)
    line, column = position_of(registry, "sttus")
    assert [place(p) for p in problems if p not in broken] == [f"{LAKE}:{line}:{column}  unknown-key"]


def test_a_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, STREAM: '{"owner": "\\ud83d\\udc0e"}'})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("text", ["\ufeff" + REGISTRY, REGISTRY.replace("\n", "\r\n")], ids=["BOM", "CRLF"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(text: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("change", ["\ufeff{}", "{}"], ids=["BOM", "none"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_positions_do_not_depend_on_byte_order_mark_and_line_ends(change: str, end: str, tmp_path: Path) -> None:
    yaml = (REGISTRY + "    sttus: active\n").replace("\n", end)
    json_text = '{\n  "owner": "é",\n  "selectd": true\n}\n'.replace("\n", end)
    mark = change.removesuffix("{}")
    problems = told(write_lake(tmp_path, {LAKE: mark + yaml, STREAM: mark + json_text}))
    line, column = position_of(REGISTRY + "    sttus: active\n", "sttus")
    assert [place(p) for p in problems] == [f"{LAKE}:{line}:{column}  unknown-key", f"{STREAM}:3:3  unknown-key"]


def test_columns_count_characters_not_bytes(tmp_path: Path) -> None:
    text = REGISTRY.replace("  faker_to_lake:\n", '  faker_to_lake:\n    {name: "žluťoučký 🐎", sttus: active}\n#')
    problems = told(write_lake(tmp_path, {**MINIMAL, LAKE: text.split("#")[0]}))
    line, column = position_of(text, "sttus")
    assert f"{LAKE}:{line}:{column}  unknown-key" in [place(p) for p in problems]


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "---\n", "{}\n", "sources:\nconnections: {}\nretired:\n"]
)
def test_a_registry_file_may_be_empty(text: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/later.yaml": text})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("text", ["- a\n", "text\n", "7\n"])
def test_a_registry_file_that_is_no_mapping_is_a_problem(text: str, tmp_path: Path) -> None:
    problems = told(write_lake(tmp_path, {**MINIMAL, "dag/registry/other.yaml": text}))
    assert [place(p) for p in problems] == ["dag/registry/other.yaml:1:1  wrong-type"]


@pytest.mark.parametrize("text", ["[]", '"users"', "7", "null", "true"])
def test_a_stream_file_that_is_no_object_is_a_problem(text: str, tmp_path: Path) -> None:
    problems = told(write_lake(tmp_path, {**MINIMAL, STREAM: text}))
    assert [place(p) for p in problems] == [f"{STREAM}:1:1  wrong-type"]


def test_folders_named_like_files_are_folders(tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    for name in (
        "dag/registry/old.yaml",
        "dag/streams/faker/x.json",
        "dag/connectors/y.json",
        "dag/sources/faker/z.json",
    ):
        (root / name).mkdir(parents=True)
    write_files(root, {"dag/registry/old.yaml/inside.yaml": "retired: []\n"})
    assert run(root, "catalog").code == 0
    assert told(root) == []


@pytest.mark.parametrize("name", ["dag/registry/x.yaml", "dag/streams/faker/x.json", "dag/sources/faker/x.json"])
def test_a_broken_link_is_a_problem(name: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(root / "nowhere")
    assert [place(p) for p in told(root)] == [f"{name}:1:1  file-unreadable"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="cannot run here: no named pipes")
@pytest.mark.parametrize("name", ["dag/registry/x.yaml", "dag/streams/faker/x.json", "dag/sources/faker/x.json"])
def test_a_named_pipe_is_a_problem_and_does_not_hang(name: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(root / name)
    problems = told(root)
    assert [place(p) for p in problems] == [f"{name}:1:1  file-unreadable"]
    assert problems[0]["message"] == "is not a regular file"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="cannot run here: root may read everything")
def test_a_file_without_read_rights_is_a_problem(tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / STREAM).chmod(0)
    assert [place(p) for p in told(root)] == [f"{STREAM}:1:1  file-unreadable"]


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"owner: caf\xe9\n", 1, 11),
        (b"# \xc3\xa9\n# \xc3\xa9 \xff\n", 2, 5),
        ("sources: {}\n".encode("utf-16"), 1, 1),
        (b"\x00\xff\xfe", 1, 2),
    ],
    ids=["latin-1", "after good UTF-8", "utf-16", "binary"],
)
def test_a_file_that_is_not_utf_8_is_told_at_the_first_bad_byte(
    data: bytes, line: int, column: int, tmp_path: Path
) -> None:
    problems = told(write_lake(tmp_path, {**MINIMAL, "dag/registry/x.yaml": data}))
    assert [place(p) for p in problems] == [f"dag/registry/x.yaml:{line}:{column}  file-unreadable"]


def test_ten_megabytes_of_yaml_are_read(tmp_path: Path) -> None:
    line = "  - {entry: sources.gone_%06d, date: 2026-05-04, reason: %s}\n"
    text = "retired:\n" + "".join(line % (i, "x" * 1000) for i in range(10_000))
    assert len(text) > 10_000_000
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/graveyard.yaml": text})
    started = time.monotonic()
    assert run(root, "catalog").code == 0
    assert told(root) == []
    assert time.monotonic() - started < 20


def test_anchors_aliases_and_merge_keys_work_and_a_problem_points_at_the_alias_or_where_it_was_written(
    tmp_path: Path,
) -> None:
    text = REGISTRY.replace(
        SOURCE,
        """\
sources:
  faker: &base
    connector: source-faker
    configuration: {count: 10}
    ownr: me
  other: {<<: *base, name: Other}
""",
    )
    problems = told(write_lake(tmp_path, {**MINIMAL, LAKE: text}))
    line, column = position_of(text, "ownr")
    assert {place(p) for p in problems if p["severity"] == "error"} == {f"{LAKE}:{line}:{column}  unknown-key"}


@pytest.mark.parametrize(
    "word",
    ["on", "yes", "no", "off", "Yes", "010", "0x1F", "0o17", "1_000", "1:30", "2026-01-01", "=", "<<x"],
)
def test_words_of_old_yaml_stay_the_text_that_was_typed(word: str, tmp_path: Path) -> None:
    text = REGISTRY.replace("source: faker\n", f"source: faker\n    prefix: {word}\n")
    root = write_lake(tmp_path, {**MINIMAL, LAKE: text})
    assert run(root, "synth").code == 0
    synthesized = json.loads((root / "cdktf.out/stacks/airbyte/cdk.tf.json").read_text("utf-8"))
    assert synthesized["resource"]["airbyte_connection"]["faker_to_lake"]["prefix"] == word


@pytest.mark.parametrize("word", ["1", "-1", "1.5", "1e3", "true", "false"])
def test_numbers_and_true_and_false_are_not_text(word: str, tmp_path: Path) -> None:
    text = REGISTRY.replace("source: faker\n", f"source: faker\n    prefix: {word}\n")
    line, column = position_of(text, f"prefix: {word}", len("prefix: "))
    problems = told(write_lake(tmp_path, {**MINIMAL, LAKE: text}))
    assert [place(p) for p in problems] == [f"{LAKE}:{line}:{column}  wrong-type"]
    assert problems[0]["fix"] == "put it in quotes"


def test_one_bad_file_never_hides_the_problems_of_another(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "dag/registry/a.yaml": "sources: [",
        "dag/registry/b.yaml": b"\xff",
        "dag/registry/c.yaml": "sources:\n  other: {conector: source-faker, configuration: {}}\n",
        "dag/registry/d.yaml": "- no\n",
        "dag/connectors/source-broken.json": "{",
        "dag/streams/faker/broken.json": "{",
        STREAM: '{"selectd": true}',
        "dag/sources/faker/broken.json": "[",
    }
    root = write_lake(tmp_path, MINIMAL)
    write_files(root, files)
    assert [p["file"] for p in told(root)] == sorted(files)


def test_a_lake_without_any_file_says_what_is_missing(tmp_path: Path) -> None:
    result = run(tmp_path, "check")
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        'dag/registry/lake.yaml:1:1  missing-key  no registry file has the key "lake"\n'
        "    add lake with a name and its stacks\n"
        "1 problem\n"
    )
