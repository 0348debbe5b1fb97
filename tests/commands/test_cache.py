"""`lakeform cache`: what is installed on this machine, and how to be rid of it."""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from infra.airbyte.local.cache import in_use, installed, kept
from infra.commands.main import main
from tests.support.lakes import Result


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with two connectors of made-up sizes; one has a link to a file that is none of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "lakeform/connectors"
    for name, size in (
        ("airbyte-source-faker-6.2.24-py3.11", 3_000_000),
        ("airbyte-source-stripe-5.0.0-py3.11", 2_000_000),
    ):
        (folder / name / "bin").mkdir(parents=True)
        (folder / name / "bin/python").write_bytes(b"x" * size)
        (folder / name / ".complete").touch()
        (folder / f"{name}.lock").touch()
    big = tmp_path / "big"
    big.write_bytes(b"x" * 9_000_000)
    (folder / "airbyte-source-faker-6.2.24-py3.11/link").symlink_to(big)
    return folder


def cache_command(*words: str) -> Result:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["cache", *words])
    return Result(code, out.getvalue(), err.getvalue())


def test_what_is_installed_is_listed_with_its_size(cache: Path) -> None:
    assert cache_command() == Result(
        0,
        f"3 MB  airbyte-source-faker-6.2.24-py3.11\n2 MB  airbyte-source-stripe-5.0.0-py3.11\n5 MB in {cache}\n",
        "",
    )


def test_one_is_cleared_by_how_its_name_begins(cache: Path) -> None:
    assert cache_command("airbyte-source-stripe", "--clear") == Result(
        0, f"removed 2 MB  airbyte-source-stripe-5.0.0-py3.11\n2 MB in {cache} removed\n", ""
    )
    assert [path.name for path in sorted(cache.iterdir())] == [
        "airbyte-source-faker-6.2.24-py3.11",
        "airbyte-source-faker-6.2.24-py3.11.lock",
        "airbyte-source-stripe-5.0.0-py3.11.lock",
    ]
    assert installed("airbyte-source-faker") is not None
    assert (cache.parents[1] / "big").exists()


def test_programs_get_bytes(cache: Path) -> None:
    result = cache_command("--clear", "--format", "json")
    assert json.loads(result.out) == {
        "problems": [],
        "folder": str(cache),
        "cleared": [
            {"name": "airbyte-source-faker-6.2.24-py3.11", "bytes": 3_000_000 + len(str(cache.parents[1] / "big"))},
            {"name": "airbyte-source-stripe-5.0.0-py3.11", "bytes": 2_000_000},
        ],
        "refused": [],
    }
    assert cache_command() == Result(0, f"0 MB in {cache}\n", "")


STAYS = "airbyte-source-faker-6.2.24-py3.11 stays: another process is installing it, or runs a connector in it"


@pytest.mark.parametrize("how", [fcntl.LOCK_EX, fcntl.LOCK_SH], ids=["installed", "run"])
def test_one_that_is_in_use_stays_and_the_others_go(cache: Path, how: int) -> None:
    with (cache / "airbyte-source-faker-6.2.24-py3.11.lock").open("w") as file:
        fcntl.flock(file, how)
        assert cache_command("--clear") == Result(
            1, f"removed 2 MB  airbyte-source-stripe-5.0.0-py3.11\n2 MB in {cache} removed\n", f"{STAYS}\n"
        )
        assert json.loads(cache_command("--clear", "--format", "json").out) == {
            "problems": [],
            "folder": str(cache),
            "cleared": [],
            "refused": [STAYS],
        }
        assert installed("airbyte-source-faker") is not None
    assert cache_command("--clear").code == 0
    assert kept() == []


def test_one_that_a_connector_runs_in_stays(cache: Path) -> None:
    with in_use(cache / "airbyte-source-faker-6.2.24-py3.11"):
        assert cache_command("airbyte-source-faker", "--clear").err == f"{STAYS}\n"


@pytest.mark.usefixtures("cache")
def test_what_vanishes_meanwhile_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    rmtree = shutil.rmtree

    def with_another(folder: Path) -> None:
        (folder / "bin/python").unlink(missing_ok=True)
        rmtree(folder)
        raise FileNotFoundError(2, "No such file or directory", "finance.cpython-311.pyc")

    monkeypatch.setattr(shutil, "rmtree", with_another)
    assert cache_command("--clear").code == 0
    assert kept() == []


def test_a_name_that_is_none_has_its_near_match(cache: Path) -> None:
    assert cache_command("airbyte-source-strype-5.0.0-py3.11", "--clear") == Result(
        2,
        "",
        f'lakeform cache: there is no "airbyte-source-strype-5.0.0-py3.11" in {cache}; '
        'did you mean "airbyte-source-stripe-5.0.0-py3.11" or "airbyte-source-faker-6.2.24-py3.11"?\n',
    )


def test_no_cache_is_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    assert cache_command() == Result(0, f"0 MB in {tmp_path}/none/lakeform/connectors\n", "")
