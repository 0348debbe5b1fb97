"""Output: all that a program writes which answers at once, as git and kubectl do."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from infra.base.process import TAIL, TooMuchError, chunks, whole_lines

# All files of a lake of ten thousand tables, as git gives them, and ten times as much.
MOST_BYTES = 1024 * 2**20


@dataclass(frozen=True)
class Output:
    """What a program wrote until it ended.

    Attributes:
        code: its exit code.
        written: to stdout.
        errors: the end of what it wrote to stderr, whole lines.
    """

    code: int
    written: bytes = field(repr=False)
    errors: str = field(repr=False)


def output_of(
    words: Sequence[str],
    *,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    seconds: float = float("inf"),
    most_bytes: int = MOST_BYTES,
) -> Output:
    """Run a program and wait for its end. Raises OSError if it cannot be started, TimeoutError, and TooMuchError for more than
    `most_bytes` on stdout; it is gone in any case.
    """
    process = subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        threading.Thread(target=_give, args=(process, given), daemon=True).start()
        written, errors = bytearray(), b""
        for is_error, data in chunks(process, time.monotonic() + seconds):
            if is_error:
                errors = (errors + data)[-TAIL:]
                continue
            written += data
            if len(written) > most_bytes:
                raise TooMuchError(words[0], f"more than {most_bytes // 2**20} MB")
        return Output(process.wait(), bytes(written), whole_lines(errors))
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _give(process: subprocess.Popen[bytes], given: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError), process.stdin:
        process.stdin.write(given)
