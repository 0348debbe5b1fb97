"""A person who is erased from landing and from the model that was built of it, and what later builds make of that."""

from __future__ import annotations

import pytest

from tests.support.erased import holding
from tests.support.flow_lakes import FlowLake

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("kind", ["sqlite"])]


def test_an_erased_person_stays_erased(flows: FlowLake) -> None:
    lake, person = flows.lake, "augusta-ada-king@example.com"
    flows.add("faker", "users")
    lake.write("users", "2026-11-01", {1: person, 2: "Bob"}, sync=1)
    flows.build()
    lake.write("users", "2026-11-02", {3: "Cy"}, sync=2)
    flows.build()
    plan = lake.run("erase", "faker", "users", "--key", "id=1", "--raw")
    assert plan.code == 0, plan
    assert "processed.int_faker__users" in plan.out
    assert "_processed" not in plan.out
    done = lake.run("erase", "faker", "users", "--key", "id=1", "--raw", "--apply")
    assert done.code == 0, done
    for _ in range(2):
        assert flows.names("users") == {2: "Bob", 3: "Cy"}
        assert flows.all_of("users") == [["2", "Bob", "False"], ["3", "Cy", "False"]]
        flows.build()
    flows.build("--full-refresh")
    assert flows.names("users") == {2: "Bob", 3: "Cy"}
    assert holding(lake.root / ".lake", person) == []
