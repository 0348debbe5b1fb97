"""How Airbyte names the pairs of sync mode and destination sync mode.

Source: Airbyte's ConnectionReadMapper.syncModesToConnectionSyncModeEnum.
"""

from __future__ import annotations

# (sync mode, destination sync mode) -> the one word of the public API and of the Terraform provider.
COMBINED: dict[tuple[str, str], str] = {
    ("full_refresh", "overwrite"): "full_refresh_overwrite",
    ("full_refresh", "overwrite_dedup"): "full_refresh_overwrite_deduped",
    ("full_refresh", "append"): "full_refresh_append",
    ("full_refresh", "update"): "full_refresh_update",
    ("full_refresh", "soft_delete"): "full_refresh_soft_delete",
    ("incremental", "append"): "incremental_append",
    ("incremental", "append_dedup"): "incremental_deduped_history",
    ("incremental", "update"): "incremental_update",
    ("incremental", "soft_delete"): "incremental_soft_delete",
}

# The destination sync mode that goes with a sync mode when nobody chose one.
DEFAULT_DESTINATION_MODE = {"incremental": "append", "full_refresh": "overwrite"}

_KEYED = frozenset({"append_dedup", "overwrite_dedup", "update"})


def uses_primary_key(destination_sync_mode: str) -> bool:
    """True if rows are told apart by a primary key, so that a key has to be known."""
    return destination_sync_mode in _KEYED


def valid_partners(sync_mode: str) -> list[str]:
    """The destination sync modes that exist together with a sync mode."""
    return [destination for source, destination in COMBINED if source == sync_mode]
