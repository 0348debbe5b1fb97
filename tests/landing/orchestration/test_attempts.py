"""When a run is asked for, by the runs that there were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infra.landing.orchestration.attempts import LONGEST_PAUSE, PATIENCE, Decision, PastRun, decide

NOW = 1_764_000_000.0


def run(number: int, news: str = "a", *, ended: float | None = NOW, succeeded: bool = False) -> PastRun:
    return PastRun(f"run-{number}", news, NOW - 100, ended, succeeded)


def test_the_first_run_for_some_news() -> None:
    assert decide("shop", "a", [], NOW, once=False) == Decision("run", "shop:a:0")
    assert decide("shop", "a", [run(1, "b")], NOW, once=False) == Decision("run", "shop:a:0")


def test_pauses_grow_from_a_minute_to_an_hour() -> None:
    pauses = []
    for count in range(1, 10):
        runs = [run(number) for number in range(count)]
        waits = [
            seconds
            for seconds in (59, 60, 119, 120, 3599, 3600)
            if decide("s", "a", runs, NOW + seconds, once=False).does == "run"
        ]
        pauses.append(waits[0])
    assert pauses == [60, 120, 3599, 3599, 3599, 3599, 3600, 3600, 3600]


def test_what_a_run_has_seen_is_no_news_where_it_saw_all() -> None:
    seen = [run(1, succeeded=True)]
    late = NOW + 10_000
    assert decide("shop", "a", seen, late, once=True) == Decision("wait", why="nothing new since the last run")
    # A file in quarantine is news until it has been tried often enough, whatever the run said.
    assert decide("shop", "a", seen, late, once=False) == Decision("run", "shop:a:1")


def test_a_run_that_hangs_keeps_nothing_back_for_ever() -> None:
    hanging = [run(1, "b", ended=None)]
    assert decide("shop", "a", hanging, NOW, once=False) == Decision("wait", why="run run-1 of shop has not ended")
    assert decide("shop", "a", hanging, NOW + PATIENCE, once=False) == Decision("run", "shop:a:0")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.none() | st.floats(0, 10**6)), max_size=20))
def test_no_key_is_given_twice_and_everything_is_tried_again(past: list[tuple[str, bool, float | None]]) -> None:
    """Whatever there was, a run for the news is asked for after the longest pause, and never with the key of another one."""
    runs = [
        PastRun(str(number), news, NOW, None if after is None else NOW + after, succeeded)
        for number, (news, succeeded, after) in enumerate(past)
    ]
    later = max([NOW + PATIENCE, *(run.ended for run in runs if run.ended is not None)]) + LONGEST_PAUSE
    decision = decide("shop", "a", runs, later, once=False)
    assert decision.does == "run"
    keys = [
        decide("shop", "a", runs[:count], later, once=False).run_key
        for count in range(len(runs))
        if runs[count].news == "a"
    ]
    assert len({*keys, decision.run_key}) == len(keys) + 1
