"""`lakeform review --server`: what is in Airbyte against what would be applied, in the words of the review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review.test_reviews import commit, git
from tests.standin.state import Connection
from tests.support.drift_lakes import SECRET, Shop, shop
from tests.support.lakes import Result, run, write_files
from tests.support.remote import without_pauses

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

REGISTRY = "dag/registry/lake.yaml"
CONNECTIONS = "dag/registry/connections.yaml"

NOTHING = "What the apply would change in Airbyte\nNo effective change.\n"
NOTHING_ELSE = "No effective change.\n\nWhat else the apply would change in Airbyte\nNo effective change.\n"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A lake that adopts two workspaces, which are as it says; committed as main."""
    without_pauses(monkeypatch)
    with shop(tmp_path) as found:
        assert run(tmp_path, "synth").code == 0
        git(tmp_path, "init", "--quiet")
        commit(tmp_path)
        yield found


def reviewed(lake: Shop, *words: str) -> Result:
    """What `review --server` says, without the note about the mapper whose key Airbyte masks; what is told meanwhile is not shown."""
    result = run(lake.root, "review", "--server", "--quiet", *words)
    assert result.err == ""
    assert SECRET not in result.out
    return Result(result.code, plain(result.out), "")


def plain(out: str) -> str:
    """Without the note about the mapper."""
    rest = "\n".join(line for line in out.split("\n") if "the key of encryption" not in line)
    return rest.replace("\n\nnotes\n\n", "\n\n").removesuffix("\nnotes\n")


def edit(lake: Shop, path: str, *pairs: tuple[str, str]) -> None:
    """Edit a file and what is generated."""
    text = (lake.root / path).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    write_files(lake.root, {path: text})
    result = run(lake.root, "synth")
    assert result.code == 0, result


def there(lake: Shop) -> Connection:
    """The connection of the database in prod."""
    return next(iter(lake.server.state.connections.values()))


def stream(connection: Connection, name: str) -> dict[str, Any]:
    """How a stream is configured."""
    return next(one.config for one in connection.streams if one.config["aliasName"] == name)


def test_where_nothing_is_otherwise_nothing_is_said(lake: Shop) -> None:
    assert reviewed(lake) == Result(0, NOTHING, "")
    assert reviewed(lake, "--base", "main") == Result(0, NOTHING_ELSE, "")


def test_masked_values_never_count(lake: Shop) -> None:
    for actor in lake.server.state.actors("source").values():
        actor.configuration |= {key: "another" for key in ("password", "api_key") if key in actor.configuration}
    assert reviewed(lake) == Result(0, NOTHING, "")


def other_settings(lake: Shop) -> None:
    """Set the connection as nobody wrote it."""
    connection = there(lake)
    connection.cron, connection.namespace_format = "0 0 9 * * ?", "old"
    orders = stream(connection, "orders")
    orders |= {"cursorField": ["created_at"], "mappers": []}
    orders["selectedFields"] = [{"fieldPath": [name]} for name in ("id", "amount", "created_at")]
    customers = stream(connection, "customers")
    customers |= {"syncMode": "full_refresh", "destinationSyncMode": "overwrite", "cursorField": []}


OTHER = """\
connections.db_to_warehouse  update in prod  lands-elsewhere
    schedule: at 09:00 → at 06:00
        next-sync-differs: syncs start at other times
    namespace: old → shop
        lands-elsewhere: new rows go to tables in the new namespace; old tables stay and no longer grow
    public.customers: full refresh → incremental on `updated_at`
        next-sync-differs: nothing is re-read at the apply and old rows keep their values; a first incremental sync that finds no \
cursor reads everything once, and where it appends, rows that are there arrive a second time
    public.customers: overwrite → append
        next-sync-differs: another change here decides what becomes of the rows
    public.orders: cursor `created_at` → `updated_at`
        new-data-only: nothing is re-read, and the stored cursor is a value of the old field: rows may be missed until a backfill
    public.orders: new fields `email`, `updated_at`
        next-sync-differs: another change here decides what becomes of the rows
    public.orders: field `created_at` no longer synced
        next-sync-differs: another change here decides what becomes of the rows
    public.orders: now `email` hashed as `email_hashed`
        none: its field comes or goes together with it, so no row gets the original value

schedules
    connections.db_to_warehouse in prod: at 09:00 → at 06:00; next: 2026-01-01 06:00, 2026-01-02 06:00, 2026-01-03 06:00 UTC
    prod: 35 → 35 syncs a week; in the busiest hour 2 (09:00) → 1 (03:00)
"""

