"""Edits of schedules for tests/reviews/: what a week does not show, and steps that are not even."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.review_lake import SHOP, Edit

SCHEDULE_EDITS: Mapping[str, Edit] = {
    "a-schedule-becomes-monthly": {SHOP: [("0 0 * * * ?", "0 0 2 10 * ?")]},
    "a-schedule-becomes-yearly": {SHOP: [("0 0 * * * ?", "0 0 2 1 1 ?")]},
    "a-schedule-has-uneven-hours": {SHOP: [("0 0 * * * ?", "0 0 0/7 * * ?")]},
    "a-schedule-has-uneven-minutes": {SHOP: [("0 0 * * * ?", "0 5/25 * * * ?")]},
    "a-schedule-is-that-of-the-last-day-of-the-week": {SHOP: [("0 0 * * * ?", "0 0 2 ? * L")]},
}
