"""A low-code connector's manifest: what is read of it, and how much is believed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import pytest

from infra.airbyte.local.manifest import read_manifest
from infra.base.errors import UserError

HEAD = "version: 6.0.0\n"


def bomb(levels: int) -> str:
    """Aliases of aliases: each level has ten times what the one before has."""
    names = [f"a{number}" for number in range(levels)]
    lines = [f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise(names)]
    return f"{HEAD}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{''.join(lines)}streams: *{names[-1]}\n"


def chain(levels: int) -> str:
    """Aliases in aliases: each level is one deeper than the one before."""
    return f"{HEAD}a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, levels)) + "streams: []\n"


TOO_MANY = "it has more than 1,000,000 values, once its aliases are what they stand for"
TOO_DEEP = "it is nested more than 100 levels deep"
BOMBS = {
    "aliases of aliases": (bomb(9), TOO_MANY),
    "aliases one in the other": (chain(5000), TOO_DEEP),
    "an alias inside of itself": (f"{HEAD}streams: &a [*a]\n", TOO_DEEP),
    "many aliases inside of themselves": (f"{HEAD}streams: &a [{', '.join(['*a'] * 20)}]\n", TOO_MANY),
    "lists in lists": (f"{HEAD}streams: {'[' * 150}{']' * 150}\n", TOO_DEEP),
}


@pytest.mark.parametrize(("text", "said"), BOMBS.values(), ids=BOMBS)
def test_a_manifest_that_no_runner_could_be_given(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "manifest.yaml"
    file.write_text(text)
    started = perf_counter()
    with pytest.raises(UserError) as caught:
        read_manifest(file)
    assert str(caught.value) == f"{file} is not read: {said}"
    assert perf_counter() - started < 5


@pytest.mark.parametrize(
    "text", ["streams: [", f"streams: {'[' * 5000}", "streams: !!int x", "? {a: b}\n: c", "a: !!python/none"]
)
def test_a_manifest_that_is_not_yaml(tmp_path: Path, text: str) -> None:
    file = tmp_path / "manifest.yaml"
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        read_manifest(file)
    assert str(caught.value) == f"{file} is not YAML"


def test_dates_stay_text_and_aliases_are_what_they_stand_for(tmp_path: Path) -> None:
    file = tmp_path / "manifest.yaml"
    file.write_text(f"{HEAD}a: &a {{since: 2020-99-99, 2020-01-01: yes}}\nstreams: [*a, *a]\n")
    value = {"since": "2020-99-99", "2020-01-01": True}
    assert json.loads(json.dumps(read_manifest(file))) == {"version": "6.0.0", "a": value, "streams": [value, value]}
