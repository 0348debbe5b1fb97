"""The layers of an entry, weakest first: each wins over those before it, pair by pair, in whatever way it says a thing."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.model.load import load_lake
from infra.lake.registry.merge import ALTERNATIVES, merge_entry, merge_stream
from tests.support.lakes import problems_of, write_lake

LAYERS = ("the lake's defaults", "the stack's defaults", "the entry", "the stack's overrides", "the entry's overrides")

# Key -> two values that a connection may have; a layer says one, a stronger layer the other.
VALUES: dict[str, tuple[Any, Any]] = {
    "prefix": ("a_", "b_"),
    "schedule": ({"every": "6h", "at": "02:30"}, {"cron": "0 0 * * * ?"}),
    "namespace": ({"format": "x"}, "source"),
    "status": ("inactive", "active"),
}
ALTERNATIVE = [({"streams": ["users"]}, {"exclude": ["users"]}), ({"exclude": ["users"]}, {"streams": ["users"]})]


def registry(said: dict[str, dict[str, Any]]) -> str:
    """A registry in which each layer says something of the connection, as JSON, which is YAML."""
    over = said.get("the entry's overrides")
    stack: dict[str, Any] = {
        "server_url": "https://a.example.com/api/public/v1",
        "workspace_id": "11111111-2222-3333-4444-555555555555",
        "auth": "none",
        "defaults": {"connection": said.get("the stack's defaults", {})},
        "overrides": {"connection": said.get("the stack's overrides", {})},
    }
    defaults = {"connection": said.get("the lake's defaults", {})}
    entry = {"source": "api", "destination": "lake", **said.get("the entry", {})}
    files = {
        "lake": {"name": "x", "stacks": {"airbyte": stack}, "defaults": defaults},
        "sources": {"api": {"connector": "source-faker", "configuration": {}}},
        "destinations": {"lake": {"connector": "destination-s3", "configuration": {}}},
        "connections": {"c": entry | ({"overrides": {"airbyte": over}} if over else {})},
    }
    return json.dumps(files)


def merged(root: Path, said: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The connection as it is in its stack."""
    write_lake(root, {"dag/registry/lake.yaml": registry(said)})
    value: dict[str, Any] = load_lake(root).model.drafts.entries["connections", "c", "airbyte"].layers.value
    return value


@pytest.mark.parametrize(("weaker", "stronger"), list(combinations(LAYERS, 2)))
def test_the_stronger_layer_wins(tmp_path: Path, weaker: str, stronger: str) -> None:
    low, high = ({key: values[n] for key, values in VALUES.items()} for n in (0, 1))
    assert {key: merged(tmp_path, {weaker: low, stronger: high})[key] for key in VALUES} == high


@pytest.mark.parametrize(("weaker", "stronger"), list(combinations(LAYERS, 2)))
@pytest.mark.parametrize(("low", "high"), ALTERNATIVE)
def test_another_way_to_say_it_takes_the_weaker_one_back(
    tmp_path: Path, weaker: str, stronger: str, low: dict[str, Any], high: dict[str, Any]
) -> None:
    found = merged(tmp_path, {weaker: low, stronger: high})
    assert {key: found[key] for key in ("streams", "exclude") if key in found} == high


@pytest.mark.parametrize("weaker", LAYERS[:3])
def test_null_in_the_overrides_of_a_stack_takes_back_what_was_said(tmp_path: Path, weaker: str) -> None:
    found = merged(tmp_path, {weaker: {"prefix": "a_"}, "the stack's overrides": {"prefix": None}})
    assert "prefix" not in found


@pytest.mark.parametrize("layer", LAYERS)
def test_two_ways_in_one_layer_are_a_problem_there(tmp_path: Path, layer: str) -> None:
    write_lake(tmp_path, {"dag/registry/lake.yaml": registry({layer: {"streams": ["a"], "exclude": ["b"]}})})
    told = [problem.message for problem in problems_of(tmp_path) if problem.path.endswith("exclude")]
    assert told == ['"streams" and "exclude" are both given']


@pytest.mark.parametrize(
    "key", ["stack", "overrides", "adopt", "existing", "definition_id", "connector", "source", "destination"]
)
def test_what_belongs_to_one_entry_is_no_override_of_a_stack(tmp_path: Path, key: str) -> None:
    kind = "connection" if key in ("source", "destination", "stack", "overrides") else "source"
    value = "{}" if key == "overrides" else "x"
    text = registry({}).replace('"overrides": {"connection": {}}', f'"overrides": {{"{kind}": {{"{key}": {value}}}}}')
    write_lake(tmp_path, {"dag/registry/lake.yaml": text})
    path = f"lake.stacks.airbyte.overrides.{kind}.{key}"
    (problem,) = [one for one in problems_of(tmp_path) if one.path == path and one.rule == "bad-override"]
    assert (problem.message, problem.fix) == (f'"{key}" is not allowed in a stack\'s overrides', "remove it")


STREAM = st.dictionaries(
    st.sampled_from(["fields", "exclude_fields", "sync_mode"]),
    st.one_of(st.none(), st.just(["a"]), st.just(["b"])),
    max_size=3,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "streams": st.one_of(
            st.none(), st.just(["a"]), st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.none(), STREAM))
        ),
        "exclude": st.one_of(st.none(), st.just(["a"])),
        "schedule": st.sampled_from(
            ["manual", {"cron": "0 0 * * * ?"}, {"every": "1h"}, {"every": "1h", "at": "00:01"}, None]
        ),
        "namespace": st.sampled_from(["source", {"format": "x"}, None]),
    },
)


def says_both(value: dict[str, Any]) -> bool:
    """True if a layer says a thing in two ways by itself."""
    streams = value.get("streams")
    inside = streams.values() if isinstance(streams, dict) else ()
    pieces = [value, *(inner for inner in inside if isinstance(inner, dict))]
    return any(
        piece.get(key) is not None and piece.get(other) is not None
        for piece in pieces
        for key, other in ALTERNATIVES.items()
    )


@given(st.lists(ENTRY, min_size=2, max_size=5))
def test_alternatives_never_stand_together_after_a_merge(layers: list[dict[str, Any]]) -> None:
    value: dict[str, Any] = {}
    for layer in layers:
        value = merge_entry(value, layer, None)
    if not any(map(says_both, layers)):
        assert not says_both(value)
    given_schedules = [layer["schedule"] for layer in layers if "schedule" in layer]
    if given_schedules:
        assert value.get("schedule") == given_schedules[-1]


@given(st.lists(STREAM, min_size=2, max_size=4))
def test_nor_do_those_of_a_stream(layers: list[dict[str, Any]]) -> None:
    value: dict[str, Any] = {}
    for layer in layers:
        value = merge_stream(value, layer)
    if not any(map(says_both, layers)):
        assert not says_both(value)