VALUE = (
    "[namespace, schedule, streams.customers.destination_sync_mode, streams.customers.sync_mode, streams.orders.cursor_field, "
    "streams.orders.fields]"
)

REFUSED = f"""\
What the apply would change in Airbyte
Refused: one thing has to be acknowledged. 1 change, which makes data land elsewhere.

refused: connections.db_to_warehouse differs in the workspace of prod, and taking it over would change {VALUE[1:-1]}  \
(adoption-changes)
    write into the registry what is there: lakeform drift --format patch | git apply
    or, if the change is intended, add under accepted:
      - {{entry: connections.db_to_warehouse, rule: adoption-changes, value: {VALUE}, stack: prod, date: <YYYY-MM-DD>, reason: <why>}}

"""


def test_what_a_first_apply_would_change_of_a_connection_is_refused(lake: Shop) -> None:
    other_settings(lake)
    assert reviewed(lake) == Result(1, REFUSED + OTHER, "")


def test_what_is_accepted_passes_and_is_noted(lake: Shop) -> None:
    other_settings(lake)
    accepted = f"{{entry: connections.db_to_warehouse, rule: adoption-changes, value: {VALUE}, date: 2026-11-26, reason: it is time}}"
    write_files(lake.root, {"dag/registry/accepted.yaml": f"accepted:\n  - {accepted}\n"})
    note = "\nnotes\n    connections.db_to_warehouse: adoption-changes is accepted: it is time\n"
    title = "What the apply would change in Airbyte\n1 change, which makes data land elsewhere.\n\n"
    assert reviewed(lake) == Result(0, title + OTHER + note, "")
    assert plain(run(lake.root, "review", "--base", "main").out) == "No effective change.\n"


def test_another_change_than_the_accepted_one_is_refused(lake: Shop) -> None:
    other_settings(lake)
    there(lake).prefix = "old_"
    accepted = f"{{entry: connections.db_to_warehouse, rule: adoption-changes, value: {VALUE}, date: 2026-11-26, reason: it is time}}"
    write_files(lake.root, {"dag/registry/accepted.yaml": f"accepted:\n  - {accepted}\n"})
    result = reviewed(lake)
    assert result.code == 1
    assert "taking it over would change namespace, prefix, schedule, " in result.out


def test_what_somebody_changed_in_airbyte_since_is_told_and_not_refused(lake: Shop) -> None:
    other_settings(lake)
    title = "What else the apply would change in Airbyte\n1 change, which makes data land elsewhere.\n\n"
    assert reviewed(lake, "--base", "main") == Result(0, f"No effective change.\n\n{title}{OTHER}", "")


ADOPTED = (
    """\
    overrides:
      prod: {adopt: f2d65fa4-3b5e-5a3a-ba9d-71e516ae5d6b}
""",
    "    overrides:\n",
)


def test_a_connection_that_the_change_adopts_is_compared_and_nothing_is_told_twice(lake: Shop) -> None:
    """Of the adoption itself the review of the change has told what can be known from the files."""
    edit(lake, CONNECTIONS, ADOPTED)
    commit(lake.root)
    other_settings(lake)
    there(lake).namespace_format = "shop"
    edit(lake, CONNECTIONS, (ADOPTED[1], ADOPTED[0]), ("before anybody is up", "early"))
    result = reviewed(lake, "--base", "HEAD")
    assert result.code == 1
    change, _, rest = result.out.partition("\nWhat else the apply would change in Airbyte\n")
    assert change == plain(run(lake.root, "review", "--base", "HEAD").out)
    assert rest.startswith("Refused: one thing has to be acknowledged. 1 change, which applies to new rows only.\n")
    value = VALUE.replace("namespace, ", "")
    assert f"value: {value}, stack: prod, date" in rest
    assert OTHER.partition("    public.customers: full")[0].splitlines()[1] in rest


