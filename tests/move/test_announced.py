"""What an import has announced is no drift until the first apply; what somebody changes of it by hand is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from infra.airbyte.server.remote_settings import RemoteStream
from infra.commands.common import read_model
from infra.lake.registry.entry import cron_of
from infra.move.drift.drift import Drift, StackDrift
from infra.move.drift.edits import edits_of
from infra.move.drift.known import known_of
from infra.move.entries.import_record import read_record
from infra.move.found import FoundConnection, FoundWorkspace
from tests.move.found_values import SHOP, connection, destination, source, stream, uuid, workspace
from tests.move.importing import do_import, empty_lake
from tests.move.test_import_server import SERVER
from tests.support.lakes import run, write_lake
from tests.support.workspaces import FilledWorkspace, filled_workspace

NO_DRIFT = "stack airbyte: no drift"
TITLE = "    announced by the import, and gone after the first apply:"
ENTRY = "connections.shop_to_lake"
REGISTRY = "dag/registry/shop.yaml"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return empty_lake(tmp_path / "lake")


def drift_of(root: Path, found: FoundWorkspace, state: Mapping[str, str] | None = None) -> Drift:
    """What `lakeform drift` finds. `state`: entry -> id, as Terraform's state has it."""
    model = read_model(root)
    known = known_of(model, read_record(root), {"airbyte": state or {}}, {})
    return Drift((StackDrift("airbyte", found),), edits_of(model, {"airbyte": found}, known))


def lines(root: Path, found: FoundWorkspace, state: Mapping[str, str] | None = None) -> list[str]:
    return drift_of(root, found, state).to_text().splitlines()


def shop(*streams: object, actor: Mapping[str, object] | None = None, **settings: object) -> FoundWorkspace:
    made = connection(*streams, **settings)  # type: ignore[arg-type]
    return workspace(source(**(actor or {})), destination(), made)  # type: ignore[arg-type]


def edit(root: Path, old: str, new: str) -> None:
    path = root / REGISTRY
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


