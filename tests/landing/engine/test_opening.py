"""Opening a landing: what cannot be reached is said in one line, and no password anywhere."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.base.errors import UserError
from infra.landing.engine.attach import LAKE
from infra.landing.engine.engine import lock_file
from infra.landing.engine.lock import advisory_key, file_lock
from infra.landing.engine.opening import open_engine
from infra.landing.feed.ledger import prepare
from infra.landing.settings import LandingSettings, PostgresAccess
from tests.support.landings import airbyte, opened, settings_in, table_in
from tests.support.postgres import Database

SECRET = "hunter2 'sec\"ret\\ x=y"


def refusal(settings: LandingSettings) -> str:
    """What is said, after a look at everything that anybody could print of it."""
    with pytest.raises(UserError) as refused, open_engine(settings) as engine:
        prepare(engine)
    shown = "".join(traceback.format_exception(refused.value))
    chain: BaseException | None = refused.value
    while chain is not None:
        shown += repr(chain) + str(chain.args)
        chain = chain.__context__ or chain.__cause__
    for secret in settings.secrets:
        assert secret not in shown
    assert "\n" not in str(refused.value)
    return str(refused.value)


def access(settings: LandingSettings, **changed: Any) -> LandingSettings:
    assert settings.postgres is not None
    secrets = (*settings.secrets, SECRET)
    return replace(settings, postgres=replace(settings.postgres, **changed), secrets=secrets)


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_cannot_be_reached(tmp_path: Path, database: Database) -> None:
    settings = settings_in(tmp_path, database)
    assert "password authentication failed" in refusal(access(settings, password=SECRET))
    assert "password authentication failed" in refusal(access(settings, password=SECRET[:7]))
    assert 'database "no such \'db" does not exist' in refusal(access(settings, dbname="no such 'db"))
    assert "Connection refused" in refusal(access(settings, port=1, password=SECRET))
    assert "could not translate host name" in refusal(access(settings, host="no.such.host.invalid", password=SECRET))


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_nobody_sees_the_password_of_a_landing_that_is_open(
    tmp_path: Path, database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(tmp_path, database)
    password = settings.secrets[0]
    with opened(settings) as engine:
        shown = str(
            [
                engine.rows(f"SELECT * FROM {name}()")
                for name in ("duckdb_databases", "duckdb_secrets", "duckdb_settings")
            ]
        )
        shown += str(engine.rows("SELECT * FROM ducklake_options('lake')"))
        assert password not in shown
        assert password not in repr(engine) + repr(settings)
        for statement in ("SELECT * FROM nothing", "ATTACH 'ducklake:lake' AS lake", "FROM postgres_query('x', 'y')"):
            with pytest.raises(UserError) as refused:
                engine.rows(statement)
            assert password not in "".join(traceback.format_exception(refused.value))
        assert database.sql("SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'lakeform'") == "t\n"
    assert password not in "".join(capfd.readouterr())


def test_tables_at_another_place(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with opened(settings) as engine:
        table = table_in(engine, "users")
        table.put("0.parquet", airbyte("1 AS id"))
        table.feed()
    assert refusal(replace(settings, tables=f"{tmp_path}/elsewhere/")) == (
        f'landing "local": its tables are in {tmp_path}/tables/, as the catalog says, and the registry says '
        f"{tmp_path}/elsewhere/: write the old place again, or begin with a new catalog"
    )
    (tmp_path / "tables").rename(tmp_path / "moved")
    with opened(replace(settings, tables=f"{tmp_path}/moved/")) as engine:
        assert engine.rows("SELECT id FROM lake.landing.users") == [(1,)]


def test_a_lake_that_is_busy(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, wait=0.05)
    with opened(settings):
        pass
    with file_lock(lock_file(settings), exclusive=True, wait=0):
        text = refusal(settings)
    assert text.startswith("the lake is busy: process ")
    assert text.endswith(" has had its lock for 0.05 seconds")
    with opened(settings):
        pass


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_table_that_is_busy(tmp_path: Path, database: Database) -> None:
    """Writers of one table wait for each other, those of two tables do not, and the whole lake waits for all."""
    settings = settings_in(tmp_path, database, wait=0.2)
    with opened(settings) as one, open_engine(settings) as two:
        with one.writing("users"):
            with two.writing("orders"):
                pass
            for table in ("users", None):
                with pytest.raises(UserError, match="lock timeout"), two.writing(table):
                    pass
        with two.writing("users"):
            pass


def test_readers_of_sqlite_share_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with file_lock(path, exclusive=False, wait=0), file_lock(path, exclusive=False, wait=0):
        assert _is_busy(path, exclusive=True)
    with file_lock(path, exclusive=True, wait=0):
        assert _is_busy(path, exclusive=False)
    assert not _is_busy(path, exclusive=True)


def _is_busy(path: Path, *, exclusive: bool) -> bool:
    try:
        with file_lock(path, exclusive=exclusive, wait=0.01):
            return False
    except UserError as error:
        return str(error).startswith("the lake is busy")


def test_keys_of_locks_are_the_same_everywhere() -> None:
    assert advisory_key("lakeform") == advisory_key("lakeform")
    assert (
        len(
            {
                advisory_key("lakeform"),
                advisory_key("lakeform", ""),
                advisory_key("lakeform", "a"),
                advisory_key("a", "b"),
                advisory_key("ab"),
            }
        )
        == 5
    )
    assert all(-(2**63) <= advisory_key(str(n)) < 2**63 for n in range(50))


@pytest.fixture
def lake(tmp_path: Path) -> LandingSettings:
    return settings_in(tmp_path)


def test_an_exception_in_a_transaction_leaves_nothing(lake: LandingSettings) -> None:
    with opened(lake) as engine:
        with pytest.raises(RuntimeError), engine.writing("users"):  # noqa: PT012  # what is done before it is the point
            engine.run("CREATE TABLE lake.landing.users (id BIGINT)")
            raise RuntimeError
        assert engine.rows(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'users' AND schema_name = 'landing'"
        ) == [(0,)]
        with engine.writing("users"):
            engine.run("CREATE TABLE lake.landing.users (id BIGINT)")


def test_limits_are_duckdbs(lake: LandingSettings) -> None:
    with opened(replace(lake, memory=2 * 10**9, threads=3)) as engine:
        found: dict[str, str] = dict(
            engine.rows(
                "SELECT name, value FROM duckdb_settings() WHERE name IN ('threads', 'memory_limit', 'temp_directory', 'TimeZone', 'autoinstall_known_extensions')"
            )
        )
    assert found["threads"] == "3"
    assert found["memory_limit"] == "1.8 GiB"
    assert found["temp_directory"] == lake.spill
    assert (found["TimeZone"], found["autoinstall_known_extensions"]) == ("UTC", "false")


def test_a_ledger_of_a_newer_lakeform_is_refused(lake: LandingSettings) -> None:
    with opened(lake) as engine:
        engine.run("INSERT INTO lake._lake.version VALUES (99)")
    assert refusal(lake) == "the ledger has version 99, and this lakeform knows 1: install a newer lakeform"


def test_reading_alone_makes_nothing(lake: LandingSettings) -> None:
    with pytest.raises(UserError, match="nothing was fed yet"), open_engine(lake, read_only=True):
        pass
    with opened(lake):
        pass
    with open_engine(lake, read_only=True) as engine, pytest.raises(UserError, match="read-only"):
        engine.run(f"CREATE TABLE {LAKE}.landing.x (i INTEGER)")
    assert SECRET not in repr(PostgresAccess("h", 1, "d", "u", SECRET, None))
