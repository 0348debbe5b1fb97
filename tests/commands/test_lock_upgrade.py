"""`lakeform lock --upgrade`: rehearsed before anything is written, each connector for itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import REPOSITORY, run, write_files, write_lake
from tests.support.review_lake import BASE

FIXTURE = REPOSITORY.parent / "shared/fixtures/connector_registry.json"
SHOP = "dag/connectors/source-shop.json"
TODAY = ("--today", "2026-11-26")

# Versions with the shapes of real ones: an option that went, one that is required now, a union with another branch.
OLD: dict[str, Any] = {
    "type": "object",
    "required": ["api_key"],
    "properties": {
        "api_key": {"type": "string", "airbyte_secret": True},
        "start_date": {"type": "string"},
        "page_size": {"type": "integer"},
        "region": {"type": "string"},
    },
}
NEW = {**OLD, "properties": {**OLD["properties"], "lookback": {"type": "integer", "default": 7}}}
BREAKS = {
    **OLD,
    "required": ["api_key", "shop"],
    "properties": {"api_key": OLD["properties"]["api_key"], "shop": {"type": "string"}, "region": {"enum": ["us"]}},
}
BREAKING = {
    "2.0.0": {
        "message": "Orders have another key.",
        "upgradeDeadline": "2026-12-01",
        "scopedImpact": [{"scopeType": "stream", "impactedScopes": ["orders", "returns"]}],
    },
    "2.1.0": {
        "message": "Returns are renamed.",
        "upgradeDeadline": "2026-11-01",
        "scopedImpact": [{"scopeType": "stream", "impactedScopes": ["returns"]}],
    },
    "3.0.0": {"message": "The old API ends.", "upgradeDeadline": "2027-01-31"},
}
IDS = {
    "source-shop": "aaaaaaaa-0000-4000-8000-000000000001",
    "destination-warehouse": "aaaaaaaa-0000-4000-8000-000000000002",
}


def entry(connector: str, tag: str, spec: object, **more: Any) -> dict[str, Any]:
    """An entry of a registry."""
    kind = connector.partition("-")[0]
    about = {f"{kind}DefinitionId": IDS[connector], "dockerRepository": f"airbyte/{connector}", "dockerImageTag": tag}
    return {**about, "spec": {"connectionSpecification": spec}, **more}


WAREHOUSE = entry(
    "destination-warehouse", "1.0.0", json.loads(BASE["dag/connectors/destination-warehouse.json"])["spec"]
)
NEWER_WAREHOUSE = {**WAREHOUSE, "dockerImageTag": "1.1.0"}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The lake of the reviews; its shop was discovered with the version that is locked."""
    about = {"connector": "source-shop", "from": "server", "version": "1.0.0"}
    return write_lake(tmp_path / "lake", {**BASE, "dag/sources/shop/_discovery.json": json.dumps(about) + "\n"})


def registry(lake: Path, *entries: dict[str, Any]) -> tuple[str, str]:
    """The options for a registry of some entries."""
    sources = [one for one in entries if "sourceDefinitionId" in one]
    rest = [one for one in entries if "sourceDefinitionId" not in one]
    write_files(lake.parent, {"registry.json": json.dumps({"sources": sources, "destinations": rest})})
    return "--registry", str(lake.parent / "registry.json")


def tags(lake: Path) -> dict[str, str]:
    """Connector -> the version that is locked."""
    paths = sorted(path for path in lake.glob("dag/connectors/*.json") if not path.name.endswith(".docs.json"))
    return {path.stem: json.loads(path.read_text())["tag"] for path in paths}


