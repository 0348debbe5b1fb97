"""`lakeform init DIR`: a new lake that works at once."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.commands.main import main
from tests.support.lakes import REPOSITORY, run

TEMPLATE = REPOSITORY / "infra/scaffold/lake"


@pytest.fixture
def made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A new lake."""
    assert main(["init", str(tmp_path / "new")]) == 0
    capsys.readouterr()
    return tmp_path / "new"


def names(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_new_lake_passes_check_and_synth(made: Path) -> None:
    checked = run(made, "check", "--strict")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("no problems in ")
    assert run(made, "synth").code == 0
    assert run(made, "check", "--synth", "--strict").code == 0


def test_a_new_lake_says_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert f"cd {tmp_path / 'new'}" in said
    assert "lakeform synth   # after every edit" in said
    assert "README.md says what is where" in said


@pytest.mark.parametrize(
    ("folder", "shown", "word"),
    [("sp ace/Ünï", "sp ace/Ünï", "'sp ace/Ünï'"), ("-x", "-x", "./-x"), ("a\nb'\\c", r"a\nb'\c", r"$'a\nb\'\\c'")],
)
def test_a_line_to_type_leads_there(
    folder: str,
    shown: str,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--", folder]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [f"created a lake in {shown}: sample data into an S3 data lake", "", f"  cd {word}"]
    script = f"{said[2]}\ntest -f cdktf.json"
    assert subprocess.run(["bash", "-ec", script], check=False).returncode == 0
    assert main(["init", "--", folder]) == 1
    assert capsys.readouterr().err.startswith(f"lakeform init: {shown} is a lake already; ")


def test_quiet_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--quiet", str(tmp_path / "new")]) == 0
    assert capsys.readouterr() == ("", "")


def test_all_that_is_generated_is_there_and_current(made: Path) -> None:
    assert run(made, "catalog", "--check").code == 0
    before = {name: (made / name).read_bytes() for name in names(made)}
    assert run(made, "schema", "--write").out == ""
    assert {name: (made / name).read_bytes() for name in names(made)} == before


def test_a_new_lake_with_a_landing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "new"
    assert main(["init", str(root), "--landing"]) == 0
    assert "  dagster dev -f dag/definitions.py   # the tables of its landing" in capsys.readouterr().out
    checked = run(root, "check", "--strict")
    assert (checked.code, checked.err) == (0, "")
    assert (root / "dag/definitions.py").read_bytes() == (REPOSITORY / "dag/definitions.py").read_bytes()
    definitions = runpy.run_path(str(root / "dag/definitions.py"))["defs"].get_repository_def()
    assert [sensor.name for sensor in definitions.sensor_defs] == ["feed_faker", "watchdog"]
    statements = run(root, "landing", "ddl")
    assert (statements.code, statements.out.count("CREATE TABLE")) == (0, 2)


def test_a_lake_that_is_there_gets_the_code_location(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = (made / "dag/registry/lake.yaml").read_bytes()
    assert main(["init", str(made), "--landing"]) == 0
    said = capsys.readouterr().out
    assert said == (
        "wrote dag/definitions.py\n  dagster dev -f dag/definitions.py\n"
        "\nthe registry has no landing yet; below lake: write\n\n"
        "  landings:\n    local: # a laptop: everything is below .lake/\n      catalog: {sqlite: .lake/catalog.sqlite}\n"
        "      tables: .lake/tables/\n      raw: .lake/raw/\n\n"
        "and in each stack whose files are to become tables: landing: local\n"
    )
    assert (made / "dag/registry/lake.yaml").read_bytes() == registry
    assert main(["init", str(made), "--landing"]) == 0
    again = said.replace("wrote dag/definitions.py\n  dagster dev -f", "").replace("py\n", "py is there already\n", 1)
    assert capsys.readouterr().out == again.lstrip()


def test_git_ignores_what_is_made_and_keeps_what_is_committed(made: Path) -> None:
    assert run(made, "synth").code == 0
    git = ["git", "-C", str(made), "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "--quiet"], check=True)
    listed = subprocess.run([*git, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    kept = set(listed.stdout.splitlines())
    assert {".gitignore", ".gitattributes", "cdktf.json", "dag/streams/faker/_catalog.json"} <= kept
    assert [name for name in kept if name.startswith("cdktf.out/")] == ["cdktf.out/stacks/airbyte/cdk.tf.json"]


def test_the_folder_may_exist_if_it_is_empty_or_a_fresh_repository(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "fresh/.git").mkdir(parents=True)
    assert main(["init", "--quiet", str(tmp_path / "empty")]) == 0
    assert main(["init", "--quiet", str(tmp_path / "fresh")]) == 0


@pytest.mark.parametrize("what", ["a file in it", "a file of that name", "a second init"])
def test_a_folder_that_holds_anything_is_refused_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    folder = tmp_path / "lake"
    if what == "a file in it":
        folder.mkdir()
        (folder / "notes.txt").write_text("mine")
    elif what == "a file of that name":
        folder.write_text("mine")
    else:
        main(["init", "--quiet", str(folder)])
    before = names(tmp_path)
    capsys.readouterr()
    assert main(["init", str(folder)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    why = {
        "a file in it": f"is not empty; name a new folder, such as {folder}/lake",
        "a file of that name": "is a file; name a folder",
        "a second init": "is a lake already; --ci, --landing or --git adds to it",
    }
    assert said.err == f"lakeform init: {folder} {why[what]}\n"
    assert names(tmp_path) == before


@pytest.mark.parametrize("landing", [[], ["--landing"]], ids=["alone", "with a landing"])
@pytest.mark.parametrize("kept", [1, 4])
def test_what_was_killed_is_done_again(tmp_path: Path, kept: int, landing: list[str]) -> None:
    """Files are whole or under a temporary name, which git ignores."""
    whole, folder = tmp_path / "whole", tmp_path / "lake"
    assert main(["init", "--quiet", *landing, str(whole)]) == 0
    for path in ["README.md", ".gitignore", "dag/registry/faker.yaml", "dag/schema/stream.json"][:kept]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(whole / path, folder / path)
    (folder / ".lake.yaml.x1_.tmp").write_text("version")
    assert main(["init", "--quiet", *landing, str(folder)]) == 0
    assert names(folder) == sorted([*names(whole), ".lake.yaml.x1_.tmp"])
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    shown = subprocess.run(["git", "-C", str(folder), "status", "--short", "-uall"], check=True, capture_output=True)
    assert b".tmp" not in shown.stdout


def test_a_beginning_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake/cdktf.json").write_text("{}")
    assert main(["init", "--quiet", str(tmp_path / "lake")]) == 1
    assert names(tmp_path / "lake") == ["cdktf.json"]


def test_the_template_and_the_example_have_the_same_locks_and_schemas() -> None:
    """So that a connector is upgraded in both or in neither."""
    for folder in ("dag/connectors", "dag/sources/faker"):
        for path in (TEMPLATE / folder).iterdir():
            assert path.read_bytes() == (REPOSITORY / folder / path.name).read_bytes(), path.name


def test_the_template_comes_with_the_package() -> None:
    packaged = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    assert '"infra.scaffold" = ["ci/*", "lake/**/*", "landing/*"]' in packaged
    assert not list(TEMPLATE.rglob(".*"))


def test_the_template_holds_nothing_that_is_generated() -> None:
    generated = [name for name in names(TEMPLATE) if "_catalog" in name or "cdktf.out" in name or "schema" in name]
    assert generated == []


def test_cdktf_of_a_new_lake_runs_lakeform(made: Path) -> None:
    settings = json.loads((made / "cdktf.json").read_text("utf-8"))
    assert settings["language"] == "python"
    assert settings["output"] == "cdktf.out"
    assert settings["sendCrashReports"] == "false"
    assert settings["app"].endswith(("stacks", "lakeform synth"))
