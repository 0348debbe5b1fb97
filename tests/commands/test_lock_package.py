"""`lakeform lock --from-package`: the spec that the connector itself tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import LAKE, Result, run, write_lake
from tests.support.packages import SPEC, place, use_index, write_wheel

UUID = "33333333-4444-5555-6666-777777777777"
LOCKED = "dag/connectors/source-fake.json"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake without sources, and the fake connector in the cache."""
    use_index(monkeypatch, tmp_path / "index", tmp_path / "cache")
    write_wheel(tmp_path / "index", "airbyte-source-fake", "1.2.3")
    place(tmp_path / "cache", "airbyte-source-fake", "1.2.3")
    return write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE, "dag/connectors/.keep": ""})


ASKING = "asking airbyte-source-fake==1.2.3 for its spec\n"


def lock(lake: Path, *words: str) -> Result:
    return run(lake, "lock", "--from-package", *words)


def locked(lake: Path) -> Any:
    return json.loads((lake / LOCKED).read_text("utf-8"))


def test_the_definition_id_is_given(lake: Path) -> None:
    result = lock(lake, "airbyte-source-fake==1.2.3", "--definition-id", UUID.upper())
    assert (result.code, result.out, result.err) == (0, f"wrote {LOCKED} (1.2.3)\n", ASKING)
    assert locked(lake) == {
        "connector": "source-fake",
        "definition_id": UUID,
        "image": "airbyte/source-fake",
        "tag": "1.2.3",
        "supports_refreshes": False,
        "destination_sync_modes": [],
        "spec": {
            "type": "object",
            "required": ["do"],
            "properties": {"do": {"type": "string"}, "key": {"type": "string", "airbyte_secret": True}},
        },
    }
    again = lock(lake, "airbyte-source-fake==1.2.3", "--definition-id", UUID)
    assert again.out == "every lock is current\n"


def test_the_registry_has_id_and_image_and_the_connector_its_own_spec_and_version(lake: Path, tmp_path: Path) -> None:
    old = {"connectionSpecification": {"type": "object", "properties": {"old": {}}}}
    entry = {"sourceDefinitionId": UUID, "dockerRepository": "acme/source-fake", "dockerImageTag": "0.1", "spec": old}
    (tmp_path / "registry.json").write_text(json.dumps({"sources": [entry]}))
    result = lock(lake, "airbyte-source-fake==1.2.3", "--registry", str(tmp_path / "registry.json"))
    assert (result.code, result.err) == (0, ASKING)
    found = locked(lake)
    assert (found["definition_id"], found["image"], found["tag"]) == (UUID, "acme/source-fake", "1.2.3")
    assert found["spec"]["properties"].keys() == SPEC["connectionSpecification"]["properties"].keys()


def test_check_writes_nothing(lake: Path) -> None:
    result = lock(lake, "airbyte-source-fake==1.2.3", "--definition-id", UUID, "--check")
    assert (result.code, result.err) == (1, ASKING)
    assert result.out == f"{LOCKED}  airbyte-source-fake==1.2.3 has another definition: 1.2.3\n"
    assert not (lake / LOCKED).exists()


NO_PACKAGE = "is not a connector package: airbyte-source-x or airbyte-source-x==1.2.3"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pandas"], f'"pandas" {NO_PACKAGE}'),
        (["--index-url=x"], "usage"),
        (["airbyte-source-x>=1"], f'"airbyte-source-x>=1" {NO_PACKAGE}'),
        (["airbyte-source-x @ https://x"], f'"airbyte-source-x @ https://x" {NO_PACKAGE}'),
        (["airbyte-source-../x"], f'"airbyte-source-../x" {NO_PACKAGE}'),
        (["airbyte-source-fake", "--definition-id", "7"], "7 is not a UUID"),
        (["airbyte-source-fake", "source-fake"], "leave CONNECTOR and --upgrade out"),
        (["airbyte-source-fake", "--upgrade"], "leave CONNECTOR and --upgrade out"),
        (["airbyte-source-fake", "--from-spec", "x.json"], "use one of them"),
        (["airbyte-source-fake", "--registry", "nowhere.json"], "nowhere.json: no such file or directory"),
        (
            ["airbyte-source-fake==9.9.9", "--definition-id", UUID],
            "airbyte-source-fake 9.9.9 is not on the package index; the newest is 1.2.3",
        ),
        (
            ["airbyte-source-none", "--definition-id", UUID],
            "airbyte-source-none is not on the package index; Airbyte publishes some connectors as images only",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(lake: Path, words: list[str], said: str) -> None:
    result = lock(lake, *words)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert not list(lake.glob("dag/connectors/*.json"))


@pytest.mark.parametrize("spec", [{}, {"connectionSpecification": 7}, {"supportsDBT": False}], ids=json.dumps)
def test_a_spec_that_is_none(lake: Path, tmp_path: Path, spec: Any) -> None:
    code = f"def run():\n    print({json.dumps({'type': 'SPEC', 'spec': spec})!r})\n"
    place(tmp_path / "cache", "airbyte-source-odd", "1.0.0", {"airbyte_source_odd.py": code})
    result = lock(lake, "airbyte-source-odd==1.0.0", "--definition-id", UUID, "--quiet")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("lakeform lock: the spec of airbyte-source-odd 1.0.0")
    assert not list(lake.glob("dag/connectors/*.json"))


def test_a_definition_id_alone_is_refused(lake: Path) -> None:
    result = run(lake, "lock", "source-fake", "--definition-id", UUID)
    assert (result.code, result.out) == (2, "")
    assert "--definition-id needs --from-spec or --from-package" in result.err
