"""`lakeform read`: from what was asked for to files: one connection, one connector, one state."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.airbyte.local.configuration import configuration_values
from infra.airbyte.local.connector import read_here
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents.files import place_in
from infra.lake.model.find import find_actor
from infra.lake.model.lake_model import LakeModel, Loaded
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.lake.registry.landing import Landing
from infra.landing.engine.workbench import Workbench, open_workbench
from infra.landing.feed.state import former_ids
from infra.landing.read.begin import begun
from infra.landing.read.choice import chosen_connection, chosen_landing, chosen_streams, likely_stack, sound_streams
from infra.landing.read.destined import Destined, destined_of
from infra.landing.read.durable import make_folder
from infra.landing.read.files import RawFiles
from infra.landing.read.options import with_options
from infra.landing.read.session import Message, ReadStream, Session, StreamResult
from infra.landing.read.state import StreamMemory
from infra.landing.read.state_file import StateFile, state_path
from infra.landing.read.strangers import adopted
from infra.landing.settings import CHOICE, renamed_connections

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ReadRequest:
    """What somebody asks for.

    Attributes:
        stack, landing, connection: None where there is one only.
        streams: stems; empty for all of the connection.
        options: `key.path=value` over the source's configuration.
        full_refresh: begin anew.
        timeout: seconds for the connector.
    """

    source: str
    timeout: float
    stack: str | None = None
    landing: str | None = None
    connection: str | None = None
    streams: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    full_refresh: bool = False


@dataclass(frozen=True)
class ReadOutcome:
    """What came of it."""

    landing: str
    stack: str
    connection: str
    sync_id: int
    streams: list[StreamResult]


@dataclass(frozen=True)
class _Plan:
    """What is read, and where its files go."""

    model: LakeModel
    stack: Stack
    connection: Entry[Connection]
    landing_id: str
    landing: Landing
    streams: tuple[ConfiguredStream, ...]
    destined: Mapping[str, Destined]

    @property
    def scratch(self) -> str:
        """Our folder for what has no file yet, from the root."""
        return f"{self.landing.spill}read/{self.stack.id}/{self.connection.id}"


def read_source(loaded: Loaded, request: ReadRequest, environ: Mapping[str, str], tell: Tell) -> ReadOutcome:
    """Run the connector, and write what it sends. Raises UserError; what was read up to then is kept."""
    model = loaded.model
    wanted = request.stack or likely_stack(model, request.source, request.landing or environ.get(CHOICE))
    stack, found = find_actor(model, request.source, wanted, ("sources",))
    source = stack.sources[found.id]
    connection = chosen_connection(stack, source, request.connection)
    sound_streams(loaded, source)
    streams = chosen_streams(stack.streams[connection.id], connection, request.streams)
    landing_id, landing = chosen_landing(model, stack, request.landing, environ)
    destined = {stream.stem: destined_of(stack, connection, stream, environ) for stream in streams}
    plan = _Plan(model, stack, connection, landing_id, landing, streams, destined)
    lock = model.locks.get(source.settings.connector or "")
    configuration = configuration_values(with_options(source, lock, request.options), stack, model.locks, environ)

    def messages(state: Any) -> Iterator[Message]:
        catalog = {"streams": [stream.to_protocol() for stream in streams]}
        files = {"catalog": catalog} if state is None else {"catalog": catalog, "state": state}
        connector, version = source.settings.connector or "", lock.tag if lock else None
        return read_here(connector, version, configuration, files, tell=tell, timeout=request.timeout)

    return _read(plan, messages, tell, full_refresh=request.full_refresh)


def _read(plan: _Plan, messages: Callable[[Any], Iterator[Message]], tell: Tell, *, full_refresh: bool) -> ReadOutcome:
    root = plan.model.root
    store, *former = _stores(plan)
    with store.locked(), _scratch(root, plan.scratch) as scratch, open_workbench(plan.landing, scratch) as bench:
        store.take_over(former)
        raw = RawFiles(root, plan.landing.raw, store, store.load())
        _begin(plan, raw, bench, full_refresh=full_refresh)
        session = Session(raw, list(_streams(plan, raw.state.sync_id, bench)), scratch, tell)
        incremental = [stream.key for stream in plan.streams if stream.sync_mode == "incremental"]
        tell(f"reading {plan.connection.settings.source}")
        results = session.take(messages(raw.state.messages(incremental)))
        return ReadOutcome(plan.landing_id, plan.stack.id, plan.connection.id, raw.state.sync_id, results)


def _stores(plan: _Plan) -> list[StateFile]:
    """Where the connection's state is, and where it was under other ids, the last one first."""
    connection, model = plan.connection.id, plan.model
    former = former_ids(renamed_connections(model), model.drafts.placements["connections"], connection)
    paths = (state_path(plan.landing_id, plan.stack.id, one) for one in (connection, *former))
    return [StateFile(model.root, path) for path in paths]


@contextmanager
def _scratch(root: Path, folder: str) -> Iterator[Path]:
    """A folder that is empty, and gone afterwards; a killed read may have left one."""
    path = place_in(root, folder)
    shutil.rmtree(path, ignore_errors=True)
    make_folder(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _begin(plan: _Plan, raw: RawFiles, bench: Workbench, *, full_refresh: bool) -> None:
    """Bring to an end what was left undone, and make the state that of a new read."""
    raw.recover()
    state = raw.state
    for stream in plan.streams:
        if stream.key not in state.streams:
            state = state.having(stream.key, _adopted(raw, plan.destined[stream.stem], bench))
    everything = [stream.key for stream in plan.stack.streams[plan.connection.id]]
    raw.save(begun(state, plan.streams, everything, full_refresh=full_refresh))
    for stream in plan.streams:
        raw.sweep(stream.key)


def _adopted(raw: RawFiles, destined: Destined, bench: Workbench) -> StreamMemory:
    return adopted(raw.place(f"{destined.bucket}/x").parent, destined, bench)


def _streams(plan: _Plan, sync_id: int, bench: Workbench) -> Iterator[ReadStream]:
    """The streams, as a sync that starts now writes them."""
    started = datetime.now(UTC)
    for stream in plan.streams:
        destined = plan.destined[stream.stem]

        def path_of(part: int, destined: Destined = destined) -> str:
            now_ms = time.time_ns() // 1_000_000
            return destined.path(started, sync_id=sync_id, part=part, now_ms=now_ms)

        incremental = stream.sync_mode == "incremental"
        yield ReadStream(stream.key, stream.stem, incremental, destined.rows(stream.json_schema, bench.rows), path_of)
