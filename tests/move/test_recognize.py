"""One answer to which object is which entry, for import, drift and review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from infra.commands.common import read_model
from infra.move.entries.import_record import read_record
from infra.move.entries.recognize import Noted, Recognized, recognize
from infra.move.found import FoundActor, FoundConnection
from tests.move.found_values import LAKE, SHOP, SHOP_TO_LAKE, connection, destination, source, uuid, workspace
from tests.move.importing import do_import, empty_lake

SHOP_FILE = "dag/registry/shop.yaml"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake that was imported, whose entries say no ids, as those that Terraform's state has."""
    root = empty_lake(tmp_path / "lake")
    do_import(root, airbyte=workspace(source(), destination(), connection()))
    for path in (SHOP_FILE, "dag/registry/lake_destination.yaml"):
        kept = [line for line in (root / path).read_text("utf-8").splitlines(keepends=True) if "adopt:" not in line]
        (root / path).write_text("".join(kept), "utf-8")
    return root


def which(root: Path, *objects: FoundActor | FoundConnection, noted: Noted | None = None) -> Recognized:
    noted = noted or read_record(root).noted("airbyte")
    return recognize(read_model(root), "airbyte", workspace(*objects, catalogs={}), noted)


def named(one: FoundConnection, name: str) -> FoundConnection:
    return replace(one, remote=replace(one.remote, name=name))


ALL = {"sources.shop": SHOP, "destinations.lake": LAKE, "connections.shop_to_lake": SHOP_TO_LAKE}


def test_an_earlier_import_recognizes_what_has_another_name_now(lake: Path) -> None:
    there = (source(name="Store"), destination(name="Bucket"), named(connection(), "All of it"))
    assert which(lake, *there).keys == ALL
    assert which(lake, *there, noted=Noted()).keys == {}


def test_an_entry_that_was_renamed_since_is_still_the_same(lake: Path) -> None:
    text = (
        (lake / SHOP_FILE)
        .read_text("utf-8")
        .replace("  shop:\n", "  store:\n")
        .replace("source: shop", "source: store")
    )
    (lake / SHOP_FILE).write_text(f"{text}renamed:\n  - {{from: sources.shop, to: sources.store}}\n", "utf-8")
    assert which(lake, source(name="x"), destination(), connection()).actors == {SHOP: "store", LAKE: "lake"}


def test_terraforms_state_is_stronger_than_an_earlier_import(lake: Path) -> None:
    other = uuid("a", 2)
    noted = replace(read_record(lake).noted("airbyte"), state={"sources.shop": other})
    found = which(lake, source(), source(other, "Other"), destination(), noted=noted)
    assert found.keys["sources.shop"] == other
    assert "sources.shop" in found.ours
    assert "destinations.lake" not in found.ours


def test_what_an_import_knew_and_is_gone_is_known_to_be_gone(lake: Path) -> None:
    found = which(lake, destination())
    assert (found.known["sources.shop"], found.notes) == (SHOP, {})


def test_a_name_counts_where_the_noted_object_is_gone(lake: Path) -> None:
    new = uuid("a", 2)
    found = which(lake, source(new), destination())
    assert (found.keys["sources.shop"], "sources.shop" in found.known) == (new, False)


def test_an_object_of_another_connector_is_not_meant(lake: Path) -> None:
    found = which(lake, source(uuid("a", 2), connector="source-stripe"), destination(), noted=Noted())
    assert found.keys == {"destinations.lake": LAKE}
    unknown = which(lake, source(uuid("a", 2), connector=None), destination(), noted=Noted())
    assert unknown.keys["sources.shop"] == uuid("a", 2)


def test_two_of_a_name_are_told_on_both_sides(lake: Path) -> None:
    keys = (uuid("a", 2), uuid("a", 3))
    found = which(lake, *map(source, keys), destination(), noted=Noted())
    assert found.notes == {"sources.shop": f"may be any of {keys[0]}, {keys[1]}: choose one with adopt"}
    assert found.unclear == dict.fromkeys(keys, "2 of this name are there, for shop")


def test_ids_are_the_same_in_capitals(lake: Path) -> None:
    text = (lake / SHOP_FILE).read_text("utf-8")
    (lake / SHOP_FILE).write_text(text.replace("  shop:\n", f"  shop:\n    adopt: {SHOP.upper()}\n"), "utf-8")
    assert which(lake, source(name="x"), destination(), noted=Noted()).keys["sources.shop"] == SHOP
