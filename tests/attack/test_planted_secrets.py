"""A secret in every place where people have one: no command shows it, writes it anywhere, or hands it to another program."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from tests.attack.commands import Commands
from tests.attack.planted_secrets import MARK, SECRET_FILE, STATES, files_of, forms, given
from tests.review.test_reviews import commit, git
from tests.support.lakes import run, write_files, write_lake

COMMANDS = (
    *(("check",), ("check", "--format", "json"), ("check", "--synth"), ("catalog",), ("synth",), ("synth", "--check")),
    *(
        ("secrets",),
        ("secrets", "--format", "json"),
        ("secrets", "--check"),
        ("secrets", "--check", "--format", "json"),
    ),
    *(("secrets", "--check", SECRET_FILE), ("secrets", "--check", ".env"), ("secrets", "--template")),
    *(("flux",), ("flux", "--check"), ("schema", "--write"), ("lock",), ("impact", "faker")),
    *(("explain", "airbyte_destination.lake"), ("explain", "--diagnostics", "plan.txt")),
    *(("review", "--base", "HEAD"), ("review", "--base", "HEAD", "--format", "json")),
    *(("review", "--base", "HEAD", "--format", "markdown"), ("review", "--base", "HEAD", "--server")),
    *(("add", "connection", "faker", "lake"), ("backfill", "faker", "users"), ("backfill", "--list")),
    *(("discover", "faker"), ("discover", "faker", "--from", "server"), ("discover", "faker", "--from", "connector")),
    *(("test", "lake"), ("connections",), ("status",), ("status", "--format", "json"), ("drift",)),
    *(("drift", "--format", "patch"), ("sync", "faker_to_lake", "--no-wait"), ("import", "--from", "server")),
    *(("reconcile", "--timeout", "1s"), ("suspend", "--reason", "x"), ("resume",), ("read", "faker")),
    *(("import", "--from", "state", SECRET_FILE), ("lock", "source-faker", "--from-spec", SECRET_FILE)),
)
PAIRS = [(state, words) for state in STATES for words in COMMANDS]
PLAN = f"Error: wrong\n\n  with airbyte_destination.lake,\n  on cdk.tf.json line 9:\n\nBearer {MARK} https://me:{quote(MARK, safe='')}@x/\n"


@pytest.mark.attack("planted secrets: 35 states of a lake, 44 commands", short=2, long=500)
def test_no_command_tells_a_secret(seed: int, runner: Commands, tmp_path: Path) -> None:
    state, words = Random(seed).choice(PAIRS)
    root = write_lake(tmp_path / "lake", {**files_of("valid"), "plan.txt": PLAN})
    assert run(root, "catalog").code == 0
    git(root, "init", "--quiet")
    commit(root)
    write_files(root, files_of(state))
    before = texts_in(root)
    ended = runner.run(root, *words, environment={**given(), "PIP_NO_INDEX": "1"}, hasty=True, watched=True)
    print(state, words, ended)
    ended.assert_decent()
    shown = "\n".join([ended.out, ended.err, *ended.lines])
    kept = {path: text for path, text in texts_in(runner.folder).items() if path.name not in ("out", "err")}
    for form in forms():
        assert form not in shown
        assert [
            path
            for path, text in (texts_in(root) | kept).items()
            if text.count(form) > before.get(path, "").count(form)
        ] == []


def texts_in(folder: Path) -> dict[Path, str]:
    """Every file, but those of git, and those that a program removes while it ends."""
    found: dict[Path, str] = {}
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (Path(above, name) for name in names):
            with suppress(FileNotFoundError):
                found[path] = path.read_text("utf-8", "replace")
    return found


def test_the_counts_in_the_name_are_right() -> None:
    assert (len(STATES), len(COMMANDS)) == (35, 44)
