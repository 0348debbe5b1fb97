"""A catalog that an older DuckLake made becomes one of ours, once, whoever comes first; nothing of it is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY
from tests.support.landings import opened, settings_in
from tests.support.postgres import Database

pytestmark = [pytest.mark.slow, pytest.mark.network, pytest.mark.enable_socket]

OLD = "1.4.4"
PACKAGES = (
    "duckdb",
    "duckdb-extension-ducklake",
    "duckdb-extension-sqlite-scanner",
    "duckdb-extension-postgres-scanner",
)

MAKE = """
import sys, glob, importlib.util, duckdb
connection = duckdb.connect()
for name in ("ducklake", "sqlite_scanner", "postgres_scanner"):
    folder = importlib.util.find_spec("duckdb_extension_" + name).submodule_search_locations[0]
    connection.execute("LOAD '" + glob.glob(folder + "/extensions/*/*.duckdb_extension")[0] + "'")
connection.execute(f"ATTACH 'ducklake:{sys.argv[1]}' AS lake (DATA_PATH '{sys.argv[2]}')")
connection.execute("CREATE SCHEMA lake.landing")
connection.execute("CREATE TABLE lake.landing.users AS SELECT range AS id FROM range(100)")
print(connection.execute("SELECT value FROM ducklake_options('lake') WHERE option_name = 'version'").fetchall())
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the older DuckDB."""
    folder = tmp_path_factory.mktemp("old") / "venv"
    venv.create(folder, with_pip=True)
    words = [folder / "bin/python", "-m", "pip", "install", "--quiet", *(f"{name}=={OLD}" for name in PACKAGES)]
    subprocess.run([str(word) for word in words], check=True)
    return folder / "bin/python"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_three_at_once_open_a_catalog_of_an_older_ducklake(
    request: pytest.FixtureRequest, tmp_path: Path, python: Path, kind: str
) -> None:
    settings, access, place = settings_in(tmp_path), None, f"sqlite:{tmp_path}/catalog.sqlite"
    if kind == "postgres":
        database: Database = request.getfixturevalue("database")
        settings = settings_in(tmp_path, database)
        assert settings.postgres is not None
        access, server = {**vars(settings.postgres)}, database.server
        password = server.password.replace("\\", "\\\\").replace("'", "\\'")
        place = f"postgres:host={server.host} port={server.port} dbname={database.name} user={server.user} password='{password}'"
    made = subprocess.run(
        [str(python), "-c", MAKE, place.replace("'", "''"), settings.tables],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert "0.3" in made.stdout
    (tmp_path / "worker.json").write_text(json.dumps({"postgres": access, "batch_bytes": 6000}), "utf-8")
    words = [sys.executable, "-m", "tests.support.feed_worker", str(tmp_path)]
    pipe = subprocess.PIPE
    workers = [
        subprocess.Popen(words, cwd=REPOSITORY, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(3)
    ]
    said = [worker.communicate("\n", timeout=300) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], said
    with opened(settings) as engine:
        assert engine.rows("SELECT count(*), sum(id) FROM lake.landing.users") == [(100, 4950)]
        version = engine.rows("SELECT value FROM ducklake_options('lake') WHERE option_name = 'version'")
        assert version[0][0].startswith("1.")
