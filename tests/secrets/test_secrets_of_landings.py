"""`lakeform secrets` and landings, which take their values from the environment of what feeds them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import run, write_lake
from tests.support.secret_lakes import FILE, FILES, KEYS, LAKE, checked, edited, manifest, named

LANDINGS = """\
  landings:
    local: {catalog: {sqlite: .lake/catalog.sqlite}, tables: .lake/tables/, raw: .lake/raw/}
    prod:
      catalog: {postgres: {host: {var: catalog_host}, dbname: lake, user: {var: catalog_user}, password: {secret: catalog_key}}}
      tables: s3://lake-tables/
      s3: {access_key_id: {secret: s3_id}, secret_access_key: {secret: s3_key}}
    spare:
      catalog: {postgres: {host: db, dbname: spare, user: spare, password: {secret: spare_key}}}
      tables: s3://lake-spare/
      s3: {secret_access_key: {secret: s3_key}, access_key_id: {secret: s3_id}, session_token: {secret: spare_key}}
  variables:
    catalog_host: {default: catalog.example.com}
"""
HERE = """\
landing prod
  catalog_host   plain   default in lake.variables           lake.landings.prod.catalog.postgres.host
  catalog_key    secret  environment (TF_VAR_catalog_key)    lake.landings.prod.catalog.postgres.password
  catalog_user   plain   environment (TF_VAR_catalog_user)   lake.landings.prod.catalog.postgres.user
  s3_id          secret  environment (TF_VAR_s3_id)          lake.landings.prod.s3.access_key_id
  s3_key         secret  environment (TF_VAR_s3_key)         lake.landings.prod.s3.secret_access_key
"""
SPARE = """\
landing spare
  s3_id          secret  environment (TF_VAR_s3_id)          lake.landings.spare.s3.access_key_id
  s3_key         secret  environment (TF_VAR_s3_key)         lake.landings.spare.s3.secret_access_key
  spare_key      secret  environment (TF_VAR_spare_key)      lake.landings.spare.catalog.postgres.password, lake.landings.spare.s3.session_token
"""
STACK = """\
stack prod
  client_id      secret  Secret prod-values (secrets/prod.yaml)  lake.stacks.prod
  client_secret  secret  Secret prod-values (secrets/prod.yaml)  lake.stacks.prod
  s3_id          secret  Secret prod-values (secrets/prod.yaml)  destinations.lake
  s3_key         secret  Secret prod-values (secrets/prod.yaml)  destinations.lake
  workspace_id   plain   flux.values                             lake.stacks.prod
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    registry = LAKE.replace("  variables:\n", LANDINGS).replace("      flux:\n", "      landing: prod\n      flux:\n")
    return write_lake(tmp_path / "lake", {**FILES, "dag/registry/lake.yaml": registry, FILE: manifest()})


def squeezed(text: str) -> list[list[str]]:
    """The words of each line: the columns are as wide as the whole list needs them."""
    return [line.split() for line in text.splitlines()]


def test_landings_stand_below_the_stacks(lake: Path) -> None:
    result = run(lake, "secrets")
    assert (result.code, result.err) == (0, "")
    assert squeezed(result.out) == squeezed(STACK + HERE + SPARE)
    assert len({line.find("lake.landings.") for line in result.out.splitlines() if "lake.landings." in line}) == 1


def test_a_stack_is_told_with_the_landing_that_it_is_fed_into(lake: Path) -> None:
    edited(
        lake,
        "  stacks:\n",
        LAKE[LAKE.index("    prod:\n") : LAKE.index("  variables:\n")]
        .join(["  stacks:\n", ""])
        .replace("    prod:", "    other:"),
    )
    edited(lake, "sources:\n  faker:\n", "sources:\n  faker:\n    stack: [prod]\n")
    edited(lake, "connector: destination-s3\n", "connector: destination-s3\n    stack: [prod]\n")
    edited(lake, "connections:\n  faker_to_lake:\n", "connections:\n  faker_to_lake:\n    stack: [prod]\n")
    assert squeezed(run(lake, "secrets", "--stack", "prod").out) == squeezed(STACK + HERE)
    assert "landing" not in run(lake, "secrets", "--stack", "other").out


def test_the_list_as_json(lake: Path) -> None:
    rows = json.loads(run(lake, "secrets", "--format", "json").out)["variables"]
    assert [(row["stack"], row["landing"], row["name"]) for row in rows] == [
        *[("prod", None, name) for name in (*KEYS, "workspace_id")],
        *[(None, "prod", name) for name in ("catalog_host", "catalog_key", "catalog_user", "s3_id", "s3_key")],
        *[(None, "spare", name) for name in ("s3_id", "s3_key", "spare_key")],
    ]
    nothing = {"secret": None, "file": None, "state": None}
    assert rows[5]["from"] == {"kind": "default", "key": None, **nothing}
    assert rows[6] == {
        "stack": None,
        "landing": "prod",
        "name": "catalog_key",
        "secret": True,
        "type": "string",
        "description": None,
        "used_by": ["lake.landings.prod.catalog.postgres.password"],
        "from": {"kind": "environment", "key": "TF_VAR_catalog_key", **nothing},
    }


def test_the_secret_of_a_stack_needs_no_value_of_a_landing(lake: Path) -> None:
    assert checked(lake, manifest()).out.splitlines() == [
        "not checked: landing prod takes 4 values from the environment of what feeds it",
        "not checked: landing spare takes 3 values from the environment of what feeds it",
        "no problems in 1 file for 5 variables of 1 stack",
    ]


def test_a_named_file_says_nothing_of_landings(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert named(lake, monkeypatch, FILE).out == "no problems in 1 file for 5 variables of 1 stack\n"


def test_a_value_of_a_landing_in_the_secret_of_a_stack_reaches_nobody(lake: Path) -> None:
    result = checked(lake, manifest((*KEYS, "catalog_key")))
    assert result.code == 0
    assert result.out.splitlines()[:3] == [
        (
            "secrets/prod.yaml:11:3  secret-key-unused  warning: stringData.catalog_key: no stack has a variable for this key:"
            " lake.landings.prod.catalog.postgres.password takes its value from the environment of what feeds the landing"
        ),
        "    remove it with sops edit secrets/prod.yaml",
        "1 warning",
    ]


def test_a_key_of_a_landing_is_no_misspelling_of_one_that_is_missing(lake: Path) -> None:
    edited(
        lake,
        "secret_access_key: {secret: s3_key}\n      access",
        "secret_access_key: {secret: catalog_keys}\n      access",
    )
    out = checked(lake, manifest(("client_id", "client_secret", "s3_id", "catalog_key"))).out
    assert 'secret-key-missing  stringData: the key "catalog_keys" is missing; destinations.lake needs it' in out
    assert (
        "secret-key-unused  warning: stringData.catalog_key: no stack has a variable for this key: lake.landings" in out
    )


def test_a_template_has_none_of_them(lake: Path) -> None:
    out = run(lake, "secrets", "--template").out
    assert "s3_key" in out
    assert "catalog" not in out


def test_a_landing_with_faults_ends_the_list(lake: Path) -> None:
    edited(lake, "{secret: catalog_key}", "hunter2")
    result = run(lake, "secrets")
    assert (result.code, result.out) == (1, "")
    assert "lake.landings.prod.catalog.postgres.password: this secret is in plain text" in result.err
    assert "hunter2" not in result.err
