"""What a schedule of another tool means here, where a wrong answer would be another rhythm."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from infra.lake.registry.period import NONE_BETWEEN, meant_minutes, schedules_near
from infra.lake.registry.schedule import Schedule
from infra.lake.registry.schedule_words import meant_by

MEANT: list[tuple[Any, str | None]] = [
    ({"units": 90, "time_unit": "minutes"}, "{every: 1h} or {every: 2h}: there is no schedule between the two"),
    ({"units": 2, "time_unit": "hours"}, "{every: 2h}"),
    (
        {"basicSchedule": {"units": 7, "timeUnit": "hours"}, "scheduleType": "basic"},
        "{every: 6h} or {every: 8h}: there is no schedule between the two",
    ),
    (
        {"basic_timing": "Every 24 HOURS", "cron_expression": "0 0 6 * * ?", "schedule_type": "cron"},
        '{cron: "0 0 6 * * ?"}',
    ),
]


@pytest.mark.parametrize(("written", "meant"), MEANT)
def test_no_other_rhythm_is_proposed_as_if_it_were_the_same(written: Any, meant: str | None) -> None:
    assert meant_by(written) == meant


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("PT1H", 60),
        ("pt1h30m", 90),
        ("P1D", 1440),
        ("P1DT12H", 2160),
        ("P2W", 20160),
        ("1h 30m", 90),
        ("1 hour and 30 minutes", 90),
        ("1.5 hours", 90),
        ("7200 s", 120),
        ("90 seconds", None),
        ("P", None),
        ("PT", None),
        ("1M2", None),
        ("6 hours ago", None),
        ("400d", None),
    ],
)
def test_a_length_is_read_with_all_its_units(words: str, minutes: int | None) -> None:
    assert meant_minutes(words) == minutes


def test_every_schedule_that_is_proposed_for_a_length_can_be_written() -> None:
    told = {schedules_near(minutes).partition(NONE_BETWEEN)[0] for minutes in range(1, 60 * 24 * 40)}
    proposed = {text for either in told for text in either.split(" or ")}
    assert len(proposed) > 20
    schedule: TypeAdapter[Any] = TypeAdapter(Schedule)
    for text in proposed:
        schedule.validate_python(yaml.safe_load(text))
