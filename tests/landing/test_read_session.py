"""The messages of a connector become files and state: what is kept, what comes again, what is removed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.base.errors import UserError
from infra.landing.read.begin import begun
from infra.landing.read.durable import take_name
from infra.landing.read.files import RawFiles
from infra.landing.read.record import Stamp
from infra.landing.read.session import ReadStream, Session, StreamResult
from infra.landing.read.state import Pending, ReadState, StreamMemory, WrittenFile
from infra.landing.read.state_file import StateFile
from infra.landing.read.text_rows import CsvRows, JsonRows

SCHEMA = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
Messages = Iterable[dict[str, Any]]


def record(number: int, stream: Any = "users", **more: Any) -> dict[str, Any]:
    data = {"id": number, "name": f"n{number}"}
    return {"type": "RECORD", "record": {"stream": stream, "emitted_at": 1000 + number, "data": data} | more}


def state(reached: Any, stream: str = "users") -> dict[str, Any]:
    descriptor = {"name": stream}
    return {
        "type": "STATE",
        "state": {"type": "STREAM", "stream": {"stream_descriptor": descriptor, "stream_state": reached}},
    }


def descriptor(kind: str, described: Any) -> dict[str, Any]:
    """A state, or the status of a stream that was not read to its end."""
    if kind == "STATE":
        return {"type": "STATE", "state": {"type": "STREAM", "stream": {"stream_descriptor": described}}}
    status = {"status": "INCOMPLETE", "stream_descriptor": described}
    return {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "stream_status": status}}


def shared(reached: Any) -> dict[str, Any]:
    return {"type": "STATE", "state": {"type": "GLOBAL", "global": {"shared_state": reached, "stream_states": []}}}


def failing(*messages: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from messages
    raise UserError("quota")


class Lake:
    """A place for files and a state, read into again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.scratch = root / "scratch"
        self.scratch.mkdir()
        self.store = StateFile(root, ".lake/state/local/airbyte/faker_to_lake.json")
        self.incremental = {"users": True, "orders": True}

    def open(self) -> RawFiles:
        with self.store.locked():
            raw = RawFiles(self.root, ".lake/raw/", self.store, self.store.load())
            raw.recover()
        return raw

    def read(self, messages: Messages, *renewed: str, remove: bool = True, **limits: Any) -> list[StreamResult]:
        raw = self.open()
        begun = replace(raw.state, sync_id=raw.state.sync_id + 1)
        for name in renewed:
            begun = begun.having(("", name), begun.of(("", name)).renewed(remove=remove))
        raw.save(begun)
        streams = [
            ReadStream(
                ("", name),
                name,
                incremental,
                JsonRows(SCHEMA, flat=True, zipped=False),
                lambda number, name=name: f"bucket/{name}/{number}.jsonl",  # type: ignore[misc]
            )
            for name, incremental in self.incremental.items()
        ]
        return Session(raw, streams, self.scratch, print, **limits).take(messages)

    def files(self) -> dict[str, list[int]]:
        """Path below the raw place -> ids in it; every file that is there."""
        raw = self.root / ".lake/raw"
        return {
            path.relative_to(raw).as_posix(): [json.loads(line)["id"] for line in path.read_text().splitlines()]
            for path in sorted(raw.rglob("*"))
            if path.is_file()
        }

    def lines(self) -> list[dict[str, Any]]:
        """Every record in the files."""
        files = sorted((self.root / ".lake/raw").rglob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def ids(self, stream: str = "users") -> list[int]:
        return [number for path, ids in self.files().items() if f"/{stream}/" in path for number in ids]

    @property
    def state(self) -> ReadState:
        """As the next read would find it."""
        return self.open().state

    def reached(self, stream: str = "users") -> Any:
        found = self.state.of(("", stream)).state
        return None if found is None else found["stream"]["stream_state"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_records_are_in_files_as_they_were_sent(lake: Lake) -> None:
    change = {"field": "name", "change": "TRUNCATED", "reason": "SOURCE_FIELD_SIZE_LIMITATION"}
    lake.read([record(1), record(2, meta={"changes": [change]}), record(3, data={"name": "\ud800", "other": 1})])
    (file,) = lake.files()
    rows = [json.loads(line) for line in (lake.root / ".lake/raw" / file).read_text().splitlines()]
    assert len({row.pop("_airbyte_raw_id") for row in rows}) == 3
    meta = {"_airbyte_generation_id": 0, "_airbyte_meta": {"sync_id": 1, "changes": []}}
    assert rows == [
        {"id": 1, "name": "n1", "_airbyte_extracted_at": 1001, **meta},
        {
            "id": 2,
            "name": "n2",
            "_airbyte_extracted_at": 1002,
            **meta,
            "_airbyte_meta": {"sync_id": 1, "changes": [change]},
        },
        {"id": None, "name": "?", "_airbyte_extracted_at": 1003, **meta},
    ]


def test_parts_are_bounded_and_numbered_on(lake: Lake) -> None:
    lake.read(map(record, range(7)), rows_in_part=3)
    lake.read(map(record, range(7, 9)), rows_in_part=3)
    assert list(lake.files().values()) == [[0, 1, 2], [3, 4, 5], [6], [7, 8]]
    lake.read(map(record, range(9, 12)), bytes_in_part=1)
    assert [path for path, ids in lake.files().items() if ids == [11]] == ["bucket/users/6.jsonl"]


def test_the_state_is_that_before_which_every_record_is_in_a_file(lake: Lake) -> None:
    lake.read([record(1), state("a"), record(2), state("b")])
    assert (lake.ids(), lake.reached()) == ([1, 2], "b")
    assert lake.state.messages([("", "users")]) == [state("b")["state"]]
    assert lake.state.messages([("", "orders")]) is None


def test_a_part_ends_at_a_state_so_that_a_kill_repeats_nothing(lake: Lake) -> None:
    messages = [record(1), record(2), state(2), record(3), record(4), state(4), record(5)]
    with pytest.raises(KeyError):
        lake.read(killed(*messages), rows_in_part=3)
    assert (lake.ids(), lake.reached()) == ([1, 2, 3, 4], 4)


def killed(*messages: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from messages
    raise KeyError


def test_a_failed_read_keeps_what_is_behind_a_state_and_the_rest_comes_again(lake: Lake) -> None:
    with pytest.raises(UserError, match="quota"):
        lake.read(failing(record(1), record(2), state(2), record(3)))
    assert (lake.ids(), lake.reached()) == ([1, 2], 2)
    lake.read([record(3), state(3)])
    assert (lake.ids(), lake.reached()) == ([1, 2, 3], 3)


def test_a_failed_read_without_a_state_leaves_nothing(lake: Lake) -> None:
    with pytest.raises(UserError):
        lake.read(failing(record(1)))
    assert (lake.files(), lake.reached()) == ({}, None)


def test_a_state_without_records_is_reached_too(lake: Lake) -> None:
    lake.read([state("a")])
    assert (lake.files(), lake.reached()) == ({}, "a")
    with pytest.raises(UserError):
        lake.read(failing(state("b")))
    assert lake.reached() == "b"


def test_one_state_for_all_streams_is_reached_when_all_their_records_are_in_files(lake: Lake) -> None:
    sent = [record(1), record(2, "orders"), shared(1), record(3), record(4, "orders"), record(5)]
    with pytest.raises(KeyError):
        lake.read(killed(*sent), rows_in_part=3)
    assert lake.files() == {"bucket/users/0.jsonl": [1], "bucket/orders/0.jsonl": [2]}
    assert lake.state.messages([("", "users")]) == [shared(1)["state"]]
    lake.read([record(3), record(4, "orders"), shared(2)])
    assert lake.state.shared == shared(2)["state"]
    assert (lake.ids(), lake.ids("orders")) == ([1, 3], [2, 4])
    with pytest.raises(UserError):
        lake.read(failing(record(5), shared(3), record(6)))
    assert (lake.ids(), lake.state.shared) == ([1, 3, 5], shared(3)["state"])


def test_a_legacy_state_is_given_back_as_it_came(lake: Lake) -> None:
    lake.read([record(1), {"type": "STATE", "state": {"data": {"users": 1}}}])
    assert lake.state.messages([("", "users")]) == {"users": 1}


def test_an_overwrite_removes_what_was_there_before_once_it_has_succeeded(lake: Lake) -> None:
    lake.incremental = {"users": False}
    lake.read([record(1), record(2)], "users")
    with pytest.raises(UserError):
        lake.read(failing(*map(record, range(3, 8))), "users", rows_in_part=3)
    assert list(lake.files().values()) == [[1, 2], [3, 4, 5]]
    (result,) = lake.read([record(9)], "users")
    assert result == StreamResult("users", 1, 1, 2, 3)
    assert list(lake.files().values()) == [[9]]
    assert lake.state.of(("", "users")).files == (WrittenFile("bucket/users/2.jsonl", 3, 1, 2),)


def test_an_overwrite_without_rows_writes_nothing_and_removes_everything(lake: Lake) -> None:
    lake.incremental = {"users": False}
    lake.read([record(1)], "users")
    assert lake.read([], "users") == [StreamResult("users", 0, 0, 1, 2)]
    assert lake.files() == {}


def test_a_stream_that_is_incomplete_removes_nothing(lake: Lake) -> None:
    lake.incremental = {"users": False}
    lake.read([record(1)], "users")
    status = {"stream_descriptor": {"name": "users"}, "status": "INCOMPLETE"}
    lake.read([{"type": "TRACE", "trace": {"type": "STREAM_STATUS", "stream_status": status}}], "users")
    assert lake.ids() == [1]


def test_a_full_refresh_that_appends_removes_nothing(lake: Lake) -> None:
    lake.incremental = {"users": False}
    lake.read([record(1)], "users", remove=False)
    (result,) = lake.read([record(1)], "users", remove=False)
    assert (lake.ids(), result.generation) == ([1, 1], 2)


def test_a_refresh_that_failed_is_ended_by_the_next_read(lake: Lake) -> None:
    lake.read([record(1), state(1)])
    with pytest.raises(UserError):
        lake.read(failing(record(1), state(1), record(2)), "users")
    assert (lake.ids(), lake.reached()) == ([1, 1], 1)
    lake.read([record(2), state(2)])
    assert (lake.ids(), lake.reached()) == ([1, 2], 2)
    assert {file.generation for file in lake.state.of(("", "users")).files} == {1}


def test_a_name_that_is_taken_gets_a_number_behind_it(lake: Lake) -> None:
    taken = lake.root / ".lake/raw/bucket/users"
    taken.mkdir(parents=True)
    for name in ("0.jsonl", "0.jsonl-1"):
        (taken / name).write_text("")
    (taken / "1.jsonl").symlink_to("nowhere")
    lake.read(map(record, range(2)), rows_in_part=1)
    assert {path: ids for path, ids in lake.files().items() if ids} == {
        "bucket/users/0.jsonl-2": [0],
        "bucket/users/1.jsonl-1": [1],
    }


@pytest.mark.parametrize("named", [True, False])
def test_a_file_counts_from_the_moment_that_it_has_its_name(lake: Lake, named: bool) -> None:
    folder = lake.root / ".lake/raw/bucket/users"
    folder.mkdir(parents=True)
    temporary, path = folder / ".0.jsonl.x", folder / "0.jsonl"
    temporary.write_text('{"id": 1}\n')
    file = WrittenFile("bucket/users/0.jsonl", 0, 1, 0)
    pending = Pending(
        ("", "users"), "bucket/users/.0.jsonl.x", file, temporary.stat().st_ino, {("", "users"): state(1)["state"]}
    )
    with lake.store.locked():
        lake.store.save(ReadState(1, None, {}, pending))
    if named:
        os.link(temporary, path)
    raw = lake.open()
    assert not temporary.exists()
    assert raw.state == lake.store.load()
    assert raw.state.pending is None
    assert raw.state.of(("", "users")).files == ((file,) if named else ())
    assert lake.reached() == (1 if named else None)


def test_a_file_of_somebody_else_at_that_place_does_not_count(lake: Lake) -> None:
    folder = lake.root / ".lake/raw/bucket/users"
    folder.mkdir(parents=True)
    (folder / "0.jsonl").write_text("")
    pending = Pending(("", "users"), "bucket/users/.0.x", WrittenFile("bucket/users/0.jsonl", 0, 1, 0), 1)
    with lake.store.locked():
        lake.store.save(ReadState(1, None, {("", "users"): StreamMemory(3)}, pending))
    assert lake.open().state == ReadState(1, None, {("", "users"): StreamMemory(3)})


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (record(1, "others"), 'the connector sent a record of "others", which nobody asked for'),
        (record(1, namespace="shop"), 'the connector sent a record of "users", which nobody asked for'),
        ({"type": "RECORD", "record": {"stream": "users", "data": 7}}, "the connector sent a record without data"),
        ({"type": "RECORD"}, "the connector sent a record without data"),
        (record(1, stream=["users"]), "the connector sent a record that names no stream"),
        (record(1, namespace={}), "the connector sent a record that names no stream"),
        (descriptor("STATE", "users"), "the connector sent a state that names no stream"),
        (descriptor("STATE", {"name": {}}), "the connector sent a state that names no stream"),
        (descriptor("STATE", None), "the connector sent a state that names no stream"),
        (descriptor("STATE", {"name": "others"}), 'the connector sent a state of "others", which nobody asked for'),
        (descriptor("TRACE", 5), "the connector sent a status that names no stream"),
        (descriptor("TRACE", {"name": "users", "namespace": []}), "the connector sent a status that names no stream"),
    ],
)
def test_a_message_of_a_stream_that_nobody_asked_for_is_refused(lake: Lake, message: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=f"^{said}$"):
        lake.read([message])
    assert lake.files() == {}


@pytest.mark.parametrize("emitted_at", [None, "2026-01-01", -1, 10**30, 1.5, True])
def test_a_moment_that_is_none_is_that_of_1970(lake: Lake, emitted_at: Any) -> None:
    lake.read([record(1, emitted_at=emitted_at)])
    assert [line["_airbyte_extracted_at"] for line in lake.lines()] == [0]


@pytest.mark.parametrize("changes", [5, [5], [[]], ["x", None], {"field": "id"}])
def test_changes_that_are_none_are_left_out(lake: Lake, changes: Any) -> None:
    lake.read([record(1, meta={"changes": changes})])
    assert [line["_airbyte_meta"]["changes"] for line in lake.lines()] == [[]]


def test_states_of_streams_that_cannot_be_told_apart_are_begun_anew(lake: Lake) -> None:
    odd = {"type": "GLOBAL", "global": {"shared_state": 1, "stream_states": 5}}
    lake.read([record(1), {"type": "STATE", "state": odd}])
    users: Any = SimpleNamespace(key=("", "users"), sync_mode="incremental", destination_sync_mode="append")
    anew = begun(lake.state, [users], [("", "users"), ("", "orders")], full_refresh=True)
    assert anew.shared == {"type": "GLOBAL", "global": {"shared_state": 1, "stream_states": []}}


@pytest.mark.parametrize(
    "message", [{"type": "STATE"}, {"type": "TRACE"}, {"type": "LOG"}, {"type": "STATE", "state": 7}]
)
def test_other_messages_are_let_pass(lake: Lake, message: dict[str, Any]) -> None:
    assert [result.rows for result in lake.read([message])] == [0, 0]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2}', '{"version": 1, "sync_id": 1}', "\xff"])
