"""Cron: which lines Airbyte accepts, what is proposed for the others, and when a line runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from infra.lake.registry.cron import Cron, parse_cron
from infra.lake.registry.cron_cure import six_fields
from infra.lake.registry.cron_days import DAYS, numbers

VALID = {
    "every hour": ("0 0 * * * ?", "0 0 * * * ?"),
    "every minute": ("0 * * * * ?", "0 * * * * ?"),
    "list of minutes": ("0 0,20,40 * * * ?", "0 0,20,40 * * * ?"),
    "step": ("0 */15 * * * ?", "0 */15 * * * ?"),
    "step from a start": ("0 5/15 * * * ?", "0 5/15 * * * ?"),
    "step in a range": ("0 0 8-18/2 * * ?", "0 0 8-18/2 * * ?"),
    "seconds": ("59 0 0 * * ?", "59 0 0 * * ?"),
    "day of month": ("0 0 6 1,15 * ?", "0 0 6 1,15 * ?"),
    "last day of month": ("0 0 6 L * ?", "0 0 6 L * ?"),
    "third last day of month": ("0 0 6 L-2 * ?", "0 0 6 L-2 * ?"),
    "last weekday of month": ("0 0 6 LW * ?", "0 0 6 LW * ?"),
    "weekday near a day": ("0 0 6 15W * ?", "0 0 6 15W * ?"),
    "named day": ("0 0 6 ? * MON", "0 0 6 ? * MON"),
    "small letters": ("0 0 6 ? jan-mar mon-fri", "0 0 6 ? JAN-MAR MON-FRI"),
    "range of days around the week": ("0 0 6 ? * FRI-MON", "0 0 6 ? * FRI-MON"),
    "range of hours around midnight": ("0 0 22-3 * * ?", "0 0 22-3 * * ?"),
    "third friday": ("0 0 6 ? * 6#3", "0 0 6 ? * 6#3"),
    "third friday by name": ("0 0 6 ? * FRI#3", "0 0 6 ? * FRI#3"),
    "last friday": ("0 0 6 ? * 6L", "0 0 6 ? * 6L"),
    "saturday": ("0 0 6 ? * L", "0 0 6 ? * L"),
    "zone UTC": ("0 0 6 * * ? UTC", "0 0 6 * * ?"),
    "spaces": ("  0   0 6\t* *  ?  ", "0 0 6 * * ?"),
    "zeros in front": ("00 05 06 * * ?", "00 05 06 * * ?"),
}


@pytest.mark.parametrize(("text", "expression"), VALID.values(), ids=VALID)
def test_a_line_that_airbyte_reads_is_kept_with_one_space_between_its_fields(text: str, expression: str) -> None:
    cron = parse_cron(text)
    assert cron == Cron(expression)
    assert str(cron) == expression
    assert cron.for_airbyte == f"{expression} UTC"
    assert parse_cron(cron.for_airbyte) == cron


def refusal_of(text: Any) -> tuple[str, str, str]:
    """(rule, message, fix) of a line that is refused."""
    with pytest.raises(PydanticCustomError) as caught:
        parse_cron(text)
    context = caught.value.context or {}
    return caught.value.type, context["message"], context["fix"]


INVALID = {
    "list of seconds": ("0,30 * * * * ?", "seconds"),
    "step of seconds": ("0/30 * * * * ?", "seconds"),
    "every second": ("* * * * * ?", "seconds"),
    "minute 60": ("0 60 * * * ?", "minutes"),
    "hour 24": ("0 0 24 * * ?", "hours"),
    "day 0": ("0 0 0 0 * ?", "day of month"),
    "day 32": ("0 0 0 32 * ?", "day of month"),
    "month 13": ("0 0 0 1 13 ?", "month"),
    "month in full": ("0 0 0 1 JANUARY ?", "month"),
    "day of week 0": ("0 0 0 ? * 0", "day of week"),
    "day of week 8": ("0 0 0 ? * 8", "day of week"),
    "day in full": ("0 0 0 ? * MONDAY", "day of week"),
    "sixth friday": ("0 0 0 ? * 6#6", "day of week"),
    "step 0": ("0 */0 * * * ?", "minutes"),
    "step too large": ("0 */60 * * * ?", "minutes"),
    "negative": ("0 -5 * * * ?", "minutes"),
    "empty part of a list": ("0 1,,2 * * * ?", "minutes"),
    "open range": ("0 1- * * * ?", "minutes"),
    "double range": ("0 1-2-3 * * * ?", "minutes"),
    "word": ("0 x * * * ?", "minutes"),
    "question mark of an hour": ("0 0 ? * * ?", "hours"),
    "star in a list": ("0 *,5 * * * ?", "minutes"),
    "digits of another script": ("0 ٥ * * * ?", "minutes"),
    "L of an hour": ("0 0 L * * ?", "hours"),
}


@pytest.mark.parametrize(("text", "field"), INVALID.values(), ids=INVALID)
def test_a_field_that_does_not_fit_is_named(text: str, field: str) -> None:
    rule, message, fix = refusal_of(text)
    assert rule == "cron-syntax"
    assert message.endswith(f"does not fit the field {field}")
    assert fix


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "has 0 fields"),
        ("UTC", "has 0 fields"),
        ("@daily", "has 1 field"),
        ("0 0 6 *", "has 4 fields"),
        ("0 0 6 * * ? *", "a year is not accepted here"),
        ("0 0 6 * * ? 2026", "a year is not accepted here"),
        ("0 0 6 * * ? * * *", "has 9 fields"),
    ],
)
def test_another_number_of_fields_says_how_many_and_what_they_are(text: str, what: str) -> None:
    order = "write seconds minutes hours day-of-month month day-of-week"
    assert refusal_of(text)[:2] == ("cron-syntax", f"{what}; {order}")


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("0 0 6 * * *", "neither day field is ?", "0 0 6 * * ?"),
        ("0 0 6 ? * ?", "both day fields are ?", "0 0 6 * * ?"),
        ("0 0 6 * * MON", "neither day field is ?", "0 0 6 ? * MON"),
        ("0 0 6 1 * *", "neither day field is ?", "0 0 6 1 * ?"),
    ],
)
def test_exactly_one_day_field_is_a_question_mark(text: str, what: str, fix: str) -> None:
    rule, message, proposal = refusal_of(text)
    assert (rule, message) == ("cron-syntax", f"{what}; exactly one of day of month and day of week must be")
    assert proposal == f'for example "{fix}"'
    assert parse_cron(fix)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/UTC", "CET", "GMT", "utc"])
def test_another_zone_than_utc_is_refused_with_the_reason(zone: str) -> None:
    rule, message, fix = refusal_of(f"0 0 6 * * ? {zone}")
    assert (rule, fix) == ("cron-timezone", "write the hours in UTC and leave the zone out")
    assert zone in message


@pytest.mark.parametrize("value", [5, 1.5, True, None, ["0 0 * * * ?"], {"cron": "0 0 * * * ?"}])
def test_what_is_no_text_is_refused_as_such(value: Any) -> None:
    assert refusal_of(value)[0] == "wrong-type"


FIVE_FIELDS = {
    "every minute": ("* * * * *", "0 * * * * ?"),
    "every hour": ("0 * * * *", "0 0 * * * ?"),
    "every quarter of an hour": ("*/15 * * * *", "0 */15 * * * ?"),
    "every day": ("30 6 * * *", "0 30 6 * * ?"),
    "sunday as 0": ("30 6 * * 0", "0 30 6 ? * 1"),
    "sunday as 7": ("30 6 * * 7", "0 30 6 ? * 1"),
    "monday": ("30 6 * * 1", "0 30 6 ? * 2"),
    "saturday": ("30 6 * * 6", "0 30 6 ? * 7"),
    "working days": ("0 6 * * 1-5", "0 0 6 ? * 2-6"),
    "weekend": ("0 6 * * 6,0", "0 0 6 ? * 7,1"),
    "around the week": ("0 6 * * 5-7", "0 0 6 ? * 6-1"),
    "step in a range of days": ("0 6 * * 1-5/2", "0 0 6 ? * 2-6/2"),
    "named days": ("0 6 * * MON-FRI", "0 0 6 ? * MON-FRI"),
    "first of the month": ("0 6 1 * *", "0 0 6 1 * ?"),
    "months": ("0 6 1 1,7 *", "0 0 6 1 1,7 ?"),
    "quartz without its seconds": ("0 6 * * ?", "0 0 6 * * ?"),
    "quartz with a day and without its seconds": ("0 6 ? * MON", "0 0 6 ? * MON"),
}


@pytest.mark.parametrize(("text", "line"), FIVE_FIELDS.values(), ids=FIVE_FIELDS)
def test_a_crontab_line_comes_with_the_line_that_means_the_same(text: str, line: str) -> None:
    rule, message, fix = refusal_of(text)
    assert (rule, fix) == ("cron-five-fields", f'write "{line}"')
    assert message == "has five fields; Airbyte reads Quartz, which begins with seconds"
    assert str(parse_cron(line)) == line
    assert six_fields(text) == line


@pytest.mark.parametrize("text", ["0 6 1 * 1", "x y z a b", "60 6 * * *", "0 6 * * 9"])
def test_a_crontab_line_that_quartz_cannot_say_gets_no_proposal(text: str) -> None:
    rule, _, fix = refusal_of(text)
    assert rule == "cron-five-fields"
    assert not fix.startswith('write "')
    assert six_fields(text) is None


@st.composite
def crontab_weekdays(draw: st.DrawFn) -> tuple[str, set[str]]:
    """(a weekday field of crontab, the names of the days that it means)."""
    parts = []
    days: set[int] = set()
    for _ in range(draw(st.integers(1, 3))):
        first, last = sorted((draw(st.integers(0, 7)), draw(st.integers(0, 7))))
        step = draw(st.integers(1, 3))
        parts.append(str(first) if first == last else f"{first}-{last}" + (f"/{step}" if step > 1 else ""))
        days |= {first} if first == last else set(range(first, last + 1, step))
    return ",".join(parts), {DAYS[day % 7] for day in days}


@given(crontab_weekdays())
def test_the_proposed_weekdays_are_those_of_crontab(case: tuple[str, set[str]]) -> None:
    text, days = case
    line = six_fields(f"0 6 * * {text}")
    assert line is not None
    weekday = line.split()[5].replace("?", "*")  # with every day of the month, ? is every day of the week
    assert {DAYS[number - 1] for number in numbers(weekday, 1, 7, DAYS)} == days


START = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday

RUNS = {
    "0 0 6 * * ?": ["01-01 06:00", "01-02 06:00"],
    "0 0 0 * * ?": ["01-02 00:00", "01-03 00:00"],
    "0 0,30 23 * * ?": ["01-01 23:00", "01-01 23:30"],
    "0 0 6 ? * MON": ["01-05 06:00", "01-12 06:00"],
    "0 0 6 ? * 1": ["01-04 06:00", "01-11 06:00"],
    "0 0 6 ? * SAT-SUN": ["01-03 06:00", "01-04 06:00"],
    "0 0 6 L * ?": ["01-31 06:00", "02-28 06:00"],
    "0 0 6 L-1 * ?": ["01-30 06:00", "02-27 06:00"],
    "0 0 6 31 * ?": ["01-31 06:00", "03-31 06:00"],
    "0 0 6 15W * ?": ["01-15 06:00", "02-16 06:00"],
    "0 0 6 LW * ?": ["01-30 06:00", "02-27 06:00"],
    "0 0 6 ? * 6#3": ["01-16 06:00", "02-20 06:00"],
    "0 0 6 ? * 6L": ["01-30 06:00", "02-27 06:00"],
    "0 0 6 29 FEB ?": ["2028-02-29 06:00", "2032-02-29 06:00"],
    "0 0 22-1 * * ?": ["01-01 01:00", "01-01 22:00"],
}


@pytest.mark.parametrize(("line", "runs"), RUNS.items(), ids=RUNS)
def test_a_line_runs_when_quartz_runs_it(line: str, runs: list[str]) -> None:
    expected = [run if len(run) > 11 else f"2026-{run}" for run in runs]
    found = parse_cron(line).next_runs(START, 2)
    assert [f"{run:%Y-%m-%d %H:%M}" for run in found] == expected


def test_a_run_at_the_moment_of_asking_is_not_the_next_one() -> None:
    cron = parse_cron("0 0 6 * * ?")
    (run,) = cron.next_runs(START, 1)
    assert cron.next_runs(run, 1) == [run + timedelta(days=1)]


def test_a_day_that_never_comes_never_runs() -> None:
    cron = parse_cron("0 0 6 30 FEB ?")
    assert cron.next_runs(START, 1) == []
    assert cron.minimum_gap() is None


@pytest.mark.parametrize(
    ("line", "gap"),
    [
        ("0 * * * * ?", timedelta(minutes=1)),
        ("0 0,50 * * * ?", timedelta(minutes=10)),
        ("0 0 0,23 * * ?", timedelta(hours=1)),
        ("0 0 6 * * ?", timedelta(days=1)),
        ("0 0 6 ? * MON", timedelta(days=7)),
        ("0 0 6 1 * ?", timedelta(days=28)),
        ("0 0 6 ? * MON,WED", timedelta(days=2)),
        ("0 0 6 29 FEB ?", timedelta(days=1461)),
        ("0 0 0,12 1 1 ?", timedelta(hours=12)),
    ],
)
def test_the_smallest_gap_is_over_the_whole_calendar(line: str, gap: timedelta) -> None:
    assert parse_cron(line).minimum_gap() == gap


def field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high).map(str)
    lists = st.lists(number, min_size=1, max_size=3).map(",".join)
    ranges = st.tuples(number, number).map("-".join)
    return st.one_of(st.just("*"), lists, ranges, st.integers(1, high).map(lambda step: f"*/{step}"))


LINES = st.tuples(field(0, 59), field(0, 23), field(1, 28), st.just("*")).map(lambda f: " ".join(("0", *f, "?")))


@settings(max_examples=50, deadline=None)
@given(LINES, st.integers(1, 7200))
def test_no_two_runs_are_closer_than_the_smallest_gap_and_a_floor_is_judged_by_it(line: str, seconds: int) -> None:
    cron = parse_cron(line)
    runs = cron.next_runs(START, 200)
    gap = cron.minimum_gap()
    assert gap is not None
    assert all(later - earlier >= gap for earlier, later in pairwise(runs))
    assert cron.is_faster_than(timedelta(seconds=seconds)) == (gap < timedelta(seconds=seconds))


@pytest.mark.parametrize("text", ["0 0 0 L,15 * ?", "0 0 0 1,15W * ?", "0 0 0 ? * MON,FRIL", "0 0 0 ? * MON#2,WED#3"])
def test_what_stands_alone_in_quartz_is_refused_in_a_list(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="does not fit the field"):
        parse_cron(text)
