"""What works offline opens no socket that leads anywhere, and writes below the project root; what else is written is named here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.attack.trace import has_strace, traced
from tests.review.test_reviews import commit, git
from tests.support.full_lake import DISCOVERED_FILE, LOCK_FILE, full_lake
from tests.support.lakes import REPOSITORY, run, write_files
from tests.support.secret_lakes import manifest

COMMANDS = (
    ("review", "--base", "HEAD"),
    ("explain", "airbyte_source.faker"),
    ("check",),
    ("synth",),
    ("discover", "faker", "--from", "offer.json"),
    ("check", "--synth"),
    ("catalog",),
    ("synth", "--check"),
    ("schema", "--write"),
    ("secrets",),
    ("secrets", "--check", "secrets/lake.yaml"),
    ("secrets", "--template", "--stack", "staging"),
    ("flux",),
    ("flux", "--check"),
    ("explain", "--diagnostics", "plan.txt"),
    ("review", "--base", "HEAD", "--format", "markdown"),
    ("impact", "faker"),
    ("lock", "source-faker", "--from-spec", "spec.json", "--definition-id", "dfd88b22-b603-4c3d-aad7-3701784586b1"),
    ("backfill", "faker", "users"),
    ("backfill", "--list"),
    ("add", "connection", "again", "--source", "faker", "--destination", "lake"),
    ("init", "made"),
)
# The README's list. What may ask a server as well loads urllib3, which makes a socket to learn of IPv6, and no more of it.
NEVER = {"check", "catalog", "synth", "review", "explain", "secrets", "flux"}
# Not files of a disk.
DEVICES = ("/dev/null", "/dev/tty", "/proc/self/", "/dev/shm/")
# jsii unpacks CDKTF there, once.
JSII_CACHE = ".cache/aws/jsii"


@pytest.mark.attack("offline commands: sockets, and files outside the root", short=1, long=len(COMMANDS))
def test_an_offline_command_reaches_nothing_else(seed: int, tmp_path: Path) -> None:
    words = COMMANDS[seed % len(COMMANDS)]
    root, home, temporary = full_lake(tmp_path / "lake"), tmp_path / "home", tmp_path / "tmp"
    for folder in (home, temporary):
        folder.mkdir()
    assert run(root, "catalog").code == 0
    git(root, "init", "--quiet")
    commit(root)
    offer = f'{{"catalog": {{"streams": [{DISCOVERED_FILE}]}}}}'
    files = {"offer.json": offer, "spec.json": LOCK_FILE, "plan.txt": "Error: x\n", "secrets/lake.yaml": manifest()}
    write_files(root, files)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = traced(["-m", "infra", *words], root, environment, tmp_path / "trace")
    print(words, has_strace(), done)
    assert done.code in (0, 1)
    assert done.reached == ()
    if words[0] in NEVER:
        assert done.sockets == ()
    places = (f"{root}/", f"{temporary}/", f"{home}/{JSII_CACHE}", *DEVICES)
    outside = [path for path in done.written if not f"{path}/".startswith(places)]
    assert [path for path in outside if not f"{home}/{JSII_CACHE}".startswith(path)] == []
    assert list(temporary.iterdir()) == []
