"""FeedConfig: what a run of a source does, as the launchpad offers it."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from infra.base.errors import UserError
from infra.landing.feed.replay import Wanted
from infra.landing.settings import LandingSettings


class Replay(dg.Config):
    """Files to feed anew, in the place of their old rows, as `lakeform landing replay` does. All conditions count together."""

    files: list[str] = Field(default=[], description="paths; * for any characters")
    prefix: str = Field(default="", description="files whose path begins with it")
    since: str = Field(default="", description="files written then or later: 2026-11-01 or 2026-11-01T06:00, in UTC")
    until: str = Field(default="", description="files written before")
    epoch: int | None = Field(default=None, description="files that were fed in this epoch")
    everything: bool = Field(default=False, description="every file of the chosen tables")

    def wanted(self, settings: LandingSettings) -> Wanted | None:
        """The files that are meant; None if nothing is to be replayed. Raises UserError for a time that is none."""
        files, prefix = tuple(map(settings.path_of, self.files)), settings.path_of(self.prefix)
        since, until = _moment("since", self.since), _moment("until", self.until)
        if not (files or prefix or since or until or self.everything) and self.epoch is None:
            return None
        return Wanted(files, prefix, since, until, self.epoch)


class FeedConfig(dg.Config):
    """What a run does with the chosen tables."""

    everything: bool = Field(default=False, description="look at all folders, not those of the last days alone")
    retry: bool = Field(default=False, description="try again what is in quarantine")
    replay: Replay = Field(default=Replay(), description="feed files anew in the place of their old rows")


def _moment(name: str, text: str) -> int | None:
    """Microseconds since 1970."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"replay.{name}: {text!a} is no time; write 2026-11-01 or 2026-11-01T06:00") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)