def test_a_state_that_cannot_be_read_is_never_begun_anew(lake: Lake, text: str) -> None:
    path = lake.root / ".lake/state/local/airbyte/faker_to_lake.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, "latin-1")
    with pytest.raises(UserError, match=r"\.lake/state/local/airbyte/faker_to_lake\.json"):
        lake.store.load()


def test_two_reads_at_once_are_refused(lake: Lake) -> None:
    with lake.store.locked(), pytest.raises(UserError, match="another read of faker_to_lake is under way"):
        lake.open()
    lake.open()


def test_rows_of_csv_are_those_that_airbyte_writes(tmp_path: Path) -> None:
    lines = {flat: CsvRows(SCHEMA, flat=flat, zipped=False) for flat in (True, False)}
    for flat, rows in lines.items():
        part = tmp_path / "lines"
        part.write_bytes(
            rows.line({"id": 1, "name": 'a"b'}, Stamp("u", 5, 1, 2), []) + rows.line({}, Stamp("v", 6, 1, 2), [])
        )
        rows.write(part, tmp_path / f"{flat}.csv", 10)
    assert (tmp_path / "True.csv").read_bytes().decode().split("\r\n") == [
        "_airbyte_raw_id,_airbyte_extracted_at,_airbyte_meta,_airbyte_generation_id,id,name",
        'u,5,"{""sync_id"":1,""changes"":[]}",2,1,"a""b"',
        'v,6,"{""sync_id"":1,""changes"":[]}",2,,',
        "",
    ]
    assert (tmp_path / "False.csv").read_bytes().decode().split("\r\n")[2] == (
        'v,6,"{""sync_id"":1,""changes"":[]}",2,"{""id"":null,""name"":null}"'
    )


