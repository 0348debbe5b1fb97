"""`lakeform add stream` and `add connection`: stream files from what was discovered, and the connection that waited."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lakes import (
    CONNECTION,
    DESTINATION,
    LAKE,
    REPOSITORY,
    SOURCE,
    Result,
    problems_of,
    run,
    write_files,
    write_lake,
)

STREAMS, OFFERED = "dag/streams/shop", "dag/sources/shop"

TIME = {"type": ["null", "string"], "format": "date-time"}


def stream(name: str, fields: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A discovered stream that offers both modes."""
    schema = {"type": "object", "properties": fields} if fields is not None else {}
    return {"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"], **more}


ORDERS = stream("orders", {"id": {"type": "integer"}, "updated_at": TIME, "note": {"type": "string", "title": "Note"}})
USERS = stream("users", {"id": {}, "at": TIME}, source_defined_cursor=True, default_cursor_field=["at"])

MAIN = LAKE + DESTINATION
SHOP = "sources:\n  shop: {connector: source-faker, configuration: {count: 1}}\n"
LIVE = "connections:\n  shop_to_lake: {source: shop, destination: lake}\n"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake to which the source shop was added."""
    root = write_lake(tmp_path / "lake", {"dag/registry/main.yaml": MAIN})
    assert run(root, "add", "source", "shop", "--connector", "source-faker").code == 0
    return root


def discover(lake: Path, *streams: dict[str, Any]) -> None:
    text = json.dumps({"streams": list(streams)})
    write_files(lake.parent, {"catalog.json": text})
    assert run(lake, "discover", "shop", "--from", str(lake.parent / "catalog.json")).code == 0


def add(lake: Path, *words: str) -> Result:
    return run(lake, "add", "stream", "shop", *words)


def written(lake: Path) -> dict[str, Any]:
    """Stem -> what is in the stream file."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((lake / STREAMS).glob("[!_]*.json"))}


def passes(lake: Path) -> list[str]:
    """What `check` says once the catalogs are written."""
    run(lake, "catalog")
    return [problem.to_text() for problem in problems_of(lake, catalogs=True)]


def test_the_first_stream_completes_the_connection(lake: Path) -> None:
    discover(lake, ORDERS, USERS)
    before = (lake / "dag/registry/shop.yaml").read_text("utf-8")
    result = add(lake, "users")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"wrote {STREAMS}/users.json\nwrote dag/registry/shop.yaml\nnext: lakeform synth\n"
    assert (lake / STREAMS / "users.json").read_text("utf-8") == "{}\n"
    kept, _, _ = before.partition("# A connection")
    assert (lake / "dag/registry/shop.yaml").read_text("utf-8") == kept + (
        "connections:\n"
        "  shop_to_lake:\n"
        "    source: shop\n"
        "    destination: lake\n"
        '    schedule: {cron: "0 50 * * * ?"}\n'
        "    namespace: {format: shop}\n"
    )
    assert passes(lake) == []
    assert add(lake, "orders").out == (
        f"wrote {STREAMS}/orders.json\n"
        "orders: the cursor updated_at is a guess, the source names none\n"
        "next: lakeform synth\n"
    )
    assert passes(lake) == []


def test_what_people_changed_in_the_waiting_connection_stays(lake: Path) -> None:
    discover(lake, ORDERS)
    path = lake / "dag/registry/shop.yaml"
    text = path.read_text("utf-8").replace("configuration: {}", "owner: me # us\n    configuration:   {}")
    path.write_text(text.replace('{cron: "0 50 * * * ?"}', "manual") + "# the end\n", "utf-8")
    assert add(lake, "orders").code == 0
    changed = path.read_text("utf-8")
    assert "    owner: me # us\n    configuration:   {}" in changed
    assert "    schedule: manual\n" in changed
    assert changed.endswith("    namespace: {format: shop}\n# the end\n")
    assert passes(lake) == []


