"""What a schedule of another tool means here, where a wrong answer would be another rhythm."""

from __future__ import annotations

from typing import Any

import pytest

from infra.lake.registry.schedule_words import meant_by

MEANT: list[tuple[Any, str | None]] = [
    ({"units": 90, "time_unit": "minutes"}, None),
    ({"units": 2, "time_unit": "hours"}, "{every: 2h}"),
    ({"basicSchedule": {"units": 7, "timeUnit": "hours"}, "scheduleType": "basic"}, None),
    (
        {"basic_timing": "Every 24 HOURS", "cron_expression": "0 0 6 * * ?", "schedule_type": "cron"},
        '{cron: "0 0 6 * * ?"}',
    ),
]


@pytest.mark.parametrize(("written", "meant"), MEANT)
def test_no_other_rhythm_is_proposed(written: Any, meant: str | None) -> None:
    assert meant_by(written) == meant
