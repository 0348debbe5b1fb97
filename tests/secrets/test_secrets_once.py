"""What a command asks of files of secrets, and of the origins of values, it asks once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from infra.secrets.secret_file import parse_secrets
from infra.secrets.secret_sources import origin_of
from tests.support.flux_lakes import GIT, SECRETS, VALUES, lake_with_everything, two_stacks
from tests.support.lakes import run

LISTENING: list[Callable[[str], None]] = []


def _hear(event: str, details: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(details[0], str):
        for tell in LISTENING:
            tell(details[0])


# A hook stays for as long as the process does.
sys.addaudithook(_hear)


class Asked:
    """How often a file was opened, and a function called with its first argument, while a command ran."""

    def __init__(self) -> None:
        self.opened: Counter[str] = Counter()
        self.parsed: Counter[str] = Counter()
        self.origins: Counter[tuple[str, str]] = Counter()

    def run(self, root: Path, *words: str) -> int:
        LISTENING.append(lambda path: self.opened.update(["/".join(Path(path).parts[-2:])]))
        sys.setprofile(self._called)
        try:
            return run(root, *words).code
        finally:
            sys.setprofile(None)
            LISTENING.clear()

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is origin_of.__code__:
            self.origins[frame.f_locals["stack"].id, frame.f_locals["name"]] += 1
        elif event == "call" and frame.f_code is parse_secrets.__code__:
            self.parsed[frame.f_locals["file"]] += 1


COMMANDS = [
    ("flux",),
    ("flux", "--check"),
    ("secrets",),
    ("secrets", "--check"),
    ("secrets", "--check", "--stack", "other"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_file_of_two_stacks_is_read_once_and_each_origin_is_asked_once(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    flux = ("namespace: lake", GIT, SECRETS, VALUES)
    root = two_stacks(tmp_path, flux, flux)
    assert run(root, "flux", "--quiet").code == 0
    asked = Asked()
    assert asked.run(root, *words, "--quiet") == 0
    assert (asked.opened["secrets/lake.yaml"], asked.parsed["secrets/lake.yaml"]) == (1, 1)
    stacks = ("other",) if "--stack" in words else ("airbyte", "other")
    variables = ("client_id", "client_secret", "workspace_id")
    assert asked.origins == {(stack, name): 1 for stack in stacks for name in variables}


def test_every_file_of_a_stack_is_read_once(tmp_path: Path) -> None:
    root, asked = lake_with_everything(tmp_path), Asked()
    assert asked.run(root, "flux", "--quiet") == 0
    assert asked.parsed == {"secrets/lake.yaml": 1, "secrets/more.env": 1}
    assert {file: count for file, count in asked.opened.items() if file in asked.parsed} == asked.parsed
    assert set(asked.origins.values()) == {1}
