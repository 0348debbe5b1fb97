"""What a message says to write, written: the problem is gone, and no other stands in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from infra.lake.registry.period import NONE_BETWEEN
from tests.support.lakes import problems_of, write_lake
from tests.support.mistakes.table import Mistake, mistakes

# A value and nothing else: what has prose behind it asks for a decision.
_VALUE = re.compile(r'write (?P<values>(?:[{\["]|(?:manual|true|false|[0-9.]+|[a-z_-]+)$).*)')
_PROSE = re.compile(r"\.\.\.|NAME|[}\]\"] [a-z]|; ")
_AFTER = re.compile(r", (?:and what|not below|or remove) .*")
_MEMBER = re.compile(r'"[a-z_]+": ')


# What is wrong there is no value, or no value can be found there.
_OF_KEYS = ("unknown-key", "yaml-syntax", "json-syntax")


class Cure(NamedTuple):
    """A mistake and one of the values that its message says to write."""

    mistake: Mistake
    value: str


def _cures() -> Iterator[Cure]:
    for mistake in mistakes():
        place, fix = mistake.told.split("\n")[:2]
        found = _VALUE.fullmatch(_AFTER.sub("", fix.strip().removesuffix(NONE_BETWEEN)))
        rule = place.split("  ")[1]
        values = found["values"].split(" or ") if found and rule not in _OF_KEYS else []
        yield from (Cure(mistake, value) for value in values if not _PROSE.search(value))


CURES = list(_cures())


def _nodes(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _nodes(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _nodes(value)


def _start_of(node: yaml.Node) -> tuple[int, int]:
    """Where it begins: line and column, from 0."""
    return node.start_mark.line, node.start_mark.column


def _written(cure: Cure) -> str:
    """The file with the value in the place that the message names."""
    text = cure.mistake.files[cure.mistake.file]
    assert isinstance(text, str)
    line, column = map(int, cure.mistake.told.split("  ")[0].split(":")[1:])
    place = (line - 1, column - 1)
    whole = yaml.compose(text, Loader=yaml.BaseLoader)
    assert isinstance(whole, yaml.MappingNode)
    if _MEMBER.match(cure.value):
        (key,) = [key.value for key, value in whole.value if place in {_start_of(one) for one in _nodes(value)}]
        return json.dumps(
            {name: value for name, value in json.loads(text).items() if name != key} | json.loads(f"{{{cure.value}}}")
        )
    (node,) = [one for one in _nodes(whole) if _start_of(one) == place]
    return text[: node.start_mark.index] + cure.value + text[node.end_mark.index :]


def test_they_are_many() -> None:
    assert len(CURES) >= 60


@pytest.mark.parametrize("cure", CURES, ids=[f"{c.mistake.new.strip()[:50]} -> {c.value}" for c in CURES])
def test_what_is_said_to_be_written_passes(tmp_path: Path, cure: Cure) -> None:
    files = cure.mistake.files | {cure.mistake.file: _written(cure)}
    wrong = (cure.mistake.told.split("  ")[1], "yaml-syntax", "json-syntax", "unknown-key")
    assert [problem.to_text() for problem in problems_of(write_lake(tmp_path, files)) if problem.rule in wrong] == []
