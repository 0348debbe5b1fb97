"""`streams` and `exclude` by patterns; `exclude_fields` and `new_columns`: which streams and columns are synced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.catalog.choice import matching
from infra.lake.documents import Problem
from infra.lake.model.load import load_lake
from tests.support.lakes import DESTINATION, LAKE, SOURCE, problems_of, run, write_lake

FILES = ("a.orders", "a.users", "b.orders", "b.users", "Users", "audit_log")
OFF = '{"selected": false}'


def lake(root: Path, connection: str, **streams: str) -> Path:
    """A lake with these stream files and one connection; what it says, in braces."""
    files = {f"dag/streams/faker/{stem}.json": "{}" for stem in FILES}
    files |= {f"dag/streams/faker/{stem.replace('__', '.')}.json": text for stem, text in streams.items()}
    registry = f"{LAKE}{SOURCE}{DESTINATION}connections:\n  c: {{source: faker, destination: lake, {connection}}}\n"
    return write_lake(root, {"dag/registry/lake.yaml": registry, **files})


def synced(root: Path) -> list[str]:
    """The stream files that the connection takes."""
    return sorted(stream.stem for stream in load_lake(root).model.stacks["airbyte"].streams["c"])


def told(root: Path) -> list[Problem]:
    """What is wrong with the connection."""
    return [problem for problem in problems_of(root) if problem.path.startswith("connections.c")]


@pytest.mark.parametrize(
    ("connection", "wanted"),
    [
        ('streams: ["a.*"]', "a.orders a.users"),
        ('streams: ["*users"]', "a.users b.users"),
        ('streams: ["*sers"]', "Users a.users b.users"),
        ('streams: ["?.orders"]', "a.orders b.orders"),
        ('streams: ["*"]', "Users a.orders a.users audit_log b.orders b.users"),
        ('streams: ["a*", "a.*", audit_log]', "a.orders a.users audit_log"),
        ('exclude: ["a*", Users]', "b.orders b.users"),
        ('exclude: ["*"], streams: null', ""),
        ('streams: {"a.*": {}, Users: {}}', "Users a.orders a.users"),
        ('streams: {"*": {}, "b.*": {}, "b.users": {selected: false}}', "Users a.orders a.users audit_log b.orders"),
    ],
)
def test_patterns_take_what_fits(tmp_path: Path, connection: str, wanted: str) -> None:
    assert synced(lake(tmp_path, connection)) == wanted.split()


def test_a_pattern_takes_selected_files_only_and_a_name_any(tmp_path: Path) -> None:
    root = lake(tmp_path, 'streams: ["a.*", audit_log]', a__users=OFF, audit_log=OFF)
    assert synced(root) == ["a.orders", "audit_log"]


def test_a_name_is_stronger_than_a_pattern(tmp_path: Path) -> None:
    root = lake(tmp_path, 'streams: {"*.users": {sync_mode: full_refresh}, a.users: {namespace: x}}')
    streams = {stream.stem: stream for stream in load_lake(root).model.stacks["airbyte"].streams["c"]}
    assert {stem: stream.namespace for stem, stream in streams.items()} == {"a.users": "x", "b.users": None}


@pytest.mark.parametrize(
    ("connection", "rule", "message", "fix"),
    [
        (
            'streams: ["c.*"]',
            "unknown-reference",
            "no selected stream file of dag/streams/faker/ fits the pattern c.*",
            "streams: Users, a.orders, a.users, audit_log, b.orders, b.users",
        ),
        (
            'exclude: ["A*"]',
            "unknown-reference",
            "no selected stream file of dag/streams/faker/ fits the pattern A*",
            None,
        ),
        (
            'streams: {"*.users": {sync_mode: full_refresh}, "a.*": {}}',
            "bad-override",
            '"*.users" and "a.*" give the stream a.users different settings',
            "name it on its own, which wins over a pattern: a.users: {...}",
        ),
        ('streams: {"*": null}', "wrong-type", "must be a mapping, not null", "write {} for no settings"),
        (
            "streams: {a.users: {}}, overrides: {airbyte: {streams: {a.users: null}}}",
            "no-streams",
            "no stream is selected: Airbyte would sync every stream of the source",
            None,
        ),
        ('exclude: ["*"]', "no-streams", "no stream is selected: Airbyte would sync every stream of the source", None),
        (
            'streams: {"*": {selected: false}}',
            "no-streams",
            "no stream is selected: Airbyte would sync every stream of the source",
            None,
        ),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_told_once(
    tmp_path: Path, connection: str, rule: str, message: str, fix: str | None
) -> None:
    (problem,) = told(lake(tmp_path, connection))
    assert (problem.rule, problem.message) == (rule, message)
    assert fix is None or problem.fix == fix


@given(st.text("ab.*?", max_size=6), st.lists(st.text("ab.", min_size=1, max_size=5), max_size=5))
def test_a_pattern_fits_whole_names(pattern: str, stems: list[str]) -> None:
    def fits(left: str, name: str) -> bool:
        if not left:
            return not name
        if left[0] == "*":
            return any(fits(left[1:], name[skip:]) for skip in range(len(name) + 1))
        return bool(name) and left[0] in ("?", name[0]) and fits(left[1:], name[1:])

    assert matching(pattern, stems) == [stem for stem in stems if fits(pattern, stem)]


def test_many_tenants_in_one_connection(tmp_path: Path) -> None:
    tenants = [f"tenant_{number:03}" for number in range(120)]
    files = {
        f"dag/streams/faker/{tenant}.orders.json": json.dumps({"stream": "orders", "namespace": tenant})
        for tenant in tenants
    }
    registry = LAKE + SOURCE + DESTINATION
    connection = (
        'connections:\n  c: {source: faker, destination: lake, namespace: source, streams: ["tenant_*.orders"]}\n'
    )
    write_lake(tmp_path, {"dag/registry/lake.yaml": registry + connection, **files})
    assert run(tmp_path, "catalog", "--quiet").code == 0
    assert not told(tmp_path)
    streams = load_lake(tmp_path).model.stacks["airbyte"].streams["c"]
    assert [stream.namespace for stream in streams] == tenants


# Columns.

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "email": {"type": "string"}},
}
OFFERED: dict[str, Any] = {
    "name": "users",
    "json_schema": SCHEMA,
    "supported_sync_modes": ["full_refresh", "incremental"],
    "default_cursor_field": ["id"],
}


def columns(root: Path, stream: dict[str, Any], connection: str = "", offered: dict[str, Any] | None = OFFERED) -> Any:
    """The selected fields of a stream, and the fields of its catalog."""
    files = {"dag/streams/faker/users.json": json.dumps(stream)}
    files |= {"dag/sources/faker/users.json": json.dumps(offered)} if offered else {}
    entry = f"connections:\n  c: {{source: faker, destination: lake{connection}}}\n"
    write_lake(root, {"dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + entry, **files})
    (found,) = load_lake(root).model.stacks["airbyte"].streams["c"]
    return found.fields, sorted(found.json_schema["properties"])


ALL = ["email", "id", "name"]


@pytest.mark.parametrize(
    ("stream", "connection", "fields", "in_catalog"),
    [
        ({}, "", None, ALL),
        ({"exclude_fields": ["email"]}, "", ("id", "name"), ["id", "name"]),
        ({"exclude_fields": []}, "", ("email", "id", "name"), ALL),
        ({}, ", new_columns: acknowledge", ("email", "id", "name"), ALL),
        ({}, ", new_columns: sync", None, ALL),
        ({"fields": ["id"]}, ", new_columns: acknowledge", ("id",), ["id"]),
        ({"exclude_fields": ["email"]}, ", new_columns: acknowledge", ("id", "name"), ["id", "name"]),
        ({"fields": ["id"]}, ", streams: {users: {exclude_fields: [email]}}", ("id", "name"), ["id", "name"]),
        ({"exclude_fields": ["email"]}, ", streams: {users: {fields: [id, email]}}", ("email", "id"), ["email", "id"]),
    ],
)
def test_what_is_selected(
    tmp_path: Path, stream: dict[str, Any], connection: str, fields: Any, in_catalog: Any
) -> None:
    assert columns(tmp_path, stream, connection) == (fields, in_catalog)


UNKNOWN = "nothing is committed as discovered of this stream: what is left without these fields cannot be known"


@pytest.mark.parametrize(
    ("stream", "offered", "rule", "message", "fix"),
    [
        ({"exclude_fields": ["emial"]}, OFFERED, "selected-field-unknown", 'the stream has no field "emial"', 'did you mean "email"?'),
        (
            {"exclude_fields": ["user_name"]},
            OFFERED,
            "selected-field-unknown",
            'the stream has no field "user_name"',
            'if it is "name" now, write that; else remove "user_name" from exclude_fields',
        ),
        (
            {"exclude_fields": ["user_name", "name"]},
            OFFERED,
            "selected-field-unknown",
            'the stream has no field "user_name"',
            'remove "user_name" from exclude_fields',
        ),
        ({"exclude_fields": ALL}, OFFERED, "selected-field-none", "no field is selected: Airbyte would sync all of them", "exclude fewer fields"),
        (
            {"exclude_fields": ["id"]},
            OFFERED,
            "selected-field-missing-cursor",
            'the cursor "id" is not among the selected fields',
            'remove "id" from exclude_fields',
        ),
        (
            {"exclude_fields": ["name"], "sync_mode": "full_refresh", "destination_sync_mode": "append"},
            None,
            "selected-field-unknown",
            UNKNOWN,
            "run lakeform discover, or name the fields that are synced: fields",
        ),
        (
            {"exclude_fields": ["name.first"]},
            OFFERED,
            "selected-field-nested",
            '"name.first" is inside a field; only whole top-level fields can be excluded',
            'exclude "name", or leave it out with a field-filtering mapper',
        ),
        ({"fields": ["id"], "exclude_fields": ["name"]}, OFFERED, "wrong-type", '"fields" and "exclude_fields" are both given', "keep one of them"),
        ({"exclude_fields": "email"}, OFFERED, "wrong-type", "must be a list of names", 'write ["email"]'),
        ({"exclude_fields": [1]}, OFFERED, "wrong-type", "must be text, not a number", "put it in quotes"),
        ({"exclude_field": ["email"]}, OFFERED, "unknown-key", 'unknown key "exclude_field"', 'did you mean "exclude_fields" or "include_files"?'),
    ],
)  # fmt: skip
def test_what_cannot_be_excluded_is_told_once(
    tmp_path: Path, stream: dict[str, Any], offered: Any, rule: str, message: str, fix: str
) -> None:
    files = {"dag/streams/faker/users.json": json.dumps(stream)}
    files |= {"dag/sources/faker/users.json": json.dumps(offered)} if offered else {}
    entry = "connections:\n  c: {source: faker, destination: lake}\n"
    write_lake(tmp_path, {"dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + entry, **files})
    (problem,) = [one for one in problems_of(tmp_path) if one.location.file == "dag/streams/faker/users.json"]
    assert (problem.rule, problem.message, problem.fix) == (rule, message, fix)


@pytest.mark.parametrize("streams", ['{"*": {}, "user*": {selected: false}}', '{"user*": {selected: false}, "*": {}}'])
def test_the_order_of_patterns_decides_nothing(tmp_path: Path, streams: str) -> None:
    problems = told(lake(tmp_path, f"streams: {streams}", users="{}"))
    assert [problem.rule for problem in problems] == ["bad-override"]


def test_one_pattern_instead_of_a_list_comes_with_the_list_to_write(tmp_path: Path) -> None:
    (problem,) = told(lake(tmp_path, "streams: '*'"))
    assert problem.fix == 'write ["*"]'


def test_an_excluded_field_that_vanishes_is_breaking_and_said_where(tmp_path: Path) -> None:
    files = {
        "dag/streams/faker/users.json": '{"exclude_fields": ["email"]}',
        "dag/sources/faker/users.json": json.dumps(OFFERED),
    }
    entry = "connections:\n  c: {source: faker, destination: lake}\n"
    write_lake(tmp_path, {"dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + entry, **files})
    gone = {name: kind for name, kind in SCHEMA["properties"].items() if name != "email"}
    catalog = {"streams": [{**OFFERED, "json_schema": {"type": "object", "properties": gone}}]}
    (tmp_path / "offer.json").write_text(json.dumps(catalog))
    result = run(tmp_path, "discover", "faker", "--diff", "--from", str(tmp_path / "offer.json"))
    assert result.code == 1
    assert "exclude_fields names it, and check refuses the name of a field that is not there" in result.out
    assert "dag/streams/faker/users.json:1:21  excluded field email" in result.out
    assert run(tmp_path, "discover", "faker", "--from", str(tmp_path / "offer.json"), "--quiet").code == 0
    (problem,) = [one for one in problems_of(tmp_path) if one.location.file.endswith("streams/faker/users.json")]
    assert problem.fix == 'remove "email" from exclude_fields'


def test_a_column_that_waits_for_a_commit_is_said_in_the_diff(tmp_path: Path) -> None:
    files = {"dag/streams/faker/users.json": "{}", "dag/sources/faker/users.json": json.dumps(OFFERED)}
    entry = "connections:\n  c: {source: faker, destination: lake, new_columns: acknowledge}\n"
    write_lake(tmp_path, {"dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + entry, **files})
    more = {**SCHEMA["properties"], "ssn": {"type": "string"}}
    catalog = {"streams": [{**OFFERED, "json_schema": {"type": "object", "properties": more}}]}
    (tmp_path / "offer.json").write_text(json.dumps(catalog))
    result = run(tmp_path, "discover", "faker", "--diff", "--from", str(tmp_path / "offer.json"))
    assert result.code == 0
    (line,) = [line for line in result.out.splitlines() if "ssn" in line]
    assert line.endswith("it is synced once this discovery is committed")
