"""Reading, pointing at, comparing and writing text: the ground that every message stands on."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from infra.lake.documents import (
    Document,
    KeyPath,
    Layers,
    Location,
    Problem,
    Report,
    Written,
    did_you_mean,
    read_json,
    read_yaml,
    render_json,
    render_path,
    scan_json,
    write_text,
)
from infra.lake.documents.files import UnreadableError, read_text

TEXT = st.text(alphabet="abz019 _-.:,#{}[]\"'\\/%$\n\té日🐎", max_size=6)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    TEXT,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=12,
)


def paths_in(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    """The key path of every value inside."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, inner in below for p in paths_in(inner, (*path, key)))]


def value_at(value: Any, path: KeyPath) -> Any:
    for part in path:
        value = value[part]
    return value


def offset_of(text: str, place: Location) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "indented"])
@given(value=VALUES)
def test_json_positions_point_at_the_text_of_the_value(indent: int | None, value: Any) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    document, problems = read_json("f.json", text)
    assert document is not None
    assert (document.value, problems) == (value, [])
    decoder = json.JSONDecoder()
    for path in paths_in(value):
        found, _ = decoder.raw_decode(text, offset_of(text, document.locate(path)))
        assert found == value_at(value, path)
        if path and isinstance(path[-1], str):
            key, _ = decoder.raw_decode(text, offset_of(text, document.locate(path, key=True)))
            assert key == path[-1]


@given(value=VALUES)
def test_yaml_reads_json_with_the_same_values_and_positions(value: Any) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False)  # YAML knows no pairs of escaped surrogates
    assume("<<" not in text)
    from_json, _ = read_json("f", text)
    from_yaml, problems = read_yaml("f", text)
    assert problems == []
    assert from_json is not None
    assert from_yaml is not None
    assert from_yaml.value == value
    for path in paths_in(value):
        assert from_yaml.locate(path) == from_json.locate(path)
        assert from_yaml.locate(path, key=True) == from_json.locate(path, key=True)


@settings(max_examples=50)
@given(value=st.dictionaries(TEXT, VALUES, max_size=3))
def test_yaml_in_block_style_reads_as_pyyaml_writes_it(value: dict[str, Any]) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    document, problems = read_yaml("f.yaml", text)
    assert problems == []
    assert document is not None
    assert document.value == value


def document_of(text: str) -> Document:
    document, problems = read_yaml("f.yaml", text)
    assert document is not None
    assert problems == []
    return document


def test_a_path_that_is_not_there_points_at_the_key_of_the_nearest_thing_above() -> None:
    document = document_of("a:\n  b:\n    - c: 1\n")
    assert document.locate(("a", "b", 0, "x", "y")) == Location("f.yaml", 3, 7)
    assert document.locate(("a", "x")) == Location("f.yaml", 1, 1)
    assert document.locate(("a", "b", 7)) == Location("f.yaml", 2, 3)
    assert document.locate(("x",)) == Location("f.yaml", 1, 1)


def test_an_alias_is_where_it_is_used_and_what_is_inside_is_where_it_was_written() -> None:
    document = document_of("base: &b {x: 1}\nother: *b\nmerged:\n  <<: *b\n  y: 2\n")
    assert document.value == {"base": {"x": 1}, "other": {"x": 1}, "merged": {"x": 1, "y": 2}}
    assert document.locate(("other",)) == Location("f.yaml", 2, 8)
    assert document.locate(("other", "x"), key=True) == Location("f.yaml", 1, 11)
    assert document.locate(("merged", "x"), key=True) == Location("f.yaml", 1, 11)
    assert document.locate(("merged", "y"), key=True) == Location("f.yaml", 5, 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<<: {a: 1}\na: 2\n", {"a": 2}),
        ("a: 2\n<<: {a: 1, b: 1}\n", {"a": 2, "b": 1}),
        ("<<: [{a: 1}, {a: 2, b: 2}]\n", {"a": 1, "b": 2}),
        (
            "x: &x {a: 1}\ny: &y {<<: *x, b: 1}\nz: {<<: *y}\n",
            {"x": {"a": 1}, "y": {"a": 1, "b": 1}, "z": {"a": 1, "b": 1}},
        ),
    ],
)
def test_merge_keys_follow_yaml(text: str, value: Any) -> None:
    assert document_of(text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("-", [None]),
        ("1.2.3", "1.2.3"),
        ("!!str 5", "5"),
        ("!!int 5", 5),
        ("! 5", "5"),
        ("'5'", "5"),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">-\n  a\n  b\n", "a b"),
        ('"\\u00e9"', "é"),
    ],
)
def test_an_unquoted_word_means_what_it_looks_like(text: str, value: Any) -> None:
    found = document_of(text).value
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_typed() -> None:
    assert document_of("1: a\ntrue: b\n~: c\n2026-01-01: d\n").value == {
        "1": "a",
        "true": "b",
        "~": "c",
        "2026-01-01": "d",
    }


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", '{"a": 1, "b": 2, "a": 3}', "'a': 1\nb: 2\n\"a\": 3\n"])
def test_the_first_of_repeated_keys_counts_and_the_second_is_a_problem(text: str) -> None:
    document, problems = read_yaml("f.yaml", text)
    assert document is not None
    assert document.value == {"a": 1, "b": 2}
    assert [problem.rule for problem in problems] == ["duplicate-key"]


def test_a_key_given_three_times_is_two_problems() -> None:
    for read, text in ((read_yaml, "{a: 1, a: 2, a: 3}"), (read_json, '{"a": 1, "a": 2, "a": 3}')):
        problems = read("f", text)[1]
        assert [problem.rule for problem in problems] == ["duplicate-key"] * 2
        assert {other.location.column for problem in problems for other in problem.related} == {2}


