"""What a review says of dbt models that a change of streams reaches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.review.test_reviews import commit, git, synthesized
from tests.support.lakes import run, write_lake
from tests.support.model_edits import LAKE_OF_MODELS, ORDERS

ORDERS_FILE = "dag/streams/faker/orders.json"
CHANGES = {
    "a field is gone": (
        ORDERS.replace('  "status": {"type": "string"},\n', ""),
        [
            (
                "faker.orders: the column `status` is gone; reaches fct_sales (rows), int_orders (filter), "
                "stg_orders.status, the exposure board"
            )
        ],
    ),
    "another type": (
        ORDERS.replace('"total": {"type": "number"}', '"total": {"type": "string"}'),
        [
            (
                "faker.orders: `total` number → string; reaches fct_sales.sales, int_orders.total, stg_orders.total, "
                "the exposure board"
            )
        ],
    ),
    "a field that no model reads": (ORDERS.replace('"quantity": {"type": "integer"}', '"quantity": {}'), []),
    "another mode": (
        ORDERS.replace('{"fields"', '{"sync_mode": "full_refresh", "destination_sync_mode": "append", "fields"'),
        [
            (
                "faker.orders: full refresh, overwrite → full refresh, append; reaches fct_sales (join), fct_sales (rows), "
                "fct_sales.sales, int_orders (filter), int_orders (rows), int_orders.customer_id, int_orders.id, "
                "int_orders.total and 7 more"
            )
        ],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_review_says_what_a_change_reaches(name: str, tmp_path: Path) -> None:
    text, notes = CHANGES[name]
    root = write_lake(tmp_path, LAKE_OF_MODELS)
    synthesized(root)
    git(root, "init", "--quiet")
    base = commit(root, "Base")
    (root / ORDERS_FILE).write_text(text, "utf-8")
    synthesized(root)
    result = run(root, "review", "--base", base, "--format", "json")
    assert result.err == ""
    assert [note for note in json.loads(result.out)["notes"] if note.startswith("faker.")] == notes