@pytest.mark.parametrize(
    "text",
    [
        SHOP,
        SHOP
        + "connections:\n  other: {source: o, destination: lake}\n# connections:\n#   shop_to_lake:\n#     source: shop\n",
        SHOP + "# connections:\n#   shop_to_lake:\n#     source: another\n",
        SHOP + "# connections:\n#   no yaml: [\n",
        SHOP + "# connections:\n",
    ],
    ids=["none waits", "the section is there already", "of another source", "no YAML", "nothing in it"],
)
def test_a_connection_that_does_not_wait_is_left_to_the_next_step(lake: Path, text: str) -> None:
    write_files(lake, {"dag/registry/shop.yaml": text})
    discover(lake, USERS)
    result = add(lake, "users")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        f"wrote {STREAMS}/users.json\n"
        "next: lakeform add connection shop_to_lake --source shop --destination lake\n"
        "      lakeform synth\n"
    )
    assert (lake / "dag/registry/shop.yaml").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("offered", "file", "note"),
    [
        (USERS, {}, ""),
        (stream("s", supported_sync_modes=["full_refresh"]), {}, ""),
        (stream("s", {"at": TIME}, default_cursor_field=["at"]), {}, ""),
        (stream("s", {"lastModifiedDate": TIME}), {"cursor_field": ["lastModifiedDate"]}, "the cursor lastModifiedDate is a guess, the source names none"),
        (stream("s", {"modified": TIME, "updated_at": TIME}), {"cursor_field": ["updated_at"]}, "the cursor updated_at is a guess, the source names none"),
        (stream("s", {"updated_at": TIME}, default_cursor_field=["gone"]), {"cursor_field": ["updated_at"]}, "the cursor updated_at is a guess, the source names none"),
        (stream("s", {"a": {"type": "object", "properties": {"b": TIME}}}, default_cursor_field=["a", "b"]), {}, ""),
        (stream("s", {"updated_at": {"type": "integer"}, "created_at": TIME}), {"sync_mode": "full_refresh"}, "the source names no cursor, and no field looks like one: everything is read each time"),
        (stream("s", {"updated_at": True}), {"sync_mode": "full_refresh"}, "the source names no cursor, and no field looks like one: everything is read each time"),
        (stream("s"), {"sync_mode": "full_refresh"}, "the source names no cursor, and no field looks like one: everything is read each time"),
        (stream("Odd & Co", supported_sync_modes=["full_refresh"]), {"stream": "Odd & Co"}, ""),
        (stream("_x", supported_sync_modes=["full_refresh"]), {"stream": "_x"}, ""),
        (stream("s", namespace="public", supported_sync_modes=["full_refresh"]), {"stream": "s", "namespace": "public"}, ""),
    ],
    ids=["all from the source", "full refresh only", "its default cursor", "a guess in camel case", "the likeliest guess", "a default that is no field", "a nested default", "no time of a change", "a field without a type", "no fields", "an odd name", "a name with an underscore", "a namespace"],
)  # fmt: skip
def test_a_stream_file_says_only_what_discovery_does_not(
    lake: Path, offered: dict[str, Any], file: dict[str, Any], note: str
) -> None:
    discover(lake, offered)
    result = add(lake, offered["name"])
    assert (result.code, result.err) == (0, "")
    (stem, found), *none = written(lake).items()
    assert (found, none) == (file, [])
    assert [line for line in result.out.splitlines() if line.startswith(stem)] == ([f"{stem}: {note}"] if note else [])
    assert passes(lake) == []


