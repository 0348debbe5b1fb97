"""Sources that something else loads: Airbyte never sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.full_lake import full_lake, marked, place, told
from tests.support.lakes import run

EXTERNAL_STREAM = '{"connector": "dlt", "schedule": "0 5 * * *", "initial_value": "2026-01-01"}\n'


def test_a_stream_of_an_external_source_says_how_it_is_loaded(tmp_path: Path) -> None:
    root = full_lake(tmp_path, {"dag/streams/events/clicks.json": EXTERNAL_STREAM})
    assert run(root, "catalog").err == ""
    assert told(root) == []


def test_a_stream_that_airbyte_loads_does_not_say_how_it_is_loaded(tmp_path: Path) -> None:
    problems = told(full_lake(tmp_path, {"dag/streams/faker/orders.json": EXTERNAL_STREAM}))
    assert [place(p) for p in problems] == [
        f"dag/streams/faker/orders.json:1:{column}  unknown-key" for column in (2, 22, 47)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"connector"', '«"conector"'),
        ('"dlt"', '«"airflow"'),
        ('"0 5 * * *"', "«5"),
        ('"2026-01-01"', "«[]"),
    ],
)
def test_a_mistake_in_a_stream_file_of_an_external_source_is_told(old: str, new: str, tmp_path: Path) -> None:
    text, line, column = marked(EXTERNAL_STREAM, old, new)
    problems = told(full_lake(tmp_path, {"dag/streams/events/clicks.json": text}))
    rule = "unknown-key" if old == '"connector"' else "wrong-type"
    assert [place(p) for p in problems] == [f"dag/streams/events/clicks.json:{line}:{column}  {rule}"]


def test_the_schedule_of_a_stream_of_an_external_source_is_crontab(tmp_path: Path) -> None:
    text, line, column = marked(EXTERNAL_STREAM, '"0 5 * * *"', '«"0 0 5 * * ?"')
    problems = told(full_lake(tmp_path, {"dag/streams/events/clicks.json": text}))
    assert [(p["line"], p["column"], p["rule"][:5]) for p in problems] == [(line, column, "cron-")]


@pytest.mark.parametrize("line", ["0 5 * * *", "*/15 8-18 * * 1-5", "0 0 1 1,7 *", "5 4 * * sun"])
def test_a_crontab_line_of_an_external_source_passes(line: str, tmp_path: Path) -> None:
    text = EXTERNAL_STREAM.replace("0 5 * * *", line)
    root = full_lake(tmp_path, {"dag/streams/events/clicks.json": text})
    run(root, "catalog")
    assert told(root) == []
