"""`lakeform add source --from-json`: what Airbyte copies becomes an entry without a secret in it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import DESTINATION, LAKE, REPOSITORY, Result, problems_of, run, write_files, write_lake

CLEAR = "hunter2-in-clear"
ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
WORKSPACE = "11111111-2222-4333-8444-555555555555"

SECRET = {"type": "string", "airbyte_secret": True}
SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["shop", "since"],
    "properties": {
        "shop": {"type": "string"},
        "since": {"type": "string"},
        "size": {"type": "integer", "maximum": 9},
        "token": SECRET,
        "masked": {"type": "string"},
        "keys": {"type": "array", "items": SECRET},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"password": SECRET, "n": {"type": "integer"}}}},
        "mixed": {"oneOf": [{"type": "string", "airbyte_secret": True}, {"type": "integer"}]},
        "auth": {
            "oneOf": [
                {"properties": {"kind": {"const": "key"}, "api_key": SECRET}, "required": ["kind", "api_key"]},
                {"properties": {"kind": {"const": "none"}}, "required": ["kind"]},
            ]
        },
        "open": {"type": "object"},
        "loose": {"format": "anything"},
    },
}  # fmt: skip
LOCK = {"connector": "source-shop", "definition_id": ID, "image": "x", "tag": "1.2.3", "spec": SPEC}

CONFIGURATION: dict[str, Any] = {
    "shop": "acme",
    "since": "2026-01-01",
    "token": "******",
    "auth": {"kind": "key", "api_key": CLEAR},
    "keys": [CLEAR],
    "rows": [{"password": CLEAR, "n": 1}],
}
COPIED = {"name": "Acme Shop", "workspaceId": WORKSPACE, "definitionId": ID, "configuration": CONFIGURATION}

WRITTEN = """\
    connector: source-shop
    configuration:
      shop: acme
      since: "2026-01-01"
      token: {secret: acme_token}
      auth: # kind: key, none
        kind: key
        api_key: {secret: acme_api_key}
      keys: [{secret: acme_keys}]
      rows:
        - password: {secret: acme_password}
          n: 1
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    files = {"dag/registry/main.yaml": LAKE + DESTINATION, "dag/connectors/source-shop.json": json.dumps(LOCK)}
    destination = (REPOSITORY / "dag/connectors/destination-s3.json").read_bytes()
    return write_lake(tmp_path / "lake", {**files, "dag/connectors/destination-s3.json": destination})


def add(lake: Path, copied: Any, *words: str) -> Result:
    write_files(lake.parent, {"copied.json": copied if isinstance(copied, str) else json.dumps(copied)})
    result = run(lake, "add", "source", "acme", "--from-json", str(lake.parent / "copied.json"), *words)
    assert CLEAR not in result.out + result.err
    assert CLEAR not in "".join(path.read_text("utf-8") for path in lake.rglob("*") if path.is_file())
    return result


def text(lake: Path) -> str:
    return (lake / "dag/registry/acme.yaml").read_text("utf-8")


def errors(lake: Path) -> list[str]:
    found = [problem for problem in problems_of(lake) if problem.rule not in ("unused-entry", "placeholder")]
    return [problem.to_text() for problem in found]


def test_what_airbyte_copies_becomes_an_entry_with_references(lake: Path) -> None:
    result = add(lake, COPIED)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/registry/acme.yaml\n"
        "next: export TF_VAR_acme_token=... TF_VAR_acme_api_key=... TF_VAR_acme_keys=... TF_VAR_acme_password=...\n"
        "      lakeform discover acme\n"
        "      lakeform add stream acme\n"
    )
    assert (
        f"  acme:\n    name: Acme Shop\n{WRITTEN}      # loose: CHANGE_ME # anything\n      # masked: CHANGE_ME # text\n"
        in text(lake)
    )
    assert errors(lake) == []


@pytest.mark.parametrize(
    ("copied", "words"),
    [
        (CONFIGURATION, ("--connector", "source-shop")),
        ({"configuration": CONFIGURATION}, ("--connector", "source-shop")),
        ({"name": "Acme", "configuration": {**CONFIGURATION, "sourceType": "shop"}}, ()),
        ({"sourceId": WORKSPACE, "name": "Acme", "sourceType": "shop", "configuration": CONFIGURATION}, ()),
        ({"sourceDefinitionId": ID.upper(), "name": "Acme", "connectionConfiguration": CONFIGURATION}, ()),
    ],
    ids=[
        "a bare configuration",
        "nothing else",
        "public API, type inside",
        "answer of the public API",
        "Configuration API",
    ],
)
def test_other_shapes_of_airbyte_say_the_same(lake: Path, copied: Any, words: tuple[str, ...]) -> None:
    result = add(lake, copied, *words)
    assert (result.code, result.err) == (0, "")
    assert f"  acme:\n{WRITTEN}" in text(lake)
    assert errors(lake) == []


def test_the_registry_knows_the_definition_of_a_connector_that_is_not_locked(lake: Path) -> None:
    (lake / "dag/connectors/source-shop.json").unlink()
    entry = {"dockerRepository": "airbyte/source-shop", "dockerImageTag": "1.2.3", "sourceDefinitionId": ID}
    registry = {"sources": [{**entry, "spec": {"connectionSpecification": SPEC}}]}
    write_files(lake.parent, {"connectors.json": json.dumps(registry)})
    result = add(lake, COPIED, "--registry", str(lake.parent / "connectors.json"))
    assert result.out.startswith("wrote dag/connectors/source-shop.json (1.2.3)\nwrote dag/registry/acme.yaml\n")
    other = {**COPIED, "definitionId": WORKSPACE}
    (lake / "dag/registry/acme.yaml").unlink()
    result = add(lake, other, "--registry", str(lake.parent / "connectors.json"))
    assert result == Result(2, "", f"lakeform add: the definition {WORKSPACE} is not known; add --connector source-x\n")


