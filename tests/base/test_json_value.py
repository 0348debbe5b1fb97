"""JSON of strangers has so many levels, and a value is found at each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.json_value import MOST_LEVELS, BeyondError, is_deeper, json_of


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize("levels", [0, 1, MOST_LEVELS])
def test_what_is_not_too_deep_is_read(levels: int) -> None:
    text = json.dumps(nested(levels))
    assert json_of(text) == json_of(text.encode()) == nested(levels)


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, json.dumps(nested(MOST_LEVELS + 1))])
def test_what_is_too_deep_is_no_recursion(text: str) -> None:
    for written in (text, text.encode()):
        with pytest.raises(BeyondError):
            json_of(written)


def test_brackets_beside_each_other_are_no_levels() -> None:
    assert json_of("[" + "[]," * 1000 + "[]]") == [[]] * 1001
    assert json_of(json.dumps("[" * 1000)) == "[" * 1000


def test_a_number_without_end_is_no_library_that_talks() -> None:
    assert json_of("9" * 4300) == int("9" * 4300)
    assert json_of(json.dumps("9" * 5000)) == "9" * 5000
    for text in ("9" * 4301, '{"a": [-' + "9" * 5000 + "]}"):
        with pytest.raises(BeyondError, match="a number of more than 4,300 digits"):
            json_of(text)


@pytest.mark.parametrize("levels", [11, 12, 13, 40])
def test_many_levels_are_counted(levels: int) -> None:
    text = json.dumps([nested(levels), [[]], nested(3)])
    assert [is_deeper(text, most) for most in (levels, levels + 1, levels + 2)] == [True, False, False]


@pytest.mark.parametrize("text", ["", "{", "x", b"\xff"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever
        json_of(text)


def test_hooks_are_those_of_json() -> None:
    assert json_of('{"a": NaN}', object_pairs_hook=dict, parse_constant=str) == {"a": "NaN"}


@pytest.mark.parametrize("levels", range(4))
def test_levels_are_objects_and_lists(levels: int) -> None:
    text = json.dumps({"]": '[{"', "a": nested(levels)})
    assert [is_deeper(text, most) for most in range(5)] == [most < levels + 1 for most in range(5)]


@given(st.recursive(st.text('[{}]\\"\n'), lambda inner: st.lists(inner) | st.dictionaries(st.text('"]'), inner)))
def test_levels_are_those_of_the_value(value: Any) -> None:
    def levels(value: Any) -> int:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inside is None else 1 + max(map(levels, inside), default=0)

    for text in (json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)):
        assert not is_deeper(text, levels(value))
        assert not levels(value) or is_deeper(text, levels(value) - 1)
