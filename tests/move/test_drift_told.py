"""What drift says: of each change, of what Airbyte changes by itself, of what no patch can do, of a server that fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.standin import jobs
from tests.support.drift_lakes import OFFERED, SECRET, Shop
from tests.support.drift_mutations import (
    ALL_FIELDS,
    actor,
    adds,
    allocates,
    connection,
    deletes,
    drops,
    fields,
    mapper,
    names,
    option,
    sets,
    stream,
)
from tests.support.git_apply import git
from tests.support.lakes import run

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def told(drifting: Shop, *words: str) -> list[str]:
    """What is said of the stack prod, or of the one that is named, line by line."""
    words = words or ("--stack", "prod")
    return run(drifting.root, "drift", "--quiet", *words).out.splitlines()


def edit(drifting: Shop, file: str, old: str, new: str) -> None:
    path = drifting.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_each_kind_of_change_reads_as_what_is_here_and_what_is_there(drifting: Shop) -> None:
    for mutate in (
        sets(1, cron=None, prefix="", name="Site"),
        names("destination", 0, "WH"),
        option("source", 1, "lookback_window"),
        option("destination", 0, "tags", value=["b", "a"]),
        allocates("source", 1, {"default": {"cpu_limit": "2"}}),
        stream(1, "visits", cursorField=["id"], selectedFields=fields("id", "page")),
        stream(0, "orders", selectedFields=fields("created_at", "email", "id", "updated_at")),
        stream(1, "pages", mappers=mapper("field-filtering", targetField="title")),
        drops(0, "customers"),
        adds(0, OFFERED[2]),
        deletes("connection", 2),
    ):
        mutate(drifting)

    assert told(drifting, "--stack", "prod") == [
        "stack prod: 13 differences",
        "    sources.site.configuration.lookback_window: 3 → nothing",
        '    sources.site.resource_allocation: nothing → {default: {cpu_limit: "2"}}',
        "    destinations.warehouse.name: Warehouse → WH",
        "    destinations.warehouse.configuration.tags: [a, b] → [b, a]",
        "    connections.db_to_warehouse.streams.customers: is not synced there",
        "    connections.db_to_warehouse.streams.orders.fields: without [amount], with [created_at]",
        "    connections.db_to_warehouse.streams.refunds: is synced there too",
        '    connections.site_to_warehouse.name: "Site → Warehouse" → Site',
        "    connections.site_to_warehouse.schedule: {every: 6h} → manual",
        '    connections.site_to_warehouse.prefix: raw_ → ""',
        (
            "    connections.site_to_warehouse.streams.pages.mappers: with "
            "[{type: field-filtering, mapper_configuration: {field_filtering: {target_field: title}}}]"
        ),
        "    connections.site_to_warehouse.streams.visits.cursor_field: without [updated_at], with [id]",
        "    connections.site_to_warehouse.streams.visits.fields: all → [id, page]",
    ]
    assert told(drifting, "--stack", "staging") == [
        "stack staging: 1 difference",
        "    connections.db_to_warehouse: is not in Airbyte",
    ]


STOPPED: dict[str, tuple[Callable[[Shop], None], str]] = {
    "reason": (
        sets(1, status="inactive", status_reason="The plan has ended."),
        "Airbyte says why it is inactive: The plan has ended.",
    ),
    "breaking": (
        sets(1, status="inactive", breaking_change=True),
        "Airbyte stopped it: its source has a breaking change; look at it in Airbyte before you make it active",
    ),
    "nothing": (
        sets(1, status="inactive"),
        "Airbyte had no reason that can be seen: neither a breaking change nor failed syncs",
    ),
}


@pytest.mark.parametrize("case", STOPPED)
def test_a_connection_that_stopped_says_whether_airbyte_did_it(drifting: Shop, case: str) -> None:
    mutate, said = STOPPED[case]
    mutate(drifting)

    assert told(drifting) == [
        "stack prod: 1 difference",
        "    connections.site_to_warehouse.status: active → inactive",
        f"        {said}",
    ]


def test_failed_syncs_are_a_reason_that_airbyte_may_have_had(drifting: Shop) -> None:
    for status in ("succeeded", "failed", "failed"):
        job = jobs.start(drifting.server.airbyte, connection(drifting, 1), "sync")
        drifting.server.finish_job(job.id, status)
    sets(1, status="inactive")(drifting)

    assert told(drifting)[-1].strip() == (
        "its last 2 syncs failed, and Airbyte itself stops what fails again and again; whether it was Airbyte is not known"
    )


def test_what_cannot_be_asked_is_said_to_be_unknown(drifting: Shop) -> None:
    sets(1, status="inactive")(drifting)
    drifting.server.fail_next("POST .*/connections/list", 404)

    assert told(drifting)[-1].strip() == "whether Airbyte stopped it is not known"


def test_a_connection_that_stops_at_every_change_may_have_been_stopped_by_airbyte(drifting: Shop) -> None:
    edit(drifting, "dag/registry/connections.yaml", "schedule: {every: 6h}", "schema_changes: disable_connection")
    sets(1, status="inactive", schema_changes="disable_connection", cron=None)(drifting)

    assert told(drifting)[-1].strip() == (
        "Airbyte itself stops it when the source's schema changes (disable_connection); whether it was Airbyte is not known"
    )


def test_columns_and_streams_that_airbyte_propagates_are_told_as_such(drifting: Shop) -> None:
    edit(drifting, "dag/registry/lake.yaml", "schema_changes: ignore", "schema_changes: propagate_fully")
    for number in range(3):
        sets(number, schema_changes="propagate_fully")(drifting)
    stream(0, "orders", selectedFields=fields("amount", "created_at", "email", "id", "updated_at"))(drifting)
    adds(0, OFFERED[2])(drifting)
    drops(0, "customers")(drifting)

    assert told(drifting) == [
        "stack prod: 3 differences",
        "    connections.db_to_warehouse.streams.customers: is not synced there",
        (
            "        Airbyte itself removes streams that the source has lost under propagate_fully; "
            "whether it was Airbyte is not known"
        ),
        "    connections.db_to_warehouse.streams.orders.fields: with [created_at]",
        "        Airbyte itself selects new columns under propagate_fully; whether it was Airbyte is not known",
        "    connections.db_to_warehouse.streams.refunds: is synced there too",
        "        Airbyte itself adds streams under propagate_fully; whether it was Airbyte is not known",
    ]


def test_what_a_shared_file_selects_cannot_be_taken_back_for_one(drifting: Shop) -> None:
    stream(0, "orders", selectedFields=ALL_FIELDS)(drifting)

    patch = run(drifting.root, "drift", "--quiet", "--format", "patch")

    reason = "dag/streams/db/orders.json says it for others too, and an entry cannot take it back: move fields to the entries"
    assert told(drifting) == [
        "stack prod: 1 difference",
        "    connections.db_to_warehouse.streams.orders.fields: [amount, email, id, updated_at] → all",
        f"        not in the patch: {reason}",
    ]
    place = "connections.db_to_warehouse.streams.orders.fields (stack prod)"
    assert (patch.code, patch.out, patch.err) == (1, "", f"not in the patch: {place}: {reason}\n")


def test_an_edit_that_would_not_pass_check_is_left_out_and_hides_no_other(drifting: Shop) -> None:
    stream(0, "orders", primaryKey=[["email"]])(drifting)
    sets(1, cron=None)(drifting)

    found = told(drifting)

    assert found[:3] == [
        "stack prod: 2 differences",
        "    connections.db_to_warehouse.streams.orders.primary_key: without [[id]], with [[email]]",
        (
            "        not in the patch: with it the lake would not pass check (mapper-changes-primary-key): the primary key "
            '"email" would be hashed: it could no longer tell rows apart'
        ),
    ]
    patch = run(drifting.root, "drift", "--quiet", "--format", "patch").out
    assert "+    schedule: manual" in patch
    assert "email" not in patch


def test_an_entry_without_an_id_is_recognized_by_its_name_alone(drifting: Shop) -> None:
    site = actor(drifting, "source", 1)
    edit(drifting, "dag/registry/lake.yaml", f"    adopt: {site.id}\n", "")
    assert told(drifting) == ["stack prod: no drift"]
    names("source", 1, "Website")(drifting)

    assert told(drifting) == [
        "stack prod: 1 difference",
        "    sources.site: is not in Airbyte",
        (
            "        not in the patch: no object has its name: it was never applied, was deleted, or has another name; "
            f'if it is now called "Website", write adopt: {site.id}'
        ),
        f'    not in the files: the source "Website", {site.id}',
    ]


def test_what_no_entry_is_about_is_no_drift(drifting: Shop) -> None:
    id_ = drifting.server.add_source("By hand", "source-klaviyo", {"api_key": SECRET})

    found = run(drifting.root, "drift", "--quiet", "--stack", "prod")

    assert (found.code, found.out.splitlines()) == (
        0,
        ["stack prod: no drift", f'    not in the files: the source "By hand", {id_}'],
    )


def test_a_plain_variable_is_compared_and_stays(drifting: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(drifting, "dag/registry/lake.yaml", "lookback_window: 3", "lookback_window: {var: lookback}")
    monkeypatch.setenv("TF_VAR_lookback", "3")
    assert told(drifting) == ["stack prod: no drift"]
    option("source", 1, "lookback_window", value=9)(drifting)

    assert told(drifting) == [
        "stack prod: 1 difference",
        "    sources.site.configuration.lookback_window: {var: lookback} → 9",
        "        not in the patch: its value is that of the variable lookback: change it where that gets its value",
    ]


def test_values_of_a_connector_that_is_not_locked_are_not_shown(drifting: Shop) -> None:
    (drifting.root / "dag/connectors/source-klaviyo.json").unlink()
    edit(
        drifting,
        "dag/registry/lake.yaml",
        "    connector: source-klaviyo\n",
        "    connector: source-klaviyo\n    definition_id: 95e8cffd-b8c4-4039-968e-d32fb4a69bde\n",
    )
    option("source", 1, "start_date", value="2020-01-01T00:00:00Z")(drifting)

    found = run(drifting.root, "drift", "--quiet", "--stack", "prod", "--format", "json").out

    assert "2020" not in found
    assert told(drifting) == [
        "stack prod: 1 difference",
        "    sources.site.configuration.start_date: has another value there, which is not shown",
        "        not in the patch: its connector is not locked, so nobody knows which options are secrets, and none is written",
    ]


def test_a_server_that_fails_is_told_and_hides_no_other_stack(drifting: Shop) -> None:
    sets(2, prefix="x_")(drifting)
    drifting.server.fail_next("GET .*/(sources|destinations|connections)", 401, times=1)

    found = run(drifting.root, "drift", "--quiet")

    assert found.code == 2
    assert found.out.splitlines()[0] == "stack prod: not known"
    assert found.out.splitlines()[3:] == [
        "stack staging: 1 difference",
        "    connections.db_to_warehouse.prefix: raw_ → x_",
    ]


def test_an_object_that_cannot_be_read_is_told_and_nothing_is_said_to_be_gone(drifting: Shop) -> None:
    drifting.server.spoil(connection(drifting, 1).id)
    sets(0, prefix="x_")(drifting)

    found = run(drifting.root, "drift", "--quiet", "--stack", "prod")

    assert found.code == 2
    assert found.out.splitlines()[:2] == [
        "stack prod: 1 difference",
        "    connections.db_to_warehouse.prefix: raw_ → x_",
    ]
    assert found.out.splitlines()[2].startswith('    not compared: the connection "Site → Warehouse": ')
    assert len(found.out.splitlines()) == 3


def test_a_lake_with_problems_is_not_compared(drifting: Shop) -> None:
    edit(drifting, "dag/registry/connections.yaml", "destination: warehouse", "destination: [warehouse]")

    found = run(drifting.root, "drift", "--quiet")

    assert (found.code, found.out) == (2, "")
    assert found.err.endswith("; run: lakeform check\n")


def test_a_lake_that_is_not_at_the_top_of_its_repository_gets_a_patch_that_applies(drifting: Shop) -> None:
    shutil.rmtree(drifting.root / ".git")
    git(drifting.root.parent, "init", "-q")
    sets(1, prefix="x_")(drifting)

    git(drifting.root, "apply", text=run(drifting.root, "drift", "--quiet", "--format", "patch").out)

    assert told(drifting) == ["stack prod: no drift"]


@pytest.mark.parametrize(("folder", "there"), [("dag/registry", "../.."), ("dag", ".."), (".", "")])
def test_a_folder_in_which_git_would_pass_over_files_is_told(
    drifting: Shop, monkeypatch: pytest.MonkeyPatch, folder: str, there: str
) -> None:
    sets(1, prefix="x_")(drifting)
    stream(1, "visits", cursorField=["id"])(drifting)
    monkeypatch.chdir(drifting.root / folder)

    patch = run(drifting.root, "drift", "--quiet", "--format", "patch")

    said = f"git apply passes over what is not below the folder that it runs in; run: git -C {there} apply\n"
    assert patch.err == (said if folder == "dag/registry" else "")
    git(Path(there if patch.err else "."), "apply", text=patch.out)
    assert told(drifting) == ["stack prod: no drift"]


def test_what_an_alias_shares_is_left_out_with_what_to_write(drifting: Shop) -> None:
    edit(drifting, "dag/registry/connections.yaml", "namespace: {format: shop}", "namespace: &shop {format: shop}")
    edit(drifting, "dag/registry/connections.yaml", "    source: site\n", "    source: site\n    namespace: *shop\n")

    assert told(drifting) == [
        "stack prod: 1 difference",
        "    connections.site_to_warehouse.namespace: {format: shop} → destination",
        (
            "        not in the patch: dag/registry/connections.yaml cannot be edited there without changing something else, such as "
            "what an alias shares; write by hand, in connections.site_to_warehouse: namespace: destination"
        ),
    ]
    edit(drifting, "dag/registry/connections.yaml", "namespace: *shop", "namespace: destination")
    assert told(drifting) == ["stack prod: no drift"]


def test_line_ends_of_windows_stay(drifting: Shop) -> None:
    path = drifting.root / "dag/registry/connections.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    sets(1, prefix="x_")(drifting)

    patch = run(drifting.root, "drift", "--quiet", "--format", "patch").out

    assert [line for line in patch.splitlines(keepends=True) if line.startswith("+ ")] == ["+    prefix: x_\r\n"]


def test_json_has_what_the_text_says(drifting: Shop) -> None:
    sets(1, prefix="x_", status="inactive")(drifting)

    found = json.loads(run(drifting.root, "drift", "--quiet", "--stack", "prod", "--format", "json").out)

    assert found == {
        "problems": [],
        "stacks": [
            {
                "stack": "prod",
                "workspace_id": drifting.server.workspace_id,
                "fault": None,
                "gaps": [],
                "notes": [],
                "unmanaged": [],
                "announced": [],
                "differences": [
                    {
                        "entry": "connections.site_to_warehouse",
                        "path": "status",
                        "registry": "active",
                        "airbyte": "inactive",
                        "airbyte_itself": "Airbyte had no reason that can be seen: neither a breaking change nor failed syncs",
                        "reason": None,
                    },
                    {
                        "entry": "connections.site_to_warehouse",
                        "path": "prefix",
                        "registry": "raw_",
                        "airbyte": "x_",
                        "airbyte_itself": None,
                        "reason": None,
                    },
                ],
            }
        ],
        "files": ["dag/registry/connections.yaml"],
    }


def test_nothing_on_the_server_is_changed_or_started(drifting: Shop) -> None:
    sets(1, status="inactive")(drifting)
    drifting.server.requests.clear()

    run(drifting.root, "drift", "--quiet")

    asked = {(one.method, Path(one.path).name) for one in drifting.server.requests}
    assert {name for method, name in asked if method == "POST"} <= {
        "list",
        "get",
        "most_recent_source_actor_catalog",
    }
    assert {method for method, _ in asked} <= {"GET", "POST"}