def test_what_cannot_be_written_leaves_nothing_and_no_state(lake: Lake) -> None:
    class Broken(JsonRows):
        def write(self, lines: Path, file: Path, _longest: int) -> None:
            file.write_bytes(lines.read_bytes()[:3])
            raise OSError(28, "no space left on device")

    raw = lake.open()
    streams = [ReadStream(("", "users"), "users", True, Broken(SCHEMA, flat=True, zipped=False), lambda _: "bucket/x")]
    with pytest.raises(OSError, match="no space left"):
        Session(raw, streams, lake.scratch, print).take([record(1), state(1)])
    assert (lake.files(), lake.reached()) == ({}, None)


def stream(name: str, sync_mode: str = "incremental", destination_sync_mode: str = "append") -> Any:
    return SimpleNamespace(key=("", name), sync_mode=sync_mode, destination_sync_mode=destination_sync_mode, stem=name)


USERS, ORDERS = ("", "users"), ("", "orders")
REACHED = {"type": "STREAM", "stream": {}}


def test_a_read_begins_with_a_new_generation_where_everything_is_read_again() -> None:
    known = ReadState(4, None, {USERS: StreamMemory(2, 1, 1, REACHED), ORDERS: StreamMemory(2, 1, 1, REACHED)})
    both = [USERS, ORDERS]
    goes_on = begun(known, [stream("users")], both, full_refresh=False)
    assert goes_on == replace(known, sync_id=5)
    for modes, minimum in ((("full_refresh", "append"), 1), (("full_refresh", "overwrite"), 3)):
        again = begun(known, [stream("users", *modes)], both, full_refresh=False)
        assert again.of(USERS) == StreamMemory(3, minimum, 1)
        assert again.of(ORDERS) == known.of(ORDERS)
    anew = begun(known, [stream("users"), stream("orders", "full_refresh", "append")], both, full_refresh=True)
    assert [anew.of(key) for key in both] == [StreamMemory(3, 3, 1)] * 2


