"""`lakeform completion`: real shells are asked what they offer, and the program is asked as they ask it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.commands.main import VERBS
from tests.support.lakes import MINIMAL, REPOSITORY, USERS, run, write_lake


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    root = write_lake(tmp_path / "lake", {**MINIMAL, "dag/streams/faker/orders.json": USERS})
    (root / ".cache/lakeform/connectors/airbyte-source-faker-6.2.24-py3.11").mkdir(parents=True)
    return root


def offered(line: str, cwd: Path) -> list[str]:
    """What the program answers to a shell that completes a line at its end."""
    answer = cwd / ".answer"
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_SHELL": "bash",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "XDG_CACHE_HOME": str(cwd / ".cache"),
        "COMP_POINT": str(len(line)),
    }
    call = "import sys; from infra.commands.main import main; sys.exit(main())"
    subprocess.run([sys.executable, "-c", call], cwd=cwd, env=environment, capture_output=True, check=False)
    words = answer.read_text("utf-8").split("\n") if answer.exists() else []
    answer.unlink(missing_ok=True)
    return sorted(word.strip() for word in words if word.strip())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lakeform re", ["read", "reconcile", "remove", "rename", "resume", "review"]),
        ("lakeform check --s", ["--strict", "--synth"]),
        ("lakeform sync ", ["faker_to_lake"]),
        ("lakeform discover f", ["faker"]),
        ("lakeform test ", ["faker", "lake"]),
        ("lakeform reconcile a", ["airbyte"]),
        ("lakeform backfill faker ", ["orders", "users"]),
        ("lakeform backfill faker users --mode ", ["clear", "merge", "truncate"]),
        ("lakeform rename streams.faker.u", ["streams.faker.users"]),
        ("lakeform remove connections.", ["connections.faker_to_lake"]),
        ("lakeform add s", ["source", "stream"]),
        ("lakeform add connection x --source ", ["faker"]),
        ("lakeform add connection x --destination ", ["lake"]),
        ("lakeform add source x --destination ", ["lake"]),
        ("lakeform add source x --stack ", ["airbyte"]),
        ("lakeform add source x --connector source-s", ["source-shopify"]),
        ("lakeform add destination x --connector ", ["destination-s3"]),
        ("lakeform impact ", ["faker", "faker.orders", "faker.users"]),
        ("lakeform explain cursor-r", ["cursor-required"]),
        ("lakeform explain sources.", ["sources.faker"]),
        ("lakeform lock d", ["destination-s3"]),
        ("lakeform cache ", ["airbyte-source-faker-6.2.24-py3.11"]),
        ("lakeform schema ", ["registry", "settings", "stream", "streams/faker"]),
    ],
)
def test_words_are_completed_from_the_lake(lake: Path, line: str, words: list[str]) -> None:
    assert [word for word in offered(line, lake) if line[-1] != " " or not word.startswith("-")] == words


def test_outside_of_a_lake_verbs_and_options_are_left(tmp_path: Path) -> None:
    assert set(VERBS) <= set(offered("lakeform ", tmp_path))
    assert offered("lakeform discover f", tmp_path) == []


def test_a_lake_that_cannot_be_read_is_no_error(lake: Path) -> None:
    (lake / "dag/registry/lake.yaml").write_text("sources: [\n", "utf-8")
    assert offered("lakeform discover f", lake) == []


BASH = 'source "$1"; COMP_LINE="lakeform backfill faker us"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; _python_argcomplete lakeform us faker; printf "%s\\n" "${COMPREPLY[@]}"'
FISH = 'source $argv[1]; complete --do-complete "lakeform backfill faker us"'


@pytest.mark.parametrize(("shell", "words"), [("bash", ["-c", BASH, "bash"]), ("fish", ["-c", FISH])])
def test_a_real_shell_completes(lake: Path, tmp_path: Path, shell: str, words: list[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"cannot run here: {shell} is not installed")
    script, program = tmp_path / "script", tmp_path / "bin/lakeform"
    script.write_text(run(lake, "completion", shell).out, "utf-8")
    program.parent.mkdir()
    call = "import sys; from infra.commands.main import main; sys.exit(main())"
    program.write_text(f"#!{sys.executable}\n{call}\n", "utf-8")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}
    ran = subprocess.run(
        [shell, *words, str(script)], cwd=lake, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.stdout.strip(), ran.stderr) == ("users", "")


def test_zsh_takes_the_script(lake: Path, tmp_path: Path) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("cannot run here: zsh is not installed")
    script = tmp_path / "script"
    script.write_text(run(lake, "completion", "zsh").out, "utf-8")
    words = f"autoload -U compinit && compinit -u -D; source {script}; print $_comps[lakeform]"
    ran = subprocess.run(["zsh", "-f", "-c", words], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("_python_argcomplete\n", "")