# What is there -> how drift shows it.
SCHEDULES = {
    "every 2 days": "every 2 days",
    "every 5 hours": "every 5 hours",
    "every 1 weeks": "every 1 weeks",
    "every 24 hours": "every 24 hours",
    "0 30 7 ? * MON-FRI Europe/Berlin": '"0 30 7 ? * MON-FRI Europe/Berlin"',
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_that_no_entry_can_have_is_announced_until_somebody_changes_it(lake: Path, schedule: str) -> None:
    do_import(lake, airbyte=shop(schedule=schedule))

    drift = drift_of(lake, shop(schedule=schedule))
    text = drift.to_text().splitlines()
    assert (drift.exit_code, text[:2], len(text)) == (0, [NO_DRIFT, TITLE], 3)
    assert text[2].startswith(f"        {ENTRY}.schedule: {{")
    assert text[2].endswith(f" → {SCHEDULES[schedule]}")
    assert (drift.edits.texts, drift.unwritten) == ({}, ())
    for other in {*SCHEDULES, "every 3 days", "0 30 7 ? * MON-FRI Europe/Paris", "manual"} - {schedule}:
        changed = drift_of(lake, shop(schedule=other))
        assert (changed.exit_code, changed.to_text().splitlines()[0]) == (1, "stack airbyte: 1 difference")
        assert changed.announced() == []


def test_a_file_that_says_something_else_than_the_import_wrote_is_compared(lake: Path) -> None:
    do_import(lake, airbyte=shop(schedule="every 2 days"))
    edit(lake, "{every: 24h}", "{every: 12h}")
    assert lines(lake, shop(schedule="every 2 days"))[:2] == [
        "stack airbyte: 1 difference",
        f"    {ENTRY}.schedule: {{every: 12h}} → every 2 days",
    ]


def test_after_the_first_apply_nothing_is_left_to_tell(lake: Path) -> None:
    do_import(lake, airbyte=shop(schedule="every 2 days"))
    cron = cron_of(read_model(lake).stacks["airbyte"].connections["shop_to_lake"])
    assert cron is not None
    assert lines(lake, shop(schedule=cron.for_airbyte)) == [NO_DRIFT]


def test_what_an_apply_has_gone_over_is_announced_no_more(lake: Path) -> None:
    there = shop(schedule="every 2 days")
    do_import(lake, airbyte=there)
    assert lines(lake, there, {"sources.shop": SHOP})[0] == NO_DRIFT
    applied = drift_of(lake, there, {ENTRY: there.connections[0].key})
    assert (applied.exit_code, applied.to_text().splitlines()[0]) == (1, "stack airbyte: 1 difference")


def test_parts_of_fields_are_announced_and_the_rest_of_the_stream_is_compared(lake: Path) -> None:
    parts = (("id",), ("name", "first"), ("name", "last"), ("updated_at",))
    do_import(lake, airbyte=shop(stream(fields=parts)))
    assert lines(lake, shop(stream(fields=parts))) == [
        NO_DRIFT,
        TITLE,
        f"        {ENTRY}.streams.orders.fields: without [name], with [name.first, name.last]",
    ]
    other = stream(fields=parts[:-1], mode="full_refresh_overwrite", cursor=())
    found = lines(lake, shop(other))
    assert found[:3] == [
        "stack airbyte: 3 differences",
        f"    {ENTRY}.streams.orders.sync_mode: incremental → full_refresh",
        f"    {ENTRY}.streams.orders.destination_sync_mode: append → overwrite",
    ]
    assert found[3] == f"    {ENTRY}.streams.orders.fields: without [name, updated_at], with [name.first, name.last]"


def test_streams_and_fields_that_the_source_no_longer_offers_are_announced(lake: Path) -> None:
    there = (stream(fields=(("id",), ("gone",), ("updated_at",))), stream("lost"))
    do_import(lake, airbyte=shop(*there))
    assert lines(lake, shop(*there)) == [
        NO_DRIFT,
        TITLE,
        f"        {ENTRY}.streams.lost: is synced there too",
        f"        {ENTRY}.streams.orders.fields: with [gone]",
    ]
    changed = stream(fields=(("id",), ("gone",), ("name",), ("updated_at",)))
    assert lines(lake, shop(changed, stream("lost")))[:2] == [
        "stack airbyte: 1 difference",
        f"    {ENTRY}.streams.orders.fields: with [gone, name]",
    ]


def test_options_that_the_spec_does_not_have_are_announced(lake: Path) -> None:
    options = {"api_key": "***", "start_date": "2026-01-01T00:00:00Z", "old": {"a": 1, "b": "x"}}
    do_import(lake, airbyte=shop(actor={"configuration": options}))
    there = shop(actor={"configuration": options})
    assert lines(lake, there)[:2] == [NO_DRIFT, TITLE]
    more = shop(actor={"configuration": {**options, "new": 1}})
    assert lines(lake, more)[:2] == ["stack airbyte: 1 difference", "    sources.shop.configuration.new: nothing → 1"]


def test_json_has_what_was_announced_apart(lake: Path) -> None:
    there = shop(schedule="every 1 weeks")
    do_import(lake, airbyte=there)
    (found,) = drift_of(lake, there).to_json()["stacks"]
    assert (found["differences"], found["announced"]) == (
        [],
        [
            {
                "entry": ENTRY,
                "path": "schedule",
                "registry": {"cron": "0 0 0 ? * SUN"},
                "airbyte": "every 1 weeks",
                "sends": '{cron: "0 0 0 ? * SUN"}: as often, on Sundays at 00:00 UTC',
            }
        ],
    )


def test_what_no_import_has_told_is_drift(lake: Path) -> None:
    do_import(lake, airbyte=shop(schedule="0 0 6 * * ? UTC"))
    assert lines(lake, shop(schedule="every 24 hours"))[0] == "stack airbyte: 1 difference"


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A workspace of years of clicking, and a lake that was just imported from it."""
    with filled_workspace(7, sources=6, connections=12) as made:
        server = made.server
        for name in ("workspace_id", "client_id", "client_secret"):
            prefix = "" if name == "workspace_id" else "airbyte_"
            monkeypatch.setenv(f"TF_VAR_{prefix}{name}", getattr(server, name))
        monkeypatch.setenv("TF_VAR_server_url", server.url)
        root = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": SERVER})
        (tmp_path / "registry.json").write_text(made.registry, "utf-8")
        done = run(root, "import", "--from", "server", "--registry", str(tmp_path / "registry.json"), "--quiet")
        assert done.code in {0, 1}
        yield root, made


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_drift_of_a_fresh_import_is_empty_in_every_format(imported: tuple[Path, FilledWorkspace]) -> None:
    root, made = imported
    text = run(root, "drift", "--quiet")
    announced = [line.strip() for line in text.out.splitlines() if line.startswith("        ")]
    assert (text.code, text.out.splitlines()[:2]) == (0, [NO_DRIFT, TITLE])
    assert len(announced) >= 4
    told = json.loads(run(root, "drift", "--quiet", "--format", "json").out)["stacks"][0]
    assert (told["differences"], len(told["announced"])) == ([], len(announced))
    patch = run(root, "drift", "--quiet", "--format", "patch")
    said = [line.partition(": ")[2].partition(" (stack")[0] for line in patch.err.splitlines()]
    assert (patch.code, patch.out, said) == (0, "", [line.partition(": ")[0] for line in announced])
    changed = next(one for one in made.server.state.connections.values() if one.interval and one.id in _entries(root))
    changed.interval = (31, "days")
    assert run(root, "drift", "--quiet").code == 1


def _entries(root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / "dag/import.json").read_text("utf-8"))["stacks"]["airbyte"]["objects"]
    return found


def test_an_object_that_has_another_id_now_has_no_announcement(lake: Path) -> None:
    there = shop(schedule="every 2 days")
    do_import(lake, airbyte=there)
    edit(lake, f"    adopt: {there.connections[0].key}\n", "")
    made: FoundConnection = replace(there.connections[0], id="c9", key="c9")
    found = lines(lake, workspace(source(), destination(), made))
    assert found[0] == "stack airbyte: 1 difference"


def test_fields_that_an_import_names_as_a_file_selects_some_are_announced(lake: Path) -> None:
    some = stream(fields=(("id",), ("updated_at",)))
    first = connection(some)

    def with_second(*streams: RemoteStream) -> FoundWorkspace:
        second = connection(*streams, id_=uuid("c", 2), name="All", prefix="all_")
        return workspace(source(), destination(), first, second)

    do_import(lake, airbyte=workspace(source(), destination(), first))
    done = do_import(lake, airbyte=with_second())
    said = "the names of all that there are now, as dag/streams/shop/orders.json selects some"
    place = "connections.all.streams.orders.fields"
    assert done.told("connections.all") == [
        f"streams.orders.fields: all fields are synced, also those to come -> {said}"
    ]
    assert lines(lake, with_second()) == [NO_DRIFT, TITLE, f"        {place}: [id, name, updated_at] → all"]
    assert lines(lake, with_second(some)) == ["stack airbyte: 1 difference", f"    {place}: without [name]"]
    (path,) = [one for one in sorted((lake / "dag/registry").iterdir()) if "all_" in one.read_text("utf-8")]
    path.write_text(path.read_text("utf-8").replace("[id, name, updated_at]", "[id, updated_at]"), "utf-8")
    assert lines(lake, with_second())[0] == "stack airbyte: 1 difference"