def test_offsets_of_repeated_json_keys_are_those_of_the_first() -> None:
    assert scan_json('{"a": [1], "a": 2}') == {(): (0, 0), ("a",): (1, 6), ("a", 0): (7, 7)}


@given(value=VALUES)
def test_rendered_json_reads_back_and_is_stable(value: Any) -> None:
    text = render_json(value)
    assert json.loads(text) == value
    assert render_json(json.loads(text)) == text
    assert text.endswith("\n")
    assert all(not line.endswith(" ") for line in text.split("\n"))


@given(value=st.dictionaries(TEXT, VALUES, max_size=4))
def test_order_of_keys_never_changes_the_text(value: dict[str, Any]) -> None:
    assert render_json({key: value[key] for key in reversed(value)}) == render_json(value)


def test_rendered_json_is_made_for_review() -> None:
    value = {
        "z": {"leaf": ["id"], "n": 1},
        "a": [],
        "b": {},
        "words": ["a long word that fills the line " * 2, "and another one that does not fit"],
        "objects": [{"field_path": ["id"]}, {"field_path": ["näme"]}],
        "tuple": ("x", 1.0, None, True),
    }
    assert (
        render_json(value)
        == """\
{
  "a": [],
  "b": {},
  "objects": [
    {"field_path": ["id"]},
    {"field_path": ["näme"]}
  ],
  "tuple": ["x", 1.0, null, true],
  "words": [
    "a long word that fills the line a long word that fills the line ",
    "and another one that does not fit"
  ],
  "z": {"leaf": ["id"], "n": 1}
}
"""
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_numbers_that_json_does_not_have_are_not_rendered(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        render_json(value)


@pytest.mark.parametrize(
    ("word", "known", "sentence"),
    [
        ("fakr", ["faker", "shopify"], 'did you mean "faker"?'),
        ("Faker", ["faker"], 'did you mean "faker"?'),
        ("source_faker", ["source-faker"], 'did you mean "source-faker"?'),
        ("order", ["orders", "border", "zebra"], 'did you mean "orders" or "border"?'),
        ("zzz", ["b", "a"], "known: a, b"),
        ("zzz", [], ""),
        ("zzz", [f"name{i:02}" for i in range(14)], "known: " + ", ".join(f"name{i:02}" for i in range(12)) + ", ..."),
    ],
)
def test_near_matches_are_asked_about_else_what_is_known_is_listed(word: str, known: list[str], sentence: str) -> None:
    assert did_you_mean(word, known) == sentence


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("connections", "x", "streams", 0), "connections.x.streams[0]"),
        ((0, "a"), "[0].a"),
        (("a", 0, 1, "b"), "a[0][1].b"),
    ],
)
def test_a_path_is_written_as_a_person_would(path: KeyPath, text: str) -> None:
    assert render_path(path) == text


def layers_of(*texts: str, own: int, value: Any) -> Layers:
    pieces = tuple(Written(doc, (), doc.value) for doc in (read_yaml(f"{i}", t)[0] for i, t in enumerate(texts)) if doc)
    return Layers(pieces, own, value)


def test_a_problem_points_at_the_layer_that_decided() -> None:
    layers = layers_of(
        "a: 1\nb: {c: 1}\n", "\na: 2\nd: 1\n", "\n\nb: {c: 3}\n", own=1, value={"a": 2, "b": {"c": 3}, "d": 1}
    )
    assert layers.locate(("a",)) == Location("1", 2, 4)
    assert layers.locate(("b", "c")) == Location("2", 3, 8)
    assert layers.locate(("d",), key=True) == Location("1", 3, 1)
    assert layers.locate(("nobody",)).file == "1", "what nobody wrote is missing from the entry itself"
    assert layers.child("b").locate(("c",), key=True) == Location("2", 3, 5)


def test_a_report_is_sorted_and_says_everything_once() -> None:
    second = Problem("no-streams", Location("f", 2, 1), "", "two")
    first = Problem("bad-name", Location("f", 1, 9), "x.y", "one", "do this\nor that")
    warning = Problem("drift-prone", Location("a", 1, 1), "", "three", severity="warning")
    report = Report.of([second, first, second, warning])
    assert report.to_text() == (
        "a:1:1  drift-prone  warning: three\nf:1:9  bad-name  x.y: one\n    do this\n    or that\n"
        "f:2:1  no-streams  two\n2 problems, 1 warning"
    )
    assert report.errors == (first, second)
    assert Report.of([]).to_text() == ""
    assert Report.of([warning]).strict().to_text().endswith("\n1 problem")


def test_a_text_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c.json"
    assert write_text(tmp_path, "a/b/c.json", "é\n")
    assert path.read_bytes() == "é\n".encode()
    assert [p.name for p in path.parent.iterdir()] == ["c.json"], "no temporary file stays"


def test_a_text_that_is_there_already_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_text(tmp_path, "x", "same")
    os.utime(path, ns=(1, 1))
    inode = path.stat().st_ino
    assert not write_text(tmp_path, "x", "same")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (1, inode)


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_text(tmp_path, "x", "old")
    path.chmod(0o600)
    assert write_text(tmp_path, "x", "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "new"


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    write_text(tmp_path, "x", "old")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    with pytest.raises(OSError, match="No space left"):
        write_text(tmp_path, "x", "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_text_is_read_without_its_byte_order_mark_and_with_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\n")
    assert read_text(str(path)) == "a\r\nb\n"


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"directory|regular file"):
        read_text(str(tmp_path))
