"""The servers that tests of landings use are there, and a landing in both of them can be opened."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.lake.rules.check import check_lake
from infra.landing.engine.opening import open_engine
from infra.landing.settings import LandingSettings, read_landing
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, USERS, write_lake
from tests.support.postgres import Database, Postgres, find_programs
from tests.support.s3 import ON_S3, Store
from tests.tools.build import ToolsMissing

pytestmark = ON_S3

LANDINGS = """\
  landings:
    prod:
      catalog:
        postgres: {{host: {host}, port: {port}, dbname: {dbname}, user: {user}, password: {{secret: catalog_password}}}}
      tables: {place}tables/
      s3:
        endpoint: "{endpoint}"
        access_key_id: {{secret: s3_key}}
        secret_access_key: {{secret: s3_secret}}
        url_style: path
        use_ssl: {use_ssl}
"""


def settings(root: Path, database: Database, s3: Store, password: str | None = None) -> LandingSettings:
    server = database.server
    text = LANDINGS.format(
        host=server.host,
        port=server.port,
        dbname=database.name,
        user=server.user,
        place=s3.place,
        endpoint=s3.endpoint,
        use_ssl=str(s3.use_ssl).lower(),
    )
    write_lake(
        root,
        {
            "dag/registry/lake.yaml": LAKE + text + SOURCE + DESTINATION + CONNECTION,
            "dag/streams/faker/users.json": USERS,
        },
    )
    checked = check_lake(root, catalogs=False)
    assert checked.model is not None, [str(problem) for problem in checked.report.problems]
    values = {
        "TF_VAR_catalog_password": password or server.password,
        "TF_VAR_s3_key": s3.access_key_id,
        "TF_VAR_s3_secret": s3.secret_access_key,
    }
    return read_landing(checked.model, None, values)


def test_a_database_is_empty_and_its_password_is_asked_for(database: Database) -> None:
    assert database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0\n"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        database.server.sql("SELECT 1", database.name, password="wrong")
    assert "password authentication failed" in refused.value.stderr


def test_databases_are_apart(postgres: Postgres, database: Database) -> None:
    database.sql("CREATE TABLE here (n int)")
    other = postgres.new_database()
    assert postgres.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'here'", other) == "0\n"


def test_the_server_is_found_on_path_or_named_as_missing(tmp_path: Path) -> None:
    assert find_programs().is_dir()
    assert find_programs(str(find_programs())) == find_programs()
    with pytest.raises(ToolsMissing, match="apt-get install postgresql"):
        find_programs(str(tmp_path))


def test_objects_come_back_and_are_listed(s3: Store) -> None:
    assert s3.objects() == []
    s3.put("raw/a b+c/ü.jsonl", b'{"id": 1}\n')
    s3.put("raw/d", b"")
    assert s3.objects() == ["raw/a b+c/ü.jsonl", "raw/d"]
    assert s3.get("raw/a b+c/ü.jsonl") == b'{"id": 1}\n'
    s3.delete("raw/d")
    assert s3.objects() == ["raw/a b+c/ü.jsonl"]


def test_a_landing_keeps_its_catalog_in_the_database_and_its_tables_in_the_store(
    tmp_path: Path, database: Database, s3: Store
) -> None:
    with open_engine(settings(tmp_path, database, s3)) as engine:
        engine.run("CREATE TABLE lake.numbers AS SELECT range AS n FROM range(1000)")
        assert engine.rows("SELECT sum(n) FROM lake.numbers") == [(499500,)]
    assert database.sql("SELECT count(*) FROM ducklake_table WHERE table_name = 'numbers'") == "1\n"
    assert [key.rpartition(".")[2] for key in s3.objects()] == ["parquet"]


def test_a_wrong_password_is_said_and_not_shown(tmp_path: Path, database: Database, s3: Store) -> None:
    wrong = "not-the-password"
    with (
        pytest.raises(UserError, match="password authentication failed") as refused,
        open_engine(settings(tmp_path, database, s3, wrong)),
    ):
        pass
    assert wrong not in str(refused.value)
