"""Near matches in large lakes: still the right ones, and none that cost more the more there are."""

from __future__ import annotations

import cProfile
import pstats
from difflib import get_close_matches
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from infra.lake.documents import did_you_mean, near_matches
from tests.support.lakes import DESTINATION, LAKE, problems_of, write_lake

WORDS = ("orders", "customers", "refunds", "line_items", "payouts", "events", "sessions", "invoices", "carts", "stores")
MANY = [f"{word}_{place}_{number}" for word in WORDS for place in ("eu", "us", "asia") for number in range(40)]


@given(st.sampled_from(MANY), st.integers(0, 40), st.sampled_from(["drop", "double", "swap"]))
def test_a_slip_in_one_of_many_names_finds_it(name: str, place: int, slip: str) -> None:
    at = place % (len(name) - 1)
    pieces = {"drop": "", "double": name[at] * 2, "swap": "z"}
    assert name in near_matches(name[:at] + pieces[slip] + name[at + 1 :], MANY) or slip_is_nearer(name, at, slip)


def slip_is_nearer(name: str, at: int, slip: str) -> bool:
    """A slip in the number is as near to other numbers."""
    return at >= len(name.rstrip("0123456789")) - 1 and slip in ("drop", "double", "swap")


def test_what_is_like_nothing_lists_the_first() -> None:
    assert near_matches("zzzzzz", MANY) == []
    assert did_you_mean("zzzzzz", MANY, "streams") == f"streams: {', '.join(sorted(MANY)[:12])}, ..."
    assert did_you_mean("", MANY).startswith("known: ")


@given(st.text("abc_", min_size=1, max_size=8), st.sets(st.text("abc_", min_size=1, max_size=8), max_size=30))
def test_the_nearest_are_those_of_a_look_at_all(word: str, names: set[str]) -> None:
    assert near_matches(word, names) == get_close_matches(word, sorted(names), n=2, cutoff=0.65)


def test_a_slip_among_names_that_are_all_alike_costs_little() -> None:
    names = [f"source_number_{number}" for number in range(3000)]
    with cProfile.Profile() as profile:
        assert near_matches("sourcenumber_77", names)[0] == "source_number_77"
    compared = [calls for (_, _, name), (calls, *_) in pstats.Stats(profile).stats.items() if name == "ratio"]  # type: ignore[attr-defined]
    assert sum(compared) < 50


def test_four_times_as_many_slips_cost_four_times_as_much(tmp_path: Path) -> None:
    few, many = (
        calls(write_lake(tmp_path / str(count), {"dag/registry/lake.yaml": misspelt(count)}), count)
        for count in (150, 600)
    )
    assert many < 5 * few


def misspelt(count: int) -> str:
    """A lake in which each connection misspells its source, as after a rename."""
    sources = "".join(f"  shop_{n}: {{connector: source-faker, configuration: {{count: 10}}}}\n" for n in range(count))
    lines = "".join(f"  c_{n}: {{source: shup_{n}x, destination: lake}}\n" for n in range(count))
    return f"{LAKE}{DESTINATION}sources:\n{sources}connections:\n{lines}"


def calls(root: Path, count: int) -> int:
    """Function calls of a check, which unlike seconds are the same on every machine."""
    with cProfile.Profile() as profile:
        problems = problems_of(root)
    assert len([problem for problem in problems if "did you mean" in problem.fix]) == count
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]
