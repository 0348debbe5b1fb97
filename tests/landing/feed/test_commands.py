"""`lakeform landing feed|status|replay|ddl|sql|maintain` on a small lake on disk."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from infra.base.errors import UserError
from infra.landing.engine.opening import open_engine
from infra.landing.feed.shell import Shell
from tests.support.lakes import CONNECTION, LAKE, SOURCE, Result, run, write_lake
from tests.support.landings import airbyte, settings_in

LANDING = """\
      landing: local
  landings:
    local:
      catalog: {sqlite: .lake/catalog.sqlite}
      tables: .lake/tables/
      raw: .lake/raw/
"""
DESTINATION = """\
destinations:
  lake:
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      s3_path_format: "${NAMESPACE}/${STREAM_NAME}/${YEAR}/${MONTH}/${DAY}/"
      file_name_pattern: "{sync_id}_{part_number}{format_extension}"
      format: {format_type: Parquet}
"""
USERS = {
    "sync_mode": "incremental",
    "destination_sync_mode": "append",
    "primary_key": [["id"]],
    "cursor_field": ["id"],
    "fields": {"id": {"type": "integer"}, "name": {"type": "string"}, "price": {"type": "number"}},
    "landing": {"types": {"price": "DECIMAL(10,2)"}},
}
RAW = ".lake/raw/lake/raw/users/"
KEY = "lake/raw/users/"

Put = Callable[..., Path]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LAKEFORM_LANDING", raising=False)
    files = {
        "dag/registry/lake.yaml": LAKE + LANDING + SOURCE + DESTINATION + CONNECTION,
        "dag/streams/faker/users.json": json.dumps(USERS),
    }
    return write_lake(tmp_path / "lake", files)


@pytest.fixture
def put(root: Path) -> Put:
    def made(name: str, select: str, modified: int = 1_764_000_000) -> Path:
        path = root / RAW / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT {airbyte(select)}) TO '{path}' (FORMAT parquet)")
        os.utime(path, (modified, modified))
        return path

    return made


def landing(root: Path, *words: str) -> Result:
    return run(root, "landing", *words)


def said(result: Result) -> tuple[int, str]:
    """What it printed, without the progress on a terminal that there is none of."""
    assert "Traceback" not in result.err
    return result.code, result.err + result.out


ONE = "1::BIGINT AS id, 'a' AS name, 9.99::DOUBLE AS price"


def test_feed(root: Path, put: Put) -> None:
    assert said(landing(root, "feed", "--quiet")) == (0, "")
    put("2026/01/02/7_0.parquet", ONE)
    put("2026/1/2/7_1.parquet-1", ONE)
    code, text = said(landing(root, "feed"))
    assert code == 0
    assert text.endswith("table         files  rows  deleted\nfaker__users  2      2     0\n")
    assert said(landing(root, "feed"))[1].endswith("nothing new for 1 table\n")
    result = landing(root, "feed", "faker", "users", "--format", "json")
    assert json.loads(result.out) == {
        "problems": [],
        "tables": [
            {
                "table": "faker__users",
                "files": 0,
                "rows": 0,
                "bytes": 0,
                "deleted": 0,
                "changes": 0,
                "problems": [],
                "notes": [],
                "failure": None,
            }
        ],
        "unfinished": [],
        "unknown": [],
    }


def test_feed_tells_what_it_leaves_alone(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    put("2026/01/02/.7_1.parquet.tmp", ONE)
    put("2026/01/02/strange.parquet", ONE)
    put("2026/01/02/7_2.parquet", ONE).write_bytes(b"")
    code, text = said(landing(root, "feed", "--quiet"))
    assert code == 1
    assert text == (
        f"{KEY}2026/01/02/7_2.parquet: the file is empty\n"
        f"1 file still being written, for example {KEY}2026/01/02/.7_1.parquet.tmp\n"
        f"1 file that no stream has, for example {KEY}2026/01/02/strange.parquet\n"
    )


def test_a_tick_looks_at_recent_folders(root: Path, put: Put) -> None:
    put("2001/01/02/7_0.parquet", ONE)
    assert said(landing(root, "feed", "--recent"))[1].endswith("nothing new for 1 table\n")
    assert "faker__users  1" in said(landing(root, "feed"))[1]


def test_what_does_not_fit_is_told_with_a_statement_that_works(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    put("2026/01/02/8_0.parquet", "'two' AS id, 'b' AS name, 1.0::DOUBLE AS price")
    code, text = said(landing(root, "feed", "--quiet"))
    statement = 'ALTER TABLE "landing"."faker__users" RENAME COLUMN "id" TO "id_before"'
    assert code == 1
    assert text == (
        f"{KEY}2026/01/02/8_0.parquet: the column id is BIGINT in the table and VARCHAR in the file; "
        f"run: {statement}; and feed again\n"
    )
    assert said(landing(root, "sql", statement)) == (
        2,
        "lakeform landing: this statement may change something: allow it with --write\n",
    )
    assert landing(root, "sql", "--write", statement).code == 0
    assert landing(root, "feed").code == 0
    rows = landing(root, "sql", "--format", "json", "SELECT id_before, id, price FROM faker__users ORDER BY ALL")
    assert json.loads(rows.out) == {
        "problems": [],
        "columns": ["id_before", "id", "price"],
        "rows": [["1", None, "9.99"], [None, "two", "1.00"]],
    }
    current = landing(root, "sql", "--format", "json", "SELECT id, id_before FROM faker__users__current ORDER BY ALL")
    assert json.loads(current.out)["rows"] == [["two", None], [None, "1"]]


def test_drift_in_a_struct_has_a_statement_that_works(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", f"{ONE}, {{'a': 1}} AS s")
    landing(root, "feed")
    put("2026/01/02/8_0.parquet", f"{ONE}, {{'a': 'x'}} AS s")
    found = re.search("run: (.*); and feed again", landing(root, "feed").out)
    assert found is not None
    assert landing(root, "sql", "--write", found[1]).code == 0
    assert landing(root, "feed").code == 0
    # And once more the other way: the first name is taken.
    put("2026/01/02/9_0.parquet", f"{ONE}, {{'a': DATE '2026-01-01'}} AS s")
    found = re.search("run: (.*); and feed again", landing(root, "feed").out)
    assert found is not None
    result = landing(root, "sql", "--write", found[1])
    assert (result.code, result.err) == (0, "")
    assert landing(root, "feed").code == 0


def test_status(root: Path, put: Put) -> None:
    code, text = said(landing(root, "status"))
    assert code == 0
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[:3] == [
        "table         files  rows  size  newest row  trouble",
        "faker__users  0      0     0 B   never       -",
        "",
    ]
    assert re.fullmatch(r"catalog [0-9.]+ kB, [0-9]+ snapshots, 0 data files", lines[3])
    assert landing(root, "status", "--max-lag", "1h").code == 1
    path = put("2026/01/02/7_0.parquet", ONE)
    put("2026/01/02/x.parquet", ONE)
    put("2026/01/02/7_9.parquet", ONE).write_bytes(b"")
    landing(root, "feed")
    code, text = said(landing(root, "status"))
    assert code == 1
    shown = re.sub(r"[0-9.]+ kB", "N kB", re.sub(r"[0-9]+ d [0-9]+ h", "N d N h", text))
    assert re.sub(r"[0-9]+ snapshots", "N snapshots", re.sub(" +", " ", shown)) == (
        "table files rows size newest row trouble\n"
        "faker__users 1 1 N kB N d N h ago 1\n"
        "\n"
        "catalog N kB, N snapshots, 1 data files\n"
        f"1 file that no stream has, for example {KEY}2026/01/02/x.parquet\n"
        f"{KEY}2026/01/02/7_9.parquet: quarantined: the file is empty\n"
    )
    result = landing(root, "status", "--format", "json", "--max-lag", "1h")
    told = json.loads(result.out)
    table = told["tables"][0]
    lag = table.pop("lag_seconds")
    assert lag > 0
    assert result.code == 1
    assert table == {
        "table": "faker__users",
        "files": 1,
        "rows": 1,
        "bytes": path.stat().st_size,
        "changes": 0,
        "vanished": 0,
        "dropped": False,
        "trouble": [
            {
                "file": f"{KEY}2026/01/02/7_9.parquet",
                "event": "quarantined",
                "attempt": 1,
                "reason": "the file is empty",
            }
        ],
        "behind": True,
    }
    assert (told["data_files"], told["unknown_files"], told["unknown_example"]) == (1, 1, f"{KEY}2026/01/02/x.parquet")
    path.unlink()
    landing(root, "feed")
    assert "faker__users: 1 file gone since it was fed; the rows stay\n" in landing(root, "status").out


def test_replay(root: Path, put: Put) -> None:
    path = put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    assert said(landing(root, "replay", "faker", "users")) == (
        2,
        "lakeform landing: say which files: --file, --prefix, --since, --until, --epoch, --all\n",
    )
    wanted = f"{RAW}2026/01/02/7_0.parquet"
    for words in (
        ("--all",),
        ("--file", wanted),
        ("--prefix", RAW, "--epoch", "1"),
        ("--since", "2025-11-24"),
    ):
        code, text = said(landing(root, "replay", "faker", "users", *words))
        assert (code, text.splitlines()[-1]) == (0, "faker__users: 1 file fed anew, 1 rows taken out, 1 put in"), words
    assert landing(root, "replay", "faker", "users", "--until", "2025-11-24").out.endswith(
        "0 files fed anew, 0 rows taken out, 0 put in\n"
    )
    path.unlink()
    assert said(landing(root, "replay", "faker", "users", "--all", "--quiet")) == (
        1,
        f"{KEY}2026/01/02/7_0.parquet: it is gone, so its rows stay as they are\n",
    )
    landing(root, "feed")
    assert (
        "0 files fed anew, 1 rows taken out"
        in said(landing(root, "replay", "faker", "users", "--all", "--drop-vanished"))[1]
    )
    assert landing(root, "sql", "SELECT count(*) AS n FROM faker__users").out == "n\n0\n"


@pytest.mark.parametrize("words", [("--since", "soon"), ("--epoch", "x"), ("--until", "2026-13-01")])
def test_replay_of_a_time_that_is_none(root: Path, words: tuple[str, str]) -> None:
    result = landing(root, "replay", "faker", "users", *words)
    assert (result.code, words[0] in result.err, "Traceback" in result.err) == (2, True, False)


def test_ddl_is_what_feeding_makes(root: Path, put: Put) -> None:
    result = landing(root, "ddl")
    assert result.code == 0
    table, view = [statement for statement in result.out.split(";") if statement.strip()]
    assert " ".join(table.split()) == (
        'CREATE TABLE "landing"."faker__users" ( "_airbyte_raw_id" VARCHAR, '
        '"_airbyte_extracted_at" TIMESTAMP WITH TIME ZONE, '
        '"_airbyte_meta" STRUCT("sync_id" BIGINT, "changes" STRUCT("field" VARCHAR, "change" VARCHAR, "reason" VARCHAR)[]), '
        '"_airbyte_generation_id" BIGINT, "id" BIGINT, "name" VARCHAR, "price" DECIMAL(10,2), "_lake_file" VARCHAR, "_lake_row" BIGINT, '
        '"_lake_batch" BIGINT, "_lake_epoch" INTEGER, "_lake_connection" VARCHAR )'
    )
    assert 'QUALIFY row_number() OVER (PARTITION BY "id"' in view
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    made = {tuple(row[:2]) for row in _rows(root, "DESCRIBE faker__users")}
    landing(root, "sql", "--write", "DROP VIEW faker__users__current")
    landing(root, "sql", "--write", "DROP TABLE faker__users")
    assert landing(root, "sql", "--write", table).code == 0
    assert landing(root, "sql", "--write", view).code == 0
    assert {tuple(row[:2]) for row in _rows(root, "DESCRIBE faker__users")} == made


def _rows(root: Path, statement: str) -> list[list[str]]:
    rows: list[list[str]] = json.loads(landing(root, "sql", "--format", "json", statement).out)["rows"]
    return rows


def test_sql(root: Path, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put("2026/01/02/7_0.parquet", "1::BIGINT AS id, 'a\nb\t' AS name, NULL::DOUBLE AS price")
    landing(root, "feed")
    assert landing(root, "sql", "SELECT id, name, price FROM faker__users").out.splitlines()[0].split() == [
        "id",
        "name",
        "price",
    ]
    assert "\x1b" not in landing(root, "sql", "SELECT chr(27) AS x").out
    assert said(landing(root, "sql", "SELECT nothing")) == (
        2,
        'lakeform landing: Referenced column "nothing" was not found because the FROM clause is missing\n',
    )
    text = tmp_path / "statements"
    text.write_text("SELECT 1 AS one;\nSELECT\n  2 AS two;\nSELECT oops;\n", "utf-8")
    with text.open() as lines:
        monkeypatch.setattr("sys.stdin", lines)
        result = landing(root, "sql")
    assert (result.code, result.out.splitlines()[:4]) == (1, ["one", "1", "two", "2"])


WRITES = [
    "DELETE FROM faker__users",
    "WITH x AS (SELECT 1) DELETE FROM faker__users",
    "  drop table faker__users",
    "-- SELECT\nDROP TABLE faker__users",
    "SELECT 1; DROP TABLE faker__users",
    "EXPLAIN ANALYZE DELETE FROM faker__users",
    "FROM faker__users; DELETE FROM faker__users",
    "SELECT 1; COMMIT; DELETE FROM faker__users",
]


def test_nothing_is_written_unasked(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    assert landing(root, "sql", WRITES[-1]).code == 2
    with open_engine(settings_in(root / ".lake")) as engine:
        for statement in WRITES:
            with contextlib.suppress(UserError):
                Shell(engine).ask(statement)
            assert engine.rows("SELECT count(*) FROM lake.landing.faker__users") == [(1,)], statement


def test_maintain(root: Path, put: Put) -> None:
    for number in range(3):
        put(f"2026/01/02/{number}_0.parquet", ONE)
        landing(root, "feed")
    before = _rows(root, "SELECT * FROM faker__users ORDER BY ALL")
    code, text = said(landing(root, "maintain", "--keep", "1s"))
    assert code == 0
    assert [line.partition(":")[0] for line in text.splitlines()] == [
        "rows of the ledger written into files",
        "small files merged",
        "files with many deleted rows written anew",
        "old snapshots expired",
        "files of no snapshot deleted",
        "files of runs that were killed deleted",
    ]
    assert _rows(root, "SELECT * FROM faker__users ORDER BY ALL") == before
    assert said(landing(root, "feed"))[1].endswith("nothing new for 1 table\n")
    assert said(landing(root, "maintain", "--quiet")) == (0, "")
    assert landing(root, "maintain", "--keep", "soon").code == 2


def test_a_lake_that_moves_knows_its_files(root: Path, put: Put, tmp_path: Path) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    moved = tmp_path / "else where"
    root.rename(moved)
    assert said(landing(moved, "feed"))[1].endswith("nothing new for 1 table\n")
    assert json.loads(landing(moved, "sql", "--format", "json", "SELECT id FROM faker__users").out)["rows"] == [["1"]]


def test_the_clock_of_the_machine_is_not_asked(root: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        monkeypatch.setenv("TZ", zone)
        landing(root, "feed")
        assert _rows(root, "SELECT _airbyte_extracted_at::VARCHAR FROM faker__users") == [["2025-11-24 16:00:00+00"]]


@pytest.mark.parametrize(
    "words", ["feed shop", "feed faker user", "status --landing x", "replay faker nothing --all", "ddl shop"]
)
def test_names_that_are_not_there(root: Path, words: str) -> None:
    result = landing(root, *shlex.split(words))
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)


def test_a_type_that_the_schema_does_not_say_is_told_once(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", "1 AS id, 7 AS name")
    told = "faker__users: name is INTEGER in the files, and VARCHAR by its schema\n"
    assert told in said(landing(root, "feed"))[1]
    put("2026/01/02/8_0.parquet", "2 AS id, 8 AS name")
    assert told not in said(landing(root, "feed"))[1]


@pytest.mark.parametrize(
    ("written", "instead", "words", "told"),
    [
        ("source: faker\n", "sorce: faker\n", "feed", 'fed into the landing "local": those are'),
        ("source: faker\n", "sorce: faker\n", "status faker", "sorce"),
        ("      raw: .lake/raw/\n", "      rau: .lake/raw/\n", "feed", "rau"),
        ("      raw: .lake/raw/\n", "      rau: .lake/raw/\n", "sql 'SELECT 1'", "rau"),
    ],
)
def test_what_is_not_there_for_a_mistake_leads_to_check(
    root: Path, written: str, instead: str, words: str, told: str
) -> None:
    registry = root / "dag/registry/lake.yaml"
    text = registry.read_text("utf-8")
    assert written in text
    registry.write_text(text.replace(written, instead), "utf-8")
    result = landing(root, *shlex.split(words))
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert told in result.err
    assert re.search(r"; dag/registry/lake\.yaml:[0-9]+:[0-9]+: .*; run: lakeform check\n$", result.err)


def test_feeding_tells_what_it_leaves_out(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    registry = root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text("utf-8") + "  broken: {sorce: faker}\n", "utf-8")
    result = landing(root, "feed", "--quiet")
    assert result.err.startswith("what has mistakes is left out: dag/registry/lake.yaml:")
    assert (result.code, result.out) == (1, "")
    assert _rows(root, "SELECT count(*) FROM faker__users") == [["1"]]


def test_a_table_that_somebody_dropped_is_told_and_comes_back(root: Path, put: Put) -> None:
    told = (
        "faker__users: somebody dropped the table; what was fed comes back with: "
        "lakeform landing replay SOURCE STREAM --all\n"
    )
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    landing(root, "sql", "--write", "DROP TABLE faker__users")
    assert landing(root, "feed", "--quiet").out == told
    result = landing(root, "status")
    assert (result.code, result.out.endswith(told)) == (1, True)
    assert landing(root, "replay", "faker", "users", "--all").code == 0
    assert landing(root, "feed", "--quiet").out == ""
    assert landing(root, "status").code == 0
    assert _rows(root, "SELECT id FROM faker__users") == [["1"]]


def test_a_folder_that_is_not_there_is_no_sync_without_rows(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    folder = root / ".lake/raw/lake"
    away = folder.rename(root / "away")
    code, text = said(landing(root, "feed", "--quiet"))
    told = f"faker__users: the folder {folder}/ is not there, and 1 file of it had been fed: "
    assert (code, text) == (1, f"{told}make it available, or look at lake.landings.local.raw\n")
    assert "gone since" not in landing(root, "status").out
    away.rename(folder)
    assert landing(root, "feed", "--quiet").code == 0


def test_replay_of_a_file_that_was_never_fed(root: Path, put: Put) -> None:
    put("2026/01/02/7_0.parquet", ONE)
    landing(root, "feed")
    told = "lakeform landing: no file that was fed into faker__users is called 7_0.parquet: "
    result = landing(root, "replay", "faker", "users", "--file", "7_0.parquet", "--quiet")
    assert said(result) == (2, f"{told}a name begins with the bucket, and may have * in it\n")
    assert landing(root, "replay", "faker", "users", "--file", "*7_0.parquet").code == 0


def test_a_catalog_that_is_none(root: Path) -> None:
    (root / ".lake").mkdir()
    (root / ".lake/catalog.sqlite").write_bytes(b"no catalog" * 1000)
    assert said(landing(root, "status")) == (
        2,
        "lakeform landing: the catalog (lake.landings.local.catalog) cannot be opened: file is not a database\n",
    )
