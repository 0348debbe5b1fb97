"""Which connection's files go into which landing table."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.lake.files.feeds import Feed, chosen_feeds, feeds_of, no_feeds
from infra.lake.model.load import load_lake
from tests.support.lakes import DESTINATION, LAKE, SOURCE, USERS, write_lake

LANDINGS = """\
      landing: prod
    other:
      server_url: https://other.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555556
      auth: none
      landing: prod
    plain:
      server_url: https://plain.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555557
      auth: none
  landings:
    prod: {catalog: {sqlite: .lake/c}, tables: s3://tables/}
  defaults: {source: {stack: [airbyte, other, plain]}, destination: {stack: [airbyte, other, plain]}}
"""
CONNECTIONS = """\
  warehouse: {existing: 11111111-2222-3333-4444-555555555558}
connections:
  b_history: {source: faker, destination: lake, feeds: backfill, prefix: b_, stack: [airbyte, plain]}
  c_live: {source: faker, destination: lake, stack: [airbyte, plain]}
  a_history: {source: faker, destination: lake, feeds: backfill, prefix: a_, stack: other}
  to_warehouse: {source: faker, destination: warehouse, stack: airbyte}
"""


@pytest.fixture
def feeds(tmp_path: Path) -> tuple[Feed, ...]:
    """Those of a lake with three stacks, two of which have a landing."""
    registry = LAKE + LANDINGS + SOURCE + DESTINATION + CONNECTIONS
    streams = {f"dag/streams/faker/{name}.json": USERS for name in ("users", "Orders")}
    root = write_lake(tmp_path, {"dag/registry/lake.yaml": registry, **streams})
    return feeds_of(load_lake(root).model, "prod")


def test_all_stacks_with_a_landing_feed_it_the_writer_of_a_table_first(feeds: tuple[Feed, ...]) -> None:
    told = [(feed.table.name, feed.stack, feed.connection.id, feed.files.prefix, feed.backfill) for feed in feeds]
    assert told == [
        ("faker__orders", "airbyte", "c_live", "raw/Orders/", False),
        ("faker__orders", "airbyte", "b_history", "raw/b_Orders/", True),
        ("faker__orders", "other", "a_history", "raw/a_Orders/", True),
        ("faker__users", "airbyte", "c_live", "raw/users/", False),
        ("faker__users", "airbyte", "b_history", "raw/b_users/", True),
        ("faker__users", "other", "a_history", "raw/a_users/", True),
    ]


def test_some_are_chosen_by_source_and_stream(feeds: tuple[Feed, ...]) -> None:
    assert chosen_feeds(feeds, None, None) == list(feeds) == chosen_feeds(feeds, "faker", None)
    assert chosen_feeds(feeds, "faker", "users") == list(feeds[3:])


@pytest.mark.parametrize(
    ("source", "stream", "message"),
    [
        ("fakr", None, 'there is no source "fakr"; did you mean "faker"?'),
        ("faker", "user", 'there is no stream "user"; did you mean "users"?'),
    ],
)
def test_what_nothing_is_fed_of_is_told_with_near_matches(
    feeds: tuple[Feed, ...], source: str, stream: str | None, message: str
) -> None:
    with pytest.raises(UserError) as raised:
        chosen_feeds(feeds, source, stream)
    assert str(raised.value) == message


def test_a_landing_without_feeds(tmp_path: Path) -> None:
    model = load_lake(write_lake(tmp_path)).model
    assert feeds_of(model, "prod") == ()
    assert str(no_feeds(model, "prod")) == (
        'no stack feeds the landing "prod": write lake.stacks.STACK.landing: prod, or name another landing'
    )
