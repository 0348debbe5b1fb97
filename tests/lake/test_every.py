"""`schedule: {every: 6h, at: "02:30"}`: the Quartz lines that it stands for, frozen, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.registry.period import ALLOWED, PeriodLength
from infra.lake.registry.schedule import EverySchedule
from infra.lake.registry.schedule_words import meant_by
from tests.support.lakes import DESTINATION, LAKE, SOURCE, USERS, problems_of, write_lake

# An id keeps its phase for ever: a line that changes here moves the syncs of everybody.
FROZEN = [
    ("shopify_to_lake", "1m", None, "0 * * * * ?"),
    ("shopify_to_lake", "5m", None, "0 0/5 * * * ?"),
    ("shopify_to_lake", "20m", None, "0 10/20 * * * ?"),
    ("shopify_to_lake", "30m", None, "0 0/30 * * * ?"),
    ("shopify_to_lake", "1h", None, "0 30 * * * ?"),
    ("shopify_to_lake", "6h", None, "0 30 2/6 * * ?"),
    ("shopify_to_lake", "24h", None, "0 30 14 * * ?"),
    ("a", "20m", None, "0 7/20 * * * ?"),
    ("b", "20m", None, "0 1/20 * * * ?"),
    ("billing", "12h", None, "0 6 7/12 * * ?"),
    ("x", "15m", "00:07", "0 7/15 * * * ?"),
    ("x", "60m", "00:07", "0 7 * * * ?"),
    ("x", "6h", "02:30", "0 30 2/6 * * ?"),
    ("x", "24h", "06:30", "0 30 6 * * ?"),
    ("x", "1440m", "23:59", "0 59 23 * * ?"),
]


def schedule(every: str, at: str | None = None) -> EverySchedule:
    """As it is read from a registry."""
    return EverySchedule.model_validate({"every": every, "at": at})


@pytest.mark.parametrize(("entry_id", "every", "at", "cron"), FROZEN)
def test_the_line_of_an_id_is_frozen(entry_id: str, every: str, at: str | None, cron: str) -> None:
    assert str(schedule(every, at).cron_of(entry_id)) == cron


IDS = st.from_regex("[a-z][a-z0-9_]{0,20}", fullmatch=True)


@given(IDS, st.sampled_from(ALLOWED), st.booleans(), st.integers(0, 24 * 60 - 1))
def test_starts_are_a_period_apart_on_every_day(entry_id: str, minutes: int, fixed: bool, phase: int) -> None:
    period = PeriodLength(minutes)
    at = f"{phase % minutes // 60:02}:{phase % minutes % 60:02}" if fixed else None
    wanted = schedule(str(period), at)
    runs = wanted.cron_of(entry_id).next_runs(datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC), 2 * 24 * 60 // minutes)
    assert {later - earlier for earlier, later in pairwise(runs)} == {timedelta(minutes=minutes)}
    assert runs[0].strftime("%H:%M") == wanted.starts_at(entry_id)
    assert at is None or wanted.starts_at(entry_id) == at
    assert runs[0].date() == date(2026, 11, 25)
    assert runs[-1].date() == date(2026, 11, 26)


MUST = 'must be "manual", {every: ...} or {cron: ...}'
DIVIDE = "must be minutes that divide an hour, or hours that divide a day, so that every day is the same"
TIME = "must be a time of day in UTC, from 00:00 to 23:59"
WRONG = [
    # What is written, the rule, the message, what to write.
    ("{every: 7m}", "wrong-type", DIVIDE, "write 6m or 10m"),
    ("{every: 90m}", "wrong-type", DIVIDE, "write 1h or 2h"),
    ("{every: 5h}", "wrong-type", DIVIDE, "write 4h or 6h"),
    (
        "{every: 48h}",
        "wrong-type",
        DIVIDE,
        'write schedule: {cron: "0 0 0 * * ?"} or {cron: "0 0 0 1/2 * ?"}: there is no schedule between the two',
    ),
    ("{every: 7d}", "wrong-type", DIVIDE, 'write schedule: {cron: "0 0 0 ? * SUN"}'),
    ("{every: 30s}", "wrong-type", DIVIDE, "for example 15m, 1h or 6h"),
    ("{every: 1d}", "wrong-type", DIVIDE, "write 24h"),
    ("{every: 24 hours}", "wrong-type", DIVIDE, "write 24h"),
    ("{every: daily}", "wrong-type", DIVIDE, "write 24h"),
    ("{every: 0h}", "wrong-type", DIVIDE, "for example 15m, 1h or 6h"),
    ("{every: 15}", "wrong-type", "must be text such as 15m or 6h", "write 15m"),
    ("{every: 6}", "wrong-type", "must be text such as 15m or 6h", "write 6m or 6h"),
    ("{every: 7}", "wrong-type", "must be text such as 15m or 6h", "for example 15m, 1h or 6h"),
    ("{every: true}", "wrong-type", "must be text such as 15m or 6h", "for example 15m, 1h or 6h"),
    ('{every: 24h, at: "6:30"}', "wrong-type", TIME, 'write at: "06:30"'),
    ('{every: 24h, at: "24:00"}', "wrong-type", TIME, 'for example at: "06:30"'),
    ('{every: 24h, at: "06:30 UTC"}', "wrong-type", TIME, 'write at: "06:30"'),
    ("{every: 24h, at: 630}", "wrong-type", TIME, 'for example at: "06:30"'),
    (
        '{every: 6h, at: "08:30"}',
        "wrong-type",
        "is not the first start of the day: every 6h begins before 06:00",
        'write at: "02:30", which starts at 08:30 too',
    ),
    (
        '{every: 6h, at: "06:00"}',
        "wrong-type",
        "is not the first start of the day: every 6h begins before 06:00",
        'write at: "00:00", which starts at 06:00 too',
    ),
    ('{at: "06:30"}', "missing-key", 'the key "every" is missing', None),
    ('{cron: "0 0 * * * ?", every: 6h}', "wrong-type", '"cron" and "every" are both given', "keep one of them"),
    ('{cron: "0 0 * * * ?", at: "06:30"}', "wrong-type", '"cron" and "at" are both given', "keep one of them"),
    ("{evry: 6h}", "unknown-key", 'unknown key "evry"', 'did you mean "every"?'),
    ("{every: 6h, to: 1}", "unknown-key", 'unknown key "to"', None),
    ("{interval: 24h}", "unknown-key", 'a schedule has no key "interval"', "write {every: 24h}"),
    ("{frequency: hourly}", "unknown-key", 'a schedule has no key "frequency"', "write {every: 1h}"),
    (
        "{schedule_type: basic, basic: {units: 6, time_unit: hours}}",
        "unknown-key",
        'a schedule has no key "schedule_type"',
        "write {every: 6h}",
    ),
    (
        '{schedule_type: cron, cron_expression: "0 0 5 * * ? UTC"}',
        "unknown-key",
        'a schedule has no key "schedule_type"',
        'write {cron: "0 0 5 * * ?"}',
    ),
    ("{interval: often}", "unknown-key", 'a schedule has no key "interval"', None),
    ("'@daily'", "wrong-type", MUST, "write {every: 24h}"),
    ("'@weekly'", "wrong-type", MUST, 'write {cron: "0 0 0 ? * SUN"}'),
    ("every 24 hours", "wrong-type", MUST, "write {every: 24h}"),
    ("every 90 minutes", "wrong-type", MUST, None),
    ("rate(1 hour)", "wrong-type", MUST, "write {every: 1h}"),
    ("6h", "wrong-type", MUST, "write {every: 6h}"),
    ("manuel", "wrong-type", MUST, 'did you mean "manual"?'),
    ("every six hours on some days", "wrong-type", MUST, 'for example {every: 6h} or {cron: "0 0 * * * ?"}'),
    ("0 0 5 * * ? UTC", "wrong-type", "a cron expression belongs under the key cron", 'write {cron: "0 0 5 * * ?"}'),
    ("0 5 * * *", "wrong-type", "a cron expression belongs under the key cron", 'write {cron: "0 0 5 * * ?"}'),
]


def connection(written: str) -> str:
    """A registry with one connection whose schedule is this."""
    return f"{LAKE}{SOURCE}{DESTINATION}connections:\n  c: {{source: faker, destination: lake, schedule: {written}}}\n"


@pytest.mark.parametrize(("written", "rule", "message", "fix"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_no_schedule_is_told_once(tmp_path: Path, written: str, rule: str, message: str, fix: Any) -> None:
    write_lake(tmp_path, {"dag/registry/lake.yaml": connection(written), "dag/streams/faker/users.json": USERS})
    (problem,) = [one for one in problems_of(tmp_path) if one.path.startswith("connections.c")]
    assert (problem.rule, problem.message) == (rule, message)
    assert fix is None or problem.fix == fix
    assert problem.location.line == len(connection("").splitlines())


def test_a_period_is_not_below_the_interval_of_the_stack(tmp_path: Path) -> None:
    registry = connection("{every: 30m}").replace("auth: none", "auth: none\n      minimum_sync_interval: 1h")
    write_lake(tmp_path, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": USERS})
    (problem,) = [one for one in problems_of(tmp_path) if one.path.startswith("connections.c")]
    assert (problem.rule, problem.path) == ("cron-too-frequent", "connections.c.schedule.every")
    assert problem.message == 'two runs are 30m apart, and the stack "airbyte" allows 1h'


@given(st.text())
def test_any_text_is_translated_or_not(text: str) -> None:
    meant = meant_by(text)
    if meant is not None:
        assert meant.startswith(("{every: ", "{cron: "))
