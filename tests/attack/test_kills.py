"""A command that is killed: each file is the old one or the new one, whole, and the next run makes up for it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.support.full_lake import DISCOVERED_FILE, full_lake
from tests.support.lakes import REPOSITORY, run, write_files
from tests.support.secret_lakes import manifest

COMMANDS = (
    ("catalog",),
    ("synth",),
    ("flux",),
    ("schema", "--write"),
    ("discover", "faker", "--from", "offer.json"),
    ("lock", "source-faker", "--from-spec", "spec.json", "--definition-id", "dfd88b22-b603-4c3d-aad7-3701784586b1"),
    ("backfill", "faker", "users"),
    ("secrets", "--template", "--stack", "staging", "--output", "secrets/staging.yaml"),
    ("init", "made"),
)
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SPEC = '{"type": "object", "properties": {"count": {"type": "integer"}, "seed": {"type": "integer"}, "new": {"type": "string"}}}\n'
OFFER = f'{{"catalog": {{"streams": [{DISCOVERED_FILE}]}}}}'

# The console script, which tells when Python has started: what happens before is not lakeform's.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("begun", flush=True)
from infra.__main__ import run
raise SystemExit(run())
"""

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Clean:
    """A run that nobody killed: the files before and after it, and how long it took."""

    before: Files
    after: Files
    seconds: float


def lake_in(root: Path) -> Path:
    """A lake where each of the commands has something to write."""
    full_lake(root)
    assert run(root, "synth").code == 0
    for path in [*root.rglob("_catalog*.json"), *(root / "cdktf.out").rglob("*.json")]:
        path.write_bytes(path.read_bytes().replace(b"users", b"userz"))
    keys = [f"TF_VAR_{name}" for name in ("airbyte_client_id", "airbyte_client_secret", "s3_key")]
    values = manifest(keys, name="lake-secrets", namespace="flux-system")
    write_files(root, {"spec.json": SPEC, "offer.json": OFFER, "secrets/lake.yaml": values})
    return root


def files_in(root: Path) -> Files:
    """Every file, but what a program that was killed could not take away: hidden, and marked as temporary."""
    found = sorted(path for path in root.rglob("*") if path.is_file() and not is_temporary(path))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def is_temporary(path: Path) -> bool:
    return path.name.startswith(".") and path.name.endswith(".tmp")


def started(root: Path, home: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=root,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_interruptible,  # noqa: PLW1509  # pytest's workers start it from their only thread
    )


def _interruptible() -> None:
    """Who starts jobs in the background has them ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begin(process: subprocess.Popen[bytes]) -> float:
    """Wait until the command has begun; the time."""
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return time.monotonic()


@cache
def clean(words: tuple[str, ...]) -> Clean:
    with TemporaryDirectory() as folder:
        root, home = lake_in(Path(folder) / "lake"), Path(folder) / "home"
        home.mkdir()
        before = files_in(root)
        with started(root, home, *words) as process:
            begun = begin(process)
            out, err = process.communicate()
        assert (process.returncode, err.count(b"Traceback")) == (0, 0), out + err
        after = files_in(root)
        assert after != before
        return Clean(before, after, time.monotonic() - begun)


@pytest.mark.attack("commands killed at a random moment", short=1, long=60)
def test_a_kill_leaves_whole_files(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    words, number = random.choice(COMMANDS), random.choice(SIGNALS)
    wanted = clean(words)
    root, home = tmp_path / "lake", tmp_path / "home"
    home.mkdir()
    write_files(root, wanted.before)
    with started(root, home, *words) as process:
        begin(process)
        moment = random.random() * wanted.seconds
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        to = os.killpg if number == signal.SIGINT else os.kill
        with suppress(ProcessLookupError):
            to(process.pid, number)
        _, err = process.communicate(timeout=60)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    print(words, number, moment, wanted.seconds, process.returncode, err)
    assert b"Traceback" not in err
    assert b"PanicException" not in err
    assert_whole(files_in(root), wanted)
    if number != signal.SIGKILL:
        assert [path for path in root.rglob("*") if is_temporary(path)] == []
    shutil.rmtree(home)
    home.mkdir()
    with started(root, home, *words) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode in again(words), err
    assert files_in(root) == wanted.after


def assert_whole(found: Files, wanted: Clean) -> None:
    """Each file is as before or as after; none is gone."""
    for name, data in found.items():
        assert data in (wanted.before.get(name), wanted.after.get(name)), name
    assert [name for name in wanted.before if name not in found and name in wanted.after] == []


def again(words: tuple[str, ...]) -> tuple[int, ...]:
    """What it ends with if all is done: neither a template nor a lake is written over one that is there, and no backfill twice."""
    return {"secrets": (0, 1), "init": (0, 1), "backfill": (0, 2)}.get(words[0], (0,))
