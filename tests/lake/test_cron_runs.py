"""When a schedule runs, against an independent evaluator for what crontab and Quartz have in common.

croniter reads crontab with seconds in front; it has no `W` and counts Sunday as 0. What only Quartz has is held by
hand-written dates in test_cron.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from croniter import croniter

from infra.lake.registry.cron import parse_cron

EXPRESSIONS = 1500
START = datetime(2026, 2, 27, 22, 47, 13, tzinfo=UTC)
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _field(random: Random, low: int, high: int) -> str:
    """A number, a list, a range, a step, or all."""

    def part() -> str:
        first, last = sorted(random.sample(range(low, high + 1), 2))  # croniter takes 5-5 for every hour
        step = random.randint(1, last - first)
        forms = (str(first), f"{first}-{last}", f"{first}-{last}/{step}", f"*/{step}", f"{first}/{step}")
        return random.choice(forms)

    if random.random() < 0.25:
        return "*"
    return ",".join(part() for _ in range(random.choice((1, 1, 1, 2, 3))))


def _weekday(random: Random) -> tuple[str, str]:
    """The field in Quartz and in crontab: numbers, names, ranges, the third Friday, the last one."""
    first, last = sorted(random.sample(range(7), 2))
    nth = random.randint(1, 4)
    return random.choice(
        (
            (str(first + 1), str(first)),
            (f"{first + 1}-{last + 1}", f"{first}-{last}"),
            (DAYS[first], str(first)),
            (f"{DAYS[first]}-{DAYS[last]}", f"{first}-{last}"),
            (f"{first + 1},{DAYS[last]}", f"{first},{last}"),
            (f"{first + 1}#{nth}", f"{first}#{nth}"),
            (f"{DAYS[first]}#{nth}", f"{first}#{nth}"),
            (f"{first + 1}L", f"L{first}"),
        )
    )


def _expressions(seed: int) -> tuple[str, str]:
    """The same schedule as Quartz and as croniter read it."""
    random = Random(seed)
    time = f"{random.randint(0, 59)} {_field(random, 0, 59)} {_field(random, 0, 23)}"
    month = random.choice((_field(random, 1, 12), random.choice(MONTHS)))
    if random.random() < 0.5:
        day = random.choice((_field(random, 1, 31), "L"))
        return f"{time} {day} {month} ?", f"{time} {day} {month} *"
    quartz, crontab = _weekday(random)
    return f"{time} ? {month} {quartz}", f"{time} * {month} {crontab}"


@pytest.mark.parametrize("block", range(0, EXPRESSIONS, 100))
def test_runs_are_those_of_an_independent_evaluator(block: int) -> None:
    for seed in range(block, block + 100):
        quartz, crontab = _expressions(seed)
        expected = _independent(crontab, 5)
        assert parse_cron(quartz).next_runs(START, 5)[: len(expected)] == expected, (quartz, crontab)


def _independent(crontab: str, count: int) -> list[datetime]:
    """The next runs; none where croniter gives up because the day never comes."""
    runs = croniter(crontab, START, second_at_beginning=True, ret_type=datetime, max_years_between_matches=30)
    try:
        return [runs.get_next() for _ in range(count)]
    except ValueError:
        return []


@pytest.mark.parametrize("seed", range(0, EXPRESSIONS, 5))
def test_no_two_runs_are_closer_than_the_minimum_gap(seed: int) -> None:
    cron = parse_cron(_expressions(seed)[0])
    gap = cron.minimum_gap()
    runs = cron.next_runs(START, 400)
    gaps = [later - earlier for earlier, later in pairwise(runs)]
    if gap is None:
        assert not gaps
        return
    assert all(gap <= found for found in gaps)
    assert not cron.is_faster_than(gap)
    assert cron.is_faster_than(gap + timedelta(seconds=1))
