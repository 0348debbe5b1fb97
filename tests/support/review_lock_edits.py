"""Edits of the locks of connectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.review_lake import SHOP, SOURCE_LOCK, SPEC, WAREHOUSE, Edit, lock

DESTINATION_LOCK = "dag/connectors/destination-warehouse.json"
MODES = ["append", "append_dedup", "overwrite", "overwrite_dedup", "update", "soft_delete"]

# The specs of two later versions: the one asks for more and gives less, the other one has its own credentials.
NEXT: dict[str, Any] = {
    "type": "object",
    "required": ["api_key", "start_date"],
    "properties": {
        "api_key": {"type": "string", "airbyte_secret": True},
        "start_date": {"type": "string", "format": "date"},
        "page_size": {"type": "integer", "maximum": 500},
        "region": {"type": "string", "enum": ["eu", "us"]},
        "lookback": {"type": "integer", "default": 7},
    },
}
# A breaking release and one that is beyond the version that is locked.
BREAKING = [
    {
        "version": "2.0.0",
        "deadline": "2026-01-31",
        "message": "Orders have another key. Clear them.",
        "streams": ["orders"],
    },
    {"version": "3.0.0", "deadline": "2025-12-01", "message": "Returns are renamed.", "streams": ["returns"]},
    {"version": "4.0.0", "deadline": "2026-02-28", "message": "The old API ends.", "streams": []},
]


def source_lock(tag: str, spec: Mapping[str, object] = SPEC, **more: object) -> str:
    """The source's lock at a version."""
    return lock("source-shop", "aaaaaaaa-0000-4000-8000-000000000001", spec, **{"tag": tag, **more})


def destination_lock(**more: object) -> str:
    """The destination's lock."""
    about = {"supports_refreshes": True, "destination_sync_modes": MODES, **more}
    return lock("destination-warehouse", "aaaaaaaa-0000-4000-8000-000000000002", WAREHOUSE, **about)


def _with(spec: Mapping[str, Any], **options: object) -> dict[str, Any]:
    return {**spec, "properties": {**spec["properties"], **options}}


LOCK_BASES: dict[str, Edit] = {
    "a-lock-goes-back": {SOURCE_LOCK: source_lock("2.0.0", releases={"breakingChanges": BREAKING[:1]})},
    "a-default-of-an-option-changes": {
        SOURCE_LOCK: source_lock(
            "1.0.0", _with(SPEC, retries={"type": "integer", "default": 1}, region={"type": "string", "default": "us"})
        )
    },
    "a-release-waits-and-something-else-changes": {
        SOURCE_LOCK: source_lock("1.0.0", releases={"breakingChanges": BREAKING})
    },
}

LOCK_EDITS: dict[str, Edit] = {
    "a-lock-is-upgraded": {SOURCE_LOCK: source_lock("1.1.0")},
    "a-lock-is-upgraded-together-with-an-option": {
        SOURCE_LOCK: source_lock("1.1.0"),
        SHOP: [("region: eu", "region: us")],
    },
    "a-lock-takes-other-options": {SOURCE_LOCK: source_lock("1.2.0", NEXT)},
    "a-lock-crosses-breaking-releases": {
        SOURCE_LOCK: source_lock("3.0.0", releases={"breakingChanges": BREAKING}),
    },
    "a-lock-goes-back": {SOURCE_LOCK: source_lock("1.0.0")},
    "a-default-of-an-option-changes": {
        SOURCE_LOCK: source_lock(
            "1.0.1", _with(SPEC, retries={"type": "integer", "default": 5}, region={"type": "string", "default": "eu"})
        )
    },
    "a-lock-says-that-its-connector-is-archived": {SOURCE_LOCK: source_lock("1.0.0", support_level="archived")},
    "a-destination-writes-in-other-ways": {DESTINATION_LOCK: destination_lock(destination_sync_modes=MODES[:4])},
    "a-release-waits-and-something-else-changes": {SHOP: [("region: eu", "region: us")]},
}
