"""What `lakeform connections` prints, pasted: the plan imports the connection and changes nothing of it."""

from __future__ import annotations

import copy
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.applied import STACK, Applied, values
from tests.e2e.engine import synthesize
from tests.e2e.shop import base
from tests.standin import StandIn
from tests.support.lakes import run, write_files, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

RENAMING = {"type": "field-renaming", "mapperConfiguration": {"originalFieldName": "email", "newFieldName": "mail"}}
FILTER = {
    "type": "row-filtering",
    "mapperConfiguration": {"conditions": {"type": "EQUAL", "fieldName": "id", "comparisonValue": "a → <b> & c"}},
}
HASHING = {
    "type": "hashing",
    "mapperConfiguration": {"method": "MD5", "targetField": "email", "fieldNameSuffix": "_h"},
}

# source, destination and what somebody set in Airbyte's user interface.
BY_HAND: dict[str, tuple[str, str, dict[str, Any]]] = {
    "everything is the default": (
        "Shopify",
        "Lake",
        {"prefix": "a_", "configurations": {"streams": [{"name": "customers", "syncMode": "incremental_append"}]}},
    ),
    "a schedule, a namespace, a status and another answer to schema changes": (
        "Postgres",
        "Warehouse",
        {
            "schedule": {"scheduleType": "cron", "cronExpression": "0 0 6 ? * MON-FRI"},
            "namespaceDefinition": "source",
            "prefix": "hand_",
            "status": "inactive",
            "nonBreakingSchemaUpdatesBehavior": "propagate_columns",
            "configurations": {
                "streams": [{"name": "orders", "namespace": "public", "syncMode": "full_refresh_append"}],
            },
        },
    ),
    "a cursor, a key and fields that the stream file does not have": (
        "Shopify",
        "Warehouse",
        {
            "namespaceDefinition": "custom_format",
            "namespaceFormat": "by_hand_${SOURCE_NAMESPACE}",
            "configurations": {
                "streams": [
                    {
                        "name": "orders",
                        "syncMode": "incremental_deduped_history",
                        "cursorField": ["created_at"],
                        "primaryKey": [["email"], ["id"]],
                        "selectedFields": [{"fieldPath": [name]} for name in ("id", "email", "created_at")],
                    }
                ],
            },
        },
    ),
    "a stream without a file": (
        "Shopify",
        "Lake",
        {
            "prefix": "p_",
            "configurations": {
                "streams": [
                    {"name": "products", "syncMode": "full_refresh_overwrite"},
                    {"name": "customers", "syncMode": "full_refresh_append"},
                ]
            },
        },
    ),
    "mappers": (
        "Shopify",
        "Lake",
        {
            "prefix": "m_",
            "configurations": {
                "streams": [{"name": "customers", "syncMode": "incremental_append", "mappers": [FILTER, HASHING]}]
            },
        },
    ),
    "another mapper, and none": (
        "Shopify",
        "Lake",
        {
            "prefix": "n_",
            "configurations": {
                "streams": [
                    {"name": "customers", "syncMode": "incremental_append", "mappers": [RENAMING]},
                    {
                        "name": "orders",
                        "syncMode": "full_refresh_overwrite",
                        "selectedFields": [{"fieldPath": ["id"]}],
                    },
                ]
            },
        },
    ),
}


def paste(lake: Path, out: str) -> None:
    """Write what is printed below the orphan: an entry, and the files beside it."""
    below = out.partition("    orphan")[2].splitlines()[1:]
    printed = [line.removeprefix("        ") for line in takewhile(lambda line: line.startswith("        "), below)]
    entry, *files = re.split(r"^and the file (.*):\n", "\n".join([*printed, ""]), flags=re.MULTILINE)
    assert "connections:\n" in entry, out
    write_files(lake, {"dag/registry/adopted.yaml": entry, **dict(zip(files[::2], files[1::2], strict=True))})


def id_of(server: StandIn, section: str, name: str) -> str:
    return next(str(one.id) for one in server.state.living(section) if one.name == name)


@pytest.mark.parametrize("name", BY_HAND)
def test_the_pasted_entry_imports_and_changes_nothing(
    name: str, applied: Applied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, destination, fields = BY_HAND[name]
    lake = write_lake(tmp_path / "lake", base())
    engine = applied.engine(tmp_path / "tofu")
    with applied.server() as server:
        ends = id_of(server, "sources", source), id_of(server, "destinations", destination)
        made = server.add_connection(*ends, name="Made by hand", **fields)
        before = copy.deepcopy(server.state.connections[made])
        given = values(server)
        for variable, value in given.items():
            monkeypatch.setenv(f"TF_VAR_{variable}", value)
        listed = run(lake, "connections", "--quiet")
        assert (listed.code, listed.err) == (0, "")
        paste(lake, listed.out)
        synthesize(lake)
        engine.take(lake, STACK, given)
        plan = engine.plan()
        (address,) = plan.actions
        assert (address.partition(".")[0], plan.actions[address]) == ("airbyte_connection", "import")
        engine.apply()
        assert engine.left() == ""
        assert server.state.connections[made] == before
