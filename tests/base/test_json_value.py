"""JSON of strangers has so many levels, and a value is found at each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.base.json_value import MOST_LEVELS, TooDeepError, is_deeper, json_of


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
    for given in (text, text.encode()):
        with pytest.raises(TooDeepError):
            json_of(given)


def test_brackets_beside_each_other_are_no_levels() -> None:
    assert json_of("[" + "[]," * 1000 + "[]]") == [[]] * 1001
    assert json_of(json.dumps("[" * 1000)) == "[" * 1000


@pytest.mark.parametrize("text", ["", "{", "x", b"\xff"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever
        json_of(text)


def test_hooks_are_those_of_json() -> None:
    assert json_of('{"a": NaN}', object_pairs_hook=dict, parse_constant=str) == {"a": "NaN"}


@pytest.mark.parametrize("levels", range(4))
def test_levels_are_objects_and_lists(levels: int) -> None:
    assert [is_deeper(nested(levels), most) for most in range(5)] == [most < levels for most in range(5)]
