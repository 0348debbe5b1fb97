"""A value at any path of a YAML text written or taken out: comments and every other line stay, or nothing is written."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.lake.documents import KeyPath, read_yaml, with_yaml_value, without_yaml_key

# Text, path, value, the text after.
WRITTEN: dict[str, tuple[str, KeyPath, Any, str | None]] = {
    "a scalar": ("a:\n  b: 1 # one\n", ("a", "b"), 2, "a:\n  b: 2 # one\n"),
    "a scalar in quotes": ('a: "x" # x\n', ("a",), "y z", "a: y z # x\n"),
    "in a flow mapping": ("a: {b: 1, c: 2} # x\n", ("a", "b"), "y", "a: {b: y, c: 2} # x\n"),
    "a key more": ("a:\n  b: 1 # one\n# end\n", ("a", "c"), 2, "a:\n  b: 1 # one\n  c: 2\n# end\n"),
    "a key more in a flow mapping": ("a: {b: 1} # x\n", ("a", "c"), "y", "a: {b: 1, c: y} # x\n"),
    "a key more in an empty mapping": ("a: {} # x\n", ("a", "c"), "y", "a: {c: y} # x\n"),
    "a key below nothing": ("a: # x\nb: 1\n", ("a", "c"), "y", "a: {c: y} # x\nb: 1\n"),
    "keys that are missing on the way": (
        "a:\n  b: 1\n",
        ("a", "overrides", "prod", "schedule"),
        "manual",
        "a:\n  b: 1\n  overrides: {prod: {schedule: manual}}\n",
    ),
    "what takes more than a line": (
        "a:\n  b: 1\n",
        ("a", "c"),
        {"x": "y" * 60, "z": ["q" * 60, {"d": 1}]},
        f"a:\n  b: 1\n  c:\n    x: {'y' * 60}\n    z: [{'q' * 60}, {{d: 1}}]\n",
    ),
    "a list on lines": (
        "a:\n- b # b\n# about c\n- c\nd: 1\n",
        ("a",),
        ["b", "e"],
        "a:\n- b # b\n# about c\n- e\nd: 1\n",
    ),
    "a list on lines, all new": ("a:\n  - b # b\nd: 1\n", ("a",), ["x"], "a: [x] # b\nd: 1\n"),
    "a block that becomes text": ("a:\n  b:\n    c: 1\n  d: 2\n", ("a", "b"), "x", "a:\n  b: x\n  d: 2\n"),
    "text that becomes a mapping": ("a: manual # x\n", ("a",), {"every": "6h"}, "a: {every: 6h} # x\n"),
    "text on lines": ("a: |\n  b\n  c\n\nd: 1\n", ("a",), "x", "a: x\n\nd: 1\n"),
    "null": ("a: {b: 1}\n", ("a", "b"), None, "a: {b: null}\n"),
    "the end of a file without a line end": ("a:\n  b: 1", ("a", "c"), 2, "a:\n  b: 1\n  c: 2"),
    "lines of Windows": ("a:\r\n  b: 1\r\nd: 1\r\n", ("a", "c"), 2, "a:\r\n  b: 1\r\n  c: 2\r\nd: 1\r\n"),
    "letters beyond ASCII": ("é: ü # ö\na: {ö: 1} # ä\n", ("a", "ö"), "ß", 'é: ü # ö\na: {ö: "ß"} # ä\n'),
    "what an alias shares": ("a: &x {b: 1}\nc: *x\n", ("a", "b"), 2, None),
    "what an alias is": ("a: &x {b: 1}\nc: *x\n", ("c", "b"), 2, None),
    "what a merge key brings": (
        "a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
        ("c", "b"),
        2,
        "a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n  b: 2\n",
    ),
    "broken text": ("a: {b: 1\n", ("a", "b"), 2, None),
}

# Text, path, the text after.
REMOVED: dict[str, tuple[str, KeyPath, str | None]] = {
    "a line": ("a:\n  b: 1 # one\n  c: 2\n", ("a", "b"), "a:\n  c: 2\n"),
    "a comment above stays": ("a:\n  # about b\n  b: 1\n  c: 2\n", ("a", "b"), "a:\n  # about b\n  c: 2\n"),
    "a block": ("a:\n  b:\n    c: 1\n    d: 2\n  # end\n  e: 1\n", ("a", "b"), "a:\n  # end\n  e: 1\n"),
    "the last of a file": ("a: 1\nb:\n  c: 1\n", ("b",), "a: 1\n"),
    "the first of a flow mapping": ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
    "another of a flow mapping": ("a: {b: 1, c: [2], d: 3}\n", ("a", "c"), "a: {b: 1, d: 3}\n"),
    "the only one": ("a:\n  b: 1 # x\nc: 1\n", ("a", "b"), "a: {} # x\nc: 1\n"),
    "the only one of a flow mapping": ("a: {b: 1} # x\n", ("a", "b"), "a: {} # x\n"),
    "what has no value": ("a:\n  b:\n  c: 1\n", ("a", "b"), "a:\n  c: 1\n"),
    "what is not there": ("a: 1\n", ("b",), None),
    "what an alias needs": ("a: &x {b: 1}\nc: *x\n", ("a",), None),
}


@pytest.mark.parametrize(("text", "path", "value", "wanted"), WRITTEN.values(), ids=WRITTEN)
def test_a_value_is_written_or_nothing(text: str, path: KeyPath, value: Any, wanted: str | None) -> None:
    assert with_yaml_value(text, path, value) == wanted


@pytest.mark.parametrize(("text", "path", "wanted"), REMOVED.values(), ids=REMOVED)
def test_a_key_is_taken_out_or_nothing(text: str, path: KeyPath, wanted: str | None) -> None:
    assert without_yaml_key(text, path) == wanted


keys = st.from_regex("[a-z]{1,3}", fullmatch=True)
values = st.recursive(
    st.integers() | st.text(alphabet="ab :#{}'\n", max_size=5) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
mappings = st.dictionaries(keys, values, min_size=1, max_size=4)


def value_of(text: str) -> Any:
    document, problems = read_yaml("", text)
    assert problems == []
    assert document is not None
    return document.value


@given(mappings, keys, values, st.sampled_from([True, False, None]))
def test_what_is_written_is_read_back_beside_what_was_there(
    before: dict[str, Any], key: str, new: Any, style: bool | None
) -> None:
    text = yaml.safe_dump(
        {"one": before, "two": {"three": deepcopy(before)}}, default_flow_style=style, allow_unicode=True
    )
    assume("&id" not in text)
    was = value_of(text)

    written = with_yaml_value(text, ("two", "three", key), new)

    assert written is not None
    assert value_of(written) == {**was, "two": {"three": {**was["two"]["three"], key: new}}}


@given(mappings, st.data(), st.sampled_from([True, False, None]))
def test_what_is_taken_out_leaves_everything_else(
    before: dict[str, Any], data: st.DataObject, style: bool | None
) -> None:
    text = yaml.safe_dump({"one": before, "two": deepcopy(before)}, default_flow_style=style, allow_unicode=True)
    assume("&id" not in text)
    was = value_of(text)
    key = data.draw(st.sampled_from(sorted(was["one"])))

    written = without_yaml_key(text, ("one", key))

    assert written is not None
    rest = {name: value for name, value in was["one"].items() if name != key}
    assert value_of(written) == {**was, "one": rest}
