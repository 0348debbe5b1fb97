"""`lakeform add source` and `add destination`: registry files that people fill in, and that pass `check` before they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lakes import DESTINATION, LAKE, Result, problems_of, run, write_files, write_lake

TWO_STACKS = LAKE.replace("    airbyte:", "    prod:") + (
    "    staging:\n"
    "      server_url: https://staging.example.com/api/public/v1\n"
    "      workspace_id: 22222222-2222-3333-4444-555555555555\n"
    "      auth: none\n"
)

SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["auth", "port", "region", "shop", "since", "token", "reports", "verbose"],
    "properties": {
        "auth": {
            "oneOf": [
                {
                    "properties": {"kind": {"const": "key"}, "apiKey": {"type": "string", "airbyte_secret": True}},
                    "required": ["kind", "apiKey"],
                },
                {"properties": {"kind": {"const": "none"}}, "required": ["kind"]},
            ]
        },
        "limit": {"type": "integer", "minimum": 5, "maximum": 50},
        "pair": {"type": "object", "properties": {"secret": {"type": "string"}}, "required": ["secret"]},
        "port": {"type": "integer", "minimum": 10, "maximum": 20},
        "region": {"enum": ["", "eu", "us"]},
        "reports": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "token": {"type": "string", "airbyte_secret": True}},
            },
        },
        "shop": {"type": "string"},
        "since": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "token": {"type": "string", "airbyte_secret": True},
        "verbose": {"type": "boolean"},
        "zone": {"type": "string", "pattern": "^zone-[a-z]{3}[0-9]{4}$"},
    },
}

SHOP = """\
# yaml-language-server: $schema=../schema/registry.json
sources:
  shop:
    connector: source-shop
    configuration:
      auth: # kind: key, none
        kind: key
        apiKey: {secret: shop_api_key}
      port: 10 # CHANGE_ME: whole number, 10 to 20
      region: eu # CHANGE_ME: one of eu, us
      reports:
        - name: CHANGE_ME # text
          # token: {secret: shop_reports_token}
      shop: CHANGE_ME # text
      since: "2026-01-01" # CHANGE_ME: date
      token: {secret: shop_token}
      verbose: false # CHANGE_ME: true or false
      # limit: 5 # whole number, 5 to 50
      # pair: {literal: {secret: CHANGE_ME}} # mapping
      # zone: {var: shop_zone} # text, pattern ^zone-[a-z]{3}[0-9]{4}$

