"""`lakeform add source` and `add destination`: registry files that pass `check` once people have filled them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import DESTINATION, LAKE, Result, problems_of, run, write_files, write_lake

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
      auth:
        kind: CHANGE_ME # one of key, none; what follows is for key
        apiKey: {secret: shop_api_key}
      port: CHANGE_ME # whole number, 10 to 20
      region: CHANGE_ME # one of eu, us
      reports:
        - name: CHANGE_ME # text
          # token: {secret: shop_reports_token}
      shop: CHANGE_ME # text
      since: CHANGE_ME # date such as 2026-01-01
      token: {secret: shop_token}
      verbose: CHANGE_ME # true or false
      # limit: CHANGE_ME # whole number, 5 to 50
      # pair: {literal: {secret: CHANGE_ME}} # mapping
      # zone: CHANGE_ME # text, pattern ^zone-[a-z]{3}[0-9]{4}$

# A connection needs a stream: "lakeform add stream shop" removes the "# ".
# connections:
#   shop_to_lake:
#     source: shop
#     destination: lake
#     schedule: {cron: "0 50 * * * ?"}
#     namespace: {format: shop}
"""

# What `add` says is left to decide, and `check` too.
LEFT = (
    ("7:15", "auth.kind", "one of key, none"),
    ("9:13", "port", "whole number, 10 to 20"),
    ("10:15", "region", "one of eu, us"),
    ("12:17", "reports[0].name", "text"),
    ("14:13", "shop", "text"),
    ("15:14", "since", "date such as 2026-01-01"),
    ("17:16", "verbose", "true or false"),
)


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
    """What `check` finds, without what is left to decide and the advice that a new entry is not used yet."""
    found = [problem for problem in problems_of(lake) if problem.rule not in ("unused-entry", "placeholder")]
    return [problem.to_text() for problem in found]


def test_a_source_is_locked_and_written_with_all_its_options(lake: Path) -> None:
    result = add(lake, "source", "shop", "--connector", "source-shop")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/connectors/source-shop.json (1.2.3)\n"
        "wrote dag/registry/shop.yaml\n"
        "next: fill in dag/registry/shop.yaml: 7 x CHANGE_ME, and the options in comments that you need\n"
        + "".join(f"          dag/registry/shop.yaml:{at}  {option}: {words}\n" for at, option, words in LEFT)
        + "      export TF_VAR_shop_api_key=... TF_VAR_shop_token=...\n"
        "      lakeform discover shop\n"
        "      lakeform add stream shop\n"
    )
    assert (lake / "dag/registry/shop.yaml").read_text("utf-8") == SHOP


def test_check_says_what_is_left_and_nothing_else_and_synth_writes_nothing(lake: Path) -> None:
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    told = "".join(
        f"dag/registry/shop.yaml:{at}  placeholder  sources.shop.configuration.{option}: this is still a placeholder\n"
        f"    write here: {words}\n"
        for at, option, words in LEFT
    )
    assert run(lake, "check") == Result(1, f"{told}7 problems\n", "")
    assert run(lake, "synth") == Result(1, "", f"{told}7 problems\n")
    assert not (lake / "cdktf.out").exists()


def test_once_everything_is_decided_the_entry_passes_check(lake: Path) -> None:
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    path = lake / "dag/registry/shop.yaml"
    for value in ("key", "12", "eu", "orders", "shop", '"2026-01-01"', "true"):
        path.write_text(path.read_text("utf-8").replace(": CHANGE_ME #", f": {value} #", 1), "utf-8")
    assert [problem.rule for problem in problems_of(lake)] == ["unused-entry"] * 2
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
        "      # always_updated: true # true or false, default true\n"
        "      # count: 1000 # whole number, at least 1, default 1000\n"
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
    """Without a constant, a branch can be taken that no other fits too."""
    text = {"type": "string"}
    alike = {"properties": {"path": text}, "additionalProperties": False}
    union = {"oneOf": [alike, alike, {"properties": {"path": text, "url": text}, "required": ["url"]}]}
    spec = {"type": "object", "required": ["place"], "properties": {"place": union}}
    write_files(lake.parent, {"connectors.json": definition("source-shop", spec)})
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    written = (lake / "dag/registry/shop.yaml").read_text("utf-8")
    assert (
        "      place: # or: {}, {}, url\n        url: CHANGE_ME # text\n        # path: CHANGE_ME # text\n" in written
    )
    assert errors(lake) == []


