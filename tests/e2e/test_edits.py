"""Every edit of the table: the plan is exactly the expected one, it applies, and then there is nothing left to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.applied import STACK, Applied, values
from tests.e2e.edit import Edit, keys
from tests.e2e.edits import EDITS
from tests.e2e.engine import synthesize
from tests.e2e.shop import ORDERS, base
from tests.standin import StandIn
from tests.support.lakes import write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_has_its_plan_applies_and_settles(edit: Edit, applied: Applied, tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", edit.change(base()))
    synthesize(lake)
    engine = applied.engine(tmp_path / "tofu")
    with applied.server() as server:
        edit.prepare(server)
        engine.take(lake, STACK, {**values(server), **edit.variables})
        assert engine.plan().actions == edit.actions
        if edit.actions:
            engine.apply()
            assert engine.left() == ""


def test_what_a_stream_file_no_longer_says_stays_in_airbyte(applied: Applied, tmp_path: Path) -> None:
    """The review says so; to take it back, the file has to say the other value."""
    engine = applied.engine(tmp_path / "tofu")
    lake = write_lake(tmp_path / "lake", base())
    with applied.server() as server:
        for says, holds in (("Order", "Order"), (None, "Order"), ("Sale", "Sale")):
            write_lake(lake, keys(ORDERS, destination_object_name=says)(base()))
            synthesize(lake)
            engine.take(lake, STACK, values(server))
            engine.plan()
            engine.apply()
            assert engine.left() == ""
            assert objects(server) == {holds}


def objects(server: StandIn) -> set[str]:
    """The objects that orders are written to."""
    streams = (stream for one in server.state.living("connections") for stream in one.streams)
    return {
        stream.config["destinationObjectName"]
        for stream in streams
        if stream.key[1] == "orders" and stream.config.get("destinationObjectName")
    }
