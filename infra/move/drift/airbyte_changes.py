"""What Airbyte changes by itself: schemas that it propagates, connections that it stops.

Sources: docs.airbyte.com, Schema change management; airbyte-platform, ApplySchemaChangeHelper (new columns go into the
selection, new and removed streams into the catalog), AutoDisableConnectionActivity (after syncs that fail again and again).
"""

from __future__ import annotations

from dataclasses import dataclass

from infra.airbyte.server import AirbyteServer, RemoteConnection
from infra.base.errors import UserError
from infra.lake.documents import plural
from infra.lake.documents.operation import ABSENT
from infra.move.drift.found_difference import Difference
from infra.move.found import FoundConnection

_PROPAGATES = ("propagate_columns", "propagate_fully")
# How many of the newest jobs are looked at.
_JOBS = 20


@dataclass(frozen=True)
class Signs:
    """What tells whether Airbyte stopped a connection.

    Attributes:
        reason: what Airbyte says itself; empty where it says nothing.
        breaking: the source has a breaking change that nobody has looked at; None where the server does not say.
        failed: how many of the newest jobs failed in a row; None where the server does not say, or was not asked.
    """

    reason: str = ""
    breaking: bool | None = None
    failed: int | None = None


def is_stopped(difference: Difference) -> bool:
    """True for a connection that is active in the files and inactive in Airbyte."""
    return difference.path == ("status",) and difference.here == "active" and difference.there == "inactive"


def read_signs(server: AirbyteServer, found: FoundConnection, *, detailed: bool) -> Signs:
    """The signs, as far as the server tells them; nothing is started or changed. It is asked for jobs only where nothing else is a
    sign. `detailed`: it told what its Configuration API alone knows.
    """
    reason = str(found.further.get("statusReason") or "")
    breaking = found.further.get("breakingChange") is True if detailed else None
    if reason or breaking or _stops_at_changes(found.remote):
        return Signs(reason, breaking)
    try:
        jobs = server.jobs(found.key, _JOBS)
    except UserError:
        return Signs(reason, breaking)
    ended = [job.status for job in jobs if job.ended]
    failed = next((index for index, status in enumerate(ended) if status != "failed"), len(ended))
    return Signs(reason, breaking, failed)


def told(difference: Difference, remote: RemoteConnection | None, signs: Signs) -> str:
    """Whether Airbyte itself made a difference, in a sentence without a full stop; empty where it makes none of that kind."""
    if is_stopped(difference):
        return _stopped(remote, signs)
    mode = remote.settings.schema_changes if remote and remote.settings else ""
    if difference.path[:1] != ("streams",) or mode not in _PROPAGATES:
        return ""
    if len(difference.path) == 2 and mode == "propagate_fully":
        verb = "adds streams" if difference.here is ABSENT else "removes streams that the source has lost"
        return f"Airbyte itself {verb} under propagate_fully; whether it was Airbyte is not known"
    if difference.path[2:] == ("fields",):
        return f"Airbyte itself selects new columns under {mode}; whether it was Airbyte is not known"
    return ""


def _stops_at_changes(remote: RemoteConnection) -> bool:
    return remote.settings is not None and remote.settings.schema_changes == "disable_connection"


def _stopped(remote: RemoteConnection | None, signs: Signs) -> str:
    if signs.reason:
        return f"Airbyte says why it is inactive: {signs.reason}"
    if signs.breaking:
        return "Airbyte stopped it: its source has a breaking change; look at it in Airbyte before you make it active"
    if remote and _stops_at_changes(remote):
        return "Airbyte itself stops it when the source's schema changes (disable_connection); whether it was Airbyte is not known"
    if signs.failed:
        syncs = "its last sync" if signs.failed == 1 else f"its last {plural(signs.failed, 'sync')}"
        return (
            f"{syncs} failed, and Airbyte itself stops what fails again and again; whether it was Airbyte is not known"
        )
    if signs.failed is None or signs.breaking is None:
        return "whether Airbyte stopped it is not known"
    return "Airbyte had no reason that can be seen: neither a breaking change nor failed syncs"