def test_a_list_has_as_many_items_as_it_needs(lake: Path) -> None:
    days = {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["mo", "tu", "we"]}}
    names = {"type": "array", "items": {"type": "string"}}
    spec = {"type": "object", "required": ["days", "names"], "properties": {"days": days, "names": names}}
    write_files(lake.parent, {"connectors.json": definition("source-shop", spec)})
    assert add(lake, "source", "shop", "--connector", "source-shop").code == 0
    assert (
        "      days: [CHANGE_ME, CHANGE_ME] # list, items: one of mo, tu, we, at least 2 of them\n"
        "      names: [CHANGE_ME] # list, items: text\n"
    ) in (lake / "dag/registry/shop.yaml").read_text("utf-8")
    assert errors(lake) == []


def test_a_destination_says_how_it_is_used(lake: Path) -> None:
    result = add(lake, "destination", "archive", "--connector", "destination-s3")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/registry/archive.yaml\n"
        "next: fill in dag/registry/archive.yaml: 4 x CHANGE_ME, and the options in comments that you need\n"
        "          dag/registry/archive.yaml:7:22  format.format_type: one of CSV, JSONL, Avro, Parquet\n"
        "          dag/registry/archive.yaml:10:23  s3_bucket_name: text\n"
        "          dag/registry/archive.yaml:11:23  s3_bucket_path: text\n"
        "          dag/registry/archive.yaml:12:25  s3_bucket_region: one of af-south-1, ap-east-1, ap-northeast-1, ... (33 choices)\n"
        "      for options in comments: export TF_VAR_archive_access_key_id=... TF_VAR_archive_secret_access_key=...\n"
        "      lakeform add connection SOURCE_to_archive --source SOURCE --destination archive\n"
    )
    text = (lake / "dag/registry/archive.yaml").read_text("utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "destinations:\n"
        "  archive:\n"
        "    connector: destination-s3\n"
        "    configuration:\n"
        "      format:\n"
        "        format_type: CHANGE_ME # one of CSV, JSONL, Avro, Parquet; what follows is for CSV\n"
        "        flattening: No flattening\n"
        "        # compression: {compression_type: CHANGE_ME} # compression_type: No Compression, GZIP\n"
        "      s3_bucket_name: CHANGE_ME # text\n"
    )
    assert "connections" not in text
    assert errors(lake) == []


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        ({}, ["source", "Shop", "--connector", "source-shop"], '"Shop" is not an id: lower-case letters, digits and _, beginning with a letter; for example "shop"'),
        ({}, ["source", "shop", "--connector", "source-shopp"], 'the registry has no connector "source-shopp"; did you mean "source-shop"?'),
        ({}, ["source", "shop", "--connector", "sho p"], '"sho p" is not the name of a source connector: " " cannot be in their names'),
        ({}, ["source", "shop", "--connector", "source-\u202eshop"], r'"source-\u202eshop" is not the name of a source connector: "\u202e" cannot be in their names'),
        ({}, ["source", "shop", "--connector", "destination-s3"], '"destination-s3" is a connector for destinations, not for sources; run: lakeform add destination shop --connector destination-s3'),
        ({}, ["source", "crm"], "name the connector: --connector source-x"),
        ({}, ["source", "shop_eu"], 'name the connector: --connector source-x; did you mean "source-shop"?'),
        ({}, ["source", "shopp"], 'name the connector: --connector source-x; did you mean "source-shop"?'),
        ({}, ["destination", "lake", "--connector", "destination-s3"], "destinations.lake exists: dag/registry/main.yaml:10:3"),
        ({}, ["source", "shop", "--connector", "source-shop", "--destination", "lak"], 'there is no destination "lak"; did you mean "lake"?'),
        ({}, ["source", "shop", "--connector", "source-shop", "--stack", "airbite"], 'there is no stack "airbite"; did you mean "airbyte"?'),
        ({"dag/registry/old.yaml": "retired:\n  - {entry: sources.shop, date: 2026-01-01, reason: left}\n"}, ["source", "shop", "--connector", "source-shop"], "sources.shop was removed on purpose: dag/registry/old.yaml:2:5; choose another name, or delete that line"),
        ({"dag/registry/old.yaml": "renamed:\n  - {from: sources.shop, to: sources.x}\n"}, ["source", "shop", "--connector", "source-shop"], "sources.shop was removed on purpose: dag/registry/old.yaml:2:5; choose another name, or delete that line"),
        ({"dag/registry/c.yaml": "connections: {shop_to_lake: {source: shop, destination: lake}}\n"}, ["source", "shop", "--destination", "lake"], "connections.shop_to_lake exists: dag/registry/c.yaml:1:15"),
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
    ("files", "note"),
    [
        (
            {"dag/registry/two.yaml": "destinations: {b: {existing: 11111111-2222-3333-4444-555555555555}}\n"},
            "there are several destinations (b, lake); when it has a stream: lakeform add connection shop_to_b",
        ),
        (
            {"dag/registry/main.yaml": LAKE},
            "there is no destination yet: lakeform add destination NAME --connector destination-x",
        ),
        (
            {"dag/registry/c.yaml": "connections: {shop_to_lake: {source: shop, destination: lake}}\n"},
            "connections.shop_to_lake exists: dag/registry/c.yaml:1:15",
        ),
    ],
)
def test_without_a_destination_that_is_meant_there_is_no_connection(
    lake: Path, files: dict[str, str], note: str
) -> None:
    write_files(lake, files)
    result = add(lake, "source", "shop")
    assert (result.code, result.err) == (0, "")
    assert f"\nwithout a connection: {note}\n" in result.out
    assert "connections" not in (lake / "dag/registry/shop.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "connector"),
    [(("shop",), "source-shop"), (("faker",), "source-faker"), (("other", "--connector", "shop"), "source-shop")],
)
def test_a_connector_is_that_of_the_id_or_named_without_its_kind(
    lake: Path, words: tuple[str, ...], connector: str
) -> None:
    assert add(lake, "source", *words).code == 0
    assert f"    connector: {connector}\n" in (lake / f"dag/registry/{words[0]}.yaml").read_text("utf-8")


