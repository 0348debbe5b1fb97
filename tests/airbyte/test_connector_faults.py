"""What is told of a connector that fails while it is asked what it offers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.airbyte.local.conversation import without_traceback
from tests.support.lakes import LAKE, run, write_lake
from tests.support.packages import place, use_index

SHOP = "sources:\n  shop: {connector: source-shop, configuration: {shop: acme}}\n"
LOCK = {
    "connector": "source-shop",
    "definition_id": "11111111-2222-3333-4444-555555555555",
    "image": "airbyte/source-shop",
    "tag": "1.0.0",
    "spec": {
        "type": "object",
        "required": ["shop"],
        "properties": {
            "shop": {"type": "string"},
            "start": {"type": "string"},
            "credentials": {"oneOf": [{"properties": {"token": {"type": "string", "airbyte_secret": True}}}]},
        },
    },
}
FAILING = """\
import json

def run():
    error = {"message": MESSAGE}
    print(json.dumps({"type": "TRACE", "trace": {"type": "ERROR", "error": error}}))
"""
TRACE = 'Traceback (most recent call last):\n  File "/app/source.py", line 3, in check\n    x.get("a")\n'


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("no such shop", "no such shop"),
        (f"no such shop: {TRACE}AttributeError: x", "no such shop"),
        (f"{TRACE}AttributeError: it has no get", "AttributeError: it has no get"),
    ],
)
def test_the_reason_without_a_traceback_and_what_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, told: str
) -> None:
    use_index(monkeypatch, tmp_path, tmp_path / "cache")
    code = FAILING.replace("MESSAGE", repr(message))
    place(tmp_path / "cache", "airbyte-source-shop", "1.0.0", {"airbyte_source_shop/__init__.py": code})
    lock = {"dag/connectors/source-shop.json": json.dumps(LOCK)}
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE + SHOP, **lock})

    result = run(lake, "discover", "shop", "--from", "connector", "--quiet")

    why = f"source-shop 1.0.0: discover failed: {told}; not set, and may be what it misses: credentials"
    assert (result.code, result.out, result.err) == (2, "", f"lakeform discover: {why}\n")


def test_a_traceback_that_is_cut_leaves_what_there_is() -> None:
    assert without_traceback("Traceback (most recent call last):\n") == ""
    assert without_traceback("") == ""