def test_what_breaks_is_told_with_its_line_and_kept_while_the_others_are_written(lake: Path) -> None:
    known = registry(
        lake, entry("source-shop", "2.1.0", BREAKS, releases={"breakingChanges": BREAKING}), NEWER_WAREHOUSE
    )
    result = run(lake, "lock", "--upgrade", *TODAY, *known)
    assert (result.code, result.err) == (1, "")
    assert (
        result.out
        == """\
source-shop 1.0.0 → 2.1.0
    breaking release 2.0.0 (deadline 2026-12-01, in 5 days) concerns orders of connections.shop_to_warehouse: Orders have another key.
    breaking release 2.1.0 (deadline 2026-11-01, 25 days ago) concerns returns, which nothing here syncs: Returns are renamed.
    `page_size` is gone
    `projects` is gone
    `region`: type string → any
    `region`: only us from now on
    `retries` is gone
    `shop` is new and required
    `start_date` is gone
    discover again: lakeform discover shop
dag/registry/shop.yaml:4:5  config-missing-key  sources.shop.configuration: the key "shop" is missing
    add shop
dag/registry/shop.yaml:4:54  config-unknown-key  sources.shop.configuration.start_date: unknown key "start_date"
    keys: api_key, region, shop
dag/registry/shop.yaml:4:80  config-unknown-key  sources.shop.configuration.page_size: unknown key "page_size"
    keys: api_key, region, shop
dag/registry/shop.yaml:4:117  config-invalid  sources.shop.configuration.region: is not one of the spec's choices
    choices: us
4 problems
wrote dag/connectors/destination-warehouse.json (1.1.0)
kept dag/connectors/source-shop.json (1.0.0): 2.1.0 breaks the lake: --force takes it, and then check says what is left to do
"""
    )
    assert tags(lake) == {"destination-warehouse": "1.1.0", "source-shop": "1.0.0"}


def test_with_force_it_is_written_and_check_says_the_same(lake: Path) -> None:
    known = registry(lake, entry("source-shop", "2.1.0", BREAKS), WAREHOUSE)
    rehearsed = json.loads(run(lake, "lock", "source-shop", *known, "--format", "json").out)["problems"]
    assert run(lake, "lock", "source-shop", *known, "--force").code == 0
    assert tags(lake)["source-shop"] == "2.1.0"
    checked = json.loads(run(lake, "check", "--format", "json").out)["problems"]
    assert [one for one in checked if one["severity"] == "error"] == rehearsed
    assert len(rehearsed) == 4


def test_what_breaks_nothing_is_written_at_once(lake: Path) -> None:
    known = registry(
        lake, entry("source-shop", "1.1.0", {**NEW, "properties": {**NEW["properties"], "retries": {}}}), WAREHOUSE
    )
    result = run(lake, "lock", "source-shop", *known)
    assert (result.code, result.out) == (
        0,
        (
            "source-shop 1.0.0 → 1.1.0\n    `lookback` is new\n    `projects` is gone\n    `retries`: type integer → any\n"
            "    discover again: lakeform discover shop\nwrote dag/connectors/source-shop.json (1.1.0)\n"
        ),
    )


def test_an_older_version_is_taken_only_where_that_is_said(lake: Path) -> None:
    spec = json.loads(BASE[SHOP])["spec"]
    known = registry(lake, entry("source-shop", "0.9.0", spec), NEWER_WAREHOUSE)
    result = run(lake, "lock", "--upgrade", *known)
    assert (result.code, tags(lake)) == (1, {"destination-warehouse": "1.1.0", "source-shop": "1.0.0"})
    assert "kept dag/connectors/source-shop.json (1.0.0): 0.9.0 is older: --downgrade takes it\n" in result.out
    assert "has an older definition: 0.9.0" in run(lake, "lock", "--check", *known).out
    assert run(lake, "lock", "--upgrade", "--downgrade", *known).code == 0
    assert tags(lake)["source-shop"] == "0.9.0"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "the registry no longer has source-shop; its lock stays as it is"),
        (
            [entry("source-shop", "2.0.0", OLD, tombstone=True)],
            "the registry has withdrawn source-shop (tombstone); its lock stays as it is",
        ),
        (
            [entry("source-shop", "2.0.0", OLD) | {"dockerImageTag": 7}],
            "the registry's entry for source-shop is broken: tag",
        ),
    ],
    ids=["gone", "withdrawn", "broken"],
)
def test_a_connector_that_cannot_be_locked_does_not_stop_the_others(
    lake: Path, entries: list[dict[str, Any]], said: str
) -> None:
    known = registry(lake, *entries, NEWER_WAREHOUSE)
    result = run(lake, "lock", "--upgrade", *known)
    assert (result.code, result.err) == (1, f"lakeform lock: {said}\n")
    assert tags(lake) == {"destination-warehouse": "1.1.0", "source-shop": "1.0.0"}
    assert run(lake, "lock", "--check", *known).err == result.err


