"""Whatever a spec asks for: of what `add` writes `check` says what is left to decide and nothing else, also of every option
once its `# ` is gone; and of what a person then wrote, nothing at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.lake.connectors.definitions import connector_of, definitions_in
from infra.lake.documents import read_yaml
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.placeholder import is_placeholder
from tests.support import spec_configurations as specs
from tests.support.lakes import DESTINATION, LAKE, REPOSITORY, problems_of, run, write_files, write_lake

FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"
CLEAR = "hunter2-in-clear"
Json = dict[str, Any]


@lru_cache(maxsize=1)
def definitions() -> dict[str, Json]:
    """Every entry of Airbyte's registry where it is at hand, else of this repository's locks."""
    if FIXTURE.is_file():
        return {name: dict(entry) for name, entry in definitions_in(FIXTURE.name, FIXTURE.read_text("utf-8")).items()}
    locks = [json.loads(file.read_text("utf-8")) for file in sorted((REPOSITORY / "dag/connectors").glob("*.json"))]
    return {lock["connector"]: definition(lock["connector"], lock["spec"]) for lock in locks}


def definition(connector: str, spec: Json) -> Json:
    """An entry of a connector registry."""
    return {
        "dockerRepository": f"airbyte/{connector}",
        "dockerImageTag": "1.2.3",
        f"{connector.partition('-')[0]}DefinitionId": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "spec": {"connectionSpecification": spec},
    }


@dataclass(frozen=True)
class Outcome:
    """What `check` finds after `add` beside placeholders, what with every option out of its comment, the text of the file, and
    the lines of its placeholders.
    """

    problems: list[str]
    problems_with_all_options: list[str]
    text: str
    left: list[int]


def added(root: Path, entry: Json, *words: str) -> Outcome:
    """The entry is added to a lake that has a destination and has not locked its connector."""
    connector = connector_of(entry)
    kind = connector.partition("-")[0]
    s3 = (REPOSITORY / "dag/connectors/destination-s3.json").read_text("utf-8")
    files = {"dag/registry/main.yaml": LAKE + DESTINATION, "dag/connectors/destination-s3.json": s3}
    lake = write_lake(root / "lake", files)
    write_files(root, {"definition.json": json.dumps(entry)})
    words = ("--connector", connector, "--registry", str(root / "definition.json"), *words)
    result = run(lake, "add", kind, "new", *words)
    assert (result.code, result.err) == (0, "")
    path = lake / "dag/registry/new.yaml"
    text = path.read_text("utf-8")
    found, left = errors(lake), placeholders(lake)
    lines = enumerate(text.splitlines(), 1)
    assert left == [number for number, line in lines if "CHANGE_ME" in line and not line.lstrip().startswith("#")]
    path.write_text(uncommented(text), "utf-8")
    return Outcome(found, errors(lake), text, left)


def errors(lake: Path) -> list[str]:
    found = [problem for problem in problems_of(lake) if problem.rule not in ("unused-entry", "placeholder")]
    return [problem.to_text() for problem in found]


def placeholders(lake: Path) -> list[int]:
    """The lines with something to decide, each once."""
    return sorted({problem.location.line for problem in problems_of(lake) if problem.rule == "placeholder"})


def uncommented(text: str) -> str:
    """The entry with every option taken out of its comment."""
    entry, blank, rest = text.partition("\n\n")
    entry = re.sub(r"configuration: \{\} #.*", "configuration:", entry)
    return re.sub(r"^( +)# ", r"\1", entry, flags=re.MULTILINE) + blank + rest


@pytest.mark.parametrize("connector", definitions())
def test_every_connector_is_locked_and_added_without_a_problem(connector: str, tmp_path: Path) -> None:
    outcome = added(tmp_path, definitions()[connector])
    assert (outcome.problems, outcome.problems_with_all_options) == ([], [])
    assert max(len(line) for line in outcome.text.splitlines()) < 150


@pytest.mark.parametrize("connector", definitions())
def test_no_example_and_no_default_of_a_connector_is_taken_for_a_placeholder(connector: str) -> None:
    texts = list(texts_in(definitions()[connector]["spec"]["connectionSpecification"]))
    # Jira's examples are placeholders, `<your-domain>.atlassian.net`.
    assert [
        text for text in texts if is_placeholder(text) and not text.removeprefix("jira.").startswith("<your-")
    ] == []


def texts_in(spec: Any) -> Iterator[str]:
    """What a spec says that people may write."""
    if isinstance(spec, list):
        for item in spec:
            yield from texts_in(item)
    elif isinstance(spec, dict):
        for key, value in spec.items():
            if key in ("examples", "default", "enum", "const"):
                yield from (str(item) for item in (value if isinstance(value, list) else [value]))
            yield from texts_in(value)


@pytest.mark.parametrize("connector", definitions())
def test_what_is_copied_passes_check_and_shows_no_secret(connector: str, tmp_path: Path) -> None:
    entry = definitions()[connector]
    spec = entry["spec"]["connectionSpecification"]
    for seed in range(3):
        root = tmp_path / str(seed)
        copied = in_clear(specs.with_secrets(spec, specs.configuration(spec, specs.at_random(seed))))
        write_files(root, {"copied.json": json.dumps({"name": "New", "configuration": copied})})
        outcome = added(root, entry, "--from-json", str(root / "copied.json"))
        assert (outcome.problems, outcome.problems_with_all_options) == ([], [])
        assert CLEAR not in outcome.text


def in_clear(value: Any) -> Any:
    """References replaced by what nobody should see."""
    if value == {"secret": "s"}:
        return CLEAR
    if isinstance(value, dict):
        return {key: in_clear(inner) for key, inner in value.items()}
    return [in_clear(item) for item in value] if isinstance(value, list) else value


KEYS = st.sampled_from(
    [
        "a",
        "b",
        "secret",
        "var",
        "literal",
        "api key",
        "apiKey",
        "yes",
        "true",
        "1",
        "#x",
        "a: b",
        "{x}",
        "é",
        "-",
        "\u2028",
    ]
)
SCALARS: st.SearchStrategy[Json] = st.one_of(
    st.sampled_from(
        [
            {"type": "string"},
            {"type": "string", "airbyte_secret": True},
            {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            {"type": "string", "pattern": "^(x|yy)#z+$"},
            {"type": "string", "minLength": 30},
            {"type": "string", "maxLength": 3},
            {"type": "boolean"},
            {"type": ["null", "string"]},
            {"type": "string", "const": "no"},
            {"enum": ["", "1", "true"]},
            {"enum": ["two\nlines", "a\u0007bell", "a # b"]},
            {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["a", "b", "c"]}},
            {"type": "integer", "enum": [7]},
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            {"type": "integer", "multipleOf": 7, "minimum": 8},
            {"oneOf": [{"type": "string", "enum": ["x"]}, {"type": "integer"}]},
            {"type": "object"},
            {"type": "array"},
            {},
        ]
    ),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
        st.integers(-9, 99),
        st.integers(0, 9),
    ),
)


def objects(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Objects with some of their options required."""
    return st.dictionaries(KEYS, inner, max_size=3).flatmap(
        lambda properties: st.builds(
            lambda required: {"type": "object", "properties": properties, "required": required},
            st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([]),
        )
    )


