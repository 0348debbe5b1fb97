"""Lakes that somebody broke: every command says so, or does its work; none of them gives up."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from tests.attack.broken_lakes import broken, decent, files_of
from tests.attack.plugin import Tried
from tests.review.test_reviews import commit, git
from tests.support.full_lake import full_lake
from tests.support.lakes import run, write_files

COMMANDS = (
    ("check",),
    ("check", "--format", "json"),
    ("catalog", "--check"),
    ("synth",),
    ("explain", "airbyte_source.faker"),
    ("secrets",),
    ("secrets", "--check", "--format", "json"),
    ("flux",),
    ("catalog",),
    ("impact", "faker"),
    ("add", "connection", "faker", "lake"),
)
FORMATS = ("text", "json", "markdown")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake, synthesized and committed."""
    root = full_lake(tmp_path_factory.mktemp("good") / "lake")
    assert run(root, "synth").code == 0
    git(root, "init", "--quiet")
    commit(root, "Base")
    return root


@pytest.fixture
def copy(lake: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lake, tmp_path / "lake"))


@pytest.mark.attack("broken lakes, 11 commands each", short=1, long=300)
def test_no_command_gives_up_on_a_broken_lake(seed: int, copy: Path, tried: Tried) -> None:
    tried(len(COMMANDS))
    write_files(copy, broken(Random(seed), files_of(copy)))
    for words in COMMANDS:
        decent(copy, *words)


@pytest.mark.attack("reviews of broken heads and of broken bases, in 3 formats", short=1, long=300)
def test_no_review_gives_up_on_a_broken_side(seed: int, copy: Path, tried: Tried) -> None:
    tried(len(FORMATS))
    random = Random(seed)
    before = files_of(copy)
    write_files(copy, broken(random, before))
    if random.random() < 0.5:  # the base is the broken one
        commit(copy, "Broken")
        write_files(copy, before)
    for form in FORMATS:
        decent(copy, "review", "--base", "HEAD", "--format", form)
