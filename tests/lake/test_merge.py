"""How defaults, entries and overrides are merged, rule by rule, and what holds for every merge."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.registry.merge import merge, merge_entry, without_nulls

LOGIN = {
    "type": "object",
    "oneOf": [
        {"properties": {"method": {"const": "token"}, "token": {"type": "string"}}},
        {"properties": {"method": {"const": "basic"}, "user": {"type": "string"}, "password": {"type": "string"}}},
    ],
}
SPEC = {"type": "object", "properties": {"url": {"type": "string"}, "login": LOGIN}}

RULES: dict[str, tuple[Any, Any, Any]] = {
    "mappings merge": ({"a": 1, "b": 2}, {"b": 3, "c": 4}, {"a": 1, "b": 3, "c": 4}),
    "mappings merge at every depth": ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}),
    "lists replace": ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    "an empty list replaces": ({"a": [1, 2]}, {"a": []}, {"a": []}),
    "lists of mappings replace": ({"a": [{"b": 1}]}, {"a": [{"c": 2}]}, {"a": [{"c": 2}]}),
    "scalars replace": ({"a": 1}, {"a": "x"}, {"a": "x"}),
    "false and 0 and empty text replace": (
        {"a": 1, "b": 1, "c": 1},
        {"a": False, "b": 0, "c": ""},
        {"a": False, "b": 0, "c": ""},
    ),
    "a scalar replaces a mapping": ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
    "a mapping replaces a scalar": ({"a": 2}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    "an empty mapping changes nothing": ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
    "null deletes": ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    "null deletes a mapping": ({"a": {"b": 1}, "c": 1}, {"a": None}, {"c": 1}),
    "null deletes at depth": ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
    "null of a key that is not there": ({"a": 1}, {"b": None}, {"a": 1}),
    "null below a key that is not there": ({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    "null in a list stays": ({"a": [1]}, {"a": [None]}, {"a": [None]}),
    "a reference replaces a scalar": ({"a": "x"}, {"a": {"secret": "s"}}, {"a": {"secret": "s"}}),
    "a scalar replaces a reference": ({"a": {"secret": "s"}}, {"a": "x"}, {"a": "x"}),
    "a reference replaces a reference": ({"a": {"secret": "s"}}, {"a": {"var": "v"}}, {"a": {"var": "v"}}),
    "a reference replaces a mapping": ({"a": {"b": 1}}, {"a": {"var": "v"}}, {"a": {"var": "v"}}),
    "a mapping replaces a reference": ({"a": {"secret": "s"}}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    "a literal replaces a mapping": ({"a": {"b": 1}}, {"a": {"literal": {"c": 1}}}, {"a": {"literal": {"c": 1}}}),
    "a literal replaces a literal": (
        {"a": {"literal": {"b": 1}}},
        {"a": {"literal": {"c": 1}}},
        {"a": {"literal": {"c": 1}}},
    ),
    "two keys are no reference": ({"a": {"secret": "s", "b": 1}}, {"a": {"b": 2}}, {"a": {"secret": "s", "b": 2}}),
    "a secret that is no name is no reference": ({"a": {"secret": 1}}, {"a": {"b": 2}}, {"a": {"secret": 1, "b": 2}}),
}


@pytest.mark.parametrize(("base", "over", "merged"), RULES.values(), ids=RULES)
def test_rule(base: Any, over: Any, merged: Any) -> None:
    before = copy.deepcopy((base, over))
    assert merge(base, over) == merged
    assert (base, over) == before, "a merge changes neither side"


UNIONS: dict[str, tuple[Any, Any, Any]] = {
    "another branch replaces the whole object": (
        {"url": "x", "login": {"method": "token", "token": "t"}},
        {"login": {"method": "basic", "user": "u"}},
        {"url": "x", "login": {"method": "basic", "user": "u"}},
    ),
    "the same branch merges": (
        {"login": {"method": "basic", "user": "u", "password": "p"}},
        {"login": {"method": "basic", "user": "v"}},
        {"login": {"method": "basic", "user": "v", "password": "p"}},
    ),
    "a branch that is not named again merges": (
        {"login": {"method": "basic", "user": "u", "password": "p"}},
        {"login": {"user": "v"}},
        {"login": {"method": "basic", "user": "v", "password": "p"}},
    ),
    "null deletes in the branch that stays": (
        {"login": {"method": "basic", "user": "u", "password": "p"}},
        {"login": {"user": None}},
        {"login": {"method": "basic", "password": "p"}},
    ),
    "null in the branch that replaces is gone": (
        {"login": {"method": "token", "token": "t"}},
        {"login": {"method": "basic", "user": "u", "token": None}},
        {"login": {"method": "basic", "user": "u"}},
    ),
    "null deletes the whole union": ({"url": "x", "login": {"method": "token"}}, {"login": None}, {"url": "x"}),
}


@pytest.mark.parametrize(("base", "over", "merged"), UNIONS.values(), ids=UNIONS)
def test_union(base: Any, over: Any, merged: Any) -> None:
    assert merge(base, over, SPEC) == merged


def test_a_union_inside_a_branch_of_a_union_is_seen() -> None:
    spec = {
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "login": LOGIN}},
            {"properties": {"kind": {"const": "b"}}},
        ],
    }
    base = {"kind": "a", "login": {"method": "token", "token": "t"}}
    assert merge(base, {"login": {"method": "basic", "user": "u"}}, spec) == {
        "kind": "a",
        "login": {"method": "basic", "user": "u"},
    }


def test_a_union_inside_a_branch_that_only_the_override_names_is_replaced_whole() -> None:
    """Else the login of production and that of staging would be one login, half and half."""
    spec = {
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "login": LOGIN}},
            {"properties": {"kind": {"const": "b"}}},
        ],
    }
    base = {"login": {"method": "token", "token": "t"}}
    over = {"kind": "a", "login": {"method": "basic", "user": "u"}}
    assert merge(base, over, spec) == over


def test_without_a_spec_a_union_is_a_mapping() -> None:
    base, over = {"login": {"method": "token", "token": "t"}}, {"login": {"method": "basic"}}
    assert merge(base, over) == {"login": {"method": "basic", "token": "t"}}


def test_the_spec_of_an_entry_describes_its_configuration() -> None:
    base = {"name": "x", "configuration": {"login": {"method": "token", "token": "t"}}}
    over = {"configuration": {"login": {"method": "basic", "user": "u"}}}
    assert merge_entry(base, over, SPEC) == {"name": "x", "configuration": {"login": {"method": "basic", "user": "u"}}}


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3))
KEYS = st.sampled_from(["a", "b", "c", "secret", "var", "literal"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
ENTRIES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(ENTRIES)
def test_merging_with_nothing_only_drops_nulls(entry: dict[str, Any]) -> None:
    assert merge(without_nulls(entry), {}) == without_nulls(entry)
    assert merge({}, entry) == without_nulls(entry)


@given(ENTRIES, ENTRIES)
def test_merging_twice_is_merging_once_and_changes_neither_side(base: dict[str, Any], over: dict[str, Any]) -> None:
    base = without_nulls(base)
    before = copy.deepcopy((base, over))
    once = merge(base, over)
    assert merge(once, over) == once
    assert (base, over) == before


@given(ENTRIES, ENTRIES)
def test_order_of_keys_never_matters(base: dict[str, Any], over: dict[str, Any]) -> None:
    turned = {key: base[key] for key in reversed(base)}, {key: over[key] for key in reversed(over)}
    assert merge(*turned) == merge(base, over)
