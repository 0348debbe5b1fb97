"""`lakeform discover SOURCE --from FILE`: what a source offers, one file a stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.lake.catalog.file_names import file_names
from tests.support.lakes import REPOSITORY, Result, run, write_files, write_lake

FOLDER = "dag/sources/faker"

USERS: dict[str, Any] = {
    "name": "users",
    "json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["updated_at"],
    "source_defined_primary_key": [["id"]],
}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake")


def discover(lake: Path, text: str | bytes, *words: str) -> Result:
    write_files(lake.parent, {"output.txt": text})
    return run(lake, "discover", "faker", "--from", str(lake.parent / "output.txt"), *words)


def catalog(*streams: dict[str, Any]) -> str:
    return json.dumps({"type": "CATALOG", "catalog": {"streams": list(streams)}})


def stream(name: str, namespace: str | None = None) -> dict[str, Any]:
    return {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"], "namespace": namespace}


def found(lake: Path) -> dict[str, Any]:
    """File name -> what is in it."""
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted((lake / FOLDER).iterdir())}


def test_each_stream_is_one_file_and_its_origin_another(lake: Path) -> None:
    result = discover(lake, catalog(USERS), "--connector-version", "6.2.24")
    assert (result.code, result.err) == (0, "")
    assert result.out == (f"wrote {FOLDER}/users.json\nwrote {FOLDER}/_discovery.json\nfaker offers 1 stream\n")
    assert found(lake) == {
        "users.json": USERS,
        "_discovery.json": {"connector": "source-faker", "version": "6.2.24", "from": "file"},
    }


@pytest.mark.parametrize(
    "text",
    [
        catalog(USERS),
        json.dumps({"streams": [USERS]}),
        json.dumps({"streams": [USERS]}, indent=2),
        json.dumps(json.loads(catalog(USERS)), indent=2),
        f"starting\n{{not json\n[1]\n7\nnull\n{catalog(USERS)}\ndone\n",
        json.dumps({"type": "LOG", "log": {"level": "INFO", "message": '{"catalog": 1}'}}) + "\n" + catalog(USERS),
        json.dumps({"type": "TRACE", "trace": {"type": "ESTIMATE"}}) + "\n" + catalog(USERS),
        json.dumps({"type": "TRACE", "trace": None}) + "\n" + catalog(USERS),
        json.dumps({"catalog": "x", "streams": "y"}) + "\n" + catalog(USERS),
        "\ufeff" + catalog(USERS),
        catalog(USERS).replace("\n", "\r\n") + "\r\n",
    ],
    ids=[
        "a message",
        "a bare catalog",
        "a bare catalog, indented",
        "a message, indented",
        "between lines that are no JSON",
        "after a log message",
        "after a trace",
        "after an empty trace",
        "after something alike",
        "after a byte order mark",
        "with line ends of Windows",
    ],
)
def test_the_catalog_is_found_in_what_a_connector_prints(lake: Path, text: str) -> None:
    result = discover(lake, text)
    assert (result.code, result.err) == (0, "")
    assert found(lake)["users.json"] == USERS


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ({"type": "ERROR", "error": {"message": "wrong password", "stack_trace": "..."}}, "wrong password"),
        ({"type": "ERROR", "error": {}}, "no reason given"),
        ({"type": "ERROR", "error": None}, "no reason given"),
        ({"type": "ERROR"}, "no reason given"),
        ({"type": "ERROR", "error": {"message": "no", "internal_message": "HTTP 401"}}, "no (HTTP 401)"),
        ({"type": "ERROR", "error": {"message": "no: HTTP 401", "internal_message": "HTTP 401"}}, "no: HTTP 401"),
        ({"type": "ERROR", "error": {"internal_message": "at\n https://me:pw@x\x1b[2J"}}, "at https://***@x [2J"),
    ],
    ids=["with a message", "without", "null", "absent", "with the internal one", "the same twice", "internal only"],
)
def test_a_discovery_that_failed_exits_2_with_the_connectors_reason(lake: Path, trace: Any, said: str) -> None:
    result = discover(lake, json.dumps({"type": "TRACE", "trace": trace}))
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(f": discovery failed: {said}\n")
    assert len(result.err.splitlines()) == 1
    assert not (lake / FOLDER).exists()


@pytest.mark.parametrize(
    "text", ["", "no\n", "{}", "[]", "[" * 5000, '{"catalog": {}}', '{"streams": 3}', b"\xff\xfe"], ids=repr
)
def test_a_file_without_a_catalog_exits_2_with_one_line(lake: Path, text: str | bytes) -> None:
    result = discover(lake, text)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert "output.txt" in result.err
    assert not (lake / FOLDER).exists()


@pytest.mark.parametrize("broken", [{}, {"name": 7}, 7, None, "users", {"name": "a", "json_schema": []}], ids=repr)
def test_nothing_but_a_stream_that_is_none_exits_2_and_writes_nothing(lake: Path, broken: Any) -> None:
    result = discover(lake, catalog(broken))
    assert (result.code, result.out) == (2, "")
    assert "not an AirbyteStream" in result.err
    assert not (lake / FOLDER).exists()


def test_a_file_that_is_not_there_exits_2(lake: Path) -> None:
    result = run(lake, "discover", "faker", "--from", "nowhere.json")
    assert (result.code, result.out) == (2, "")
    assert "nowhere.json" in result.err
    assert len(result.err.splitlines()) == 1


def test_an_unknown_source_exits_2_with_the_near_match(lake: Path) -> None:
    result = run(lake, "discover", "fakr", "--from", "x.json")
    assert (result.code, result.out) == (2, "")
    assert result.err == 'lakeform discover: there is no source "fakr"; did you mean "faker"?\n'


def test_keys_that_the_protocol_does_not_have_are_left_out(lake: Path) -> None:
    discover(lake, catalog({**USERS, "emitted_at": 1234567890, "namespace": None}))
    assert found(lake)["users.json"] == USERS


# Names of files


@pytest.mark.parametrize(
    ("namespace", "name", "file"),
    [
        (None, "orders", "orders.json"),
        ("public", "orders", "public.orders.json"),
        (None, "Orders & Co", "Orders%20%26%20Co.json"),
        (None, "../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.json"),
        (None, "_catalog", "%5Fcatalog.json"),
        (None, ".hidden", "%2Ehidden.json"),
        (None, "größe", "größe.json"),
        (None, "gro\u0308ße", "gro%CC%88%C3%9Fe.json"),
        (None, "売上の明細（月別）", "売上の明細%EF%BC%88月別%EF%BC%89.json"),
        ("ns", "Con", "ns.Con.json"),
        (None, "Con", "%43on.json"),
        (None, "あ" * 28, "あ" * 28 + ".json"),
        ("n" * 70, "あ" * 67, "n" * 60 + "." + "あ" * 41 + "~b4fedf140b.json"),
        (None, "a%20b", "a%2520b.json"),
        (None, "a~b", "a%7Eb.json"),
        ("_ns", "a", "%5Fns.a.json"),
    ],
)
def test_a_name_becomes_a_file_name_for_every_file_system(
    lake: Path, namespace: str | None, name: str, file: str
) -> None:
    assert discover(lake, catalog(stream(name, namespace))).code == 0
    assert sorted(found(lake)) == sorted([file, "_discovery.json"])
    assert found(lake)[file]["name"] == name


@pytest.mark.parametrize(
    "keys",
    [
        [("", "Orders"), ("", "orders")],
        [("", "ORDERS"), ("", "Orders"), ("", "orders")],
        [("", "ORDERS"), ("", "orders")],
        [("", "oRDERS"), ("", "orderS"), ("", "ORDERS"), ("", "orders")],
        [("a", "b.c"), ("a.b", "c"), ("", "a.b.c")],
        [("", "a b"), ("", "a%20b"), ("", "a+b")],
        [("", "É"), ("", "é")],
        [("", "_a"), ("", "%5Fa")],
    ],
    ids=str,
)
def test_no_two_streams_share_a_file_even_where_case_does_not_count(keys: list[tuple[str, str]]) -> None:
    names = file_names(keys)
    assert names.keys() == set(keys)
    assert len({name.lower() for name in names.values()}) == len(keys)


def test_names_do_not_depend_on_the_order_in_which_a_source_reports(lake: Path) -> None:
    streams = [stream(name) for name in ("orders", "Orders", "a", "B")]
    discover(lake, catalog(*streams))
    before = found(lake)
    discover(lake, catalog(*reversed(streams)))
    assert found(lake) == before


# Again


def test_a_second_discovery_touches_nothing_that_is_the_same(lake: Path) -> None:
    discover(lake, catalog(USERS, stream("other")))
    path = lake / FOLDER / "users.json"
    before = path.stat().st_mtime_ns
    assert discover(lake, catalog(stream("other"), USERS)).out == "faker offers 2 streams\n"
    assert path.stat().st_mtime_ns == before


def test_a_stream_that_vanished_is_named_and_its_file_kept(lake: Path) -> None:
    discover(lake, catalog(USERS, stream("old")))
    result = discover(lake, catalog(USERS), "--quiet")
    assert result.code == 0
    assert result.out.startswith(f"{FOLDER}/old.json: the source no longer offers this stream")
    assert "old.json" in found(lake)


def test_stream_files_that_use_a_vanished_stream_are_named(lake: Path) -> None:
    write_files(lake, {"dag/streams/faker/people.json": '{\n  "stream": "users"\n}\n'})
    discover(lake, catalog(USERS, stream("other")))
    assert discover(lake, catalog(stream("other"))) == Result(
        0,
        f"{FOLDER}/users.json: the source no longer offers this stream; remove the file with --prune\n"
        "    dag/streams/faker/people.json:2:13  uses it\n"
        "    dag/streams/faker/users.json:1:1  uses it\n"
        "faker offers 1 stream\n",
        "",
    )


def test_prune_removes_what_discovery_wrote_and_nothing_else(lake: Path) -> None:
    discover(lake, catalog(USERS, stream("old"), stream("Odd & Co", "ns")))
    kept = {
        f"{FOLDER}/notes.json": "{}\n",
        f"{FOLDER}/broken.json": "<<<<<<< HEAD\n",
        f"{FOLDER}/copy.json": (lake / FOLDER / "old.json").read_text("utf-8"),
        f"{FOLDER}/notes.txt": "mine\n",
        f"{FOLDER}/.hidden.json": "{}\n",
        f"{FOLDER}/below/old.json": (lake / FOLDER / "old.json").read_text("utf-8"),
        "dag/sources/other/old.json": (lake / FOLDER / "old.json").read_text("utf-8"),
    }
    write_files(lake, kept)
    assert discover(lake, catalog(USERS), "--prune") == Result(
        0,
        f"{FOLDER}/broken.json: is not a file that discovery writes; it stays\n"
        f"{FOLDER}/copy.json: is not a file that discovery writes; it stays\n"
        f"{FOLDER}/notes.json: is not a file that discovery writes; it stays\n"
        f"removed {FOLDER}/ns.Odd%20%26%20Co.json: the source no longer offers this stream\n"
        f"removed {FOLDER}/old.json: the source no longer offers this stream\n"
        "faker offers 1 stream\n",
        "",
    )
    left = {path.relative_to(lake).as_posix() for path in (lake / "dag/sources").rglob("*") if path.is_file()}
    assert left == {*kept, f"{FOLDER}/users.json", f"{FOLDER}/_discovery.json"}
    assert all((lake / path).read_text("utf-8") == text for path, text in kept.items())


def test_a_stream_keeps_its_file_when_another_differs_by_case_alone(lake: Path) -> None:
    discover(lake, catalog(stream("Orders")))
    assert discover(lake, catalog(stream("orders"), stream("Orders"), stream("Users"), stream("users"))).out == (
        f"wrote {FOLDER}/%55sers.json\n"
        f"wrote {FOLDER}/orders~4e9e928e61.json\n"
        f"wrote {FOLDER}/users.json\n"
        "faker offers 4 streams\n"
    )
    assert found(lake)["Orders.json"]["name"] == "Orders"


def test_a_file_that_an_older_release_named_stays(lake: Path) -> None:
    discover(lake, catalog(stream("größe")))
    (lake / FOLDER / "größe.json").rename(lake / FOLDER / "gr%C3%B6%C3%9Fe.json")
    assert discover(lake, catalog(stream("größe"))).out == "faker offers 1 stream\n"
    assert run(lake, "add", "stream", "faker", "größe").out.startswith("wrote dag/streams/faker/gr%C3%B6%C3%9Fe.json\n")


def test_a_second_file_of_a_stream_is_left_to_prune(lake: Path) -> None:
    discover(lake, catalog(stream("größe")))
    write_files(lake, {f"{FOLDER}/gr%C3%B6%C3%9Fe.json": (lake / FOLDER / "größe.json").read_text("utf-8")})
    why = "the stream now has another file"
    assert (
        f"{FOLDER}/gr%C3%B6%C3%9Fe.json: {why}; remove the file with --prune\n"
        in discover(lake, catalog(stream("größe"))).out
    )
    discover(lake, catalog(stream("größe")), "--prune")
    assert sorted(found(lake)) == ["_discovery.json", "größe.json"]


def test_a_discovery_that_cannot_be_written_whole_is_not_written(lake: Path) -> None:
    discover(lake, catalog(stream("a"), stream("b")), "--connector-version", "1.0.0")
    before = found(lake)
    (lake / FOLDER / "z.json").mkdir()
    result = discover(lake, catalog(stream("a", "ns"), stream("b"), stream("z")), "--connector-version", "2.0.0")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(f"{FOLDER}/z.json: is a directory\n")
    (lake / FOLDER / "z.json").rmdir()
    assert found(lake) == before
    assert not [path for path in (lake / FOLDER).iterdir() if path.suffix == ".tmp"]


def test_a_written_file_is_sorted_and_ends_in_a_newline(lake: Path) -> None:
    discover(lake, catalog(dict(reversed(USERS.items()))))
    text = (lake / FOLDER / "users.json").read_text("utf-8")
    assert list(json.loads(text)) == sorted(USERS)
    assert text.endswith("}\n")


def test_what_was_discovered_passes_check(lake: Path) -> None:
    write_files(lake, {"dag/streams/faker/users.json": "{}\n"})
    discover(lake, catalog(USERS), "--connector-version", "6.2.24")
    assert run(lake, "catalog").code == 0
    assert run(lake, "check", "--strict").code == 0


def test_nothing_of_the_time_or_the_machine_is_committed() -> None:
    for path in (REPOSITORY / "dag/sources").glob("*/_discovery.json"):
        assert json.loads(path.read_text("utf-8")).keys() <= {"connector", "version", "from"}


GOOD = stream("good")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (7, "the stream 7 is not an AirbyteStream: must be a mapping, not a number"),
        ({"name": ""}, None),
        ({"name": "bad", "supported_sync_modes": []}, None),
        ({"name": "bad\n::error", "json_schema": 5}, None),
    ],
)
def test_a_stream_that_is_none_costs_itself(lake: Path, broken: Any, said: str | None) -> None:
    result = discover(lake, catalog(GOOD, broken, stream("other")))
    assert result.code == 0
    assert sorted(found(lake)) == ["_discovery.json", "good.json", "other.json"]
    (line,) = result.err.splitlines()
    assert line.startswith("lakeform discover: faker: the stream ")
    assert said is None or line == f"lakeform discover: faker: {said}"


def test_a_stream_that_comes_twice_is_told(lake: Path) -> None:
    other = {**stream("users"), "namespace": "public"}
    changed = {**GOOD, "supported_sync_modes": ["full_refresh", "incremental"]}
    result = discover(lake, catalog(GOOD, other, changed, other, {**other, "namespace": "audit"}))
    assert (result.code, result.err) == (
        0,
        (
            "lakeform discover: faker: the stream 'good' is in the catalog 2 times: they differ, and the last one is taken\n"
            "lakeform discover: faker: the stream 'users' of 'public' is in the catalog 2 times: all are alike\n"
        ),
    )
    assert found(lake)["good.json"]["supported_sync_modes"] == ["full_refresh", "incremental"]


def test_streams_that_look_the_same_are_told_with_their_code_points(lake: Path) -> None:
    result = discover(lake, catalog(stream("Caf\u00e9"), stream("Cafe\u0301"), stream("cafe")))
    said = 'lakeform discover: faker: the streams "Caf\\u00e9" and "Cafe\\u0301" look the same: one of them can be synced\n'
    assert (result.code, result.err) == (0, said)


def test_a_schema_that_is_broken_in_places_costs_these_places(lake: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "none": None, "tags": {"type": "array", "items": 5}},
        "required": True,
    }
    result = discover(lake, catalog(GOOD, {**stream("odd"), "json_schema": schema}))
    assert (result.code, result.err) == (
        0,
        (
            "lakeform discover: faker: the stream 'odd': json_schema.properties.none must be a mapping; it is left out\n"
            "lakeform discover: faker: the stream 'odd': json_schema.properties.tags.items must be a mapping; it is left out\n"
            "lakeform discover: faker: the stream 'odd': json_schema.required must be a list of text; it is left out\n"
        ),
    )
    assert found(lake)["odd.json"]["json_schema"] == {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "none": {}, "tags": {"type": "array"}},
    }


def test_what_cannot_be_read_of_a_known_stream_changes_nothing_of_it(lake: Path) -> None:
    discover(lake, catalog(GOOD, stream("other")))
    before = found(lake)
    bad = {"name": "other", "supported_sync_modes": []}
    result = discover(lake, catalog(GOOD, bad), "--prune")
    assert result.code == 0
    assert result.err.endswith("; its file stays as it is\n")
    assert "removed" not in result.out
    assert found(lake) == before
    compared = discover(lake, catalog(GOOD, bad), "--diff")
    assert (compared.code, compared.out) == (0, "faker: offers exactly what dag/sources/faker says\n")
