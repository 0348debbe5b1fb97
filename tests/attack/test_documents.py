"""Documents that somebody else wrote: the readers tell the place of everything, and never give up with a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from infra.lake.documents import Document, Location, Problem, read_json, read_yaml
from tests.attack.emitter import Emitter, Pairs
from tests.attack.mutate import mutated
from tests.attack.plugin import Tried
from tests.attack.trees import mapping, mappings_in, plain, scalar
from tests.support.full_lake import TEXTS

READERS: dict[str, Callable[[str, str], tuple[Document | None, list[Problem]]]] = {"yaml": read_yaml, "json": read_json}
# What ends a line for an editor; YAML 1.1 has further ends, which no editor shows as one.
BREAK = re.compile("\r\n|[\n\r]")
DOCUMENTS = 20
MUTATIONS = 200


@pytest.mark.attack("places of keys and values in documents of every style", short=1, long=60)
def test_every_key_and_value_is_where_it_stands(seed: int, tried: Tried) -> None:
    random = Random(seed)
    for _ in range(DOCUMENTS):
        kind = random.choice(list(READERS))
        value = mapping(random, 9)
        made = Emitter(random, is_json=kind == "json").emit(value)
        document, problems = READERS[kind]("f", made.text)
        assert document is not None, made.text
        assert (document.value, problems) == (plain(value), []), made.text
        keys = [document.locate(path, key=True) for path, _ in made.keys]
        values = [document.locate(path) for path, _ in made.values]
        assert keys == [Location("f", *place) for _, place in made.keys], made.text
        assert values == [Location("f", *place) for _, place in made.values], made.text
        tried(len(keys) + len(values))


@pytest.mark.attack("planted keys that are there twice", short=1, long=50)
def test_a_key_that_is_there_twice_is_told_where_it_stands(seed: int, tried: Tried) -> None:
    random = Random(seed)
    tried(DOCUMENTS)
    for _ in range(DOCUMENTS):
        kind = random.choice(list(READERS))
        value = mapping(random, 7)
        path, into = random.choice(mappings_in(value))
        key = random.choice(into)[0]
        into.insert(random.randint(0, len(into)), (key, scalar(random)))
        made = Emitter(random, is_json=kind == "json").emit(value)
        _, problems = READERS[kind]("f", made.text)
        first, second = [place for found, place in made.keys if found == (*path, key)]
        told = [(problem.rule, problem.location, [other.location for other in problem.related]) for problem in problems]
        assert told == [("duplicate-key", Location("f", *second), [Location("f", *first)])], made.text


@pytest.mark.attack("broken bytes and pieces of documents", short=1, long=200)
def test_a_broken_document_is_told_inside_of_it(seed: int, tried: Tried) -> None:
    random = Random(seed)
    tried(MUTATIONS)
    texts = [*TEXTS.values(), emitted(random)]
    for _ in range(MUTATIONS):
        text = mutated(random, random.choice(texts))
        for read in READERS.values():
            document, problems = read("f", text)
            assert document is not None or problems
            ends = [len(line) for line in BREAK.split(text)]
            for place in (problem.location for problem in problems):
                assert 1 <= place.line <= len(ends), (text, problems)
                assert 1 <= place.column <= ends[place.line - 1] + 1, (text, problems)


def emitted(random: Random) -> str:
    return Emitter(random, is_json=False).emit(mapping(random, 5)).text


def test_the_emitter_keeps_the_order_and_the_copies() -> None:
    value: Any = Pairs([("a", 1), ("b", [1, Pairs([("c", None)])]), ("a", 2)])
    made = Emitter(Random(1), is_json=True).emit(value)
    assert [path for path, _ in made.keys] == [("a",), ("b",), ("b", 1, "c"), ("a",)]
    assert plain(value) == {"a": 1, "b": [1, {"c": None}]}
