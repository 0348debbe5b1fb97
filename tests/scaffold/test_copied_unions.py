"""`add source --from-json`: objects of a union are kept, whichever branch they are of and whether they say so or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from infra.lake.connectors.options import validate
from infra.lake.connectors.unknown import with_unknowns
from infra.scaffold.airbyte_form import Translation
from infra.scaffold.names import Names
from infra.scaffold.placeholder import Placeholders
from tests.support.lakes import DESTINATION, LAKE, REPOSITORY, problems_of, run, write_files, write_lake
from tests.support.union_values import PLACES, UNIONS, Place, union_values

CLEAR = "hunter2-in-clear"
SECRET = {"type": "string", "airbyte_secret": True}
SPEC: dict[str, Any] = {
    "type": "object",
    "properties": {
        "credentials": {
            "oneOf": [
                {"required": ["token"], "properties": {"kind": {"const": "token"}, "token": SECRET}},
                {
                    "required": ["user", "password"],
                    "properties": {"kind": {"const": "login"}, "user": {"type": "string"}, "password": SECRET},
                },
            ]
        },
        "password": SECRET,
    },
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("union", UNIONS)
def test_what_draft_07_accepts_is_kept_whole(union: str, place: Place) -> None:
    spec, kept = place.spec(UNIONS[union]), 0
    for value in union_values(UNIONS[union]):
        clear, written = place.value(value.clear), place.value(value.written)
        if Draft7Validator(spec).is_valid(clear) and not validate(spec, with_unknowns(written)):
            translation = Translation(Placeholders(Names("shop", frozenset())))
            assert _unnamed(translation.configuration(spec, clear)) == written, value.what
            assert translation.left_out == []
            kept += 1
    assert kept > 2


def _unnamed(value: Any) -> Any:
    """Every secret under one name."""
    if isinstance(value, dict):
        if value.keys() == {"secret"}:
            return {"secret": "s"}
        return {key: _unnamed(inner) for key, inner in value.items()}
    return [_unnamed(item) for item in value] if isinstance(value, list) else value


def _added(root: Path, configuration: dict[str, Any]) -> tuple[str, str, list[str]]:
    """(what `add` says, the entry's configuration, what `check` says of it) for a configuration that was copied."""
    lock = {
        "connector": "source-shop",
        "definition_id": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "image": "x",
        "tag": "1.2.3",
        "spec": SPEC,
    }
    files = {"dag/registry/main.yaml": LAKE + DESTINATION, "dag/connectors/source-shop.json": json.dumps(lock)}
    destination = (REPOSITORY / "dag/connectors/destination-s3.json").read_bytes()
    lake = write_lake(root / "lake", {**files, "dag/connectors/destination-s3.json": destination})
    write_files(root, {"copied.json": json.dumps(configuration)})
    words = ("--connector", "source-shop", "--from-json", str(root / "copied.json"))
    result = run(lake, "add", "source", "acme", *words)
    assert (result.code, result.err) == (0, "")
    written = (lake / "dag/registry/acme.yaml").read_text("utf-8")
    assert CLEAR not in result.out + written
    lines = written.partition("    configuration:\n")[2].partition("\n\n")[0].splitlines()
    options = [line for line in lines if not line.lstrip().startswith("#")]
    told = [problem.to_text() for problem in problems_of(lake) if problem.severity == "error"]
    return result.out, "\n".join(options), told


def test_an_object_that_does_not_say_its_branch_is_kept(tmp_path: Path) -> None:
    out, written, told = _added(tmp_path, {"credentials": {"user": "a", "password": CLEAR}})
    assert "left out" not in out
    assert written == (
        "      credentials: # kind: token, login\n        user: a\n        password: {secret: acme_password}"
    )
    assert told == []


def test_the_options_of_an_object_that_could_be_of_any_branch_are_kept_with_a_placeholder(tmp_path: Path) -> None:
    out, written, told = _added(tmp_path, {"credentials": {"token": CLEAR, "user": "a", "password": "******"}})
    assert "left out" not in out
    assert written == (
        "      credentials: # kind: token, login\n"
        "        kind: CHANGE_ME # one of token, login\n"
        "        token: {secret: acme_token}\n"
        "        user: a\n"
        "        password: {secret: acme_password}"
    )
    (line,) = told
    assert line == (
        "dag/registry/acme.yaml:7:15  placeholder  sources.acme.configuration.credentials.kind:"
        " this is still a placeholder\n    write here: one of token, login"
    )


def test_the_place_of_a_secret_in_a_manager_of_your_own_is_kept(tmp_path: Path) -> None:
    _, written, told = _added(tmp_path, {"password": "secret_coordinate::production/database/password"})
    assert written == '      password: "secret_coordinate::production/database/password"'
    assert told == []


def test_the_place_of_a_secret_that_airbyte_keeps_for_another_source_is_not(tmp_path: Path) -> None:
    _, written, told = _added(tmp_path, {"password": "secret_coordinate::airbyte_workspace_1_secret_2_v1"})
    assert written == "      password: {secret: acme_password}"
    assert told == []