def test_a_line_that_accepts_nothing_is_refused_where_the_base_is_known(lake: Shop) -> None:
    line = (
        "{entry: connections.db_to_warehouse, rule: adoption-changes, value: [schedule], date: 2026-11-26, reason: why}"
    )
    write_files(lake.root, {"dag/registry/accepted.yaml": f"accepted:\n  - {line}\n"})
    assert reviewed(lake) == Result(0, NOTHING, "")
    result = reviewed(lake, "--base", "main")
    assert result.code == 1
    assert result.out.partition("in Airbyte\n")[2] == (
        "Refused: one thing has to be put right. Nothing else changes.\n\n"
        'refused: connections.db_to_warehouse is accepted for adoption-changes with the value ["schedule"], which this change is not '
        "refused for  (not-accepted)\n    remove the line under accepted:, or name what the refusal names\n"
    )


def test_a_stream_that_is_synced_there_and_not_here_needs_its_line(lake: Shop) -> None:
    edit(lake, CONNECTIONS, ("streams: [orders, customers]", "streams: [orders]"))
    commit(lake.root)
    result = reviewed(lake)
    assert result.code == 1
    assert "refused: connections.db_to_warehouse.streams.customers is no longer synced" in result.out
    line = "{entry: connections.db_to_warehouse.streams.customers, date: 2026-11-26, reason: nobody reads it}"
    write_files(lake.root, {"dag/registry/retired.yaml": f"retired:\n  - {line}\n"})
    assert reviewed(lake).code == 0
    assert reviewed(lake, "--base", "HEAD").code == 0


def test_what_is_not_there_yet_is_created(lake: Shop) -> None:
    edit(lake, REGISTRY, ("destinations:\n", "destinations:\n" + SPARE))
    created = "destinations.spare  create in prod  none\n    new\n        none: a destination by itself moves no data\n"
    assert created in reviewed(lake).out
    both = reviewed(lake, "--base", "main").out
    assert both.count(created) == 1
    assert both.endswith("\n\nWhat else the apply would change in Airbyte\nNo effective change.\n")


SPARE = "  spare: {stack: prod, connector: destination-warehouse, configuration: {host: spare.example.com}}\n"


def test_a_name_that_is_there_already_may_be_made_twice(lake: Shop) -> None:
    lake.server.add_destination("Spare", "destination-warehouse", {"host": "spare.example.com"})
    edit(lake, REGISTRY, ("destinations:\n", "destinations:\n" + SPARE))
    assert reviewed(lake).out == (
        f"{NOTHING}\nnotes\n    recognized by name alone: destinations.spare; what Terraform's state does not have is created a second "
        "time, unless adopt: names its id\n"
    )


def test_what_an_import_has_noted_may_be_made_twice_too(lake: Shop) -> None:
    id_ = lake.server.add_destination("Other", "destination-warehouse", {"host": "spare.example.com"})
    noted = {"entry": "destinations.spare", "name": "Spare", "managed": True, "carried": False, "told": []}
    there = {"origin": "the server", "objects": {id_: noted}, "left_out": {}, "untold": []}
    record = {"version": 1, "stacks": {"prod": there}, "secrets": {}, "removals": []}
    write_files(lake.root, {"dag/import.json": json.dumps(record)})
    edit(lake, REGISTRY, ("destinations:\n", "destinations:\n" + SPARE))
    found = reviewed(lake).out
    assert 'destinations.spare  update in prod  none\n    name: "Other" → "Spare"\n' in found
    assert found.endswith(
        "\nnotes\n    recognized by dag/import.json alone: destinations.spare; what Terraform's state does not have is created a second "
        "time, unless adopt: names its id\n"
    )
    noted["carried"] = True
    write_files(lake.root, {"dag/import.json": json.dumps(record)})
    assert "recognized by" not in reviewed(lake).out


def test_what_cannot_be_taken_over_as_it_is_gone_is_refused(lake: Shop) -> None:
    connection = there(lake)
    connection.deleted = True
    result = reviewed(lake)
    assert result.code == 1
    assert result.out.startswith(
        "What the apply would change in Airbyte\nRefused: one thing has to be put right. Nothing else changes.\n\n"
        "refused: connections.db_to_warehouse cannot be taken over: the workspace of prod has nothing with the id "
        f"{connection.id}, so that the import would fail  (adoption-missing)\n"
        "    correct adopt, or remove it, and the apply creates a new one\n"
    )


