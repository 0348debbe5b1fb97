"""What landing tables, assets, groups and owners are called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.files.tables import owner_of, table_of

IDS = st.from_regex("[a-z][a-z0-9_]{0,60}", fullmatch=True)
STEMS = st.text(min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("source", "stem", "name"),
    [
        ("shopify", "orders", "shopify__orders"),
        ("postgres", "public.Orders", "postgres__public_orders"),
        ("postgres", "order-items (old)", "postgres__order_items_old"),
        ("shop", "Straße", "shop__stra_e_3ceecab0"),
        ("shop", "注文", "shop__stream_513433ee"),
        ("shop", "__orders__", "shop__orders"),
        ("shop", "2026", "shop__2026"),
        ("shop", "select", "shop__select"),
        ("shop", "a" * 48, f"shop__{'a' * 48}"),
        # One more letter, and the name ends in a hash of the whole.
        ("shop", "a" * 49, f"shop__{'a' * 39}_a388a60e"),
    ],
)
def test_the_name_of_a_table(source: str, stem: str, name: str) -> None:
    table = table_of(source, stem)
    assert table.name == name
    assert (table.qualified, table.current, table.dbt_name) == (f"landing.{name}", f"{name}__current", name)


def test_asset_and_group() -> None:
    table = table_of("postgres", "public.Orders")
    assert (table.asset_key, table.group) == (("landing", "postgres", "public_orders"), "postgres")


@given(IDS, STEMS)
def test_any_stem_is_a_name_everywhere(source: str, stem: str) -> None:
    """PostgreSQL cuts at 63 bytes; dbt and Dagster take letters, digits and `_`."""
    table = table_of(source, stem)
    assert table == table_of(source, stem)
    assert re.fullmatch("[a-z][a-z0-9_]*", table.name)
    assert len(table.name.encode()) <= len(table.current.encode()) <= 63
    assert all(re.fullmatch("[A-Za-z0-9_]+", part) for part in (*table.asset_key, table.group))


@given(IDS, st.text("abc_", min_size=60, max_size=80), st.text("abc_", min_size=60, max_size=80))
def test_long_names_stay_apart(source: str, one: str, other: str) -> None:
    assert (table_of(source, one).name == table_of(source, other).name) == (one == other)
    assert (table_of(source, one).asset_key == table_of(source, other).asset_key) == (one == other)


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        ("data-platform", "team:data-platform"),
        ("somebody@example.com", "somebody@example.com"),
        ("a@b", "team:a@b"),
        ("team a <a@example.com>", "team:team a <a@example.com>"),
        ("jörg@example.com", "team:jörg@example.com"),
    ],
)
def test_an_owner_is_a_team_or_an_address(written: str, owner: str) -> None:
    assert owner_of(written) == owner
