"""Opening a landing: DuckDB with its limits, its extensions and secrets, and the lake attached."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.landing.engine.attach import LAKE, attach, secrets
from infra.landing.engine.duckdb_module import connect
from infra.landing.engine.engine import Engine, EngineError
from infra.landing.engine.extensions import load_extensions
from infra.landing.engine.lock import advisory_key
from infra.landing.settings import LandingSettings

_OTHER_PLACE = re.compile('existing data path in the catalog "([^"]*)"')
_OTHER_VERSION = re.compile("catalog version is ([0-9.]+).*requires version ([0-9.]+)")


@contextmanager
def open_engine(settings: LandingSettings, *, read_only: bool = False) -> Iterator[Engine]:
    """A landing, attached. Raises UserError where it cannot be: not there, another version, wrong password."""
    connection = connect(limits(settings))
    try:
        engine = Engine(settings, connection, Redactor(frozenset(settings.secrets)))
        attach_landing(engine, read_only=read_only, made=read_only)
        yield engine
    finally:
        connection.close()


def limits(settings: LandingSettings) -> dict[str, str]:
    """The options that DuckDB is opened with."""
    found = {
        "memory_limit": f"{settings.memory}B",
        "temp_directory": settings.spill,
        "max_temp_directory_size": f"{settings.spill_limit}B",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    return {**found, "threads": str(settings.threads)} if settings.threads else found


def attach_landing(engine: Engine, *, read_only: bool = False, made: bool = False) -> None:
    """Load what it takes, and attach the lake; `made`: its catalog has to be there. Raises UserError."""
    settings = engine.settings
    wanted = ["ducklake", "postgres_scanner" if settings.postgres else "sqlite_scanner"]
    if settings.s3 is not None or settings.tables.startswith("s3://") or settings.raw.startswith("s3://"):
        wanted.append("httpfs")
    load_extensions(engine.connection, wanted)
    engine.run("SET TimeZone = 'UTC'")
    if settings.sqlite is not None:
        if made and not settings.sqlite.exists():
            raise UserError(
                f'landing "{settings.id}": nothing was fed yet, so there is no catalog: lakeform landing feed'
            )
        settings.sqlite.parent.mkdir(parents=True, exist_ok=True)
    for statement in secrets(settings):
        engine.run(statement)
    with engine.outer_lock():
        _attach(engine, read_only=read_only)


def _has_moved(settings: LandingSettings, old: str) -> bool:
    """True for a folder that was moved together with its catalog. Raises UserError where the registry names another place."""
    if settings.tables.startswith("s3://") or old.startswith("s3://") or Path(old).exists():
        raise UserError(
            f'landing "{settings.id}": its tables are in {old}, as the catalog says, and the registry says '
            f"{settings.tables}: write the old place again, or begin with a new catalog"
        )
    return True


def _attach(engine: Engine, *, read_only: bool) -> None:
    """Attach the lake, and do what the catalog asks for: migrate it, or look for its tables where they are now."""
    moved = migrate = False
    while True:
        try:
            _attach_patiently(engine, attach(engine.settings, moved=moved, migrate=migrate, read_only=read_only))
            return
        except EngineError as error:
            old, versions = _OTHER_PLACE.search(str(error)), _OTHER_VERSION.search(str(error))
            if old and not moved:
                moved = _has_moved(engine.settings, old[1])
            elif versions and not migrate:
                migrate = _is_older(versions[1], versions[2])
                _migrate(engine)
            else:
                raise


def _attach_patiently(engine: Engine, statement: str) -> None:
    """Attach, again where another process was making the same new catalog: one of them is refused by the database."""
    for last in (False,) * 5 + (True,):
        try:
            engine.run(statement)
            return
        except EngineError as error:
            if last or "Failed to initialize DuckLake" not in str(error) or "exist" not in str(error):
                raise
            time.sleep(0.2)


def _is_older(catalog: str, ours: str) -> bool:
    """True for a catalog that can be migrated. Raises UserError for one that is newer than the DuckLake here."""
    if _numbers(catalog) < _numbers(ours):
        return True
    raise UserError(
        f"the catalog has version {catalog} of DuckLake, and this DuckLake knows {ours}: install a newer lakeform"
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall("[0-9]+", version))


def _migrate(engine: Engine) -> None:
    """Make the catalog one of this DuckLake, once: whoever comes second finds it done.

    A catalog in SQLite is behind the file lock already; one in PostgreSQL behind the lock of a transaction beside this one.
    """
    statement = attach(engine.settings, migrate=True)
    if engine.settings.postgres is None:
        engine.run(statement)
        engine.run(f"DETACH {LAKE}")
        return
    engine.run("ATTACH '' AS gate (TYPE postgres, SECRET lake_postgres)")
    gate = Engine(engine.settings, engine.connection.cursor(), engine.redactor)
    gate.run("BEGIN")
    try:
        gate.run(f"CALL postgres_execute('gate', 'SELECT pg_advisory_xact_lock({advisory_key('lakeform')})')")
        engine.run(statement)
        engine.run(f"DETACH {LAKE}")
    finally:
        gate.run("ROLLBACK")
        engine.run("DETACH gate")