def test_a_connection_between_a_source_that_would_be_made_is_refused(lake: Shop) -> None:
    """The source has another name there and no adopt, so that the apply makes one, and the connection with it."""
    edit(lake, REGISTRY, ("    adopt: 0fd963e9-8278-59b3-ad6a-62a023f47153\n", "    name: Pages\n"))
    result = reviewed(lake)
    assert result.code == 1
    assert "refused: connections.site_to_warehouse would be destroyed and created again" in result.out
    assert "sources.site  create in prod  none\n" in result.out


def test_an_option_of_a_source_is_compared(lake: Shop) -> None:
    next(iter(lake.server.state.actors("source").values())).configuration["host"] = "old.example.com"
    result = reviewed(lake)
    assert result.code == 0
    assert "sources.db  update in prod  new-data-only\n    host: old.example.com → db.example.com" in result.out


def test_json_has_both_parts(lake: Shop) -> None:
    there(lake).cron = "0 0 9 * * ?"
    both = json.loads(reviewed(lake, "--base", "main", "--format", "json").out)
    server = both.pop("server")
    alone = json.loads(run(lake.root, "review", "--base", "main", "--format", "json").out)
    assert {**both, "notes": []} == {**alone, "notes": []}
    assert server.pop("stacks") == [
        {"stack": "prod", "workspace_id": lake.server.workspace_id, "fault": None},
        {"stack": "staging", "workspace_id": lake.staging_id, "fault": None},
    ]
    assert server.keys() == both.keys() - {"problems"}
    assert [
        (one["entry"], one["stack"], [detail["text"] for detail in one["details"]]) for one in server["changes"]
    ] == [("connections.db_to_warehouse", "prod", ["schedule: at 09:00 → at 06:00"])]
    alone = json.loads(reviewed(lake, "--format", "json").out)
    assert alone.keys() == {"problems", "server"}
    assert [one["rule"] for one in alone["server"]["refused"]] == ["adoption-changes"]


def test_a_comment_has_both_parts(lake: Shop) -> None:
    there(lake).cron = "0 0 9 * * ?"
    both = reviewed(lake, "--base", "main", "--format", "markdown").out
    assert both.startswith(
        "<!-- lakeform review -->\n\n## What this change does to the data\n\n**No effective change.**\n"
    )
    assert both.count("<!--") == 1
    assert "\n\n## What else the apply would change in Airbyte\n\n**1 change, which shows in the next sync.**\n" in both
    alone = reviewed(lake, "--format", "markdown").out
    assert alone.startswith("<!-- lakeform review -->\n\n## What the apply would change in Airbyte\n\n**Refused: ")


def test_a_workspace_that_cannot_be_read_does_not_hide_the_others(lake: Shop) -> None:
    gone = "99999999-2222-3333-4444-555555555555"
    edit(lake, REGISTRY, (lake.staging_id, gone))
    there(lake).cron = "0 0 9 * * ?"
    result = reviewed(lake)
    assert result.code == 2
    assert "schedule: at 09:00 → at 06:00" in result.out
    assert '    the workspace of staging is not known: stack "staging": cannot list the' in result.out


def test_without_anything_to_compare_with_the_usage_is_told(lake: Shop) -> None:
    assert run(lake.root, "review") == Result(
        2,
        "",
        "lakeform review: name what to compare with: --base main for a branch, --server for what is in Airbyte, or both\n",
    )


def test_without_a_commit_a_day_has_to_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_pauses(monkeypatch)
    with shop(tmp_path) as found:
        run(tmp_path, "synth")
        result = run(tmp_path, "review", "--server", "--quiet")
        assert (result.code, result.out) == (2, "")
        assert "add --today YYYY-MM-DD" in result.err
        assert reviewed(found, "--today", "2026-11-26") == Result(0, NOTHING, "")