def test_secrets_in_comments_are_named_too(lake: Path) -> None:
    fields = {"user": {"type": "string"}, "password": {"type": "string", "airbyte_secret": True}}
    spec = {
        "type": "object",
        "required": ["user", "port"],
        "properties": {**fields, "port": {"type": "integer", "default": 5432}},
    }
    write_files(lake.parent, {"connectors.json": definition("source-shop", spec)})
    result = add(lake, "source", "shop")
    assert "      for options in comments: export TF_VAR_shop_password=...\n" in result.out
    assert "      port: 5432\n" in (lake / "dag/registry/shop.yaml").read_text("utf-8")


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
    result = add(lake, "source", "shop", "--destination", "lake", "--stack", "staging")
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


def test_where_a_file_has_the_name_of_the_entry_another_is_written(lake: Path) -> None:
    write_files(lake, {"dag/registry/shop.yaml": "# mine\n", "dag/registry/shop_source.yaml": "# mine too\n"})
    result = add(lake, "source", "shop", "--connector", "source-shop")
    assert (result.code, result.err) == (0, "")
    assert "wrote dag/registry/shop_source_2.yaml\n" in result.out
    assert "fill in dag/registry/shop_source_2.yaml: " in result.out
    assert (lake / "dag/registry/shop.yaml").read_text() == "# mine\n"
    assert errors(lake) == []
