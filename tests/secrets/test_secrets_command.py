"""`lakeform secrets`: which values are needed, and the manifest to fill in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import MINIMAL, Result, run, write_files, write_lake
from tests.support.secret_lakes import (
    FILE,
    FILES,
    KEYS,
    TWO_STACKS,
    checked,
    edited,
    manifest,
    named,
    problems_of,
    with_values,
)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", FILES)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", {**FILES, "dag/registry/lake.yaml": TWO_STACKS})


# The list


def test_the_list_tells_what_needs_each_variable_and_where_its_value_comes_from(lake: Path) -> None:
    write_files(lake, {FILE: manifest(with_values(s3_key='""', s3_id="AKIA"))})
    assert run(lake, "secrets") == Result(
        0,
        "stack prod\n"
        "  client_id      secret  Secret prod-values (secrets/prod.yaml)                 lake.stacks.prod\n"
        "  client_secret  secret  Secret prod-values (secrets/prod.yaml)                 lake.stacks.prod\n"
        "  s3_id          secret  Secret prod-values (secrets/prod.yaml, not encrypted)  destinations.lake\n"
        "  s3_key         secret  Secret prod-values (secrets/prod.yaml, empty)          destinations.lake\n"
        "  workspace_id   plain   flux.values                                            lake.stacks.prod\n",
        "",
    )


def test_the_list_tells_what_cannot_be_known_and_what_is_missing(lake: Path) -> None:
    edited(lake, "        values: {workspace_id: 11111111-2222-3333-4444-555555555555}\n", "")
    edited(
        lake,
        "{name: prod-values, file: secrets/prod.yaml}",
        "{name: a, file: no.yaml, key_prefix: TF_VAR_}, {name: b}",
    )
    lines = run(lake, "secrets").out.splitlines()
    assert lines[1] == "  client_id      secret  Secret a (no.yaml, keys not known)  lake.stacks.prod"
    edited(lake, "{name: a, file: no.yaml, key_prefix: TF_VAR_}, ", "")
    assert "  client_id      secret  Secret b (no file is named)  lake.stacks.prod" in run(lake, "secrets").out
    edited(lake, "{name: b}", "")
    edited(lake, "  variables:\n", "  variables:\n    workspace_id: {default: 11111111-2222-3333-4444-555555555555}\n")
    assert run(lake, "secrets").out.splitlines()[1:] == [
        "  client_id      secret  nowhere                    lake.stacks.prod",
        "  client_secret  secret  nowhere                    lake.stacks.prod",
        "  s3_id          secret  nowhere                    destinations.lake",
        "  s3_key         secret  nowhere                    destinations.lake",
        "  workspace_id   plain   default in lake.variables  lake.stacks.prod",
    ]


def test_the_list_as_json(lake: Path) -> None:
    write_files(lake, {FILE: manifest()})
    result = run(lake, "secrets", "--format", "json", "--stack", "prod")
    rows = json.loads(result.out)["variables"]
    assert [row["name"] for row in rows] == [*KEYS, "workspace_id"]
    assert rows[0] == {
        "stack": "prod",
        "landing": None,
        "name": "client_id",
        "secret": True,
        "type": "string",
        "description": "application of the data team",
        "used_by": ["lake.stacks.prod"],
        "from": {
            "kind": "secret",
            "secret": "prod-values",
            "file": "secrets/prod.yaml",
            "key": "client_id",
            "state": "encrypted",
        },
    }
    assert rows[-1]["from"] == {"kind": "values", "secret": None, "file": None, "key": None, "state": None}


def test_the_last_secret_wins_as_in_tofu_controller(lake: Path) -> None:
    edited(
        lake, "secrets/prod.yaml}]", "secrets/prod.yaml}, {name: more, file: secrets/more.yaml, key_prefix: TF_VAR_}]"
    )
    more = manifest(["TF_VAR_s3_id", "TF_VAR_workspace_id"], name="more")
    write_files(lake, {FILE: manifest(), "secrets/more.yaml": more})
    rows = json.loads(run(lake, "secrets", "--format", "json").out)["variables"]
    assert {row["name"]: (row["from"]["secret"], row["from"]["key"]) for row in rows} == {
        "client_id": ("prod-values", "client_id"),
        "client_secret": ("prod-values", "client_secret"),
        "s3_id": ("more", "TF_VAR_s3_id"),
        "s3_key": ("prod-values", "s3_key"),
        "workspace_id": ("more", "TF_VAR_workspace_id"),
    }


def test_a_lake_without_references_needs_nothing(tmp_path: Path) -> None:
    lake = write_lake(tmp_path, MINIMAL)
    assert run(lake, "secrets") == Result(0, "no entry needs a value from outside\n", "")
    assert run(lake, "secrets", "--template") == Result(0, "no entry of stack airbyte needs a Secret\n", "")


# Wrong use


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--stack", "prd"], 'there is no stack "prd"; did you mean "prod"?'),
        (["--check", "--stack", "prd"], 'there is no stack "prd"; did you mean "prod"?'),
        (["--template", "--stack", "x"], 'there is no stack "x"; stacks: prod, staging'),
        (["--check", "no.yaml"], "there is no file no.yaml"),
        (["--check", "--secrets-root", "nowhere"], "there is no folder nowhere"),
        (["--output", "x.yaml"], "--output needs --template"),
        (["--template"], "a template is for one stack; name it with --stack: prod, staging"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_exits_2_with_one_line(two: Path, words: list[str], message: str) -> None:
    assert run(two, "secrets", *words) == Result(2, "", f"lakeform secrets: {message}\n")


def test_a_file_of_a_lake_with_several_stacks_and_no_flux_needs_the_stacks_name(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(two, "        secrets: [{name: prod-values, file: secrets/prod.yaml}]\n", "")
    edited(two, "        secrets: [{name: staging-values, file: secrets/staging.yaml}]\n", "")
    write_files(two, {"x.yaml": manifest()})
    assert named(two, monkeypatch, "x.yaml").err == (
        "lakeform secrets: no stack names its Secrets in flux.secrets; say which stack the file is for with --stack\n"
    )
    assert named(two, monkeypatch, "x.yaml", "--stack", "prod").code == 0


@pytest.mark.parametrize("words", [(), ("--check",), ("--template",)], ids=str)
def test_a_lake_with_problems_is_told_first(lake: Path, words: tuple[str, ...]) -> None:
    edited(lake, "destination: lake", "destination: lak")
    result = run(lake, "secrets", *words)
    assert (result.code, result.out) == (1, "")
    assert 'did you mean "lake"?' in result.err


# The template


TEMPLATE = """\
# The values of stack prod. Fill them in, then, before git sees the file:
#   sops encrypt --encrypted-regex '^(data|stringData)$' --in-place secrets/prod.yaml
apiVersion: v1
kind: Secret
metadata:
  name: prod-values
  namespace: shop
