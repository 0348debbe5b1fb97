"""A whole lake of which a few files were exchanged by somebody who does not know what they are."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType

from infra.lake.documents import read_json, read_yaml
from tests.attack.emitter import Emitter, pairs
from tests.attack.mutate import broken_bytes, mutated
from tests.attack.shapes import misshapen
from tests.attack.trees import shaken
from tests.support.lakes import Result, run

# More than any of them takes on a loaded machine.
SECONDS = 120


def files_of(root: Path) -> dict[str, bytes]:
    """Every file of a lake that people or generators write, sorted."""
    found = sorted(path for folder in ("dag", "cdktf.out") for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def broken(random: Random, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Other contents for one to three of the files."""
    # Many of them in the registry and in what is synthesized, which are few files, and the most of the lake.
    few = [[name for name in files if name.startswith(folder)] for folder in ("dag/registry/", "cdktf.out/")]
    names = [random.choice(random.choice([*few, list(files)])) for _ in range(random.randint(1, 3))]
    return {name: other(random, name, files[name]) for name in names}


def other(random: Random, name: str, data: bytes) -> bytes:
    """Another content of a file."""
    way = random.random()
    if way < 0.1:
        return broken_bytes(random, data)
    if way < 0.4:
        return mutated(random, data.decode()).encode("utf-8", "surrogatepass")
    if way < 0.6 and name.endswith(".json"):
        return json.dumps(misshapen(random, json.loads(data))).encode()
    is_json = name.endswith(".json")
    document, _ = (read_json if is_json else read_yaml)(name, data.decode())
    assert document is not None
    value = shaken(random, pairs(document.value))
    return Emitter(random, is_json=is_json).emit(value).text.encode("utf-8", "surrogatepass")


def decent(root: Path, *words: str) -> Result:
    """What a command says in this process: no traceback, one of the exit codes, nothing that moves a terminal."""
    with within(SECONDS):
        result = run(root, *words)
    shown = result.out + result.err
    assert result.code in (0, 1, 2), (words, result)
    assert "Traceback" not in shown, (words, result)
    assert shown.replace("\n", "").isprintable(), (
        words,
        [one for one in shown if not one.isprintable() and one != "\n"],
    )
    if words[-2:] == ("--format", "json") and result.out:
        json.loads(result.out)
    return result


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise TimeoutError where it takes longer."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