def test_an_archived_connector_is_locked_and_told(lake: Path) -> None:
    spec = json.loads(BASE[SHOP])["spec"]
    known = registry(lake, entry("source-shop", "1.0.1", spec, supportLevel="archived"), WAREHOUSE)
    result = run(lake, "lock", "source-shop", *known)
    assert (result.code, result.err) == (0, "lakeform lock: source-shop is archived: Airbyte no longer maintains it\n")
    assert tags(lake)["source-shop"] == "1.0.1"


def test_a_name_is_near_by_what_is_behind_its_kind(lake: Path) -> None:
    known = registry(lake, entry("source-shop", "1.0.0", OLD) | {"dockerRepository": "airbyte/source-stripe"})
    result = run(lake, "lock", "source-acme", *known)
    assert (result.code, result.err) == (2, 'lakeform lock: the registry has no connector "source-acme"\n')
    assert run(lake, "lock", "source-strip", *known).err.endswith('did you mean "source-stripe"?\n')


def test_check_tells_deadlines_and_what_the_registry_does_not_have_yet_is_a_warning(lake: Path) -> None:
    spec = json.loads(BASE[SHOP])["spec"]
    known = registry(lake, entry("source-shop", "2.1.0", spec, releases={"breakingChanges": BREAKING}), WAREHOUSE)
    result = run(lake, "lock", "source-shop", "--check", *TODAY, *known, "--format", "json")
    problems = json.loads(result.out)["problems"]
    assert [(one["rule"], one["severity"]) for one in problems] == [
        ("release-breaking", "error"),
        ("release-breaking", "warning"),
        ("release-breaking", "warning"),
    ]
    assert result.code == 1
    assert json.loads(result.out)["stale"] == [{"connector": "source-shop", "before": "1.0.0", "after": "2.1.0"}]
    assert run(lake, "lock", "source-shop", *TODAY, *known).code == 0
    waiting = run(lake, "lock", "source-shop", "--check", *TODAY, *known)
    assert waiting.code == 0
    assert "deadline 2027-01-31, in 66 days" in waiting.out
    assert "the registry does not have it yet" in waiting.out


def test_without_a_commit_and_without_today_no_day_is_counted(lake: Path) -> None:
    spec = json.loads(BASE[SHOP])["spec"]
    known = registry(lake, entry("source-shop", "2.0.0", spec, releases={"breakingChanges": BREAKING}), WAREHOUSE)
    assert "(deadline 2026-12-01) concerns" in run(lake, "lock", "source-shop", *known).out
    assert run(lake, "lock", "--check", *known, "--today", "tomorrow").code == 2


def test_another_definition_id_is_told(lake: Path) -> None:
    spec = json.loads(BASE[SHOP])["spec"]
    other = entry("source-shop", "1.0.1", spec) | {"sourceDefinitionId": IDS["destination-warehouse"]}
    out = run(lake, "lock", "source-shop", *registry(lake, other)).out
    assert "another definition id, which replaces sources.shop: sync state is lost" in out


@pytest.mark.skipif(not FIXTURE.is_file(), reason=f"cannot run here: there is no {FIXTURE.name}")
def test_an_upgrade_to_the_same_real_definition_says_nothing(tmp_path: Path) -> None:
    root = write_lake(tmp_path / "lake", {**BASE, "dag/connectors/.keep": ""})
    words = ("source-faker", "source-mongodb-v2", "--registry", str(FIXTURE))
    assert run(root, "lock", *words).code == 0
    assert run(root, "lock", *words).out == "every lock is current\n"