def unions(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Objects that are told apart by the option `kind`."""

    def union(branches: list[Json]) -> Json:
        for number, branch in enumerate(branches):
            branch["properties"] = {**branch["properties"], "kind": {"type": "string", "const": f"k{number}"}}
            branch["required"] = [*branch["required"], "kind"]
        return {"type": "object", "oneOf": branches}

    return st.lists(objects(inner), min_size=1, max_size=3).map(union)


def lists(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.builds(lambda items, low: {"type": "array", "items": items, "minItems": low}, inner, st.integers(0, 2))


SPECS = objects(
    st.recursive(SCALARS, lambda inner: st.one_of(objects(inner), unions(inner), lists(inner)), max_leaves=6)
)


LOOKS_LIKE_A_REFERENCE = {"secret", "var", "literal"}


@settings(max_examples=120)
@given(spec=SPECS)
def test_any_spec_gives_an_entry_that_passes_check(spec: Json, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcome = added(tmp_path_factory.mktemp("any"), definition("source-new", spec))
    assert outcome.problems == []
    # One such option alone is a reference; who takes it out of its comment is told.
    if not any(f'"{key}"' in json.dumps(spec) for key in LOOKS_LIKE_A_REFERENCE):
        assert outcome.problems_with_all_options == []


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False))
    | st.text(st.characters(exclude_categories=["Cs"])) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])) | KEYS, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(value=VALUES)
def test_values_are_read_back_as_they_were_written(value: Any) -> None:
    document, problems = read_yaml("x.yaml", f"key: {flow(value)} # a comment\n")
    assert problems == []
    assert document is not None
    assert document.value == {"key": value}
