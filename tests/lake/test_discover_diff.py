"""`lakeform discover --diff`: what a source offers now, against what it offered, against what this lake syncs."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.evolution.diff import diff
from infra.lake.evolution.impact import impacts
from infra.lake.evolution.outline import outline, type_of
from infra.lake.evolution.renames import likely_renames
from tests.support.lakes import DESTINATION, LAKE, MINIMAL, SOURCE, Files, Result, run, write_files, write_lake

Json = dict[str, Any]

CONNECTION = """\
connections:
  faker_to_lake:
    source: faker
    destination: lake
"""

FIELDS: Json = {
    "id": {"type": "integer"},
    "email": {"type": ["null", "string"]},
    "updated_at": {"type": "string", "format": "date-time"},
    "address": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
    "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
}


def stream(name: str = "users", fields: Json = FIELDS, **more: Any) -> Json:
    return {
        "name": name,
        "json_schema": {"type": "object", "properties": fields},
        "supported_sync_modes": ["full_refresh", "incremental"],
        "default_cursor_field": ["updated_at"],
        "source_defined_primary_key": [["id"]],
        **more,
    }


def changed(name: str, schema: Any) -> Json:
    """The stream with one field that is something else, or gone."""
    fields = {**FIELDS, name: schema}
    return stream(fields={key: value for key, value in fields.items() if value is not None})


def lake_of(root: Path, *streams: Json, files: Files | None = None) -> Path:
    """A lake whose source was discovered with these streams."""
    registry = LAKE + SOURCE + DESTINATION + CONNECTION
    write_lake(root, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": "{}\n", **(files or {})})
    assert discover(root, *streams).code == 0
    return root


def discover(root: Path, *streams: Json, words: tuple[str, ...] = ()) -> Result:
    write_files(root.parent, {"catalog.json": json.dumps({"streams": streams})})
    return run(root, "discover", "faker", "--from", str(root.parent / "catalog.json"), *words)


def compare(root: Path, *streams: Json) -> Result:
    return discover(root, *streams, words=("--diff",))


def told(root: Path, *streams: Json) -> list[Json]:
    """What `--format json` says, which agrees with the exit code."""
    result = discover(root, *streams, words=("--diff", "--format", "json"))
    said = json.loads(result.out)
    assert said["failed"] == []
    assert result.code == int(any(change["breaking"] for change in said["changes"]))
    assert result.err == ""
    return list(said["changes"])


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


USERS_FILE = """\
{
  "fields": {
    "id": {"type": "integer"},
    "email": {"type": ["null", "string"]},
    "updated_at": {"type": "string", "format": "date-time"}
  },
  "cursor_field": ["updated_at"],
  "mappers": [
    {
      "type": "hashing",
      "mapper_configuration": {
        "hashing": {"target_field": "email", "method": "SHA-256", "field_name_suffix": "_hash"}
      }
    }
  ]
}
"""


def test_every_change_says_what_it_breaks_and_where(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path / "lake",
        stream(),
        stream("old"),
        stream("gone"),
        stream("log", namespace="a"),
        files={"dag/streams/faker/users.json": USERS_FILE, "dag/streams/faker/gone.json": "{}\n"},
    )
    before = tree(lake)
    fields = deepcopy(FIELDS)
    del fields["email"], fields["address"]["properties"]["zip"]
    fields |= {"id": {"type": "string"}, "age": {"type": "integer"}}
    fields["updated_at"] = {"type": ["null", "string"], "format": "date-time"}
    after = stream(fields=fields, source_defined_primary_key=[["uuid"]], supported_sync_modes=["full_refresh"])
    result = compare(lake, after, stream("fresh"), stream("log", namespace="b"))
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        """\
faker: 6 breaking changes, 5 safe changes
safe      fresh  new stream: nothing needs it
breaking  gone  stream removed: there is nothing left to sync
    dag/streams/faker/gone.json:1:1  the stream file
    dag/registry/lake.yaml:22:3  connections.faker_to_lake
safe      old  stream removed: nothing here syncs the stream
breaking  users  primary key changed from id to uuid: rows would be told apart differently than before
    dag/streams/faker/users.json:1:1  primary key id
    dag/registry/lake.yaml:22:3  connections.faker_to_lake
breaking  users  no longer offers incremental: the stream is synced this way
    dag/streams/faker/users.json:1:1  sync mode incremental
    dag/registry/lake.yaml:22:3  connections.faker_to_lake
