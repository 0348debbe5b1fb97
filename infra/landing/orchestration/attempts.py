"""Attempts: whether a run is asked for now, by the runs that there were for the same news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# How long after the first, second, ... run the next one is asked for, and at most, in seconds.
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0

# A run that has not ended after this does not keep others back: the lock of the tables does, where it still lives.
PATIENCE = 3600.0


@dataclass(frozen=True)
class PastRun:
    """A run of a source.

    Attributes:
        news: digest of what it was asked for; empty for what no sensor asked for.
        began, ended: seconds since 1970; `ended` is None for one that has not.
    """

    id: str
    news: str
    began: float
    ended: float | None
    succeeded: bool = False


@dataclass(frozen=True)
class Decision:
    """What follows.

    Attributes:
        run_key: of the run to ask for; empty for none.
        why: why there is none.
    """

    does: Literal["run", "wait"]
    run_key: str = ""
    why: str = ""


def decide(source: str, news: str, runs: Sequence[PastRun], now: float, *, once: bool) -> Decision:
    """Whether to ask for a run. `once`: what a run that succeeded has seen is no news any more.

    The key counts the runs for the same news, so that Dagster, which refuses a key that it knows, never refuses a retry.
    """
    busy = [run for run in runs if run.ended is None and now - run.began < PATIENCE]
    if busy:
        return Decision("wait", why=f"run {busy[0].id} of {source} has not ended")
    same = [run for run in runs if run.news == news]
    if once and any(run.succeeded for run in same):
        return Decision("wait", why="nothing new since the last run")
    last = max((run.ended for run in same if run.ended is not None), default=None)
    pause = min(FIRST_PAUSE * 2.0 ** (len(same) - 1), LONGEST_PAUSE)
    if last is not None and now < last + pause:
        times = "once" if len(same) == 1 else f"{len(same)} times"
        return Decision("wait", why=f"tried {times}; the next time is in {last + pause - now:.0f} seconds")
    return Decision("run", f"{source}:{news}:{len(same)}")
