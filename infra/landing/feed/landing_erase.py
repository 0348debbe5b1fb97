"""Erasing one person's rows of a stream of a landing: a plan, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from infra.lake.files.feeds import Feed
from infra.lake.model.lake_model import LakeModel
from infra.landing.engine.opening import open_engine
from infra.landing.feed.erase_apply import Erased, erase
from infra.landing.feed.erase_models import downstream_of
from infra.landing.feed.erase_plan import ErasePlan, EraseWish, look_for
from infra.landing.feed.landing_feed import folders_of
from infra.landing.feed.ledger import prepare
from infra.landing.settings import LandingSettings
from infra.landing.types.targets import target_of


@dataclass(frozen=True)
class Outcome:
    """A plan, and what was done.

    Attributes:
        done: None where the plan alone was asked for.
        again: True if rows were there again afterwards: somebody fed them meanwhile.
    """

    plan: ErasePlan
    done: Erased | None = None
    again: bool = False

    @property
    def failed(self) -> bool:
        """True if no row was found, or something that holds rows stays as it is."""
        return not self.plan.found or self.plan.troubled or self.again or bool(self.done and self.done.problems)


@dataclass(frozen=True)
class Stream:
    """What is meant.

    Attributes:
        feeds: all of the landing.
        chosen: those of the stream.
    """

    model: LakeModel
    settings: LandingSettings
    feeds: Sequence[Feed]
    chosen: Sequence[Feed]


def erase_rows(stream: Stream, wish: EraseWish, tell: Callable[[str], None], *, apply: bool) -> Outcome:
    """Look where the rows are, and with `apply` take them out. Raises UserError; nothing is written without `apply`."""
    target, folders = target_of(stream.chosen[0]), folders_of(stream.settings, stream.feeds)
    downstream = downstream_of(stream.model, target.name)
    with open_engine(stream.settings) as engine:
        prepare(engine)
        listings = [folders.look(engine, feed, None) for feed in stream.chosen]
        there = [file for listing in listings for file in listing.files]
        found = look_for(engine, target, wish, there, downstream)
        if not apply:
            return Outcome(found.plan)
        done = erase(engine, target, found, tell)
        after = look_for(engine, target, replace(wish, raw=False), (), downstream)
        return Outcome(found.plan, done, again=any(held.rows for held in after.plan.tables))
