"""What plans refuse, what fails on the way, and what the provider itself does wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.applied import STACK, Applied, commit, values
from tests.e2e.edit import each, remove, replace, write
from tests.e2e.engine import Engine, TofuError, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import CUSTOMERS, POSTGRES, SHOPIFY, base
from tests.e2e.tools import Tools
from tests.support.lakes import write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

PRODUCTS = write("dag/streams/shopify/products.json", "{}\n")
NO_CUSTOMERS = each(remove(CUSTOMERS), replace(SHOPIFY, "      customers: {destination_sync_mode: append_dedup}\n", ""))


def test_what_is_protected_cannot_be_replaced(applied: Applied, folder: Path) -> None:
    change = replace(POSTGRES, "destination: lake", "destination: warehouse\n    protect: true")
    engine = applied.engine(folder / "tofu")
    with applied.server() as server:
        commit(folder / "lake", engine, server, change(base()))
        with pytest.raises(TofuError, match=r"cannot be destroyed[\s\S]*postgres_to_lake"):
            engine.plan()


def test_an_apply_that_was_cut_off_goes_on_where_it_stopped(tools: Tools, folder: Path) -> None:
    """The provider repeats nothing (its operations declare a timeout only), so a 429 ends the apply."""
    lake = write_lake(folder / "lake", base())
    synthesize(lake)
    engine = Engine(tools, folder / "tofu")
    with serve(lake) as server:
        engine.take(lake, STACK, values(server))
        engine.init()
        engine.plan()
        server.fail_next("POST .*/connections", 429, times=3)
        with pytest.raises(TofuError, match="unknown status code returned: Status 429"):
            engine.apply()
        connections = ("postgres_to_lake", "shopify_to_lake", "shopify_to_warehouse")
        assert engine.plan().actions == {f"airbyte_connection.{name}": "create" for name in connections}
        engine.apply()
        assert engine.left() == ""
        assert len(server.state.living("sources")) == 2


def test_what_somebody_changed_in_airbyte_is_put_back(applied: Applied, folder: Path) -> None:
    engine = applied.engine(folder / "tofu")
    with applied.server() as server:
        commit(folder / "lake", engine, server, base())
        (connection,) = (one for one in server.state.living("connections") if one.name == "Shopify to lake")
        connection.cron, connection.streams = "0 0 1 * * ?", connection.streams[:1]
        (deleted,) = (one for one in server.state.living("connections") if one.name == "Postgres to lake")
        deleted.deleted = True
        assert engine.plan().actions == {
            "airbyte_connection.postgres_to_lake": "create",
            "airbyte_connection.shopify_to_lake": "update",
        }
        engine.apply()
        assert engine.left() == ""


def test_one_stream_takes_the_place_of_another(applied: Applied, folder: Path) -> None:
    engine = applied.engine(folder / "tofu")
    with applied.server() as server:
        commit(folder / "lake", engine, server, each(PRODUCTS, NO_CUSTOMERS)(base()))
        engine.plan()
        engine.apply()
        assert engine.left() == ""


def test_one_stream_takes_the_place_of_another_in_two_steps(applied: Applied, folder: Path) -> None:
    engine = applied.engine(folder / "tofu")
    with applied.server() as server:
        for step, change in enumerate((PRODUCTS, each(PRODUCTS, NO_CUSTOMERS))):
            commit(folder / f"lake_{step}", engine, server, change(base()))
            engine.plan()
            engine.apply()
            assert engine.left() == ""
