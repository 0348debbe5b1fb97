"""A landing on this machine without a lake's files: an engine, files that DuckDB makes, and tables to feed them into."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from infra.landing.engine.engine import Engine
from infra.landing.engine.opening import open_engine
from infra.landing.feed.ended import NOTHING_ENDED, Ended
from infra.landing.feed.fed import Fed
from infra.landing.feed.feeding import feed_listing
from infra.landing.feed.found_file import Listing
from infra.landing.feed.generations import Retention
from infra.landing.feed.ledger import prepare, read_ledgers
from infra.landing.feed.ledger_entry import LedgerEntry
from infra.landing.feed.listing import list_files
from infra.landing.feed.retire import Completion
from infra.landing.settings import LandingSettings, PostgresAccess
from infra.landing.types.sql import literal
from infra.landing.types.target import Target
from tests.support.postgres import Database

CONNECTION = "shop_to_files"

# The columns that Airbyte writes before the fields, as DuckDB writes them; milliseconds, as its destination has them.
AIRBYTE = (
    "uuid()::VARCHAR AS _airbyte_raw_id, {extracted}::BIGINT AS _airbyte_extracted_at, "
    "{{'sync_id': {sync}::BIGINT, 'changes': []::STRUCT(field VARCHAR, \"change\" VARCHAR, reason VARCHAR)[]}} AS _airbyte_meta, "
    "{generation}::BIGINT AS _airbyte_generation_id"
)
EXTRACTED = 1_764_000_000_000


def settings_in(root: Path, database: Database | None = None, **changed: Any) -> LandingSettings:
    """A landing below a folder, its catalog there or in a database."""
    access = None
    if database is not None:
        server = database.server
        access = PostgresAccess(server.host, server.port, database.name, server.user, server.password, None)
    return LandingSettings(
        **{
            "id": "local",
            "postgres": access,
            "sqlite": None if access else root / "catalog.sqlite",
            "tables": f"{root}/tables/",
            "raw": f"{root}/raw/",
            "s3": None,
            "memory": 10**9,
            "threads": 1,
            "spill": f"{root}/spill",
            "spill_limit": 10**9,
            "settle": timedelta(hours=1),
            "recent": 3,
            "batch_bytes": 10**9,
            "batch_rows": 5_000_000,
            "secrets": (access.password,) if access and access.password else (),
            "root": root,
            **changed,
        }
    )


def airbyte(fields: str, *, extracted: int = EXTRACTED, generation: int = 0, sync: int = 1) -> str:
    """The columns of a file as Airbyte writes one; `fields`: what follows."""
    return f"{AIRBYTE.format(extracted=extracted, generation=generation, sync=sync)}, {fields}"


@dataclass(frozen=True)
class Table:
    """A landing table, and the folder that its files are in.

    Attributes:
        prefix: of its files: bucket and key.
    """

    engine: Engine
    target: Target
    prefix: str
    connection: str = CONNECTION
    made: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect, repr=False, compare=False)

    def path(self, name: str) -> Path:
        """Where a file of that name is."""
        return Path(self.engine.settings.raw) / self.prefix / name

    def write(self, name: str, content: bytes, *, modified: float | None = None) -> Path:
        """A file with these bytes, written in the seconds since 1970."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if modified is not None:
            os.utime(path, (modified, modified))
        return path

    def put(self, name: str, select: str, *, file_format: str = "parquet", modified: float | None = None) -> Path:
        """A file with what a query selects; `file_format`: as COPY has it, with its options."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.made.execute(f"COPY (SELECT {select}) TO {literal(str(path))} (FORMAT {file_format})")
        if modified is not None:
            os.utime(path, (modified, modified))
        return path

    def listing(self, *, full: bool = True) -> Listing:
        """What lies there."""
        return Listing(self.connection, full, list_files(self.engine, [self.prefix]))

    def feed(
        self,
        *,
        full: bool = True,
        retry: bool = False,
        retention: Retention | None = None,
        settle: timedelta = timedelta(),
        ended: Ended = NOTHING_ENDED,
    ) -> Fed:
        """Feed what lies there."""
        completion = Completion(retention or Retention(), settle, ended)
        return feed_listing(self.engine, self.target, self.listing(full=full), completion, retry=retry)

    def rows(self, columns: str = "*", *, of: str = "", order: str = "ALL") -> list[tuple[Any, ...]]:
        """What is in the table, or in another one, sorted."""
        return self.engine.rows(f"SELECT {columns} FROM {of or self.target.table} ORDER BY {order}")

    def types(self) -> dict[str, str]:
        """Column -> type, without Airbyte's and our own."""
        found = self.engine.rows(f"DESCRIBE {self.target.table}")
        return {name: type_ for name, type_, *_ in found if not name.startswith(("_lake_", "_airbyte_"))}

    def ledger(self) -> dict[str, LedgerEntry]:
        """Path behind the prefix -> its last entry."""
        found = read_ledgers(self.engine, [self.target.name])[self.target.name]
        return {path.removeprefix(self.prefix): entry for path, entry in found.items()}

    def events(self) -> dict[str, str]:
        """Path behind the prefix -> its last event."""
        return {path: entry.event for path, entry in self.ledger().items()}

    def but(self, **changed: Any) -> Table:
        """The same table, by other words of the lake's files."""
        return replace(self, target=replace(self.target, **changed))


def table_in(engine: Engine, name: str, **target: Any) -> Table:
    """A table of that name, which is not there yet."""
    made: Mapping[str, Any] = {"file_format": "parquet", "declared": {}, "asked": {}, **target}
    return Table(engine, Target(name, f"{name}__current", **made), f"lake/{name}/")


@contextlib.contextmanager
def opened(settings: LandingSettings) -> Iterator[Engine]:
    """A landing with its ledger."""
    with open_engine(settings) as engine:
        prepare(engine)
        yield engine