type: Opaque
stringData:
  # application of the data team. For lake.stacks.prod
  client_id: ""
  # For lake.stacks.prod
  client_secret: ""
  # For destinations.lake
  s3_id: ""
  # For destinations.lake
  s3_key: ""
"""


def test_a_template_names_every_key_and_what_it_is_for(lake: Path) -> None:
    assert run(lake, "secrets", "--template") == Result(0, TEMPLATE, "")


def test_a_template_is_written_once(lake: Path, tmp_path: Path) -> None:
    file = tmp_path / "new/my secret.yaml"
    words = ("secrets", "--template", "--output", str(file))
    assert run(lake, *words) == Result(0, f"wrote {file}; fill it in and encrypt it before git sees it\n", "")
    assert file.read_text("utf-8") == TEMPLATE.replace("secrets/prod.yaml", f"'{file}'")
    file.write_text("mine", "utf-8")
    assert run(lake, *words) == Result(1, "", f"{file} exists and stays as it is; name another file\n")
    assert file.read_text("utf-8") == "mine"


def test_a_template_that_is_only_filled_in_is_not_encrypted(lake: Path) -> None:
    filled = TEMPLATE.replace('""', '"hunter2"')
    assert checked(lake, filled) == Result(
        1,
        f"{FILE}:9:1  secret-not-encrypted  stringData: is not encrypted: everyone who sees the file can read the values\n"
        f"    sops encrypt --encrypted-regex '^(data|stringData)$' --in-place {FILE}\n"
        "    if git has seen the values, change them too\n"
        "1 problem\n",
        "",
    )


def test_a_template_that_nobody_filled_in_has_empty_values_only(lake: Path) -> None:
    assert {rule for _, rule, _ in problems_of(lake, TEMPLATE)} == {"secret-empty"}


def test_a_template_has_a_document_for_each_secret(lake: Path) -> None:
    edited(
        lake, "secrets/prod.yaml}]", "secrets/prod.yaml}, {name: more, file: secrets/more.yaml, key_prefix: TF_VAR_}]"
    )
    write_files(lake, {"secrets/more.yaml": manifest(["TF_VAR_s3_key"], name="more")})
    first, second = run(lake, "secrets", "--template").out.split("---\n")
    assert "  client_id:" in first
    assert "s3_key" not in first
    assert second.splitlines()[-2:] == ["  # For destinations.lake", '  TF_VAR_s3_key: ""']


def test_words_that_yaml_takes_for_something_else_are_quoted(lake: Path) -> None:
    edited(lake, "{secret: client_id}", "{secret: yes}")
    edited(lake, "client_id: {description: application of the data team}", 'yes: {description: "a\\nb # \\u0007c"}')
    lines = run(lake, "secrets", "--template").out.splitlines()
    assert '  # a b # c. For lake.stacks.prod\n  "yes": ""' in "\n".join(lines)
