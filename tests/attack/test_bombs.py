"""Small files that grow: each is a sentence or is read, within seconds and a bound of memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from tests.attack.bombs import BOMBS
from tests.attack.commands import Commands
from tests.support.lakes import MINIMAL, write_files, write_lake

# On a machine that does nothing else each takes less than ten.
SECONDS = 60
MEGABYTES = 1000
LOCK = ("lock", "source-x", "--from-spec", "spec.json", "--definition-id", "dfd88b22-b603-4c3d-aad7-3701784586b1")
COMMANDS = (("check",), ("check", "--format", "json"), ("catalog",), ("schema", "--write"))


@pytest.mark.attack("bombs of links, aliases, depth, references, patterns and names", short=1, long=78)
def test_no_bomb_goes_off(seed: int, runner: Commands, tmp_path: Path) -> None:
    random = Random(seed)
    name = list(BOMBS)[seed % len(BOMBS)]
    files, links = BOMBS[name](random)
    root = write_files_and_links(tmp_path / "lake", files, links)
    words = LOCK if "spec.json" in files else random.choice(COMMANDS)
    ended = runner.run(root, *words, seconds=SECONDS)
    print(name, words, ended.code, ended.out[-1000:], ended.err[-1000:], ended.megabytes)
    ended.assert_decent()
    assert ended.megabytes < MEGABYTES


def write_files_and_links(root: Path, files: Mapping[str, str], links: Mapping[str, str]) -> Path:
    write_lake(root, MINIMAL)
    write_files(root, files)
    for place, target in links.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
    return root
