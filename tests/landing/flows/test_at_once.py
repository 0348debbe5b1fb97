"""Runs of dbt at one time, locks, and what none of them may show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from infra.lake.models.dbt_files import macro_texts
from infra.landing.engine.lock import advisory_key
from tests.support.code_locations import CodeLocation
from tests.support.fed_lakes import FedLake
from tests.support.flow_lakes import Dbt, FlowLake, flows_in
from tests.support.lakes import REPOSITORY, write_lake
from tests.support.postgres import Database

pytestmark = pytest.mark.slow
ON_POSTGRES = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
KINDS = ["sqlite", pytest.param("postgres", marks=ON_POSTGRES)]


@pytest.mark.parametrize("kind", KINDS)
def test_two_runs_of_one_model_take_each_batch_once(flows: FlowLake) -> None:
    flows.add("faker", "users")
    other = Dbt(flows.lake.root, os.environ)
    try:
        for number in range(4):
            flows.lake.write("users", "2026-11-01", {1: "x", 10 + number: "new"}, sync=number + 1)
            flows.feed()
            words = ("build", "--target-path", "target/other")
            flows.dbt.ask("build")
            other.ask(*words)
            for one, built in ((flows.dbt, flows.dbt.answer()), (other, other.answer())):
                # The first one makes the table; whoever comes second then is refused, and finds it there the next time.
                assert built.ok or (number == 0 and one.run(*(("build",) if one is flows.dbt else words)).ok), (
                    built.text
                )
            keys = flows.rows("SELECT count(*), count(DISTINCT id) FROM processed.int_faker__users")
            assert keys == [[str(number + 2)] * 2]
            marks = flows.rows(
                "SELECT count(*), count(DISTINCT batch) FROM _processed.int_faker__users "
                "WHERE epoch = (SELECT max(epoch) FROM _processed.int_faker__users)"
            )
            assert marks == [[str(number + 1)] * 2]
    finally:
        other.close()


@pytest.mark.parametrize("kind", KINDS)
def test_many_models_of_one_run(flows: FlowLake) -> None:
    for stem in ("users", "products", "orders", "events"):
        flows.add("faker", stem)
    for stem in ("users", "products", "events"):
        flows.lake.write(stem, "2026-11-01", {1: "x"}, sync=1)
    cdc = "1::BIGINT AS id, 'x'::VARCHAR AS name, 1::DOUBLE AS _ab_cdc_lsn, NULL::VARCHAR AS _ab_cdc_deleted_at"
    flows.put("orders", "2026-11-01", cdc, sync=1)
    for _ in range(2):
        flows.build()
        assert {stem: flows.names(stem) for stem in ("users", "products", "orders", "events")} == {
            "users": {1: "x"},
            "products": {1: "x"},
            "orders": {1: "x"},
            "events": {1: "x"},
        }


@pytest.mark.parametrize("kind", KINDS)
def test_more_threads_are_refused(flows: FlowLake) -> None:
    flows.add("faker", "users")
    flows.lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    flows.feed()
    built = flows.dbt.run("build", "--threads", "4")
    assert not built.ok
    assert (
        "a lake takes the models of one run one by one, each with all cores: write threads: 1 in profiles.yml"
        in built.text
    )


@pytest.mark.parametrize("kind", ["sqlite"])
def test_before_anything_was_fed_it_says_so(flows: FlowLake) -> None:
    flows.add("faker", "users")
    built = flows.dbt.run("build")
    assert not built.ok
    assert 'landing "here": nothing was fed yet, so there is no catalog: lakeform landing feed' in built.text
    assert "Traceback" not in built.text


@pytest.mark.parametrize("kind", ["sqlite"])
def test_dbt_finds_the_lake_of_its_project(flows: FlowLake, tmp_path: Path) -> None:
    flows.add("faker", "users")
    flows.feed_one("users")
    other = write_lake(tmp_path / "other")
    words = ["build", "--project-dir", str(flows.lake.root / "dag"), "--profiles-dir", str(flows.lake.root / "dag")]
    run = "import sys; from dbt.cli.main import cli; cli(sys.argv[1:])"
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", run, *words], cwd=other, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert flows.names("users") == {1: "Ada"}


def test_maintenance_has_the_lock_that_the_macro_shares() -> None:
    (text,) = [text for path, text in macro_texts().items() if path.endswith("/locks.sql")]
    assert f"return('{advisory_key('lakeform')}')" in text


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_wrong_password_is_shown_nowhere(
    on_postgres: FedLake, database: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = "wr0ng-p4ssw0rd-of-nobody"
    monkeypatch.setenv("TF_VAR_lake_password", wrong)
    with flows_in(on_postgres, {**os.environ, "TF_VAR_lake_password": wrong}) as flows:
        flows.add("faker", "users")
        built = flows.dbt.run("--debug", "build")
        assert flows.dbt.run("parse").ok
    assert not built.ok
    assert "password authentication failed" in built.text
    location = CodeLocation(on_postgres)
    result = location.run([dg.AssetKey(["processed", "faker", "int_faker__users"])])
    assert not result.success
    events = "\n".join(map(str, location.instance.all_logs(result.run_id)))
    assert "password authentication failed" in events
    said = [
        built.text,
        events,
        *capfd.readouterr(),
        *(path.read_text("utf-8", "replace") for path in _written(on_postgres.root)),
    ]
    assert len(said) > 3
    assert [text for text in said if wrong in text or database.server.password in text] == []


def _written(root: Path) -> list[Path]:
    folders = (root / "dag/target", root / "dag/logs")
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