@pytest.mark.parametrize(
    ("modes", "file", "note"),
    [
        (["append", "overwrite"], {}, ""),
        (["overwrite"], {"sync_mode": "full_refresh"}, ""),
        (["append_dedup"], {"destination_sync_mode": "append_dedup", "primary_key": [["id"]]}, "incremental + append_dedup, which is what the destination offers"),
        (["soft_delete"], {"destination_sync_mode": "soft_delete"}, "incremental + soft_delete, which is what the destination offers"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_the_mode_is_one_that_the_destination_offers(
    lake: Path, modes: list[str], file: dict[str, Any], note: str
) -> None:
    path = lake / "dag/connectors/destination-s3.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "destination_sync_modes": modes}))
    discover(lake, USERS)
    result = add(lake, "--all")
    assert (result.code, result.err, written(lake)) == (0, "", {"users": file})
    assert (note in result.out) is True
    assert ("the primary key id is a guess" in result.out) is ("primary_key" in file)
    assert passes(lake) == []


def test_a_stream_that_no_mode_fits_is_left_out_and_told(lake: Path) -> None:
    discover(lake, USERS, stream("log", supported_sync_modes=["incremental"]))
    result = add(lake, "--all")
    assert result.code == 1
    assert result.err == (
        "log: the source offers incremental only, and names no cursor; "
        f"if there is a way, write {STREAMS}/log.json by hand\n"
    )
    assert written(lake) == {"users": {}}
    assert passes(lake) == []


def test_a_pair_of_modes_that_does_not_exist_is_told(lake: Path) -> None:
    path = lake / "dag/connectors/destination-s3.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "destination_sync_modes": ["append_dedup"]}))
    discover(lake, stream("log", {}, supported_sync_modes=["full_refresh"]))
    result = add(lake, "log")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "log: the source offers full_refresh, the destination append_dedup: no pair fits; "
        f"if there is a way, write {STREAMS}/log.json by hand\n"
    )
    assert "# connections:" in (lake / "dag/registry/shop.yaml").read_text("utf-8")


def test_chosen_fields_are_names_and_the_cursor_and_key_are_with_them(lake: Path) -> None:
    discover(lake, {**ORDERS, "source_defined_primary_key": [["id"]]})
    result = add(lake, "orders", "--fields", "note, note")
    assert (result.code, result.err) == (0, "")
    assert "orders: id and updated_at too: key and cursor are always synced\n" in result.out
    assert (lake / STREAMS / "orders.json").read_text("utf-8") == (
        '{\n  "cursor_field": ["updated_at"],\n  "fields": ["id", "updated_at", "note"]\n}\n'
    )
    assert passes(lake) == []


MARKED = {
    "id": {"type": "integer"},
    "note": {"type": "string"},
    "_ab_cdc_lsn": {"type": "number"},
    "_ab_cdc_deleted_at": {"type": "string"},
}


@pytest.mark.parametrize(
    ("modes", "fields", "too"),
    [
        (
            ["incremental"],
            "note",
            "id, _ab_cdc_lsn and _ab_cdc_deleted_at too: key, cursor and the mark of a deletion are",
        ),
        (["incremental"], "id,_ab_cdc_lsn", "_ab_cdc_deleted_at too: the mark of a deletion is"),
        (["full_refresh"], "note", "id too: key and cursor are"),
    ],
)
def test_chosen_fields_keep_the_mark_of_a_deletion(lake: Path, modes: list[str], fields: str, too: str) -> None:
    cursor = {"source_defined_cursor": True, "default_cursor_field": ["_ab_cdc_lsn"], "supported_sync_modes": modes}
    discover(lake, stream("orders", MARKED, source_defined_primary_key=[["id"]], **cursor))
    assert f"orders: {too} always synced\n" in add(lake, "orders", "--fields", fields).out
    assert ("_ab_cdc_deleted_at" in written(lake)["orders"]["fields"]) == (modes == ["incremental"])
    assert passes(lake) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["order"], 'shop offers no stream "order"; did you mean "orders"?'),
        ([], "name a STREAM, or use --all; streams: a.log, b.log, orders"),
        (["log"], '"log" is in several namespaces; name one of: a.log, b.log'),
        (["orders", "--all"], "--all means every stream: leave STREAM out"),
        (["--all", "--fields", "id"], "--fields needs exactly one STREAM"),
        (["orders", "--fields", "notes"], 'the stream "orders" has no field "notes"; did you mean "note"?'),
        (["orders", "--fields", "note.text"], 'the stream "orders" has no field "note.text"; only whole top-level fields can be selected: "note"'),
        (["a.log", "--fields", "x"], 'the stream "log" has no field "x"; its source names none: leave out --fields'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_does_not_exist_is_told_with_the_near_match(lake: Path, words: list[str], said: str) -> None:
    discover(lake, ORDERS, *(stream("log", namespace=n, supported_sync_modes=["full_refresh"]) for n in "ab"))
    assert add(lake, *words) == Result(2, "", f"lakeform add: {said}\n")
    assert not (lake / STREAMS).exists()


DESCRIBED = (
    "where that cannot be, describe a stream: lakeform add stream shop NAME --fields id:integer,updated_at:timestamp"
)


def test_a_source_without_streams_of_its_own_says_where_they_are(lake: Path) -> None:
    more = "sources:\n  eu: {connector: source-faker, configuration: {}, streams_from: shop}\n  dlt: {external: dlt}\n"
    write_files(lake, {"dag/registry/more.yaml": more})
    results = [run(lake, "add", "stream", source, "--all").err for source in ("shp", "eu", "dlt", "shop")]
    assert results == [
        'lakeform add: there is no source "shp"; did you mean "shop"?\n',
        "lakeform add: eu uses the streams of shop: add them there\n",
        "lakeform add: dlt is external (dlt): its streams are not Airbyte's; write their files by hand\n",
        f"lakeform add: shop has not been discovered yet: lakeform discover shop; {DESCRIBED}\n",
    ]
    write_files(lake, {f"{OFFERED}/users.json": "{"})
    broken = add(lake, "--all")
    assert broken.code == 2
    assert broken.err.startswith(f"lakeform add: {OFFERED}/users.json:1:")
    assert broken.err.endswith("write it again: lakeform discover shop\n")


def test_a_file_that_exists_is_never_written_over(lake: Path) -> None:
    discover(lake, ORDERS, USERS, stream("items", supported_sync_modes=["full_refresh"]))
    mine = '{"stream":"users"}'
    write_files(lake, {f"{STREAMS}/people.json": mine, f"{STREAMS}/orders.json": "{"})
    result = add(lake, "users", "orders", "items")
    assert result.code == 1
    assert result.err == f"users: {STREAMS}/people.json exists\norders: {STREAMS}/orders.json exists\n"
    assert f"wrote {STREAMS}/items.json\n" in result.out
    assert (lake / STREAMS / "people.json").read_text() == mine
    assert (lake / STREAMS / "orders.json").read_text() == "{"
    assert add(lake, "--all") == Result(0, "every stream of shop has a file\n", "")


def test_streams_of_one_table_are_told_apart_or_left_out(lake: Path) -> None:
    """Two namespaces stay two where the connection is still to be written; names that differ by case are one table."""
    full: dict[str, Any] = {"supported_sync_modes": ["full_refresh"]}
    discover(lake, *(stream(name, namespace=space, **full) for name, space in (("x", "a"), ("x", "b"), ("X", "b"))))
    result = add(lake, "--all")
    assert (result.code, result.err) == (1, "b.x: it would share a table with b.%58\n")
    assert '    namespace: {format: "shop_${SOURCE_NAMESPACE}"}\n' in (lake / "dag/registry/shop.yaml").read_text(
        "utf-8"
    )
    assert written(lake) == {"a.x": {"stream": "x", "namespace": "a"}, "b.%58": {"stream": "X", "namespace": "b"}}
    assert passes(lake) == []


def test_a_connection_that_makes_one_namespace_of_all_gets_each_name_once(lake: Path) -> None:
    write_files(lake, {"dag/registry/shop.yaml": SHOP + LIVE})
    full: dict[str, Any] = {"supported_sync_modes": ["full_refresh"]}
    discover(lake, *(stream("x", namespace=space, **full) for space in "ab"))
    fix = "write namespace: source in connections.shop_to_lake, which keeps the namespaces of the source apart"
    assert add(lake, "--all").err == f"b.x: it would share a table with a.x; {fix}\n"
    assert passes(lake) == []
    assert add(lake, "b.x").err == f"b.x: it would share a table with a.x; {fix}\n"


def test_a_schema_for_each_tenant_takes_one_line_to_say_and_one_to_write(lake: Path) -> None:
    write_files(lake, {"dag/registry/shop.yaml": SHOP + LIVE})
    full: dict[str, Any] = {"supported_sync_modes": ["full_refresh"]}
    discover(lake, *(stream(name, namespace=f"t{n:03}", **full) for n in range(120) for name in ("orders", "users")))
    fix = "write namespace: source in connections.shop_to_lake, which keeps the namespaces of the source apart"
    shared = "t001.orders: it would share a table with t000.orders, as would 237 more streams"
    assert add(lake, "--all").err == f"{shared}; {fix}\n"
    write_files(
        lake,
        {"dag/registry/shop.yaml": SHOP + LIVE.replace("lake}", 'lake, namespace: source, streams: ["t*.orders"]}')},
    )
    result = add(lake, "--all")
    assert (result.code, result.err) == (0, "")
    assert "add t000.users, t001.users," not in result.out  # it exists since the first time
    assert "connections.shop_to_lake names its streams: add t001.users, t002.users," in result.out
    assert " and 107 more, or a pattern, there, dag/registry/shop.yaml:4:" in result.out
    assert passes(lake) == []


def test_a_connection_that_names_its_streams_is_pointed_out(lake: Path) -> None:
    write_files(lake, {"dag/registry/shop.yaml": SHOP + LIVE.replace("lake}", "lake, streams: [users]}")})
    discover(lake, ORDERS, USERS)
    result = add(lake, "users", "orders")
    assert "connections.shop_to_lake names its streams: add orders there, dag/registry/shop.yaml:4:51\n" in result.out


@pytest.mark.parametrize("source", ["faker", "klaviyo"])
def test_every_stream_that_the_example_discovered_can_be_added(source: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, {"dag/registry/main.yaml": MAIN})
    assert run(root, "add", "source", source, "--connector", f"source-{source}").code == 0
    shutil.copytree(REPOSITORY / "dag/sources" / source, root / "dag/sources" / source)
    offered = {path.name for path in (root / "dag/sources" / source).glob("[!_]*.json")}
    result = run(root, "add", "stream", source, "--all")
    assert (result.code, result.err) == (0, "")
    assert {path.name for path in (root / "dag/streams" / source).iterdir()} == offered
    run(root, "catalog")
    assert [p.to_text() for p in problems_of(root, catalogs=True) if p.rule != "discovery-version"] == []


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


def choose(lake: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> Result:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("infra.commands.add.on_terminal", sys.stdin.isatty)
    return add(lake)


CHOICE = "1  items  incremental\n2  orders  incremental\n3  users  incremental\n"
ASKS = "streams (numbers such as 1,3-5, names, or all): "


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        ("2,3\n", {"orders", "users"}),
        ("1-3\n", {"items", "orders", "users"}),
        ("all\n", {"items", "orders", "users"}),
        ("users , 2\n", {"orders", "users"}),
        ("\n  \n1-2\n", {"items", "orders"}),
    ],
)
def test_streams_are_chosen_on_a_terminal(
    lake: Path, monkeypatch: pytest.MonkeyPatch, typed: str, added: set[str]
) -> None:
    discover(lake, USERS, ORDERS, stream("items", {"id": {}}))
    result = choose(lake, monkeypatch, typed)
    assert (result.code, set(written(lake))) == (0, added)
    assert result.err == CHOICE + ASKS * typed.count("\n")
    assert passes(lake) == []


def test_a_wrong_answer_is_asked_for_again_and_none_ends_it(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    discover(lake, USERS, ORDERS, stream("items", {"id": {}}))
    result = choose(lake, monkeypatch, "ordrs\n9\n")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        CHOICE + ASKS + 'shop offers no stream "ordrs"; did you mean "orders"?\n'
        f'{ASKS}shop offers no stream "9"; streams: items, orders, users\n'
        f"{ASKS}\nlakeform add: nothing was chosen\n"
    )
    assert not (lake / STREAMS).exists()


@pytest.mark.parametrize(("typed", "fields"), [("orders\nnote\n", {"updated_at", "note"}), ("orders\n\n", None)])
def test_the_fields_of_one_stream_are_chosen_too(
    lake: Path, monkeypatch: pytest.MonkeyPatch, typed: str, fields: set[str] | None
) -> None:
    discover(lake, USERS, ORDERS)
    result = choose(lake, monkeypatch, typed)
    assert result.err.endswith("fields of orders: id, note, updated_at\nfields (names, or nothing for all): ")
    found = written(lake)["orders"].get("fields")
    assert (found and set(found)) == fields
    assert passes(lake) == []


def test_a_stream_may_be_called_like_a_number_or_all(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    discover(lake, *(stream(name, supported_sync_modes=["full_refresh"]) for name in ("2", "all", "x")))
    choose(lake, monkeypatch, "2,all\n")
    assert written(lake).keys() == {"2", "all"}
    choose(lake, monkeypatch, "1\n")
    assert written(lake).keys() == {"2", "all", "x"}
    result = choose(lake, monkeypatch, "")
    assert result == Result(2, "", "lakeform add: every stream of shop has a file\n")


def test_a_connection_is_a_file_of_its_own(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {"dag/registry/main.yaml": MAIN + SOURCE, "dag/streams/faker/users.json": "{}"})
    words = ("add", "connection", "faker_to_lake", "--source", "faker", "--destination", "lake")
    result = run(root, *words)
    assert result == Result(0, "wrote dag/registry/faker_to_lake.yaml\nnext: lakeform synth\n", "")
    assert (root / "dag/registry/faker_to_lake.yaml").read_text("utf-8") == (
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "connections:\n"
        "  faker_to_lake:\n"
        "    source: faker\n"
        "    destination: lake\n"
        '    schedule: {cron: "0 17 * * * ?"}\n'
        "    namespace: {format: faker}\n"
    )
    assert problems_of(root) == ()
    again = run(root, *words[:2], "again", *words[3:])
    assert again.code == 0
    write_files(root, {"dag/registry/taken.yaml": ""})
    assert run(root, *words[:2], "taken", *words[3:]).out.startswith("wrote dag/registry/taken_connection.yaml\n")
    (root / "dag/registry/taken_connection.yaml").unlink()
    text = (root / "dag/registry/again.yaml").read_text("utf-8")
    assert "    namespace: {format: again}\n" in text
    assert "  again:\n    name: Again\n" in text  # by default it would be called as the other one
    assert problems_of(root) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["faker_to_lake", "faker", "lake"], "connections.faker_to_lake exists: dag/registry/main.yaml:22:3"),
        (["x", "fakr", "lake"], 'there is no source "fakr"; did you mean "faker"?'),
        (["x", "faker", "lke"], 'there is no destination "lke"; did you mean "lake"?'),
        (["x", "faker", "lake"], "no stream of faker is chosen, and a connection needs one: lakeform add stream faker"),
        (["x", "eu", "lake"], "no stream of faker is chosen, and a connection needs one: lakeform add stream faker"),
        (["x", "dlt", "lake"], "dlt is external (dlt): Airbyte has no such source"),
        (["x", "faker", "lake", "--stack", "prod"], 'there is no stack "prod"; stacks: airbyte'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_connection_that_could_not_be_right_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    more = "sources:\n  eu: {connector: source-faker, configuration: {}, streams_from: faker}\n  dlt: {external: dlt}\n"
    files = {"dag/registry/main.yaml": MAIN + SOURCE + CONNECTION, "dag/registry/more.yaml": more}
    if "--stack" in words:
        files["dag/streams/faker/users.json"] = "{}"
    root = write_lake(tmp_path, files)
    name, source, destination, *rest = words
    result = run(root, "add", "connection", name, "--source", source, "--destination", destination, *rest)
    assert result == Result(2, "", f"lakeform add: {said}\n")


NAMES = st.sampled_from(
    ["orders", "Orders", "ORDERS", "order items", "a.b", "_log", "é", "..", "all", "2", "x/y", "con"]
)
FIELDS = st.dictionaries(
    st.sampled_from(["id", "updated_at", "lastModified", "created_at", "a.b", "nested", "Ü"]),
    st.sampled_from([TIME, {"type": "integer"}, {}, True, {"type": "object", "properties": {"x": TIME}}]),
)
PATHS = st.sampled_from([["id"], ["updated_at"], ["nested", "x"], ["gone"]])
OFFERS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "json_schema": FIELDS.map(lambda fields: {"type": "object", "properties": fields}) | st.just({}),
        "supported_sync_modes": st.sampled_from([["full_refresh"], ["incremental"], ["full_refresh", "incremental"]]),
    },
    optional={
        "namespace": st.sampled_from(["", "a", "A", "b"]),
        "source_defined_cursor": st.booleans(),
        "default_cursor_field": PATHS | st.just([]),
        "source_defined_primary_key": st.lists(PATHS, max_size=2),
    },
)