safe      users.address.zip  field removed, it was string: the stream does not sync it
safe      users.age  new field, integer: nothing needs it
breaking  users.email  field removed, it was string: the stream syncs it
    dag/streams/faker/users.json:4:5  selected field email
    dag/streams/faker/users.json:12:21  mapper hashing
    dag/registry/lake.yaml:22:3  connections.faker_to_lake
breaking  users.id  type changed from integer to string: the column in the destination has the previous type
    dag/streams/faker/users.json:1:1  primary key id
    dag/streams/faker/users.json:3:5  selected field id
    dag/registry/lake.yaml:22:3  connections.faker_to_lake
breaking  users.updated_at  may now be null: a cursor or key needs a value in every row
    dag/streams/faker/users.json:7:3  cursor updated_at
    dag/streams/faker/users.json:5:5  selected field updated_at
    dag/registry/lake.yaml:22:3  connections.faker_to_lake
safe      a.log  moved from the namespace "a" to "b": nothing here syncs the stream
"""
    )
    assert tree(lake) == before


OWN_CURSOR = '{"cursor_field": ["id"]}\n'
SELECTED = '{"fields": ["id", "updated_at"]}\n'
FULL = '{"sync_mode": "full_refresh"}\n'
DEDUP = '{"destination_sync_mode": "append_dedup"}\n'


@pytest.mark.parametrize(
    ("file", "after", "kind", "breaking"),
    [
        # a field is gone
        ("{}", changed("email", None), "field-removed", True),
        (SELECTED, changed("email", None), "field-removed", False),
        (SELECTED, changed("updated_at", None), "field-removed", True),
        ('{"selected": false}', changed("email", None), "field-removed", False),
        ('{"fields": {"address": {}}}', changed("address", {"type": "object"}), "field-removed", True),
        # another type
        ("{}", changed("id", {"type": "number"}), "type-changed", True),
        ("{}", changed("updated_at", {"type": "string", "format": "date"}), "type-changed", True),
        (
            "{}",
            changed("updated_at", {"type": "string", "format": "date-time", "airbyte_type": "x"}),
            "type-changed",
            True,
        ),
        ("{}", changed("lines", {"type": "array", "items": {"type": "string"}}), "type-changed", True),
        (SELECTED, changed("email", {"type": ["null", "integer"]}), "type-changed", False),
        # null
        ("{}", changed("id", {"type": ["integer", "null"]}), "null-added", False),
        (DEDUP, changed("id", {"type": ["integer", "null"]}), "null-added", True),
        ("{}", changed("lines", {**FIELDS["lines"], "type": ["null", "array"]}), "null-added", False),
        (FULL, changed("updated_at", {**FIELDS["updated_at"], "type": ["null", "string"]}), "null-added", False),
        ("{}", changed("email", {"type": "string"}), "null-removed", False),
        # what is more, or prose
        ("{}", changed("age", {"type": "integer"}), "field-added", False),
        ("{}", changed("id", {"type": "integer", "description": "who"}), "field-detail", False),
        ("{}", stream(is_resumable=True), "stream-detail", False),
        ("{}", stream(supported_sync_modes=["incremental", "full_refresh"]), "stream-detail", False),
        # modes
        ("{}", stream(supported_sync_modes=["full_refresh"]), "mode-removed", True),
        ("{}", stream(supported_sync_modes=["incremental"]), "mode-removed", False),
        (FULL, stream(supported_sync_modes=["incremental"]), "mode-removed", True),
        # cursors
        ("{}", stream(default_cursor_field=["id"]), "cursor-changed", True),
        (OWN_CURSOR, stream(default_cursor_field=["email"]), "cursor-changed", False),
        (OWN_CURSOR, stream(source_defined_cursor=True), "cursor-changed", True),
        ("{}", stream(source_defined_cursor=True), "cursor-changed", False),
        (FULL, stream(default_cursor_field=["id"]), "cursor-changed", False),
        # keys
        ("{}", stream(source_defined_primary_key=[["id"], ["email"]]), "key-changed", True),
        ("{}", stream(source_defined_primary_key=None), "key-changed", True),
        ('{"primary_key": [["id"]]}', stream(source_defined_primary_key=None), "key-changed", False),
        # the stream itself
        ("{}", stream("other"), "stream-removed", True),
        ("{}", stream(namespace="public"), "stream-moved", True),
    ],
)
def test_a_change_breaks_only_what_depends_on_it(
    tmp_path: Path, file: str, after: Json, kind: str, breaking: bool
) -> None:
    lake = lake_of(tmp_path / "lake", stream(), files={"dag/streams/faker/users.json": f"{file}\n"})
    change = next(change for change in told(lake, after) if change["change"] == kind)
    assert change["breaking"] is breaking
    assert change["reason"]
    touched = [touches["message"] for touches in change["touches"]]
    assert not breaking or touched[-1] == "connections.faker_to_lake"


def test_a_mode_that_stream_files_would_slip_into_is_breaking(tmp_path: Path) -> None:
    full = stream(supported_sync_modes=["full_refresh"])
    lake = lake_of(tmp_path / "lake", full, files={"dag/streams/faker/users.json": "{}\n"})
    (change,) = told(lake, stream())
    assert (change["change"], change["after"], change["breaking"]) == ("mode-added", "incremental", True)
    write_files(lake, {"dag/streams/faker/users.json": FULL})
    assert [change["breaking"] for change in told(lake, stream())] == [False]


def test_a_second_stream_of_the_name_breaks_a_file_that_gives_no_namespace(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream(namespace="a"))
    after = stream(namespace="a"), stream(namespace="b")
    (change,) = told(lake, *after)
    assert (change["change"], change["namespace"], change["breaking"]) == ("stream-added", "b", True)
    assert change["touches"][0]["file"] == "dag/streams/faker/users.json"
    write_files(lake, {"dag/streams/faker/users.json": '{"namespace": "a"}\n'})
    assert [change["breaking"] for change in told(lake, *after)] == [False]


def test_what_a_connection_says_of_a_stream_counts_too(tmp_path: Path) -> None:
    settings = "    streams: {users: {fields: [id], sync_mode: full_refresh}}\n"
    lake = lake_of(
        tmp_path / "lake",
        stream(),
        files={
            "dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + CONNECTION + settings,
            "dag/streams/faker/users.json": '{"selected": false}\n',
        },
    )
    gone = told(lake, changed("email", None)) + told(lake, changed("id", {"type": "string"}))
    assert [(change["field"], change["breaking"]) for change in gone] == [("email", False), ("id", True)]
    places = {(touches["file"], touches["message"]) for touches in gone[1]["touches"]}
    assert ("dag/registry/lake.yaml", "selected field id") in places
    assert ("dag/registry/lake.yaml", "connections.faker_to_lake") in places


def test_a_source_that_borrows_the_streams_counts_too(tmp_path: Path) -> None:
    borrower = """\
  faker_too:
    connector: source-faker
    configuration: {count: 1}
    streams_from: faker