def test_it_may_come_from_the_clipboard(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(COPIED).encode())))
    assert run(lake, "add", "source", "acme", "--from-json", "-").code == 0
    assert WRITTEN in text(lake)


def test_a_masked_value_is_a_secret_wherever_it_stands(lake: Path) -> None:
    assert (
        add(
            lake, {**COPIED, "configuration": {"shop": "a", "since": "b", "masked": "**********", "open": {"x": "***"}}}
        ).code
        == 0
    )
    assert "      masked: {secret: acme_masked}\n      open:\n        x: {secret: acme_x}\n" in text(lake)
    assert errors(lake) == []


@pytest.mark.parametrize(
    ("wrong", "left_out"),
    [
        ({"old_option": CLEAR}, "old_option"),
        ({"token": {"nested": CLEAR}}, None),
        ({"size": CLEAR}, "size"),
        ({"size": 99}, "size"),
        ({"mixed": CLEAR}, None),
        ({"auth": {"kind": "gone", "api_key": CLEAR}}, "auth.kind"),
        ({"auth": {"api_key": CLEAR, "kind": "key", "old": CLEAR}}, "auth.old"),
        ({"auth": CLEAR}, "auth"),
        ({"keys": CLEAR}, "keys"),
        ({"keys": {"a": CLEAR}}, "keys"),
        ({"rows": [{"password": CLEAR, "n": CLEAR}]}, "rows[0].n"),
        ({"shop": {"a": CLEAR}}, "shop"),
        ({"loose": {"a": CLEAR}}, "loose"),
        ({"token": "", "masked": None}, None),
        ({"sourceType": "shop"}, None),
    ],
    ids=str,
)
def test_what_the_spec_does_not_have_is_left_out_by_name(
    lake: Path, wrong: dict[str, Any], left_out: str | None
) -> None:
    result = add(lake, {**COPIED, "configuration": {"shop": "a", "since": "b", **wrong}})
    assert (result.code, result.err) == (0, "")
    said = [line for line in result.out.splitlines() if line.startswith("left out")]
    reason = "source-shop 1.2.3 has no such option, or takes another kind of value for it"
    assert said == ([f"left out {left_out}: {reason}"] if left_out else [])
    assert errors(lake) == []


def test_what_is_required_and_missing_is_a_placeholder(lake: Path) -> None:
    result = add(lake, {**COPIED, "configuration": {"size": 3}})
    assert "fill in dag/registry/acme.yaml: 2 x CHANGE_ME" in result.out
    assert "      size: 3\n      shop: CHANGE_ME # text\n      since: CHANGE_ME # text\n" in text(lake)
    assert errors(lake) == []


@pytest.mark.parametrize(
    ("copied", "words", "said"),
    [
        ("no", (), "copied.json:1:1 is not JSON"),
        (f'{{"token": "{CLEAR}" "x"}}', (), "is not JSON"),
        ([CLEAR], (), "copied.json is not a JSON object: expected what Airbyte copies, or a configuration"),
        (CONFIGURATION, (), "name the connector: --connector source-x"),
        (COPIED, ("--connector", "source-faker"), "not that"),
        ({**COPIED, "definitionId": WORKSPACE}, ("--connector", "source-shop"), f"is for the definition {WORKSPACE}; that of source-shop is {ID}"),
    ],
    ids=["no JSON", "broken JSON", "a list", "no connector", "not in the registry", "another definition"],
)  # fmt: skip
def test_what_is_not_of_airbyte_is_told_in_one_line(lake: Path, copied: Any, words: tuple[str, ...], said: str) -> None:
    write_files(lake.parent, {"connectors.json": "{}"})
    result = add(lake, copied, "--registry", str(lake.parent / "connectors.json"), *words)
    assert (result.code, result.out) == (2, "")
    assert (said if said != "not that" else "is not a connector registry") in result.err
    assert len(result.err.splitlines()) == 1
    assert not (lake / "dag/registry/acme.yaml").exists()


def test_a_destination_is_copied_likewise(lake: Path) -> None:
    configuration = {
        "destinationType": "s3",
        "s3_bucket_name": "b",
        "s3_bucket_path": "p",
        "s3_bucket_region": "eu-central-1",
        "secret_access_key": CLEAR,
        "format": {"format_type": "Parquet", "compression_codec": "ZSTD"},
    }
    write_files(lake.parent, {"copied.json": json.dumps({"name": "Archive", "configuration": configuration})})
    result = run(lake, "add", "destination", "archive", "--from-json", str(lake.parent / "copied.json"))
    assert (result.code, result.err) == (0, "")
    written = (lake / "dag/registry/archive.yaml").read_text("utf-8")
    assert CLEAR not in written
    assert "      secret_access_key: {secret: archive_secret_access_key}\n" in written
    assert "        format_type: Parquet\n        compression_codec: ZSTD\n" in written
    assert errors(lake) == []


def test_what_is_piped_in_is_utf_8(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"name": "\xff"}')))
    assert run(lake, "add", "source", "acme", "--from-json", "-") == Result(
        2, "", "lakeform add: standard input is not UTF-8 text; save it as UTF-8\n"
    )
