"""`lakeform lock` without a connector's name: what the registry names, and what may hide more of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.test_lock import registry
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, REGISTRY, USERS, run, write_files, write_lake

FILE = "dag/registry/more.yaml"
SHOP = "sources:\n  shop: {connector: source-shop, configuration: {}}\n"

NOT_CLOSED = (
    f"{FILE}:1:11  yaml-syntax  the file ends before a list or mapping is closed\n    close it with }}\n1 problem\n"
)
HIDING = {
    "sources: {": NOT_CLOSED,
    "sources: [{connector: source-shop}]\n": (
        f"{FILE}:1:10  wrong-type  sources: must be a mapping of ids to sources\n"
        "    write the id as a key, without -: sources: {my_id: {...}}\n1 problem\n"
    ),
    "source:\n  shop: {connector: source-shop}\n": (
        f'{FILE}:1:1  unknown-key  source: unknown key "source"\n    did you mean "sources"?\n1 problem\n'
    ),
    "sources: {shop: source-shop}\n": f"{FILE}:1:17  wrong-type  sources.shop: must be a mapping\n1 problem\n",
    "sources: {shop: {connector: [source-shop], configuration: {}}}\n": (
        f"{FILE}:1:29  wrong-type  sources.shop.connector: must be text, not a list\n    write source-shop\n1 problem\n"
    ),
    "sources: {shop: {configuration: {}}}\n": (
        f'{FILE}:1:11  missing-key  sources.shop: the key "connector" is missing\n'
        "    add connector: locked connector, source-x or destination-x\n1 problem\n"
    ),
    "sources: {shop: {conector: source-shop, configuration: {}}}\n": (
        f'{FILE}:1:18  unknown-key  sources.shop.conector: unknown key "conector"\n'
        '    did you mean "connector"?\n1 problem\n'
    ),
    "sources: {shop: {connector: source-../shop, configuration: {}}}\n": (
        f'{FILE}:1:29  unknown-connector  sources.shop.connector: "source-../shop" is not a source connector:'
        ' "/" cannot be in their names\n    did you mean "source-shopify"?\n1 problem\n'
    ),
    "sources: {faker: {connector: source-shop, configuration: {}}}\n": (
        f"{FILE}:1:11  duplicate-entry  sources.faker: is declared twice\n    remove one of the two\n"
        "    dag/registry/lake.yaml:10:3  also declared here\n1 problem\n"
    ),
    "- sources\n": (
        f"{FILE}:1:1  wrong-type  a registry file is a mapping with keys such as sources and connections\n1 problem\n"
    ),
}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The small lake, with all of its locks, beside a registry of connectors."""
    write_files(tmp_path, {"registry.json": registry(source_shop="3.0.0")})
    return write_lake(tmp_path / "lake")


@pytest.mark.parametrize("text", HIDING)
def test_nothing_is_said_to_be_locked_while_a_connector_may_be_hidden(lake: Path, text: str) -> None:
    write_files(lake, {FILE: text})
    result = run(lake, "lock")
    assert (result.code, result.out, result.err) == (1, HIDING[text], "")
    assert HIDING[text].removesuffix("1 problem\n") in run(lake, "check").out


def test_a_registry_file_of_another_name_may_hide_a_connector(lake: Path) -> None:
    write_files(lake, {"dag/registry/shop.json": SHOP})
    result = run(lake, "lock")
    assert (result.code, result.out.splitlines()[0]) == (
        1,
        "dag/registry/shop.json:1:1  file-unread  is not read: registry files end in .yaml or .yml",
    )


def test_what_can_be_read_is_locked_whatever_else_cannot(lake: Path) -> None:
    write_files(lake, {"dag/registry/shop.yaml": SHOP, FILE: "sources: {"})
    result = run(lake, "lock", "--registry", f"{lake.parent}/registry.json")
    assert (result.code, result.out, result.err) == (
        1,
        NOT_CLOSED + "wrote dag/connectors/source-shop.json (3.0.0)\n",
        "",
    )


def test_a_mistake_that_hides_no_connector_is_left_to_check(lake: Path) -> None:
    write_files(lake, {"dag/registry/lake.yaml": REGISTRY.replace("source: faker", "source: fakir"), FILE: SHOP})
    first = run(lake, "lock", "--registry", f"{lake.parent}/registry.json")
    assert (first.code, first.out) == (0, "wrote dag/connectors/source-shop.json (3.0.0)\n")
    assert (run(lake, "lock").code, run(lake, "lock").out) == (0, "nothing to lock\n")
    assert run(lake, "check").code == 1


@pytest.mark.parametrize("word", ["--check", "--upgrade"])
def test_checking_and_upgrading_tell_what_may_hide_a_connector(lake: Path, word: str) -> None:
    write_files(lake, {"registry.json": registry(), FILE: "sources: {"})
    result = run(lake, "lock", word, "--registry", f"{lake}/registry.json", "--format", "json", "--force")
    told = json.loads(result.out)
    assert result.code == 1
    assert "yaml-syntax" in [one["rule"] for one in told["problems"] if one["file"] == FILE]


def test_a_lock_that_cannot_be_read_is_no_lock(lake: Path) -> None:
    write_files(lake, {"dag/connectors/source-faker.json": "{"})
    result = run(lake, "lock")
    assert (result.code, result.out) == (
        1,
        (
            "dag/connectors/source-faker.json:1:2  lock-invalid  the file ends before everything is closed\n"
            "    write it again: lakeform lock source-faker\n1 problem\n"
        ),
    )


def test_a_connector_of_one_stack_alone_is_locked(lake: Path) -> None:
    source = "sources:\n  faker:\n    configuration: {}\n    overrides: {airbyte: {connector: source-shop}}\n"
    write_files(lake, {"dag/registry/lake.yaml": LAKE + source + DESTINATION + CONNECTION})
    result = run(lake, "lock", "--registry", f"{lake.parent}/registry.json")
    assert (result.code, result.out) == (0, "wrote dag/connectors/source-shop.json (3.0.0)\n")


def test_an_entry_whose_connector_is_not_ours_hides_none(lake: Path) -> None:
    uuid = "11111111-2222-3333-4444-555555555555"
    write_files(lake, {FILE: f"sources:\n  old: {{existing: {uuid}}}\n", "dag/streams/old/users.json": USERS})
    assert (run(lake, "lock").code, run(lake, "lock").out) == (0, "nothing to lock\n")
