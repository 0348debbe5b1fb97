"""Whatever a connector puts into its messages: files and a state that the next read goes on from, or a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from infra.base.errors import UserError
from infra.landing.read.begin import begun
from infra.landing.read.files import RawFiles
from infra.landing.read.parquet import ParquetRows
from infra.landing.read.session import ReadStream, Rows, Session
from infra.landing.read.state_file import StateFile
from infra.landing.read.text_rows import CsvRows, JsonRows
from tests.attack.plugin import Tried
from tests.attack.shapes import misshapen

READS = 20
STREAMS = ("users", "orders")
SCHEMA = {"properties": {"id": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}, "tags": {}}}
RECORD = {
    "stream": "users",
    "namespace": None,
    "emitted_at": 1_700_000_000_000,
    "data": {"id": 1, "at": "2026-01-01T00:00:00Z", "tags": ["a"]},
    "meta": {"changes": [{"field": "id", "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}]},
}
OF_STREAM = {"stream_descriptor": {"namespace": None, "name": "users"}, "stream_state": {"at": 1}}
MESSAGES: tuple[dict[str, Any], ...] = (
    {"type": "RECORD", "record": RECORD},
    {"type": "RECORD", "record": {**RECORD, "stream": "orders"}},
    {"type": "STATE", "state": {"type": "STREAM", "stream": OF_STREAM}},
    {"type": "STATE", "state": {"type": "GLOBAL", "global": {"shared_state": {"a": 1}, "stream_states": [OF_STREAM]}}},
    {"type": "STATE", "state": {"type": "LEGACY", "data": {"a": 1}}},
    {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "stream_status": {**OF_STREAM, "status": "INCOMPLETE"}}},
    {"type": "LOG", "log": {"level": "INFO", "message": "x"}},
    {"type": "CONTROL", "control": {"type": "CONNECTOR_CONFIG", "connectorConfig": {"config": {"a": 1}}}},
)


def rows_of(random: Random) -> Rows:
    text: tuple[Rows, ...] = (JsonRows(SCHEMA, flat=True, zipped=False), CsvRows(SCHEMA, flat=False, zipped=True))
    return random.choice([*text, ParquetRows(SCHEMA, "snappy", duckdb.connect().execute)])


@contextmanager
def decent() -> Iterator[None]:
    """It ends, or is refused in a sentence."""
    try:
        yield
    except UserError as error:
        said = str(error)
    else:
        return
    assert said
    assert said.isprintable()


@pytest.mark.attack("messages of a connector in every shape, to files and states", short=2, long=100)
def test_a_message_is_taken_or_refused(seed: int, tmp_path: Path, tried: Tried) -> None:
    random, numbers = Random(seed), count()
    scratch, rows = tmp_path / "scratch", rows_of(random)
    scratch.mkdir()
    store = StateFile(tmp_path, "state.json")
    streams = [ReadStream(("", name), name, True, rows, lambda _: f"x/{next(numbers)}") for name in STREAMS]
    configured: list[Any] = [
        SimpleNamespace(key=("", name), sync_mode="incremental", destination_sync_mode="append") for name in STREAMS
    ]
    tried(READS)
    for _ in range(READS):
        with store.locked():
            raw = RawFiles(tmp_path, "raw/", store, store.load())
            raw.recover()
        messages = [random.choice(MESSAGES) for _ in range(random.randint(1, 6))]
        messages = [misshapen(random, one) if random.random() < 0.5 else one for one in messages]
        with decent():
            chosen = random.choice([configured, configured[:1]])
            raw.save(begun(raw.state, chosen, [("", name) for name in STREAMS], full_refresh=random.random() < 0.3))
            json.dumps(raw.state.messages([("", name) for name in STREAMS]))
            Session(raw, streams, scratch, print).take(messages)
