"""LogReader: a source that reads its database's log, and what the position that Airbyte keeps of it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry
from infra.lake.replication.method import method_of, reads_log
from infra.lake.replication.part import Part, is_local, part_of, same

# What a position belongs to, in the order in which it is told: the attributes of a LogReader.
PLACE = ("host", "port", "tunnel", "database", "slot", "publication", "server_id")


@dataclass(frozen=True)
class LogReader:
    """One source in one stack.

    Attributes:
        connector: source-postgres, ...; None for one that only has a definition_id.
        method: how it reads, `cdc`.
        airbyte: the address of the Airbyte server, from where the host's name is meant.
        tunnel: the host through which it goes, from where the host's name is meant then.
        host: the database's server in small letters; several of a MongoDB cluster in one text, sorted.
        database: its name; several in one text, sorted.
        slot, publication: of Postgres; the server itself keeps the position of a slot.
        server_id: by which a MySQL server knows the reader. Airbyte's connector draws one itself for each sync.

    """

    connector: str | None
    method: str
    airbyte: Part = None
    tunnel: Part = None
    host: Part = None
    port: Part = None
    database: Part = None
    slot: Part = None
    publication: Part = None
    server_id: Part = None

    def place(self) -> dict[str, Part]:
        """What its position belongs to, by the names in `PLACE`, without what its connector does not have."""
        return {name: value for name in PLACE if (value := getattr(self, name)) is not None}

    @property
    def sole_position(self) -> Part:
        """What the server keeps for one reader only, its slot or its id; None where any number may read, each with a
        position of its own: MySQL, whose connector draws an id for each sync, SQL Server, MongoDB.
        """
        return self.slot if self.slot is not None else self.server_id


def log_reader(source: Entry[Source], stack: Stack) -> LogReader | None:
    """The source as a reader of its database's log; None if it does not read one, or is not managed here."""
    if not reads_log(source.settings):
        return None
    found = dict(_places(source.settings.configuration or {}))
    parts = {name: part_of(value, stack) for name, value in found.items()}
    if isinstance(host := parts["host"], str):
        parts["host"] = host.casefold().rstrip(".")
    airbyte = part_of(stack.settings.server_url, stack)
    return LogReader(source.settings.connector, method_of(source.settings) or "", airbyte, **parts)


def reads_incrementally(stack: Stack, connection: str, *, unknown: bool) -> bool:
    """Whether a connection reads a stream incrementally, and so the log; `unknown`: the answer where nobody knows its streams.

    Source: airbytehq/airbyte, a sync of streams that are all read as a whole is none by CDC (`isAnyStreamIncrementalSyncMode`).
    """
    streams = stack.streams.get(connection)
    return any(stream.sync_mode == "incremental" for stream in streams) if streams else unknown


def reads_same_log(one: LogReader, other: LogReader) -> bool:
    """True if there is one position for both, for sure: that of a slot, or of a reader that the server knows by its id."""
    if one.slot is None:
        shared: tuple[str, ...] = ("host", "port", "server_id")
    else:
        shared = ("host", "port", "database", "slot")
    if one.sole_position is None or not all(same(getattr(one, name), getattr(other, name)) for name in shared):
        return False
    return _is_public(one.host) or bool(same(one.tunnel, other.tunnel) and same(one.airbyte, other.airbyte))


def _is_public(host: Part) -> bool:
    return isinstance(host, str) and not is_local(host)


def changed_places(before: LogReader, after: LogReader) -> tuple[str, ...]:
    """The names in `PLACE` of what is not the same for sure in both."""
    return tuple(name for name in PLACE if same(getattr(before, name), getattr(after, name)) is not True)


def _places(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Where the specs have each. Source: the specs of Airbyte's databases; `connection_data` is Oracle's."""
    cluster, method = _inside(options, "database_config"), _inside(options, "replication_method")
    oracle = _inside(options, "connection_data")
    yield "tunnel", _inside(options, "tunnel_method").get("tunnel_host")
    yield "host", options.get("host", _hosts(cluster.get("connection_string", options.get("connection_string"))))
    yield "port", options.get("port")
    names = cluster.get("databases", options.get("database", oracle.get("service_name", oracle.get("sid"))))
    yield "database", names
    yield "slot", method.get("replication_slot")
    yield "publication", method.get("publication")
    yield "server_id", method.get("server_id")


def _inside(options: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = options.get(key)
    return value if isinstance(value, Mapping) else {}


def _hosts(address: Any) -> Any:
    """The servers in the connection string of a cluster, without login and settings; a reference as it is."""
    if not isinstance(address, str):
        return address
    hosts = (
        re.sub(r"^[a-z+]+://", "", address.strip().casefold()).partition("/")[0].partition("?")[0].rpartition("@")[2]
    )
    return ", ".join(sorted(host.strip() for host in hosts.split(",")))
