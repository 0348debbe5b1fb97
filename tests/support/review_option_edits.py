"""Edits of start dates and filters for tests/reviews/."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.review_lake import SHOP, Edit

_DATE = '"2026-01-01"'


def _projects(*names: str) -> list[tuple[str, str]]:
    return [("region: eu", f"region: eu, projects: [{', '.join(names)}]")]


OPTION_EDITS: Mapping[str, Edit] = {
    "the-start-date-of-a-source-is-later": {SHOP: [('"2025-06-01"', '"2025-07-01T00:00:00Z"')]},
    "the-start-date-of-a-source-is-still-to-come": {SHOP: [(_DATE, '"2027-01-01"')]},
    "the-start-date-of-a-source-is-no-date": {SHOP: [(_DATE, "P30D")]},
    "a-filter-of-a-source-opens": {SHOP: [("[ALPHA]", "[ALPHA, BETA]")]},
    "a-filter-of-a-source-narrows": {SHOP: [("[ALPHA, BETA]", "[BETA]")]},
    "a-filter-of-a-source-names-others": {SHOP: [("[ALPHA, BETA]", "[BETA, GAMMA]")]},
    "a-filter-of-a-source-goes": {SHOP: [(", projects: [ALPHA]", "")]},
    "a-filter-of-a-source-comes": {SHOP: _projects("ALPHA")},
    "a-filter-of-a-source-opens-with-a-backfill": {
        SHOP: [("[ALPHA]", "[ALPHA, BETA]")],
        "dag/streams/shop/events.json": [("{\n", '{\n  "backfill": "2026-01",\n')],
    },
}

# What the base of some has.
OPTION_BASES: Mapping[str, Edit] = {
    "the-start-date-of-a-source-is-later": {SHOP: [(_DATE, '"2025-06-01"')]},
    "a-filter-of-a-source-opens": {SHOP: _projects("ALPHA")},
    "a-filter-of-a-source-narrows": {SHOP: _projects("ALPHA", "BETA")},
    "a-filter-of-a-source-names-others": {SHOP: _projects("ALPHA", "BETA")},
    "a-filter-of-a-source-goes": {SHOP: _projects("ALPHA")},
    "a-filter-of-a-source-opens-with-a-backfill": {SHOP: _projects("ALPHA")},
}
