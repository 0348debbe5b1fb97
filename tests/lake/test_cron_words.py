"""A schedule in words: what people read, and that the words mean the runs, whoever reads them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.lake.registry.cron import parse_cron
from infra.lake.registry.cron_words import cron_words

WORDS = {
    "0 0 * * * ?": "every hour",
    "0 30 * * * ?": "at 30 minutes past the hour",
    "0 */20 * * * ?": "every 20 minutes",
    "0 7/15 * * * ?": "every 15 minutes, starting at 7 minutes past the hour",
    "0 0/15 6-20 ? * MON-FRI": "every 15 minutes, between 06:00 and 20:59, Monday through Friday",
    "0 39 4/6 * * ?": "at 04:39, 10:39, 16:39 and 22:39",
    "0 30 0/2 * * ?": "every 2 hours, starting at 00:30",
    "0 0 22-4 * * ?": "every hour, from 22:00 to 04:00",
    "5 0 0 * * ?": "at 00:00:05",
    "5 * * * * ?": "every minute, starting at 0 minutes and 5 seconds past the hour",
    # Steps begin anew in each hour, day, month and year.
    "0 0 0/7 * * ?": "at 00:00, 07:00, 14:00 and 21:00",
    "0 5/25 * * * ?": "at 5, 30 and 55 minutes past the hour",
    "0 40/30 * * * ?": "at 40 minutes past the hour",
    "0 */7 */5 * * ?": "at 0, 7, 14, 21, 28, 35, 42, 49 and 56 minutes past the hour, in the hours 00, 05, 10, 15 and 20",
    "0 0 2 1/10 * ?": "at 02:00, on days 1, 11, 21 and 31 of the month",
    "0 0 2 1 1/5 ?": "at 02:00, on day 1 of the month, only in January, June and November",
    "0 0 2 ? * 2/2": "at 02:00, on Monday, Wednesday and Friday",
    "0 0 2 10 * ?": "at 02:00, on day 10 of the month",
    "0 0 2 1 1 ?": "at 02:00, on day 1 of the month, only in January",
    "0 0 2 5-12,31 * ?": "at 02:00, on days 5 to 12 and 31 of the month",
    "0 0 2 L * ?": "at 02:00, on the last day of the month",
    "0 0 2 L-3 * ?": "at 02:00, 3 days before the last day of the month",
    "0 0 2 LW * ?": "at 02:00, on the last weekday of the month",
    "0 0 2 15W * ?": "at 02:00, on the weekday nearest day 15 of the month",
    "0 0 2 ? * L": "at 02:00, on Saturday",
    "0 0 2 ? * 6L": "at 02:00, on the last Friday of the month",
    "0 0 2 ? * FRI#3": "at 02:00, on the third Friday of the month",
    "0 0 2 ? * FRI-MON": "at 02:00, Friday through Monday",
}  # fmt: skip


@pytest.mark.parametrize(("expression", "words"), WORDS.items())
def test_a_schedule_in_words(expression: str, words: str) -> None:
    assert cron_words(parse_cron(expression)) == words


# A reader of the words, which knows nothing of cron.

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
NTH = ("first", "second", "third", "fourth", "fifth")


def counted(text: str) -> set[int]:
    """`5 to 12 and 31`."""
    spans = [part.split(" to ") for part in re.split(", | and ", text)]
    return {number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)}


def named(text: str, names: tuple[str, ...]) -> set[int]:
    """`Friday through Monday`, `January, June and November`: places in the list."""
    if " through " in text:
        first, last = (names.index(name) for name in text.split(" through "))
        return {(first + step) % len(names) for step in range((last - first) % len(names) + 1)}
    return {names.index(name) for name in re.split(", | and ", text)}


def seconds(clock: str) -> int:
    """Of `02:00` or `02:00:05`."""
    hour, minute, *second = map(int, clock.split(":"))
    return hour * 3600 + minute * 60 + sum(second)


def offsets(words: str) -> set[int]:
    """The seconds after midnight that the words mean."""
    if re.match(r"at \d\d:", words):
        return {seconds(clock) for clock in re.findall(r"\d\d:[\d:]+", words)}
    if found := re.match(r"every hour, from ([\d:]+) to ([\d:]+)", words):
        first, last = map(seconds, found.groups())
        return {(first + step) % 86400 for step in range(0, (last - first) % 86400 + 1, 3600)}
    if found := re.match(r"every (\d+) hours, starting at ([\d:]+)", words):
        return {(seconds(found[2]) + step) % 86400 for step in range(0, 86400, int(found[1]) * 3600)}
    return {hour * 3600 + second for hour in hours(words) for second in inside_an_hour(words)}


def hours(words: str) -> set[int]:
    if found := re.search(r"between (\d\d):00 and (\d\d):59", words):
        first, last = map(int, found.groups())
        return {(first + step) % 24 for step in range((last - first) % 24 + 1)}
    found = re.search(r"in the hours (\d\d(?:(?:, | and )\d\d(?! day))*)", words)
    return counted(found[1]) if found else set(range(24))


def inside_an_hour(words: str) -> set[int]:
    late = re.search(r" and (\d+) seconds?", words)
    second = int(late[1]) if late else 0
    if found := re.match(r"every (?:(\d+) )?minutes?(?:, starting at (\d+) minutes?)?", words):
        step, first = int(found[1] or 1) * 60, int(found[2] or 0) * 60
        return {(first + more) % 3600 + second for more in range(0, 3600, step)}
    if words.startswith("every hour"):
        return {0}
    if found := re.match(r"at (\d+) seconds? past the hour", words):
        return {int(found[1])}
    found = re.match(r"at ([\d, to]*?(?: and \d+)?(?: to \d+)?) minutes?", words)
    assert found is not None, words
    return {minute * 60 + second for minute in counted(found[1])}


def is_day(words: str, day: date) -> bool:
    """True if the words mean that day."""
    found = re.search("only in (.*)", words)
    return (not found or day.month - 1 in named(found[1], MONTHS)) and is_day_of_month(words, day)


def is_day_of_month(words: str, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if found := re.search(r"on days? (.*?) of the month", words):
        return day.day in counted(found[1])
    if found := re.search(r"(\d+) days? before the last day of the month", words):
        return day.day == last - int(found[1])
    if found := re.search(r"on the weekday nearest day (\d+)|on the last weekday of the month", words):
        return day == nearest(day, int(found[1] or last))
    return day.day == last if "on the last day of the month" in words else is_day_of_week(words, day)


def is_day_of_week(words: str, day: date) -> bool:
    if found := re.search(f"on the ({'|'.join(NTH)}|last) ({'|'.join(DAYS)}) of the month", words):
        next_week = day + timedelta(days=7)
        which = next_week.month != day.month if found[1] == "last" else (day.day - 1) // 7 == NTH.index(found[1])
        return which and DAYS[day.weekday()] == found[2]
    name = f"(?:{'|'.join(DAYS)})"
    found = re.search(f"{name} through {name}|{name}(?:(?:, | and ){name})*", words)
    return day.weekday() in named(found[0], DAYS) if found else True


def nearest(day: date, wanted: int) -> date | None:
    """The weekday of that month that is nearest to one of its days."""
    last = monthrange(day.year, day.month)[1]
    if wanted > last:
        return None
    weekdays = [number for number in range(1, last + 1) if day.replace(day=number).weekday() < 5]
    return day.replace(day=min(weekdays, key=lambda number: (abs(number - wanted), number)))


def part(low: int, high: int) -> st.SearchStrategy[str]:
    """A number, a step, a range that may wrap, a range with a step."""
    number, step = st.integers(low, high), st.integers(1, high)
    return st.one_of(
        number.map(str),
        step.map("*/{}".format),
        st.tuples(number, step).map("{0[0]}/{0[1]}".format),
        st.tuples(number, number).map("{0[0]}-{0[1]}".format),
        st.tuples(number, number, step).map("{0[0]}-{0[1]}/{0[2]}".format),
    )


def field(low: int, high: int) -> st.SearchStrategy[str]:
    return st.one_of(st.just("*"), part(low, high), st.lists(part(low, high), min_size=2, max_size=3).map(",".join))


SPECIAL_DAYS = st.one_of(
    st.sampled_from(("L", "LW")), st.integers(1, 30).map("L-{}".format), st.integers(1, 31).map("{}W".format)
)
SPECIAL_WEEKDAYS = st.one_of(
    st.just("L"),
    st.integers(1, 7).map("{}L".format),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map("{0[0]}#{0[1]}".format),
)
DAY_FIELDS = st.one_of(
    st.tuples(st.one_of(field(1, 31), SPECIAL_DAYS), field(1, 12), st.just("?")),
    st.tuples(st.just("?"), field(1, 12), st.one_of(field(1, 7), SPECIAL_WEEKDAYS)),
)
EXPRESSIONS = st.tuples(st.sampled_from(("0", "1", "5")), field(0, 59), field(0, 23), DAY_FIELDS).map(
    lambda parts: " ".join((*parts[:3], *parts[3]))
)


def runs_in_words(words: str, after: datetime) -> Iterator[datetime]:
    """Every run of four years that the words mean, in order."""
    day = datetime(after.year, after.month, after.day, tzinfo=UTC)
    found = sorted(offsets(words))
    for number in range(4 * 366):
        if is_day(words, (day + timedelta(days=number)).date()):
            yield from (day + timedelta(days=number, seconds=offset) for offset in found)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_the_words_mean_the_runs(expression: str) -> None:
    cron = parse_cron(expression)
    start = datetime(2026, 2, 1, tzinfo=UTC) - timedelta(seconds=1)
    expected = cron.next_runs(start, 200)
    words = cron_words(cron)
    meant = runs_in_words(words, start + timedelta(seconds=1))
    horizon = start + timedelta(days=4 * 365)
    for run, said in zip((run for run in expected if run < horizon), meant, strict=False):
        assert run == said, (expression, words)
    assert bool(expected and expected[0] < horizon) == any(
        is_day(words, (start + timedelta(days=number)).date()) for number in range(1, 4 * 365)
    ), (expression, words)
