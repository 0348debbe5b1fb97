"""A whole lake, written anew in a random style, with one mistake in it: it is told, where it was put and nowhere else."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.lake.documents import read_yaml
from tests.attack.emitter import Emitted, Emitter, Pairs, pairs
from tests.attack.trees import mappings_in
from tests.support.full_lake import FULL, LAKE, STREAM, STREAM_FILE, full_lake
from tests.support.lakes import problems_of

KeyPath = tuple[str | int, ...]

# Mappings whose keys the user, a connector or Terraform chooses.
FREE = {
    "configuration",
    "backend",
    "values",
    "fields",
    "streams",
    "stacks",
    "variables",
    "overrides",
    "mapper_configuration",
}
FREE |= {"sources", "destinations", "connections", "defaults", "kubernetes"}
# And where a mapping makes a file of Airbyte's of a stream file, as a whole.
OTHERWISE = FREE | {"stream"}
# Not an object of the registry but a reference: a second key makes something else of it.
REFERENCE = {"secret", "var"}
# Everything below belongs to a connector, or is a schema.
INSIDE = {"configuration", "fields"}
WRONG: tuple[Any, ...] = ([[]], [{}], {"zz": {}}, [1, 2])


def lake_with(root: Path, file: str, emitted: Emitted) -> Path:
    return full_lake(root, {file: emitted.text})


def written(random: Random) -> tuple[str, Any]:
    """A file of the lake, its value as pairs."""
    if random.random() < 0.3:
        return STREAM, pairs(json.loads(STREAM_FILE))
    document, _ = read_yaml(LAKE, FULL)
    assert document is not None
    return LAKE, pairs(document.value)


def is_strict(path: KeyPath, mapping: Pairs) -> bool:
    """Whether a key that nobody knows is a mistake there, by itself."""
    keys = {key for key, _ in mapping}
    return not (FREE & set(path[-1:]) or INSIDE & set(path) or keys <= REFERENCE or path[-2:-1] == ("overrides",))


def emitted(random: Random, file: str, value: Any) -> Emitted:
    return Emitter(random, is_json=file.endswith(".json")).emit(value)


def places(root: Path) -> set[tuple[str, int, int]]:
    """Where `check` sees an error."""
    found = [problem for problem in problems_of(root) if problem.severity == "error"]
    return {(problem.location.file, problem.location.line, problem.location.column) for problem in found}


@pytest.mark.attack("a whole lake in another style", short=1, long=60)
def test_a_lake_in_another_style_is_the_same_lake(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    file, value = written(random)
    told = problems_of(lake_with(tmp_path, file, emitted(random, file, value)))
    as_is = problems_of(full_lake(tmp_path / "as-is"))
    assert [problem.identity for problem in told] == [problem.identity for problem in as_is]


@pytest.mark.attack("planted keys that nobody knows, in a whole lake", short=2, long=400)
def test_a_key_that_nobody_knows_is_told_where_it_stands(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    file, value = written(random)
    path, into = random.choice([(path, found) for path, found in mappings_in(value) if is_strict(path, found)])
    into.insert(random.randint(0, len(into)), ("zz_planted", random.choice([1, "x", [1], Pairs([("a", 1)])])))
    made = emitted(random, file, value)
    (place,) = [place for found, place in made.keys if found == (*path, "zz_planted")]
    assert places(lake_with(tmp_path, file, made)) == {(file, *place)}, made.text


@pytest.mark.attack("planted values of a wrong type, in a whole lake", short=2, long=400)
def test_a_value_of_a_wrong_type_is_told_where_it_stands(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    file, value = written(random)
    path, into = random.choice([(path, found) for path, found in mappings_in(value) if is_strict(path, found)])
    number = random.randrange(len(into))
    key = into[number][0]
    wrong_there = [one for one in WRONG if not (isinstance(one, dict) and key in OTHERWISE)]
    into[number] = (key, pairs(deepcopy(random.choice(wrong_there))))
    made = emitted(random, file, value)
    inside = (*path, key)
    wrong = {(file, *place) for found, place in made.values if found[: len(inside)] == inside}
    wrong |= {(file, *place) for found, place in made.keys if found[: len(inside)] == inside and found != inside}
    found = places(lake_with(tmp_path, file, made))
    assert found & wrong, (path, key, found, made.text)
