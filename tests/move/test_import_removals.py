"""What is in an old state and has no entry leaves it before the first plan, so that the first apply destroys nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.move.terraform.from_state import read_state
from tests.move.found_values import KLAVIYO, S3
from tests.move.importing import Done, do_import_terraform, empty_lake, text
from tests.move.states import connection, destination, resource, source, state, stream
from tests.support.lakes import run

FITS = {"api_key": "hidden", "start_date": "2026-01-01T00:00:00Z"}
BUCKET = {
    "s3_bucket_name": "lake",
    "s3_bucket_path": "raw",
    "s3_bucket_region": "eu-central-1",
    "format": {"format_type": "Parquet"},
}
COMMANDS = "## Before the first plan\n\nTake these out of the old state; Airbyte keeps them.\n\n```sh\n"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return empty_lake(tmp_path)


def old_state(start_date: str = "2026-01-01T00:00:00Z", streams: tuple[str, ...] = ("orders",)) -> str:
    shop = source(configuration=json.dumps({**FITS, "start_date": start_date}), definition_id=KLAVIYO)
    shop |= {"source_type": "klaviyo", "resource_allocation": None}
    bucket = destination(configuration=json.dumps(BUCKET), definition_id=S3)
    sync = connection(configurations={"streams": [stream(name) for name in streams]})
    return state(
        resource("airbyte_source", "shop", shop),
        resource("airbyte_destination", "lake", bucket),
        resource("airbyte_connection", "shop_to_lake", sync),
    )


def take(lake: Path, text: str) -> Done:
    return do_import_terraform(lake, read_state(text, "terraform.tfstate"))


def commands(lake: Path) -> list[str]:
    found: list[str] = json.loads(text(lake, "dag/import.json"))["removals"]
    return found


def test_what_has_an_entry_of_its_address_stays(lake: Path) -> None:
    take(lake, old_state())
    assert commands(lake) == []
    assert take(lake, old_state()).written == ()
    assert commands(lake) == []


def test_what_no_entry_manages_leaves(lake: Path) -> None:
    done = take(lake, old_state("tomorrow", streams=()))
    assert done.left() == ['the connection "Shop to lake": its origin does not tell all of its settings']
    assert "    existing: " in text(lake, "dag/registry/shop.yaml")
    lines = ["tofu state rm airbyte_connection.shop_to_lake", "tofu state rm airbyte_source.shop"]
    assert commands(lake) == lines
    assert COMMANDS + "\n".join(lines) + "\n```\n" in text(lake, "dag/import.md")
    assert take(lake, old_state("tomorrow", streams=())).written == ()


def test_what_gets_its_entry_later_stays(lake: Path) -> None:
    take(lake, old_state(streams=()))
    assert commands(lake) == ["tofu state rm airbyte_connection.shop_to_lake"]
    take(lake, old_state())
    assert commands(lake) == []
    assert "Before the first plan" not in text(lake, "dag/import.md")


def test_what_is_not_asked_for_leaves_until_it_is(lake: Path) -> None:
    path = lake / "old.tfstate"
    path.write_text(old_state(), "utf-8")
    assert run(lake, "import", "--from", "state", str(path), "--only", "Lake", "--quiet").code == 0
    assert commands(lake) == ["tofu state rm airbyte_connection.shop_to_lake", "tofu state rm airbyte_source.shop"]
    assert run(lake, "import", "--from", "state", str(path), "--quiet").code == 0
    assert commands(lake) == []


def test_an_entry_that_adopts_it_under_another_address_takes_it_from_airbyte(lake: Path) -> None:
    found = read_state(old_state(), "terraform.tfstate")
    workspace = replace(found.workspace, actors=tuple(replace(one, address=None) for one in found.workspace.actors))
    do_import_terraform(lake, replace(found, workspace=workspace, generic={}))
    take(lake, old_state().replace('"name": "shop"', '"name": "store"'))
    assert commands(lake) == ["tofu state rm airbyte_source.store"]


def test_objects_of_several_workspaces_are_not_put_into_one_stack(lake: Path) -> None:
    path = lake / "old.tfstate"
    mine, other = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
    path.write_text(old_state().replace(mine, other, 1), "utf-8")
    done = run(lake, "import", "--from", "state", str(path), "--quiet")
    said = (
        f"lakeform import: old.tfstate has objects of 2 workspaces ({other}, {mine}), and a stack is one workspace: name those "
        "of its own with --only NAME, which may be repeated\n"
    )
    assert (done.code, done.out, done.err) == (2, "", said)
    assert run(lake, "import", "--from", "state", str(path), "--only", "Lake", "--quiet").code == 0
    assert "  lake:\n" in text(lake, "dag/registry/lake_destination.yaml")
