"""Replaying the files of a stream of a landing."""

from __future__ import annotations

from collections.abc import Sequence

from infra.lake.files.feeds import Feed
from infra.landing.engine.opening import open_engine
from infra.landing.feed.fed import Fed
from infra.landing.feed.landing_feed import folders_of
from infra.landing.feed.ledger import prepare
from infra.landing.feed.replay import Wanted, drop_vanished, replay
from infra.landing.settings import LandingSettings
from infra.landing.types.targets import target_of


def replay_stream(
    settings: LandingSettings, feeds: Sequence[Feed], chosen: Sequence[Feed], wanted: Wanted, *, drop: bool
) -> Fed:
    """Feed the wanted files of one stream anew; with `drop`, only take out the rows of those that are gone.

    `feeds`: all of the landing; `chosen`: of the stream. Raises UserError.
    """
    target, folders = target_of(chosen[0]), folders_of(settings, feeds)
    with open_engine(settings) as engine:
        prepare(engine)
        if drop:
            return Fed(target.name, deleted=drop_vanished(engine, target, wanted))
        listings = [folders.look(engine, feed, None) for feed in chosen]
        there = {file.path: file for listing in listings for file in listing.files}
        return replay(engine, target, there, wanted)