"""
    connection = CONNECTION.replace("faker_to_lake", "borrowed").replace("source: faker", "source: faker_too")
    registry = LAKE + SOURCE + borrower + DESTINATION + connection
    lake = lake_of(tmp_path / "lake", stream(), files={"dag/registry/lake.yaml": registry})
    (change,) = told(lake, changed("email", None))
    assert [touches["message"] for touches in change["touches"]] == ["syncs every field", "connections.borrowed"]


def test_nested_fields_are_named_by_their_path_and_a_parent_speaks_for_them(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream())
    item = {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "integer"}}}}
    assert [change["field"] for change in told(lake, changed("lines", item))] == ["lines[].sku"]
    assert [change["field"] for change in told(lake, changed("lines", None))] == ["lines"]
    assert [change["field"] for change in told(lake, changed("address", {"type": "string"}))] == ["address"]


def test_a_stream_that_a_source_never_described_gets_its_fields(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", {**stream(), "json_schema": {}})
    changes = told(lake, stream())
    assert {change["change"] for change in changes} == {"field-added"}
    assert [change["field"] for change in changes] == sorted(FIELDS)


def test_a_lake_that_was_never_discovered_has_nothing_to_break(tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake")
    assert compare(lake, stream()) == Result(
        0, "faker: 1 safe change\nsafe      users  new stream: nothing needs it\n", ""
    )


def test_the_same_offer_is_no_change(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream())
    assert compare(lake, stream()) == Result(0, "faker: offers exactly what dag/sources/faker says\n", "")
    assert discover(lake, stream(), words=("--diff", "--quiet")) == Result(0, "", "")
    assert told(lake, stream()) == []


def test_what_problems_hide_is_said(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream(), files={"dag/streams/faker/broken.json": "{\n"})
    result = compare(lake, stream())
    assert (result.code, result.out) == (0, "faker: offers exactly what dag/sources/faker says\n")
    assert (
        result.err
        == "lakeform discover: the lake has 1 problem, and what that hides is not compared; run: lakeform check\n"
    )


def test_a_stream_file_that_waits_for_its_stream_hides_nothing(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream(), files={"dag/streams/faker/fresh.json": "{}\n"})
    result = compare(lake, stream(), stream("fresh"))
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--diff", "--prune"), "--diff neither writes nor removes anything: leave --prune out"),
        (("--cached",), "--cached needs --from server"),
        (("--stack", "airbyte"), "--stack needs --from server or connector"),
        (("--timeout", "3"), "--timeout needs --from server or connector"),
    ],
)
def test_options_that_cannot_be_meant_together_are_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    lake = write_lake(tmp_path / "lake", MINIMAL)
    assert discover(lake, stream(), words=words) == Result(2, "", f"lakeform discover: {said}\n")


# Types


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({}, "any"),
        (True, "any"),
        (False, "never"),
        ({"type": "null"}, "null"),
        ({"properties": {}}, "object"),
        ({"type": ["string", "null", "integer"]}, "integer or string"),
        ({"type": "string", "format": "date-time", "airbyte_type": "timestamp"}, "string (date-time, timestamp)"),
        ({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]}, "array[integer] or string"),
        ({"anyOf": [{"properties": {"a": {"type": "string"}}}, {"type": "null"}]}, "object{a: string}"),
        ({"allOf": [True, "odd"]}, "any"),
    ],
    ids=str,
)
def test_a_type_is_said_as_people_say_it(schema: Any, text: str) -> None:
    assert type_of(schema) == text


@pytest.mark.parametrize("key", ["anyOf", "oneOf"])
def test_a_union_with_null_is_the_other_type_and_may_be_null(key: str) -> None:
    nullable = {key: [{"type": "null"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}
    plain = {"type": ["object", "null"], "properties": {"a": {"type": "string"}}}
    assert outline(nullable) == outline(plain)


# Properties

NAMES = st.sampled_from(["a", "b", "c"])
LEAVES = st.sampled_from(
    [
        {},
        {"type": "string"},
        {"type": ["null", "string"]},
        {"type": "string", "format": "date"},
        {"enum": [1]},
        {"oneOf": [{}]},
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=3).map(lambda fields: {"type": "object", "properties": fields}),
        inner.map(lambda items: {"type": "array", "items": items}),
        inner.map(lambda other: {"anyOf": [{"type": "null"}, other]}),
    ),
    max_leaves=6,
)
STREAMS: st.SearchStrategy[Json] = st.builds(
    dict,
    name=NAMES,
    namespace=st.none() | NAMES,
    json_schema=st.dictionaries(NAMES, SCHEMAS, max_size=3).map(lambda fields: {"properties": fields}),
    supported_sync_modes=st.sampled_from([["full_refresh"], ["incremental", "full_refresh"]]),
    source_defined_cursor=st.none() | st.booleans(),
    default_cursor_field=st.none() | st.lists(NAMES, max_size=2),
    source_defined_primary_key=st.none() | st.lists(st.lists(NAMES, min_size=1, max_size=2), max_size=2),
    is_resumable=st.none() | st.booleans(),
)
CATALOGS = st.lists(STREAMS, max_size=4, unique_by=lambda one: (one["namespace"], one["name"]))


def by_key(catalog: list[Json]) -> dict[tuple[str, str], DiscoveredStream]:
    streams = [DiscoveredStream.model_validate(one) for one in catalog]
    return {one.key: one for one in streams}


@given(CATALOGS, CATALOGS)
def test_there_is_a_change_exactly_where_the_offers_differ(before: list[Json], after: list[Json]) -> None:
    old, new = by_key(before), by_key(after)
    changes = diff(old, new)
    assert (changes == []) == (old == new)
    assert diff(old, deepcopy(old)) == []
    assert changes == sorted(changes)
    assert len(set(changes)) == len(changes)
    assert changes == diff(dict(reversed(old.items())), dict(reversed(new.items())))


@given(CATALOGS, CATALOGS)
def test_nothing_breaks_where_nothing_is_synced(before: list[Json], after: list[Json]) -> None:
    assert not any(impact.breaking for impact in impacts(by_key(before), by_key(after), ()))


@settings(max_examples=25)
@given(before=CATALOGS, after=CATALOGS)
def test_what_was_written_is_no_change_any_more(
    tmp_path_factory: pytest.TempPathFactory, before: list[Json], after: list[Json]
) -> None:
    lake = lake_of(tmp_path_factory.mktemp("any") / "lake", *before, files={"dag/streams/faker/a.json": "{}\n"})
    changes = told(lake, *after)
    assert (changes == []) == (by_key(before) == by_key(after))
    assert discover(lake, *after, words=("--prune",)).code == 0
    assert told(lake, *after) == []
    assert discover(lake, *before, words=("--prune",)).code == 0
    assert told(lake, *before) == []


def test_what_breaks_where_some_fields_are_excluded_says_where(tmp_path: Path) -> None:
    files = {"dag/streams/faker/users.json": '{"exclude_fields": ["lines"]}\n'}
    lake = lake_of(tmp_path / "lake", stream(), files=files)
    (change,) = told(lake, changed("email", {"type": ["null", "integer"]}))
    assert change["breaking"]
    assert [touches["message"] for touches in change["touches"]] == ["syncs the field", "connections.faker_to_lake"]
    (safe,) = told(lake, changed("lines", {"type": "string"}))
    assert (safe["breaking"], safe["touches"]) == (False, [])


# What enters, and what was probably renamed


def test_a_new_field_of_a_stream_that_syncs_every_field_enters(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream())
    fields = {**FIELDS, "passport_number": {"type": "string"}}
    fields["address"] = {"type": "object", "properties": {**FIELDS["address"]["properties"], "geo": {"type": "string"}}}
    result = compare(lake, stream(fields=fields))
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "faker: 2 new fields that are synced\n"
        "enters    users.address.geo  new field, string: the stream syncs every field, so this one too\n"
        "enters    users.passport_number  new field, string: the stream syncs every field, so this one too\n"
    )
    assert [change["enters"] for change in told(lake, stream(fields=fields))] == [True, True]


def test_of_selected_fields_only_what_is_inside_one_enters(tmp_path: Path) -> None:
    files = {"dag/streams/faker/users.json": '{"fields": ["id", "address", "updated_at"]}\n'}
    lake = lake_of(tmp_path / "lake", stream(), files=files)
    inner = {"type": "object", "properties": {**FIELDS["address"]["properties"], "geo": {"type": "string"}}}
    result = compare(lake, stream(fields={**FIELDS, "ssn": {"type": "string"}, "address": inner}))
    assert result.out == (
        "faker: 1 new field that is synced, 1 safe change\n"
        "enters    users.address.geo  new field, string: the stream syncs the field that it is in\n"
        "safe      users.ssn  new field, string: nothing needs it\n"
    )


def renamed(before: Json, after: Json) -> dict[str, str]:
    old, new = by_key([stream(fields=before)]), by_key([stream(fields=after)])
    changes = diff(old, new)
    return {one.field[-1]: other.field[-1] for one, other in likely_renames(changes, old, new).items()}


def test_what_is_gone_may_be_there_under_another_name(tmp_path: Path) -> None:
    lake = lake_of(tmp_path / "lake", stream())
    fields = {("email_address" if name == "email" else name): schema for name, schema in FIELDS.items()}
    lines = compare(lake, stream(fields=fields)).out.splitlines()
    assert lines[1] == (
        "breaking  users.email  field removed, it was string: the stream syncs it; is it email_address now?"
    )
    shop = by_key([stream("orders")]), by_key([stream("shop_orders")])
    pairs = likely_renames(diff(*shop), *shop)
    assert [(one.stream[1], other.stream[1]) for one, other in pairs.items()] == [("orders", "shop_orders")]


@pytest.mark.parametrize(
    ("gone", "new", "found"),
    [
        ("adress", ["address"], ["address"]),
        ("createdAt", ["created_at"], ["created_at"]),
        ("email", ["phone"], []),
        ("email", ["email_home", "email_work"], []),
    ],
)
def test_a_rename_is_likely_only_for_one_similar_name(gone: str, new: list[str], found: list[str]) -> None:
    text = {"type": "string"}
    after = {"id": {"type": "integer"}, **dict.fromkeys(new, text)}
    assert list(renamed({"id": {"type": "integer"}, gone: text}, after).values()) == found


def test_another_type_or_another_place_is_no_rename() -> None:
    assert renamed({"total": {"type": "number"}}, {"total_price": {"type": "string"}}) == {}
    inside = {"address": {"type": "object", "properties": {"email_address": {"type": "string"}}}}
    assert renamed({"email": {"type": "string"}, "address": {"type": "object"}}, inside) == {}


def test_where_much_is_gone_and_new_nothing_is_compared() -> None:
    text = {"type": "string"}
    old = {f"column_{number}_a": text for number in range(101)}
    assert renamed(old, {f"column_{number}_b": text for number in range(101)}) == {}
    few = dict(list(old.items())[:1])
    assert renamed(few, {"column_0_b": text}) == {"column_0_a": "column_0_b"}
