"""One key of a JSON text is written or removed, and nothing else of it changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.documents import with_key, without_key

EDITS = {
    "an empty object": ("{}", '{"backfill": true}'),
    "an empty object with space": ("{ }\n", '{"backfill": true}\n'),
    "one line": ('{"cursor_field": ["a"]}\n', '{"cursor_field": ["a"], "backfill": true}\n'),
    "no spaces": ('{"a":1,"b":2}', '{"a":1,"b":2,"backfill":true}'),
    "lines": ('{\n  "a": 1,\n  "b": {"c": "}"}\n}\n', '{\n  "a": 1,\n  "b": {"c": "}"},\n  "backfill": true\n}\n'),
    "one key on a line": ('{\n    "a": 1\n}', '{\n    "a": 1,\n    "backfill": true\n}'),
    "Windows": ('{\r\n\t"a": 1\r\n}\r\n', '{\r\n\t"a": 1,\r\n\t"backfill": true\r\n}\r\n'),
    "an empty line between": ('{\n  "a": 1,\n\n  "b": 2\n}', '{\n  "a": 1,\n\n  "b": 2,\n\n  "backfill": true\n}'),
    "in its place": ('{"a": 1, "backfill" :  "old", "b": 2}', '{"a": 1, "backfill" :  true, "b": 2}'),
    "in the place of an object": ('{"backfill": {\n  "token": "}"\n}, "b": 2}', '{"backfill": true, "b": 2}'),
    "an inner key of the name": ('{"a": {"backfill": 1}}', '{"a": {"backfill": 1}, "backfill": true}'),
    "a key with quotes": ('{"a\\": \\"x": 1}', '{"a\\": \\"x": 1, "backfill": true}'),
}

REMOVALS = {
    "the only key": ('{\n  "backfill": true\n}\n', "{}\n"),
    "the first": ('{ "backfill": "x,}", "b": 2}', '{ "b": 2}'),
    "one in the middle": ('{\n  "a": 1,\n  "backfill": {"token": "x"},\n  "b": 2\n}', '{\n  "a": 1,\n  "b": 2\n}'),
    "the last": ('{"a": 1 , "backfill": true }', '{"a": 1 }'),
    "none": ('{"a": {"backfill": 1}}', '{"a": {"backfill": 1}}'),
}


@pytest.mark.parametrize(("text", "wanted"), EDITS.values(), ids=EDITS)
def test_a_key_is_written(text: str, wanted: str) -> None:
    assert with_key(text, "backfill", True) == wanted


@pytest.mark.parametrize(("text", "wanted"), REMOVALS.values(), ids=REMOVALS)
def test_a_key_is_removed(text: str, wanted: str) -> None:
    assert without_key(text, "backfill") == wanted


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text(max_size=4), values, max_size=4),
    values,
    st.sampled_from([None, 0, 2, "\t"]),
    st.sampled_from([(", ", ": "), (",", ":"), (" ,  ", " : ")]),
    st.booleans(),
)
def test_the_value_is_the_wanted_one_and_removing_a_new_key_gives_the_old_text(
    value: dict[str, object], new: object, indent: int | str | None, separators: tuple[str, str], ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only)
    edited = with_key(text, "backfill", new)
    assert json.loads(edited) == {**value, "backfill": new}
    assert list(json.loads(edited)) == [*(name for name in value), *(["backfill"] if "backfill" not in value else [])]
    left = without_key(edited, "backfill")
    if "backfill" in value:
        assert json.loads(left) == {name: inner for name, inner in value.items() if name != "backfill"}
    else:
        assert left == text
