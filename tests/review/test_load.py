"""How many syncs start in a stack: over a whole period, against the runs themselves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from infra.lake.registry.cron import parse_cron
from infra.review.details.load import Load, load_of, load_words

TODAY = date(2026, 3, 4)
DAYS = 4 * 365 + 1
HOURLY = "0 0 * * * ?"


def load(*expressions: str) -> Load:
    """The load of connections with these schedules."""
    return load_of(Counter(map(parse_cron, expressions)), TODAY)


WORDS = {
    (): "0 syncs a week",
    (HOURLY,): "168 syncs a week",
    ("0 0 6 ? * MON",): "1 sync a week",
    ("0 0 2 10 * ?",): "about 1 sync a month",
    ("0 0 2 L * ?",): "about 1 sync a month",
    ("0 0 2 1,15 * ?",): "about 2 syncs a month",
    ("0 0 2 31 * ?",): "about 7 syncs a year",
    ("0 0 2 ? * 6#3",): "about 1 sync a month",
    ("0 0 2 1 1/3 ?",): "about 4 syncs a year",
    ("0 0 2 1 1 ?",): "about 1 sync a year",
    ("0 0 2 29 2 ?",): "less than 1 sync a year",
    ("0 0 2 30 2 ?",): "0 syncs a week",
    ("0 0 2 1/2 * ?",): "about 3.6 syncs a week",
    (HOURLY, "0 0 2 10 * ?"): "about 168.2 syncs a week",
    (HOURLY, "0 0 2 1 1 ?"): "about 168 syncs a week",
}


@pytest.mark.parametrize(("expressions", "words"), WORDS.items())
def test_how_often_in_words(expressions: tuple[str, ...], words: str) -> None:
    assert load_words(None, load(*expressions)).split(" from then on")[0] == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((HOURLY,), ("0 0/30 * * * ?",), "168 → 336 syncs a week; in the busiest hour 1 (00:00) → 2 (00:00)"),
        ((), (HOURLY,), "0 → 168 syncs a week; in the busiest hour 0 → 1 (00:00)"),
        (("0 0 2 10 * ?",), (), "about 1 sync a month → 0 syncs a week; in the busiest hour 1 (02:00) → 0"),
        (
            (HOURLY,),
            ("0 0 2 10 * ?",),
            "168 syncs a week → about 1 sync a month; in the busiest hour 1 (00:00) → 1 (02:00)",
        ),
    ],
)
def test_before_and_after(before: tuple[str, ...], after: tuple[str, ...], words: str) -> None:
    assert load_words(load(*before), load(*after)) == words


def test_the_busiest_hour_is_that_of_a_day_that_comes_once_a_month() -> None:
    monthly = ["0 15 2 10 * ?"] * 3
    found = load(HOURLY, *monthly)
    assert (found.busiest, found.in_busiest) == (2, 4)
    assert load(HOURLY, "0 0 5 ? * TUE", "0 30 5 L 2 ?").in_busiest == 3  # the last of February is a Tuesday in 2028


def brute(expressions: list[str]) -> Load:
    """The same, run by run."""
    start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    hours: Counter[datetime] = Counter()
    for expression in expressions:
        for run in parse_cron(expression).next_runs(start - timedelta(seconds=1), DAYS * 24 * 2):
            if run < start + timedelta(days=DAYS):
                hours[run.replace(minute=0, second=0)] += 1
    busiest = min(hours, key=lambda hour: (-hours[hour], hour.hour), default=start)
    return Load(Fraction(hours.total() * 7, DAYS), busiest.hour, hours[busiest])


@pytest.mark.parametrize("seed", range(6))
def test_the_load_is_that_of_the_runs(seed: int) -> None:
    random = Random(seed)
    days = (
        "* * ?",
        "10 * ?",
        "L * ?",
        "31 * ?",
        "1/7 * ?",
        "? * MON",
        "? * TUE#2",
        "? * 6L",
        "1 1 ?",
        "15W 3/4 ?",
        "? 6 *",
    )
    chosen = [
        f"0 {random.choice(('0', '30', '0,30'))} {random.choice(('2', '0/6', '2,3'))} {random.choice(days)}"
        for _ in range(random.randint(1, 6))
    ]
    found, expected = load(*chosen), brute(chosen)
    assert (found.busiest, found.in_busiest) == (expected.busiest, expected.in_busiest), chosen
    # A week is looked at where all are alike, and four years are not a whole number of weeks.
    assert abs(found.starts - expected.starts) < Fraction(1, 50) * len(chosen) * 8, chosen
