"""The command line: exit codes, what it writes and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.commands.main import VERBS, main
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, REGISTRY, REPOSITORY, SOURCE, Result, run, write_lake

FILE = "dag/registry/lake.yaml"
CATALOG = "dag/streams/faker/_catalog.json"
DOCUMENT = "cdktf.out/stacks/airbyte/cdk.tf.json"
TWO_STACKS = LAKE + LAKE.partition("stacks:\n")[2].replace("airbyte:", "staging:", 1)

ROOTED = sorted(set(VERBS) - {"init", "cache", "completion"})

# What each verb needs beside --root.
NEEDED = {
    "add": ["stream", "faker", "users"],
    "backfill": ["faker", "users"],
    "discover": ["faker", "--from", "x.json"],
    "explain": ["sources.faker"],
    "landing": ["status"],
    "impact": ["faker"],
    "import": ["--from", "server"],
    "read": ["faker"],
    "remove": ["faker", "--reason", "x"],
    "rename": ["faker", "sample"],
    "review": ["--base", "main"],
    "suspend": ["--reason", "x"],
    "sync": ["faker_to_lake"],
    "test": ["faker"],
}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The small lake, never synthesized."""
    return write_lake(tmp_path / "lake")


@pytest.fixture
def current(lake: Path) -> Path:
    """The small lake with everything that is generated."""
    assert run(lake, "synth", "--quiet").code == 0
    return lake