def test_one_state_for_all_streams_is_not_gone_on_from_in_parts() -> None:
    of_streams = [{"stream_descriptor": {"name": name}, "stream_state": {}} for name in ("users", "orders")]
    shared_state = {"type": "GLOBAL", "global": {"shared_state": 1, "stream_states": of_streams}}
    known = ReadState(1, shared_state)
    both = [stream("users"), stream("orders")]
    keys = [USERS, ORDERS]
    assert begun(known, both, keys, full_refresh=False).shared == shared_state
    assert begun(known, both, keys, full_refresh=True).shared is None
    part = begun(known, both[:1], keys, full_refresh=True).shared
    assert part == {"type": "GLOBAL", "global": {"shared_state": 1, "stream_states": of_streams[1:]}}
    for state_, anew in ((shared_state, False), ({"data": {}}, True)):
        with pytest.raises(UserError, match="the source keeps one state for all its streams"):
            begun(ReadState(1, state_), both[:1], keys, full_refresh=anew)


def test_a_name_is_taken_by_one_only(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    (tmp_path / "b").write_text("theirs")
    assert not take_name(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "theirs"
    assert take_name(tmp_path / "a", tmp_path / "c")
    assert (tmp_path / "c").stat().st_ino == (tmp_path / "a").stat().st_ino