# A connection needs a stream: "lakeform add stream shop" takes the "# " away.
# connections:
#   shop_to_lake:
#     source: shop
#     destination: lake
#     schedule: {cron: "0 50 * * * ?"}
#     namespace: {format: shop}
"""


def definition(connector: str, spec: dict[str, Any], **more: Any) -> str:
    """A registry with one connector."""
    kind = connector.partition("-")[0]
    entry = {
        "dockerRepository": f"airbyte/{connector}",
        "dockerImageTag": "1.2.3",
        f"{kind}DefinitionId": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "spec": {"connectionSpecification": spec, **more},
    }
    return json.dumps({f"{kind}s": [entry]})


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """One stack and one destination; the registry of connectors beside it knows source-shop."""
    write_files(tmp_path, {"connectors.json": definition("source-shop", SPEC)})
    return write_lake(tmp_path / "lake", {"dag/registry/main.yaml": LAKE + DESTINATION})


def add(lake: Path, kind: str, name: str, *words: str) -> Result:
    return run(lake, "add", kind, name, *words, "--registry", str(lake.parent / "connectors.json"))


def errors(lake: Path) -> list[str]:
    """What `check` finds, without the advice that a new entry is not used yet."""
    return [problem.to_text() for problem in problems_of(lake) if problem.rule != "unused-entry"]


def test_a_source_is_locked_and_written_with_all_its_options(lake: Path) -> None:
    result = add(lake, "source", "shop", "--connector", "source-shop")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/connectors/source-shop.json (1.2.3)\n"
        "wrote dag/registry/shop.yaml\n"
        "next: fill in dag/registry/shop.yaml: 6 x CHANGE_ME, and what you need of the options in comments\n"
        "      export TF_VAR_shop_api_key=... TF_VAR_shop_token=...\n"
        "      lakeform discover shop\n"
        "      lakeform add stream shop\n"
    )
    assert (lake / "dag/registry/shop.yaml").read_text("utf-8") == SHOP
    assert errors(lake) == []
    assert run(lake, "check").code == 0


def test_a_locked_connector_is_not_asked_for_again(lake: Path) -> None:
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    result = run(lake, "add", "source", "other", "--connector", "source-shop", "--registry", "nowhere.json")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("wrote dag/registry/other.yaml\n")
    assert errors(lake) == []


def test_schemas_for_editors_follow_a_new_lock(lake: Path) -> None:
    assert run(lake, "schema", "--write").code == 0
    result = add(lake, "source", "shop", "--connector", "source-shop")
    assert "wrote dag/schema/registry.json\n" in result.out
    assert run(lake, "schema", "--check").code == 0


def test_a_connector_without_required_options_begins_empty(lake: Path) -> None:
    assert add(lake, "source", "sample", "--connector", "source-faker").code == 0
    text = (lake / "dag/registry/sample.yaml").read_text("utf-8")
    assert (
        "    connector: source-faker\n"
        "    configuration: {} # or, instead of {}:\n"
        "      # always_updated: false # true or false\n"
        "      # count: 1 # whole number, at least 1\n"
    ) in text
    assert errors(lake) == []


def test_a_default_is_a_better_placeholder_than_a_guess(lake: Path) -> None:
    spec = {
        "type": "object",
        "required": ["port"],
        "properties": {"port": {"type": "integer"}, "size": {"type": "integer"}},
    }
    lock = {
        "connector": "source-db",
        "definition_id": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "image": "x",
        "tag": "1",
        "spec": {**spec, "properties": {key: {"type": "integer", "default": 5432} for key in ("port", "size")}},
    }
    write_files(lake, {"dag/connectors/source-db.json": json.dumps(lock)})
    assert add(lake, "source", "db", "--connector", "source-db").code == 0
    text = (lake / "dag/registry/db.yaml").read_text("utf-8")
    assert "      port: 5432\n      # size: 5432 # whole number, default 5432\n" in text


def test_the_branch_of_a_union_is_one_that_can_be_told_from_the_others(lake: Path) -> None:
    """Without a constant, only an option that just one branch requires tells which is meant."""
    text = {"type": "string"}
    union = {
        "oneOf": [{"properties": {"path": text}}, {"properties": {"path": text, "url": text}, "required": ["url"]}]
    }
    spec = {"type": "object", "required": ["place"], "properties": {"place": union}}
    write_files(lake.parent, {"connectors.json": definition("source-shop", spec)})
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    written = (lake / "dag/registry/shop.yaml").read_text("utf-8")
    assert "      place: # or: {}, url\n        url: CHANGE_ME # text\n        # path: CHANGE_ME # text\n" in written
    assert errors(lake) == []


def test_a_list_has_as_many_items_as_it_needs(lake: Path) -> None:
    days = {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["mo", "tu", "we"]}}
    names = {"type": "array", "items": {"type": "string"}}
    spec = {"type": "object", "required": ["days", "names"], "properties": {"days": days, "names": names}}
    write_files(lake.parent, {"connectors.json": definition("source-shop", spec)})
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    assert (
        "      days: [mo, tu] # CHANGE_ME: list, items: one of mo, tu, we, at least 2 of them\n"
        "      names: [CHANGE_ME] # list, items: text\n"
    ) in (lake / "dag/registry/shop.yaml").read_text("utf-8")
    assert errors(lake) == []


def test_a_destination_says_how_it_is_used(lake: Path) -> None:
    result = add(lake, "destination", "archive", "--connector", "destination-s3")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/registry/archive.yaml\n"
        "next: fill in dag/registry/archive.yaml: 4 x CHANGE_ME, and what you need of the options in comments\n"
        "      lakeform add connection SOURCE_to_archive --source SOURCE --destination archive\n"
    )
    text = (lake / "dag/registry/archive.yaml").read_text("utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "destinations:\n"
        "  archive:\n"
        "    connector: destination-s3\n"
        "    configuration:\n"
        "      format: # format_type: CSV, JSONL, Avro, Parquet\n"
        "        format_type: CSV\n"
        "        flattening: No flattening # CHANGE_ME: one of No flattening, Root level flattening\n"
        "        # compression: {compression_type: No Compression} # compression_type: No Compression, GZIP\n"
        "      s3_bucket_name: CHANGE_ME # text\n"
    )
    assert "connections" not in text
    assert errors(lake) == []


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        ({}, ["source", "Shop", "--connector", "source-shop"], '"Shop" is not an id: lower-case letters, digits and _, beginning with a letter; for example "shop"'),
        ({}, ["source", "shop", "--connector", "source-shopp"], 'the registry has no connector "source-shopp"; did you mean "source-shop"?'),
        ({}, ["source", "shop", "--connector", "shop"], '"shop" is not the name of a source connector; write source-shop'),
        ({}, ["source", "shop", "--connector", "destination-s3"], '"destination-s3" is not the name of a source connector; write source-destination-s3'),
        ({}, ["source", "shop"], "name the connector: --connector source-x"),
        ({}, ["destination", "lake", "--connector", "destination-s3"], "destinations.lake exists: dag/registry/main.yaml:10:3"),
        ({}, ["source", "main", "--connector", "source-shop"], "dag/registry/main.yaml exists, and nothing is written over; choose another name, or rename that file: names of registry files mean nothing"),
        ({}, ["source", "shop", "--connector", "source-shop", "--destination", "lak"], 'there is no destination "lak"; did you mean "lake"?'),
        ({}, ["source", "shop", "--connector", "source-shop", "--stack", "airbite"], 'there is no stack "airbite"; did you mean "airbyte"?'),
        ({"dag/registry/two.yaml": "destinations: {b: {existing: 11111111-2222-3333-4444-555555555555}}\n"}, ["source", "shop", "--connector", "source-shop"], "there are several destinations; add --destination with one of: b, lake"),
        ({"dag/registry/main.yaml": LAKE}, ["source", "shop", "--connector", "source-shop"], "there is no destination yet: lakeform add destination NAME --connector destination-x"),
        ({"dag/registry/old.yaml": "retired:\n  - {entry: sources.shop, date: 2026-01-01, reason: left}\n"}, ["source", "shop", "--connector", "source-shop"], "sources.shop is gone on purpose: dag/registry/old.yaml:2:5; choose another name, or delete that line"),
        ({"dag/registry/old.yaml": "renamed:\n  - {from: sources.shop, to: sources.x}\n"}, ["source", "shop", "--connector", "source-shop"], "sources.shop is gone on purpose: dag/registry/old.yaml:2:5; choose another name, or delete that line"),
        ({"dag/registry/c.yaml": "connections: {shop_to_lake: {source: shop, destination: lake}}\n"}, ["source", "shop", "--connector", "source-shop"], "connections.shop_to_lake exists: dag/registry/c.yaml:1:15"),
        ({"dag/registry/c.yaml": "sources: [\n"}, ["source", "shop", "--connector", "source-shop"], "dag/registry/c.yaml:"),
        ({"dag/connectors/source-shop.json": "{"}, ["source", "shop", "--connector", "source-shop"], "dag/connectors/source-shop.json is broken; write it again: lakeform lock source-shop"),
        ({}, ["source", "shop", "--connector", "source-shop", "--from-json", "nowhere.json"], "nowhere.json: no such file or directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_added_is_told_in_one_line_and_nothing_is_written(
    lake: Path, files: dict[str, str], words: list[str], said: str
) -> None:
    write_files(lake, files)
    before = {path: path.read_bytes() for path in lake.rglob("*") if path.is_file()}
    result = add(lake, *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"lakeform add: {said}")
    assert len(result.err.splitlines()) == 1
    assert {path: path.read_bytes() for path in lake.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("defaults", "destination", "words", "stack"),
    [
        ("", "stack: [prod, staging]", (), ["prod", "staging"]),
        ("", "stack: prod", (), ["prod"]),
        ("", "stack: [prod, staging]", ("--stack", "staging"), ["staging"]),
        ("source: {stack: [prod, staging]}, connection: {stack: [prod, staging]}", "stack: [prod, staging]", (), None),
        ("source: {stack: staging}, connection: {stack: staging}", "stack: [prod, staging]", (), None),
    ],
    ids=["those of the destination", "its only one", "the named one", "the default says both", "the default says one"],
)
def test_in_several_stacks_an_entry_is_where_its_connection_can_be(
    lake: Path, defaults: str, destination: str, words: tuple[str, ...], stack: list[str] | None
) -> None:
    main = TWO_STACKS + (f"  defaults: {{{defaults}}}\n" if defaults else "")
    main += DESTINATION.replace("    connector:", f"    {destination}\n    connector:")
    if destination != "stack: prod":
        main += "    overrides: {staging: {configuration: {s3_bucket_name: other}}}\n"
    write_files(lake, {"dag/registry/main.yaml": main})
    result = add(lake, "source", "shop", "--connector", "source-shop", *words)
    assert (result.code, result.err) == (0, "")
    text = (lake / "dag/registry/shop.yaml").read_text("utf-8")
    said = f"stack: [{', '.join(stack)}]\n" if stack else ""
    assert (f"    connector: source-shop\n    {said}" in text, text.count("stack:")) == (True, 2 if stack else 0)
    assert (f"#     destination: lake\n#     {said}" in text) is True
    assert errors(lake) == []


def test_a_source_and_a_destination_of_other_stacks_cannot_be_connected(lake: Path) -> None:
    main = TWO_STACKS + DESTINATION.replace("    connector:", "    stack: prod\n    connector:")
    write_files(lake, {"dag/registry/main.yaml": main})
    result = add(lake, "source", "shop", "--connector", "source-shop", "--stack", "staging")
    assert result == Result(2, "", "lakeform add: shop and lake are not both in the stack prod, staging\n")


def test_schedules_are_spread_over_the_hour_and_stay_what_they_are(lake: Path) -> None:
    minutes = {}
    for name in ("faker", "klaviyo", "postgres", "shopify", "stripe"):
        assert add(lake, "source", name, "--connector", "source-faker").code == 0
        text = (lake / f"dag/registry/{name}.yaml").read_text("utf-8")
        minutes[name] = text.partition('cron: "')[2].partition('"')[0]
    assert minutes == {
        "faker": "0 17 * * * ?",
        "klaviyo": "0 51 * * * ?",
        "postgres": "0 15 * * * ?",
        "shopify": "0 30 * * * ?",
        "stripe": "0 6 * * * ?",
    }


def test_a_stack_that_allows_no_hourly_sync_gets_a_daily_one(lake: Path) -> None:
    slow = LAKE + "      minimum_sync_interval: 12h\n" + DESTINATION
    write_files(lake, {"dag/registry/main.yaml": slow})
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    assert '{cron: "0 50 1 * * ?"}' in (lake / "dag/registry/shop.yaml").read_text("utf-8")


def test_names_of_secrets_that_the_registry_has_are_not_taken_again(lake: Path) -> None:
    other = "sources:\n  other: {connector: source-faker, configuration: {count: {var: shop_token}}}\n"
    write_files(lake, {"dag/registry/other.yaml": other})
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    text = (lake / "dag/registry/shop.yaml").read_text("utf-8")
    assert "      token: {secret: shop_token_2}\n" in text
    assert errors(lake) == []


def test_without_a_kind_or_with_an_unknown_one_the_usage_is_shown(lake: Path) -> None:
    for words in ([], ["sauce", "x"]):
        result = run(lake, "add", *words)
        assert result.code == 2
        assert "usage: lakeform add" in result.err


def test_the_root_may_stand_behind_the_name(lake: Path) -> None:
    from infra.commands.main import main  # noqa: PLC0415

    assert main(["add", "source", "sample", "--connector", "source-faker", "--quiet", "--root", str(lake)]) == 0
    assert (lake / "dag/registry/sample.yaml").is_file()