# Warnings of what the source offers itself, which no file of a stream can help.
OFFERED_SO = re.compile(
    "primary-key-nested  warning|cursor-nested  warning|cursor-type  warning|cursor-misses-updates  warning"
)


@settings(max_examples=60)
@given(
    streams=st.lists(OFFERS, min_size=1, max_size=5),
    modes=st.sets(st.sampled_from(["append", "overwrite", "append_dedup", "update", "soft_delete"])),
    live=st.booleans(),
)
def test_whatever_is_offered_what_is_added_passes_check(
    streams: list[dict[str, Any]], modes: set[str], live: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = write_lake(tmp_path_factory.mktemp("any") / "lake", {"dag/registry/main.yaml": MAIN})
    if live:
        write_files(root, {"dag/registry/shop.yaml": SHOP + LIVE})
    else:
        assert run(root, "add", "source", "shop", "--connector", "source-faker").code == 0
    path = root / "dag/connectors/destination-s3.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "destination_sync_modes": sorted(modes)}))
    discover(root, *streams)
    result = add(root, "--all")
    assert result.code == (1 if result.err else 0)
    offered = {(found.get("namespace") or "", found["name"]) for found in streams}
    refused = sum(
        1 + int(more or 0) for more in re.findall(r"^.+?(?:, as would (\d+) more stream.*)?$", result.err, re.MULTILINE)
    )
    assert len(written(root)) + refused == len(offered)
    if written(root):
        assert [line for line in passes(root) if not OFFERED_SO.search(line)] == []
