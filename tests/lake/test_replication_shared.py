"""One slot has one reader, over connections, sources and stacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import Result, run, write_lake
from tests.support.log_lakes import CDC, database, log_lake

FILE = "dag/registry/lake.yaml"
ONE = "  shop_to_lake: {source: shop, destination: lake}\n"
OTHER = "  shop_archive: {source: shop, destination: lake, prefix: old_}\n"
SECOND = "  again_to_lake: {source: again, destination: lake, prefix: old_}\n"
SLOT = "configuration.replication_method.replication_slot"
STACKS = ("prod", "staging")
STANDARD = "{method: Standard}"


def check(
    root: Path, sources: str, connections: str, *, stacks: tuple[str, ...] = ("airbyte",), more: str = ""
) -> Result:
    lake = write_lake(root, log_lake(sources, connections, stacks=stacks, more=more))
    run(lake, "catalog", "--quiet")
    return run(lake, "check", "--quiet")


def told(result: Result) -> list[str]:
    """The place and the key path of each problem."""
    return [
        f"{line.split()[0]} {line.split()[2]}" for line in result.out.splitlines() if "  replication-shared  " in line
    ]


def test_a_second_connection_of_a_source(tmp_path: Path) -> None:
    result = check(tmp_path, database("shop"), ONE + OTHER)
    line = "{entry: connections.shop_archive, rule: replication-shared, value: airbyte_slot, date: <YYYY-MM-DD>, reason: <why>}"
    assert result == Result(
        1,
        f'{FILE}:25:26  replication-shared  connections.shop_archive.source: reads the slot "airbyte_slot" of sources.shop, as '
        "connections.shop_to_lake does: a change goes to the connection that asks first, and never to the other\n"
        "    let connections.shop_to_lake sync its streams too, or give it a source of its own, with a slot of its own\n"
        "    or, if it is intended, add under accepted:\n"
        f"      - {line}\n"
        f"    {FILE}:24:3  the other connection\n"
        f'    {FILE}:22:60  the slot "airbyte_slot"\n'
        "1 problem\n",
        "",
    )


def test_each_connection_but_the_first_is_told_once(tmp_path: Path) -> None:
    third = "  a_third: {source: shop, destination: lake, prefix: third_}\n"
    result = check(tmp_path, database("shop"), ONE + OTHER + third, stacks=STACKS)
    assert [line for line in told(result) if "connections" in line] == [
        f"{FILE}:33:26 connections.shop_archive.source:",
        f"{FILE}:34:21 connections.a_third.source:",
    ]


def test_an_inactive_connection_would_lose_its_position(tmp_path: Path) -> None:
    paused = OTHER.replace("}", ", status: inactive}")
    result = check(tmp_path, database("shop"), ONE + paused)
    assert "never to the other (one that is inactive keeps a position that the other moves past)\n" in result.out


def test_a_second_source_on_the_slot(tmp_path: Path) -> None:
    result = check(tmp_path, database("shop") + database("again", host="DB.example.com"), ONE + SECOND)
    line = "{entry: sources.again, rule: replication-shared, value: airbyte_slot, date: <YYYY-MM-DD>, reason: <why>}"
    assert result == Result(
        1,
        f'{FILE}:28:60  replication-shared  sources.again.configuration.replication_method.replication_slot: the slot "airbyte_slot" '
        "of the database shop on db.example.com is also that of sources.shop: a change goes to the source that asks first, and "
        "never to the other\n"
        "    create a slot for it, SELECT pg_create_logical_replication_slot('again', 'pgoutput'), and name that\n"
        "    or, if it is intended, add under accepted:\n"
        f"      - {line}\n"
        f'    {FILE}:22:60  the slot "airbyte_slot" of sources.shop\n'
        "1 problem\n",
        "",
    )


def test_one_entry_in_two_stacks(tmp_path: Path) -> None:
    result = check(tmp_path, database("shop"), ONE, stacks=STACKS)
    line = "{entry: sources.shop, rule: replication-shared, value: airbyte_slot, date: <YYYY-MM-DD>, reason: <why>}"
    problem, *_ = [text for text in result.out.split(f"{FILE}:") if "replication-shared" in text]
    assert (f"{FILE}:{problem}" + result.out.partition(problem)[2]).startswith(
        f'{FILE}:30:60  replication-shared  sources.shop.configuration.replication_method.replication_slot: the slot "airbyte_slot" '
        'of the database shop on db.example.com is read in the stacks "prod" and "staging": a change goes to the stack that asks '
        "first, and never to the other\n"
        "    create a slot for it, SELECT pg_create_logical_replication_slot('shop_staging', 'pgoutput'), and name that: overrides: "
        "{staging: {configuration: {replication_method: {replication_slot: shop_staging}}}}\n"
        "    or, if it is intended, add under accepted:\n"
        f"      - {line}\n"
        f'    {FILE}:30:60  in the stack "prod"\n'
        f'    {FILE}:9:5  the stack "staging"\n'
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (database("shop"), database("again", method=CDC.replace("airbyte_slot", "again"))),
        (database("shop"), database("again", host="other.example.com")),
        (database("shop"), database("again").replace("5432", "5433")),
        (database("shop"), database("again").replace("database: shop", "database: crm")),
        (database("shop"), database("again", method=STANDARD)),
        (database("shop", host="{var: here}"), database("again", host="{var: there}")),
        (database("shop", host="{secret: here}"), database("again", host="{secret: there}")),
        (database("shop"), database("again", host="{var: here}")),
        (
            database("shop", ", tunnel_method: {tunnel_method: SSH_KEY_AUTH, tunnel_host: a.example.com, tunnel_port: 22, tunnel_user: x, ssh_key: {secret: key}}", host="localhost"),
            database("again", ", tunnel_method: {tunnel_method: SSH_KEY_AUTH, tunnel_host: b.example.com, tunnel_port: 22, tunnel_user: x, ssh_key: {secret: key}}", host="localhost"),
        ),
    ],
    ids=["slot", "host", "port", "database", "method", "two variables", "two secrets", "a variable and a text", "two tunnels"],
)  # fmt: skip
def test_two_sources_that_do_not_share_or_of_which_nobody_knows(tmp_path: Path, first: str, second: str) -> None:
    assert told(check(tmp_path, first + second, ONE + SECOND)) == []


@pytest.mark.parametrize("host", ["{var: host}", "{secret: host}", "localhost", "10.0.0.7"])
def test_two_sources_that_share_what_one_stack_has_once(tmp_path: Path, host: str) -> None:
    result = check(tmp_path, database("shop", host=host) + database("again", host=host), ONE + SECOND)
    assert [line.split()[1] for line in told(result)] == [f"sources.again.{SLOT}:"]


@pytest.mark.parametrize(
    "host",
    [
        "{var: host}",
        "{secret: host}",
        "localhost",
        "10.0.0.7",
        "shop.data.svc",
        "shop.data.svc.cluster.local",
        "postgres",
    ],
)
def test_what_another_stack_may_have_another_of_is_not_guessed(tmp_path: Path, host: str) -> None:
    assert told(check(tmp_path, database("shop", host=host), ONE, stacks=STACKS)) == []


def test_a_slot_of_its_own_for_each_stack(tmp_path: Path) -> None:
    own = "    overrides: {staging: {configuration: {replication_method: {replication_slot: shop_staging}}}}\n"
    assert told(check(tmp_path, database("shop", more=own), ONE, stacks=STACKS)) == []


def test_a_default_of_a_variable_is_not_a_value(tmp_path: Path) -> None:
    more = "  variables: {host: {default: db.example.com}}\n"
    assert told(check(tmp_path, database("shop", host="{var: host}"), ONE, stacks=STACKS, more=more)) == []


def test_a_source_without_connections_reads_nothing(tmp_path: Path) -> None:
    assert told(check(tmp_path, database("shop") + database("again"), ONE)) == []


def test_a_connection_that_reads_everything_does_not_read_the_log(tmp_path: Path) -> None:
    whole = "  shop_archive: {source: shop, destination: lake, prefix: old_, streams: {public.orders: {sync_mode: full_refresh}}}\n"
    assert told(check(tmp_path, database("shop"), ONE + whole)) == []


@pytest.mark.parametrize("connector", ["source-mysql", "source-mssql"])
def test_a_log_without_slots_has_any_number_of_readers(tmp_path: Path, connector: str) -> None:
    lock = {"connector": connector, "definition_id": "3c1b2a4d-0e5f-4a6b-9c7d-8e9f0a1b2c3d", "tag": "1.0.0", "image": "x/y", "spec": {"type": "object"}}  # fmt: skip
    source = database("shop", method="{method: CDC}").replace("source-postgres", connector)
    other = database("again", method="{method: CDC}").replace("source-postgres", connector)
    files = log_lake(source + other, ONE + OTHER + SECOND.replace("old_", "second_"))
    lake = write_lake(tmp_path, {**files, f"dag/connectors/{connector}.json": json.dumps(lock)})
    assert told(run(lake, "check", "--quiet")) == []


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        ("{entry: connections.shop_archive, rule: replication-shared, value: airbyte_slot", True),
        ("{entry: connections.shop_archive, rule: replication-shared, value: airbyte_slot, stack: airbyte", True),
        ("{entry: connections.shop_archive, rule: replication-shared, value: other", False),
        ("{entry: connections.shop_to_lake, rule: replication-shared, value: airbyte_slot", True),
        ("{entry: connections.shop_to_lake, rule: replication-shared, value: airbyte_slot, stack: other", False),
    ],
)
def test_it_is_accepted_for_the_slot_that_was_refused(tmp_path: Path, line: str, accepted: bool) -> None:
    sources = database("shop")
    more = f"accepted:\n  - {line}, date: 2026-11-26, reason: the archive is read once}}\n"
    assert (told(check(tmp_path, sources, ONE + OTHER + more)) == []) == accepted


def test_a_line_that_names_no_slot_accepts_nothing(tmp_path: Path) -> None:
    more = (
        "accepted:\n  - {entry: connections.shop_archive, rule: replication-shared, date: 2026-11-26, reason: once}\n"
    )
    result = check(tmp_path, database("shop"), ONE + OTHER + more)
    assert (
        "not-accepted  accepted[0].rule: accepts any slot, also the next one\n    add value: with the slot that"
        in result.out
    )
