"""Without the extras everything but feeding works, and feeding says in one line what to install."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, REPOSITORY, SOURCE, USERS, run, write_lake
from tests.test_layers import ARROWS, FILES, loaded_by, place_of

EXTRA = {"duckdb", "pytz", "dagster"}
# The rooms that are for those who feed; a command asks for them when it runs.
FOR_FEEDING = {"landing/engine", "landing/feed", "landing/read", "landing/orchestration"}

LANDING = "  landings: {local: {catalog: {sqlite: .lake/catalog.sqlite}, tables: .lake/tables/, raw: .lake/raw/}}\n"
INSTALL = "this needs DuckDB: install lakeform with its extra `landing`\n"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    registry = LAKE + "      landing: local\n" + LANDING + SOURCE + DESTINATION + CONNECTION
    lake = write_lake(tmp_path, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": USERS})
    assert run(lake, "catalog").code == 0
    return lake


def without_extra(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that has no package of the extra."""
    missing = f"import sys; sys.modules.update(dict.fromkeys({sorted(EXTRA)!r}))"
    words = [sys.executable, "-W", "error", "-W", "ignore:sqlglotrs", "-c", f"{missing}\n{code}"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def lakeform(lake: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return without_extra(f"from infra.commands.main import main; sys.exit(main({list(words)!r}))", lake)


def test_only_the_engine_imports_duckdb() -> None:
    users = {arrow.file for arrow in ARROWS if arrow.name.partition(".")[0].startswith("duckdb")}
    assert {place_of(file) for file in users} == {"landing/engine"}


def test_only_orchestration_imports_dagster() -> None:
    users = {arrow.file for arrow in ARROWS if arrow.name.partition(".")[0].startswith("dagster")}
    assert {place_of(file) for file in users} == {"landing/orchestration"}


def test_every_other_module_can_be_imported() -> None:
    names = [
        file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for file in FILES
        if place_of(file) not in FOR_FEEDING and not file.endswith("__main__.py")
    ]
    assert {"infra.commands.landing_feed", "infra.landing.settings", "infra.landing.types.insert_plan"} <= set(names)
    done = without_extra(f"import importlib\nfor name in {names!r}: importlib.import_module(name)", REPOSITORY)
    assert done.stderr == ""


def test_check_and_synth_work(lake: Path) -> None:
    for verb in ("check", "synth"):
        done = lakeform(lake, verb)
        assert (done.returncode, done.stderr) == (0, "")


def test_check_loads_nothing_of_it_where_it_is_installed() -> None:
    assert loaded_by("from infra.commands.main import main; main(['check', '--quiet'])", EXTRA) == set()


@pytest.mark.parametrize(
    "words",
    [
        *("landing status", "landing feed", "landing replay faker users", "landing maintain", "landing sql select"),
        "landing erase faker users --key id=1",
        "read faker",
    ],
)
def test_what_feeds_says_what_to_install(lake: Path, words: str) -> None:
    done = lakeform(lake, *words.split())
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"lakeform {words.split(maxsplit=1)[0]}: {INSTALL}")


def test_statements_of_tables_are_made_without_it(lake: Path) -> None:
    done = lakeform(lake, "landing", "ddl")
    assert (done.returncode, done.stderr) == (0, "")
    assert "CREATE TABLE" in done.stdout


def test_locks_hold_one_version_of_what_they_share() -> None:
    core, landing, dagster = (
        versions(REPOSITORY / f"requirements{name}.lock") for name in ("", "-landing", "-dagster")
    )
    for one, other in ((core, landing), (core, dagster), (landing, dagster)):
        shared = one.keys() & other.keys()
        assert {"pydantic", "jsii", "urllib3"} <= shared
        assert {name: one[name] for name in shared} == {name: other[name] for name in shared}
    assert not [name for name in (*core, *dagster) if name.startswith("duckdb")]
    assert not [name for name in (*core, *landing) if name.startswith("dagster")]


def test_duckdb_and_its_extensions_are_of_one_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = dict(line.split("==") for line in project["optional-dependencies"]["landing"] if "==" in line)
    assert len(wanted) == 5
    assert len(set(wanted.values())) == 1
    landing = versions(REPOSITORY / "requirements-landing.lock")
    assert {name: landing[name] for name in wanted} == wanted


def versions(lock: Path) -> dict[str, str]:
    """Package -> its version in a lock, where it has one for every Python."""
    found = re.findall(r"^([a-z0-9-]+)==([^\s;]+) (?!;)", lock.read_text("utf-8"), re.MULTILINE)
    return dict(found)
