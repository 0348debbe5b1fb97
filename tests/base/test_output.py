"""All that a program writes: bounded in size and time, whole on both pipes, and nothing of it left running."""

from __future__ import annotations

import sys
import time
import tracemalloc

import pytest

from infra.base.output import output_of
from infra.base.process import TooMuchError


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", f"import os, sys, time\n{code}"]


def test_what_is_given_comes_back_with_code_and_errors() -> None:
    size = 5 * 2**20  # more than the pipes hold, so that both sides have to be at work at once
    code = "data = sys.stdin.buffer.read()\nsys.stdout.buffer.write(data)\nprint('why', file=sys.stderr)\nsys.exit(3)"
    found = output_of(python(code), given=b"x" * size)
    assert (found.code, len(found.written), found.errors) == (3, size, "why\n")


def test_a_program_that_does_not_read_is_no_fault() -> None:
    assert output_of(python("print('done')"), given=b"x" * 2**22).written == b"done\n"


def test_output_without_end_is_given_up() -> None:
    tracemalloc.start()
    with pytest.raises(TooMuchError, match=r"^python\S* was stopped: it wrote more than 4 MB$"):
        output_of(python("while True: os.write(1, b'x' * 65536)"), most_bytes=4 * 2**20)
    assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    tracemalloc.stop()


def test_errors_without_end_keep_their_last_lines() -> None:
    found = output_of(python("for n in range(100000): print('line', n, file=sys.stderr)"))
    assert found.errors.endswith("line 99999\n")
    assert len(found.errors) < 2**15


@pytest.mark.parametrize(
    "code", ["time.sleep(60)", "os.fork() or time.sleep(60)\nprint('x', flush=True)\ntime.sleep(60)"]
)
def test_a_program_that_does_not_end_has_a_deadline(code: str) -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        output_of(python(code), seconds=1)
    assert time.monotonic() - start < 20


def test_what_a_program_left_behind_with_its_pipes_is_not_waited_for() -> None:
    start = time.monotonic()
    found = output_of(python("print('x', flush=True)\nif os.fork() == 0: time.sleep(30)"), seconds=60)
    assert (found.written, time.monotonic() - start < 20) == (b"x\n", True)


def test_a_program_that_is_not_there_is_the_systems_own_error() -> None:
    with pytest.raises(FileNotFoundError):
        output_of(["/nowhere/at/all"])