def test_what_no_entry_can_say_is_refused_too(lake: Shop) -> None:
    connection = there(lake)
    connection.cron, connection.interval = None, (36, "hours")
    line = "entry: connections.db_to_warehouse, rule: adoption-changes, value: [schedule], stack: prod"
    assert reviewed(lake).out.partition("Nothing else changes.\n\n")[2] == (
        "refused: connections.db_to_warehouse differs in the workspace of prod, and taking it over would change schedule  "
        "(adoption-changes)\n    change it in Airbyte first, as no entry says what is there (the notes say why)\n"
        f"    or, if the change is intended, add under accepted:\n      - {{{line}, date: <YYYY-MM-DD>, reason: <why>}}\n\n"
        "notes\n    connections.db_to_warehouse.schedule in prod cannot be written as it is there: it is every 36 hours "
        "there and "
        '{cron: "0 0 6 * * ?"} here; its schedule is "every 36 hours", which an entry cannot have: there it is a cron expression or '
        "manual; choose one of these in Airbyte first\n"
    )


@pytest.mark.parametrize("interval", [(24, "hours"), (1, "days"), (1440, "minutes")])
def test_an_interval_that_became_a_time_of_the_day_is_a_note(lake: Shop, interval: tuple[int, str]) -> None:
    connection = there(lake)
    connection.cron, connection.interval = None, interval
    assert reviewed(lake) == Result(
        0,
        f"{NOTHING}\nnotes\n    connections.db_to_warehouse.schedule in prod: it is every {interval[0]} {interval[1]} there and "
        '{cron: "0 0 6 * * ?"} here, which is as often\n',
        "",
    )


def test_the_same_times_in_other_words_are_a_note(lake: Shop) -> None:
    there(lake).cron = "0 0  6 * * ?"
    assert reviewed(lake).out.endswith(
        '    connections.db_to_warehouse.schedule in prod: it is "0 0 6 * * ? UTC" there and {cron: "0 0 6 * * ?"} here, which is as often\n'
    )


def test_a_line_that_is_needed_for_what_is_there_is_no_idle_one_of_the_change(lake: Shop) -> None:
    edit(lake, CONNECTIONS, ("streams: [orders, customers]", "streams: [orders]"))
    commit(lake.root)
    line = "{entry: connections.db_to_warehouse.streams.customers, rule: unacknowledged-stream, date: 2026-11-26, reason: no use}"
    write_files(lake.root, {"dag/registry/accepted.yaml": f"accepted:\n  - {line}\n"})
    assert run(lake.root, "review", "--base", "HEAD").code == 1
    result = reviewed(lake, "--base", "HEAD")
    assert result.code == 0
    assert result.out.startswith(
        "No effective change.\n\nWhat else the apply would change in Airbyte\n1 change, which stops a sync.\n"
    )


def test_another_version_than_the_locked_one_is_noted(lake: Shop) -> None:
    lock = lake.root / "dag/connectors/source-postgres.json"
    tag = json.loads(lock.read_text())["tag"]
    lock.write_text(lock.read_text().replace(f'"{tag}"', '"3.0.0"'))
    note = f"source-postgres {tag} runs in the workspace of {{}}, and 3.0.0 is locked\n"
    assert reviewed(lake).out == f"{NOTHING}\nnotes\n    {note.format('prod')}    {note.format('staging')}"


def test_the_lines_that_connections_prints_change_nothing(lake: Shop) -> None:
    """The connection has a schedule, modes, a cursor, fields, a mapper and a namespace of its own."""
    text = (lake.root / CONNECTIONS).read_text()
    other = text[text.index("  site_to_warehouse:") :]
    write_files(lake.root, {CONNECTIONS: f"connections:\n{other}"})
    listed = json.loads(run(lake.root, "connections", "--quiet", "--stack", "prod", "--format", "json").out)
    (orphan,) = [one for one in listed["stacks"][0]["connections"] if one["state"] == "orphan"]
    assert "schedule: {cron: 0 0 6 * * ?}" in orphan["adopt"].replace('"', "")
    write_files(lake.root, {"dag/registry/adopted.yaml": orphan["adopt"] + "\n", **orphan["files"]})
    assert run(lake.root, "synth").code == 0
    assert reviewed(lake) == Result(0, NOTHING, "")