def state(root: Path) -> dict[str, tuple[int, bytes]]:
    """Path -> (time of the last change, bytes) of every file; CDKTF's manifest is not ours."""
    return {
        path.relative_to(root).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def lakeform(
    *words: str, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "infra", *words],
        cwd=cwd or REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


# Exit codes and the project folder


@pytest.mark.parametrize("words", [("check", "--no-such-option"), ("check", "extra"), ("--root",)])
def test_wrong_usage_exits_2_with_one_message(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip().splitlines()[-1].startswith("lakeform")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0
    assert "--quiet" in capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("lakeform 0.")


@pytest.mark.parametrize("verb", ROOTED)
def test_a_folder_that_is_no_lake_exits_2_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([verb, *NEEDED.get(verb, [])]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"lakeform {verb}: no cdktf.json here or in a folder above; go to a lake, name one with --root, or create one: lakeform init\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ROOTED)
def test_a_root_that_does_not_exist_exits_2_with_one_line(tmp_path: Path, verb: str) -> None:
    result = run(tmp_path / "nowhere", verb, *NEEDED.get(verb, []))
    assert (result.code, result.out) == (2, "")
    assert result.err == f"lakeform {verb}: there is no folder {tmp_path / 'nowhere'}\n"


def test_the_root_is_the_nearest_folder_upwards_that_holds_cdktf_json(
    current: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = write_lake(current / "teams/inner")
    monkeypatch.chdir(current / "dag/streams/faker")
    assert main(["check"]) == 0
    monkeypatch.chdir(inner / "dag")
    assert main(["catalog"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"wrote {CATALOG}"
    assert (inner / CATALOG).is_file()


def test_root_may_be_relative(current: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(current.parent)
    assert main(["check", "--root", "lake"]) == 0


def test_a_lake_without_problems_says_so_and_exits_0(current: Path) -> None:
    result = run(current, "check")
    assert (result.code, result.err) == (0, "")
    assert result.out == "no problems in 1 source, 1 destination, 1 connection, 1 stream, 1 stack\n"


def test_quiet_says_nothing_when_all_is_well(current: Path) -> None:
    for verb in ("check", "catalog", "synth"):
        result = run(current, verb, "--quiet")
        assert (result.code, result.out, result.err) == (0, "", "")


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["", "quiet"])
def test_a_problem_is_printed_and_exits_1(current: Path, quiet: tuple[str, ...]) -> None:
    write_lake(current, {FILE: REGISTRY + "    statuss: active\n"})
    result = run(current, "check", *quiet)
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        'dag/registry/lake.yaml:25:5  unknown-key  connections.faker_to_lake.statuss: unknown key "statuss"\n'
        '    did you mean "status"?\n'
        "1 problem\n"
    )


def test_a_problem_as_json_has_every_part_of_the_contract(current: Path) -> None:
    write_lake(current, {FILE: REGISTRY + "    statuss: active\n"})
    result = run(current, "check", "--format", "json")
    (problem,) = json.loads(result.out)["problems"]
    assert result.code == 1
    assert problem.keys() == {"rule", "severity", "file", "line", "column", "path", "message", "fix", "related"}
    assert (problem["rule"], problem["severity"]) == ("unknown-key", "error")
    assert (problem["file"], problem["column"]) == (FILE, 5)
    assert (REGISTRY + "    statuss: active\n").splitlines()[problem["line"] - 1] == "    statuss: active"


def test_no_problems_as_json_is_an_empty_list(current: Path) -> None:
    result = run(current, "check", "--format", "json")
    assert (result.code, json.loads(result.out)) == (0, {"problems": []})


def test_a_warning_exits_0_and_with_strict_1(lake: Path) -> None:
    variables = LAKE.replace("  stacks:", "  variables: {unused: {}}\n  stacks:")
    write_lake(lake, {FILE: variables + SOURCE + DESTINATION + CONNECTION})
    run(lake, "synth")
    plain, strict = run(lake, "check"), run(lake, "check", "--strict")
    assert (plain.code, plain.out.splitlines()[-1]) == (0, "1 warning")
    assert (strict.code, strict.out.splitlines()[-1]) == (1, "1 problem")


# catalog


def test_catalog_writes_what_is_missing_and_names_it(lake: Path) -> None:
    result = run(lake, "catalog")
    assert (result.code, result.out) == (0, f"wrote {CATALOG}\n")
    assert json.loads((lake / CATALOG).read_text("utf-8"))["streams"][0]["stream"]["name"] == "users"


def test_catalog_of_a_source_that_does_not_exist_exits_2_with_the_near_match(lake: Path) -> None:
    result = run(lake, "catalog", "fakr")
    assert (result.code, result.out) == (2, "")
    assert result.err == 'lakeform catalog: there is no source "fakr"; did you mean "faker"?\n'


def test_catalog_of_one_source_leaves_the_others_alone(lake: Path) -> None:
    two = SOURCE + "  other: {connector: source-faker, configuration: {count: 1}}\n"
    write_lake(lake, {FILE: LAKE + two + DESTINATION + CONNECTION, "dag/streams/other/a.json": '{"fields": ["id"]}'})
    assert run(lake, "catalog", "other").out == "wrote dag/streams/other/_catalog.json\n"
    assert not (lake / CATALOG).exists()
    assert run(lake, "catalog", "other", "--check").code == 0
    assert run(lake, "catalog", "--check").code == 1


@pytest.mark.parametrize(
    ("text", "why"), [(None, "has not been generated"), ("{}\n", "does not match the stream files")]
)
def test_catalog_check_names_a_stale_catalog_and_writes_nothing(current: Path, text: str | None, why: str) -> None:
    if text is None:
        (current / CATALOG).unlink()
    else:
        (current / CATALOG).write_text(text)
    before = state(current)
    for words in (("catalog", "--check"), ("check",), ("synth", "--check")):
        result = run(current, *words)
        assert (result.code, result.out) == (
            1,
            f"{CATALOG}:1:1  catalog-stale  {why}\n    run: lakeform synth\n1 problem\n",
        )
    assert state(current) == before


def test_a_catalog_of_a_connection_that_changes_modes_is_written_beside_it(lake: Path) -> None:
    changed = REGISTRY + "    streams: {users: {destination_sync_mode: append}}\n"
    write_lake(lake, {FILE: changed})
    assert run(lake, "catalog").out.splitlines() == [
        "wrote dag/streams/faker/_catalog.faker_to_lake.json",
        f"wrote {CATALOG}",
    ]


def test_a_left_over_catalog_of_a_connection_is_stale_and_goes(current: Path) -> None:
    left_over = current / "dag/streams/faker/_catalog.old.json"
    left_over.write_text("{}\n")
    stale = run(current, "catalog", "--check")
    assert (stale.code, stale.out.splitlines()[0]) == (
        1,
        "dag/streams/faker/_catalog.old.json:1:1  catalog-stale  belongs to no source or connection",
    )
    assert left_over.exists()
    assert run(current, "catalog", "faker") == Result(0, "removed dag/streams/faker/_catalog.old.json\n", "")
    assert not left_over.exists()


def test_a_left_over_catalog_of_another_source_stays(current: Path) -> None:
    other = current / "dag/streams/gone/_catalog.json"
    write_lake(current, {"dag/streams/gone/_catalog.json": "{}\n"})
    assert run(current, "catalog", "faker") == Result(0, "", "")
    assert other.exists()
    assert run(current, "catalog").out == "removed dag/streams/gone/_catalog.json\n"


def test_a_hand_written_file_with_an_underscore_stays(current: Path) -> None:
    notes = current / "dag/streams/faker/_notes.json"
    notes.write_text("{}\n")
    for words in (("catalog",), ("synth",)):
        assert run(current, *words).code == 0
    assert notes.exists()


def test_a_lake_with_problems_gets_no_catalog(lake: Path) -> None:
    write_lake(lake, {FILE: REGISTRY + "    statuss: active\n"})
    for verb in ("catalog", "synth"):
        result = run(lake, verb)
        assert (result.code, result.out) == (1, "")
        assert "unknown-key" in result.err
    assert not (lake / CATALOG).exists()
    assert not (lake / "cdktf.out").exists()


# synth


def test_synth_writes_catalogs_and_documents_and_names_them(lake: Path) -> None:
    result = run(lake, "synth")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"wrote {CATALOG}\nwrote {DOCUMENT}\n"


@pytest.mark.parametrize("words", [("check", "--synth"), ("synth", "--check")], ids=" ".join)
def test_a_stale_document_is_named_and_not_written(current: Path, words: tuple[str, ...]) -> None:
    write_lake(current, {FILE: REGISTRY + "    prefix: new_\n"})
    before = state(current)
    result = run(current, *words)
    assert (result.code, result.out) == (
        1,
        f"{DOCUMENT}:1:1  synth-stale  does not match the registry\n    run: lakeform synth\n1 problem\n",
    )
    assert state(current) == before
    assert run(current, "check").code == 0


@pytest.mark.parametrize("words", [("check", "--synth"), ("synth", "--check")], ids=" ".join)
def test_a_missing_document_is_named(lake: Path, words: tuple[str, ...]) -> None:
    run(lake, "catalog")
    result = run(lake, *words)
    assert (result.code, result.out.splitlines()[0]) == (1, f"{DOCUMENT}:1:1  synth-stale  has not been synthesized")
    assert not (lake / "cdktf.out").exists()


@pytest.mark.parametrize("words", [("check", "--synth"), ("synth", "--check")], ids=" ".join)
def test_a_document_with_other_line_ends_or_spaces_is_stale(current: Path, words: tuple[str, ...]) -> None:
    for change in (b"\r\n", b" \n"):
        assert run(current, "synth").code == 0
        data = (current / DOCUMENT).read_bytes()
        (current / DOCUMENT).write_bytes(data.replace(b"\n", change))
        assert run(current, *words).code == 1


def test_a_document_that_is_not_utf8_is_stale_and_no_traceback(current: Path) -> None:
    (current / DOCUMENT).write_bytes(b"\xff\xfe\x00")
    assert run(current, "synth", "--check").code == 1
    assert run(current, "synth").code == 0
    assert run(current, "synth", "--check").code == 0


def test_the_folder_of_a_stack_that_is_gone_is_named_and_removed(lake: Path) -> None:
    everywhere = "    stack: [airbyte, staging]\n"
    apart = "    overrides: {staging: {configuration: {s3_bucket_name: other}}}\n"
    both = TWO_STACKS + SOURCE + everywhere + DESTINATION + everywhere + apart + CONNECTION + everywhere
    write_lake(lake, {FILE: both})
    assert run(lake, "synth").code == 0
    gone = lake / "cdktf.out/stacks/staging"
    (gone / ".terraform.lock.hcl").write_text("# of the stack that is gone\n")
    write_lake(lake, {FILE: REGISTRY})
    stale = run(lake, "synth", "--check")
    assert (stale.code, stale.out.splitlines()[0]) == (
        1,
        "cdktf.out/stacks/staging:1:1  synth-stale  belongs to a stack that no longer exists",
    )
    assert gone.exists()
    assert run(lake, "synth").out.splitlines()[-1] == "removed cdktf.out/stacks/staging/cdk.tf.json"
    assert not gone.exists()
    assert run(lake, "synth", "--check").code == 0


def test_a_hand_written_file_in_the_folder_of_a_stack_that_is_gone_stays(current: Path) -> None:
    gone = current / "cdktf.out/stacks/old"
    gone.mkdir()
    for name in ("cdk.tf.json", "terraform.tfvars"):
        (gone / name).write_text("{}\n")
    assert run(current, "synth").code == 0
    assert [path.name for path in gone.iterdir()] == ["terraform.tfvars"]


def test_a_folder_without_a_document_is_nobodys_business_to_remove(current: Path) -> None:
    (current / "cdktf.out/stacks/mine").mkdir()
    (current / "cdktf.out/stacks/mine/.terraform.lock.hcl").write_text("# mine\n")
    assert run(current, "synth").code == 0
    assert (current / "cdktf.out/stacks/mine/.terraform.lock.hcl").exists()


def test_foreign_files_in_the_folder_of_a_stack_stay(current: Path) -> None:
    mine = current / "cdktf.out/stacks/airbyte/extra.tf"
    mine.write_text("# mine\n")
    write_lake(current, {FILE: REGISTRY + "    prefix: new_\n"})
    assert run(current, "synth").code == 0
    assert mine.read_text() == "# mine\n"


def test_hcl_output_is_refused_with_the_reason(current: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_HCL_OUTPUT", "true")
    result = run(current, "synth")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("lakeform synth: --hcl is not supported: ")
    assert len(result.err.splitlines()) == 1


def test_synth_writes_where_cdktf_says(current: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDKTF_OUTDIR", "other.out")
    assert run(current, "synth") == Result(0, "wrote other.out/stacks/airbyte/cdk.tf.json\n", "")
    assert (current / "other.out/stacks/airbyte/cdk.tf.json").read_bytes() == (current / DOCUMENT).read_bytes()


@pytest.mark.parametrize("verb", ["synth", "check"])
def test_without_node_the_message_is_one_line_and_the_code_2(current: Path, tmp_path: Path, verb: str) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    words = ["synth"] if verb == "synth" else ["check", "--synth"]
    done = lakeform(*words, cwd=current, environment={"PATH": str(empty)})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "Node.js" in done.stderr
    assert "PATH" in done.stderr


def test_what_needs_no_node_works_without(current: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    for words in (["check"], ["catalog", "--check"], ["schema"]):
        assert lakeform(*words, cwd=current, environment={"PATH": str(empty)}).returncode == 0


def test_a_node_that_does_not_work_is_one_line_too(current: Path, tmp_path: Path) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "node").write_text("#!/bin/sh\necho 'cannot start' >&2\nexit 1\n")
    (broken / "node").chmod(0o755)
    done = lakeform("synth", cwd=current, environment={"PATH": f"{broken}:/bin:/usr/bin"})
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# Files


def test_a_run_that_changes_nothing_touches_nothing(current: Path) -> None:
    assert run(current, "schema", "--write").code == 0
    before = state(current)
    for words in (
        ("check",),
        ("check", "--synth"),
        ("catalog",),
        ("synth",),
        ("synth", "--check"),
        ("schema", "--write"),
    ):
        assert run(current, *words).code == 0
    assert state(current) == before


def test_no_temporary_file_is_left(current: Path) -> None:
    write_lake(current, {FILE: REGISTRY + "    prefix: new_\n"})
    assert run(current, "synth").code == 0
    assert [name for name in state(current) if ".tmp" in name or Path(name).name.startswith(".")] == []


def test_a_written_file_replaces_the_old_one_at_once(current: Path) -> None:
    """A reader that has the old file open reads the old text to its end."""
    with (current / DOCUMENT).open() as reader:
        before = (current / DOCUMENT).read_text("utf-8")
        write_lake(current, {FILE: REGISTRY + "    prefix: new_\n"})
        assert run(current, "synth").code == 0
        assert reader.read() == before
    assert (current / DOCUMENT).read_text("utf-8") != before


def test_a_failing_write_leaves_the_old_file_and_no_new_one(current: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lake(current, {FILE: REGISTRY + "    prefix: new_\n", "dag/streams/faker/users.json": '{"fields": ["id"]}'})
    before = {name: data for name, (_, data) in state(current).items()}

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    result = run(current, "catalog")
    assert result.code == 2
    assert result.err.lower().startswith("lakeform catalog: ")
    assert len(result.err.splitlines()) == 1
    assert {name: data for name, (_, data) in state(current).items()} == before


@pytest.mark.skipif(os.geteuid() == 0, reason="cannot run here: root may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_message(lake: Path) -> None:
    (lake / "dag/streams/faker").chmod(0o555)
    result = run(lake, "catalog")
    (lake / "dag/streams/faker").chmod(0o755)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1


def test_a_file_where_the_output_folder_should_be_is_one_message(lake: Path) -> None:
    (lake / "cdktf.out").write_text("")
    result = run(lake, "synth")
    assert result.code == 2
    assert "cdktf.out" in result.err
    assert len(result.err.splitlines()) == 1


# Signals


def test_a_reader_that_goes_away_is_no_traceback(current: Path) -> None:
    script = f"{sys.executable} -m infra schema --root {current} | head -c 10; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


@pytest.mark.parametrize(
    ("verb", "module"),
    [("check", "infra.commands.check"), ("catalog", "infra.commands.catalog"), ("synth", "stacks.lake")],
)
def test_ctrl_c_is_no_traceback(lake: Path, monkeypatch: pytest.MonkeyPatch, verb: str, module: str) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"{module}.check_lake", interrupted)
    assert run(lake, verb) == Result(130, "", "")


@pytest.mark.parametrize("module", ["argparse", "infra.commands.main", "infra.commands.check", "jsonschema_rs", "yaml"])
def test_ctrl_c_while_python_imports_is_no_traceback(current: Path, module: str) -> None:
    program = f"""
import os, signal, sys
from infra.__main__ import run

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.argv = ["lakeform", "check", "--root", {str(current)!r}]
sys.exit(run())
"""
    words = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode in (-signal.SIGINT, 130)


def test_the_console_script_and_the_module_are_the_same_command(current: Path) -> None:
    script = shutil.which("lakeform", path=str(Path(sys.executable).parent))
    assert script is not None
    done = subprocess.run([script, "check", "--root", str(current)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, lakeform("check", cwd=current).stdout)
