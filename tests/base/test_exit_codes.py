"""What ends a command, and with which code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY, run, write_lake

IGNORING = """
import signal, time
from infra.base.exit_codes import begin, exit_code

class Ignoring:
    def __del__(self):
        WHAT

def run():
    Ignoring()
    time.sleep(SECONDS)
    return 0

begin()
raise SystemExit(exit_code("lakeform", run))
"""


def ended(what: str, seconds: float) -> tuple[int, str]:
    """The code and the words of a program in which something happens where Python ignores exceptions."""
    program = IGNORING.replace("WHAT", what).replace("SECONDS", str(seconds))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr


def test_an_interrupt_where_exceptions_are_ignored_ends_the_command_all_the_same() -> None:
    assert ended("signal.raise_signal(signal.SIGINT)", 30) == (130, "")


@pytest.mark.parametrize(
    "words", [("check",), ("explain", "bad-name"), ("check", "--format", "json"), ("completion", "bash")]
)
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_what_nobody_wants_to_read_goes_nowhere(tmp_path: Path, closed: str, words: tuple[str, ...]) -> None:
    write_lake(tmp_path)
    command = f"{sys.executable} -m infra --root {tmp_path} {' '.join(words)} {closed}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (run(tmp_path, *words).code, "", "")


def test_nothing_is_read_from_nowhere(tmp_path: Path) -> None:
    write_lake(tmp_path)
    command = f"{sys.executable} -m infra --root {tmp_path} explain --diagnostics - <&-"
    done = subprocess.run(
        ["sh", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "contains no diagnostics" in done.stderr


def test_another_exception_there_is_told_as_ever() -> None:
    code, told = ended("raise ValueError('x')", 0)
    assert code == 0
    assert told.startswith("Exception ignored in: <function Ignoring.__del__")
    assert told.endswith("ValueError: x\n")
