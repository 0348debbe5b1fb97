"""`lakeform connections`: which connections of a workspace are ours, which are missing, which are nobody's."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.server.remote_settings import read_settings
from infra.lake.rules.check import check_lake
from tests.standin import StandIn
from tests.standin.airbyte import Airbyte
from tests.standin.connection_read import public_connection
from tests.standin.state import Connection
from tests.support.kube import Cluster, state
from tests.support.lakes import run, write_files
from tests.support.operate_lakes import CONNECTION, FLUX, SOURCES, operate_lake, stack
from tests.support.remote import CONNECTORS, USERS, environ_of, without_pauses

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

NO_STATE = (
    "    note: recognized by name alone, as Terraform's state cannot be read: "
    'secrets "tfstate-default-lake-state" not found\n'
)
CRON = {"scheduleType": "cron", "cronExpression": "0 0 6 * * ?"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    without_pauses(monkeypatch)
    with StandIn(CONNECTORS, {"source-faker": [USERS]}) as running:
        for name, value in environ_of(running).items():
            monkeypatch.setenv(name, value)
        yield running


def listed(lake: Path, *words: str) -> str:
    """What is listed, without the line that names the workspace."""
    result = run(lake, "connections", "--quiet", *words)
    assert (result.code, result.err) == (0, "")
    return result.out.partition("\n")[2]


def test_ours_are_recognized_by_their_names_and_those_of_their_ends(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    id_ = server.add_connection(faker, files, name="Faker → Files", schedule=CRON)
    result = run(lake, "connections")
    assert (result.code, result.err) == (0, "listing what is in Airbyte\n")
    assert result.out == (
        f"stack airbyte, workspace {server.workspace_id}\n"
        f'    ours  faker_to_files  "Faker → Files"  active  0 0 6 * * ? UTC  {id_}\n{NO_STATE}'
    )


def test_the_same_name_with_other_ends_is_another_connection(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    other_source = server.add_source("Other", "source-faker", {})
    other_destination = server.add_destination("Other", "destination-s3", {})
    server.add_connection(other_source, files, name="Faker → Files")
    server.add_connection(faker, other_destination, name="Faker → Files")
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)["stacks"][0]["connections"]
    assert [one["state"] for one in found] == ["missing", "orphan", "orphan"]


def test_ours_are_recognized_by_terraforms_state_whatever_they_are_called(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    id_ = server.add_connection(faker, files, name="An older name")
    cluster.put(state({"faker_to_files": id_, "gone": "x"}))
    assert listed(lake) == f'    ours  faker_to_files  "Faker → Files"  active  manual  {id_}\n'


def test_ours_are_recognized_by_adopt(lake: Path, server: StandIn, faker: str, files: str) -> None:
    id_ = server.add_connection(faker, files, name="An older name")
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("  faker_to_files:\n", f"  faker_to_files:\n    adopt: {id_}\n"))
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)
    assert [(one["state"], one["recognized_by"]) for one in found["stacks"][0]["connections"]] == [("ours", "adopt")]


DAMAGED = base64.b64encode(b"\x1f\x8b\x08" + b"\0" * 7 + b"\xff" * 20).decode()
DEEP = base64.b64encode(gzip.compress(b"[" * 100_000)).decode()


@pytest.mark.parametrize(
    "broken",
    ["{}", "not base64", "bm8gZ3ppcA==", "kein Base64: ü", DAMAGED, DEEP],
    ids=["none", "no base64", "no gzip", "no ASCII", "damaged", "deep"],
)
def test_a_state_that_cannot_be_read_is_told(
    lake: Path, cluster: Cluster, faker: str, files: str, server: StandIn, broken: str
) -> None:
    found = state({})
    found["data"] = {"tfstate": broken} if broken != "{}" else {}
    cluster.put(found)
    server.add_connection(faker, files, name="Faker → Files")
    said = "the Secret tfstate-default-lake-state contains no state that can be read"
    assert listed(lake).splitlines()[-1].endswith(f"cannot be read: {said}")


def test_a_connection_that_is_not_there_is_missing(lake: Path) -> None:
    assert listed(lake) == f'    missing  faker_to_files  "Faker → Files"\n{NO_STATE}'


def test_two_of_the_same_name_are_unclear(lake: Path, server: StandIn, faker: str, files: str) -> None:
    ids = sorted(server.add_connection(faker, files, name="Faker → Files") for _ in range(2))
    expected = f'    unclear  faker_to_files  "Faker → Files"  may be any of {", ".join(ids)}: choose one with adopt\n'
    assert listed(lake) == expected + NO_STATE


def all_fields(lake: Path) -> None:
    """Let the stream file say nothing, and the source be discovered."""
    write_files(lake, {"dag/streams/faker/users.json": "{}\n", "dag/sources/faker/users.json": json.dumps(USERS)})


def paste(lake: Path, text: str) -> None:
    """Write what is printed below the first orphan: an entry, and the files beside it."""
    below = text.partition("    orphan")[2].splitlines()[1:]
    printed = [line.removeprefix("        ") for line in takewhile(lambda line: line.startswith("        "), below)]
    entry, *files = re.split(r"^and the file (.*):\n", "\n".join([*printed, ""]), flags=re.MULTILINE)
    write_files(lake, {"dag/registry/adopted.yaml": entry, **dict(zip(files[::2], files[1::2], strict=True))})
    problems = [problem for problem in check_lake(lake, catalogs=False).report.problems if problem.severity == "error"]
    assert problems == []


NOTES = """\
        # sources.faker is recognized by name alone: if Terraform did not create it, give it adopt: {faker},
        # or another one is created, and the connection with it
        # destinations.files is recognized by name alone: if Terraform did not create it, give it adopt: {files},
        # or another one is created, and the connection with it
"""


def test_an_orphan_comes_with_a_whole_entry_that_says_what_it_is(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    all_fields(lake)
    ours = server.add_connection(faker, files, name="Faker → Files")
    id_ = server.add_connection(
        faker,
        files,
        name="By hand",
        schedule=CRON,
        namespaceDefinition="custom_format",
        namespaceFormat="hand_${SOURCE_NAMESPACE}",
        prefix="h_",
        status="inactive",
        nonBreakingSchemaUpdatesBehavior="propagate_columns",
        configurations={
            "streams": [
                {
                    "name": "users",
                    "syncMode": "incremental_append",
                    "selectedFields": [{"fieldPath": ["id"]}, {"fieldPath": ["updated_at"]}],
                }
            ]
        },
    )
    text = listed(lake)
    assert text == (
        f'    ours  faker_to_files  "Faker → Files"  active  manual  {ours}\n'
        f'    orphan  "By hand"  inactive  0 0 6 * * ? UTC  {id_}\n'
        f"{NOTES.format(faker=faker, files=files)}"
        "        connections:\n"
        "          faker_to_files_2:\n"
        f"            adopt: {id_}\n"
        "            source: faker\n"
        "            destination: files\n"
        "            name: By hand\n"
        '            schedule: {cron: "0 0 6 * * ?"}\n'
        '            namespace: {format: "hand_${SOURCE_NAMESPACE}"}\n'
        "            prefix: h_\n"
        "            status: inactive\n"
        "            schema_changes: propagate_columns\n"
        "            streams:\n"
        "              users: {fields: [id, updated_at]}\n"
        f"{NO_STATE}"
    )
    paste(lake, text)
    assert "orphan" not in listed(lake)


def test_an_object_of_an_orphan_stays_as_it_is(lake: Path, server: StandIn, faker: str, files: str) -> None:
    all_fields(lake)
    server.add_connection(faker, files, name="Faker → Files")
    stream = {"name": "users", "syncMode": "incremental_append", "destinationObjectName": "User"}
    server.add_connection(faker, files, name="By hand", prefix="h_", configurations={"streams": [stream]})
    text = listed(lake)
    assert "              users: {destination_object_name: User}\n" in text
    paste(lake, text)
    assert "orphan" not in listed(lake)


@pytest.mark.parametrize("files", [True, False])
def test_whether_files_are_included_is_read_from_the_server(files: bool) -> None:
    stream = {"name": "users", "syncMode": "incremental_append", "includeFiles": files, "selectedFields": []}
    body = {
        "namespaceDefinition": "source",
        "nonBreakingSchemaUpdatesBehavior": "ignore",
        "configurations": {"streams": [stream]},
    }
    settings = read_settings(body)
    assert settings is not None
    assert settings.streams[0].include_files is files


def test_what_terraforms_state_proves_needs_no_warning_and_what_it_lacks_does(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    """A source that is not Terraform's would be made anew, and the connection destroyed with it."""
    all_fields(lake)
    ours = server.add_connection(faker, files, name="Faker → Files")
    cluster.put(state({"faker_to_files": ours}, source={"faker": faker}))
    server.add_connection(faker, files, name="By hand", prefix="h_")
    assert [line for line in listed(lake).splitlines() if line.startswith("        #")] == [
        f"        # destinations.files is not in Terraform's state: give it adopt: {files},",
        "        # or another one is created, and the connection with it",
    ]


def test_a_stream_without_a_file_comes_with_one_that_no_other_connection_takes(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    """The committed connection takes every selected stream file."""
    all_fields(lake)
    other = {**USERS, "name": "orders/all"}
    write_files(lake, {"dag/sources/faker/orders%2Fall.json": json.dumps(other)})
    server.offer("Faker", [USERS, other])
    server.add_connection(faker, files, name="Faker → Files", configurations={"streams": [{"name": "users"}]})
    streams = [{"name": "orders/all", "syncMode": "full_refresh_overwrite"}]
    server.add_connection(faker, files, name="By hand", configurations={"streams": streams})
    text = listed(lake)
    assert text.partition("            streams:\n")[2] == (
        "              orders%2Fall: {sync_mode: full_refresh, destination_sync_mode: overwrite}\n"
        "        and the file dag/streams/faker/orders%2Fall.json:\n"
        "            {\n"
        '              "stream": "orders/all",\n'
        '              "selected": false\n'
        "            }\n"
        f"{NO_STATE}"
    ).replace("orders%2Fall: {", '"orders%2Fall": {')
    before = check_lake(lake, catalogs=False).model.stacks["airbyte"].streams["faker_to_files"]
    paste(lake, text)
    after = check_lake(lake, catalogs=False).model.stacks["airbyte"].streams
    assert after["faker_to_files"] == before
    assert [stream.name for stream in after["faker_to_files_2"]] == ["orders/all"]


def test_defaults_of_the_lake_do_not_get_into_an_adopted_connection(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    all_fields(lake)
    path = lake / "dag/registry/lake.yaml"
    defaults = "prefix: x_, schema_changes: propagate_fully, status: inactive, schedule: {cron: '0 0 * * * ?'}"
    path.write_text(
        path.read_text().replace("sources:\n", f"  defaults: {{connection: {{{defaults}}}}}\nsources:\n", 1)
    )
    server.add_connection(faker, files, name="By hand")
    text = listed(lake)
    said = ("schedule: manual", 'prefix: ""', "status: active", "schema_changes: ignore", "namespace: destination")
    assert [line for line in said if f"            {line}\n" not in text] == []


def test_an_orphan_that_writes_the_tables_of_another_entry_says_so(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    """The one with the data, after somebody applied with a state of their own: its copy goes, and it stays."""
    all_fields(lake)
    for name in ("Faker → Files", "The one with the data"):
        server.add_connection(faker, files, name=name)
    text = listed(lake)
    assert (
        '        # connections.faker_to_files_2: "users" lands where connections.faker_to_files writes "users", '
        "which check refuses: keep one of the two\n        connections:\n"
    ) in text
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().partition("connections:\n")[0])
    paste(lake, text)


def test_a_name_in_airbyte_cannot_write_lines_of_its_own(lake: Path, server: StandIn, faker: str, files: str) -> None:
    all_fields(lake)
    server.add_connection(faker, files, name="x\nlake: {}\x1b[31m")
    text = listed(lake)
    assert ("\x1b" in text, re.findall("^ *lake:.*$", text, re.MULTILINE)) == (False, [])
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().partition("connections:\n")[0])
    paste(lake, text)
    assert "orphan" not in listed(lake)


def test_two_orphans_get_two_ids(lake: Path, server: StandIn, faker: str, files: str) -> None:
    all_fields(lake)
    server.add_connection(faker, files, name="Faker → Files")
    for name in ("One", "Two"):
        server.add_connection(faker, files, name=name, prefix=name)
    assert re.findall("^          (faker_to_files.*):$", listed(lake), re.MULTILINE) == [
        "faker_to_files_2",
        "faker_to_files_3",
    ]


def test_an_orphan_that_may_be_a_missing_one_comes_with_the_entry_to_write_in_its_place(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    all_fields(lake)
    id_ = server.add_connection(faker, files, name="By hand", schedule={**CRON, "cronExpression": "0 15 6 * * ?"})
    text = listed(lake)
    assert text == (
        '    missing  faker_to_files  "Faker → Files"\n'
        f'    orphan  "By hand"  active  0 15 6 * * ? UTC  {id_}\n'
        "        # connections.faker_to_files has the same source and destination and is missing in Airbyte, but differs: name: By hand → "
        'Faker → Files; schedule: {"cron": "0 15 6 * * ?"} → {"cron": "0 0 6 * * ?"}; stream users, sync_mode: full_refresh → '
        "incremental; stream users, destination_sync_mode: overwrite → append; stream users, cursor_field: [] → "
        '["updated_at"]\n'
        "        # in place of that entry:\n"
        f"{NOTES.format(faker=faker, files=files)}"
        "        connections:\n"
        "          faker_to_files:\n"
        f"            adopt: {id_}\n"
        "            source: faker\n"
        "            destination: files\n"
        "            name: By hand\n"
        '            schedule: {cron: "0 15 6 * * ?"}\n'
        "            namespace: destination\n"
        "            streams:\n"
        "              users: {sync_mode: full_refresh, destination_sync_mode: overwrite}\n"
        f"{NO_STATE}"
    )
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().partition("connections:\n")[0])
    paste(lake, text)
    assert listed(lake).startswith("    ours  faker_to_files ")


@pytest.fixture
def alone(lake: Path, server: StandIn, faker: str, files: str) -> Path:
    """A lake without connections, and a connection in Airbyte."""
    all_fields(lake)
    streams = [{"name": "users", "syncMode": "incremental_append"}]
    server.add_connection(faker, files, name="By hand", prefix="h_", configurations={"streams": streams})
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().partition("connections:\n")[0])
    return lake


UNKNOWN = "        no entry is suggested, as none would leave it unchanged:\n            "


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"schedule": {"scheduleType": "basic", "basicTiming": "Every 24 HOURS"}}, 'its schedule is "every 24 hours", which an entry cannot have: there it is a cron expression or manual; choose one of these in Airbyte first'),
        ({"schedule": {"scheduleType": "cron", "cronExpression": "0 0 6 * * ? Europe/Berlin"}}, 'its schedule "0 0 6 * * ? Europe/Berlin" cannot be written: the zone Europe/Berlin cannot be used: the Terraform provider has no time zone, and Airbyte\'s public API writes UTC'),
        ({"schedule": {"scheduleType": "cron", "cronExpression": "0 0 6 ? * mon UTC"}}, 'its schedule "0 0 6 ? * mon UTC" would be written as "0 0 6 ? * MON UTC"'),
        ({"schedule": {"scheduleType": "cron", "cronExpression": "0 0 6 * * ? 2030 UTC"}}, 'its schedule "0 0 6 * * ? 2030 UTC" cannot be written: a year is not accepted here; write seconds minutes hours day-of-month month day-of-week'),
        ({"status": "locked"}, "its status is locked, and an entry is active or inactive"),
        ({"configurations": {"streams": []}}, "it syncs no streams, and an entry needs at least one"),
        ({"configurations": None}, "the server does not report all of its settings"),
        ({"namespaceDefinition": None}, "the server does not report all of its settings"),
        ({"stream": {"syncMode": "mirror"}}, 'the stream users has the sync mode "mirror", which lakeform does not know'),
        ({"stream": {"selectedFields": [{"fieldPath": ["a", "b"]}]}}, "the stream users selects nested fields, and a stream file selects only whole top-level fields"),
        ({"stream": {"mappers": [{"type": "encryption", "mapperConfiguration": {"algorithm": "AES", "key": "****"}}]}}, "the stream users has a mapper that cannot be read back: encryption"),
        ({"stream": {"mappers": [{"type": "shuffle", "mapperConfiguration": {"depth": 1}}]}}, "the stream users has a mapper that cannot be read back: shuffle"),
        ({"stream": {"name": "gone"}}, 'the source has no stream "gone" (stream-unknown)'),
        ({"stream": {"cursorField": ["id"]}}, 'an apply would change stream users, cursor_field: ["id"] → ["updated_at"]'),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_entry_cannot_say_is_said_instead_of_lines(
    server: StandIn, alone: Path, monkeypatch: pytest.MonkeyPatch, stored: dict[str, Any], said: str
) -> None:
    """The answers of a server on which somebody set what the stand-in cannot be brought to."""

    def told(airbyte: Airbyte, connection: Connection) -> dict[str, Any]:
        body = public_connection(airbyte, connection)
        body |= {key: value for key, value in stored.items() if key != "stream"}
        for stream in (body["configurations"] or {}).get("streams", []):
            stream.update(stored.get("stream", {}))
        return body

    monkeypatch.setattr("tests.standin.connections.public_connection", told)
    server.contract.missing = "another server's answers"
    assert UNKNOWN + said + "\n" in listed(alone)
    (found,) = json.loads(run(alone, "connections", "--quiet", "--format", "json").out)["stacks"][0]["connections"]
    assert (found["adopt"], found["files"], found["reasons"][0]) == (None, {}, said)


def test_where_no_entry_is_exact_an_import_is_named_and_what_it_says(server: StandIn, alone: Path) -> None:
    (id_,) = server.state.connections
    server.state.connections[id_].interval = (24, "hours")
    first = listed(alone)
    assert first.endswith(
        f"{UNKNOWN}"
        'its schedule is "every 24 hours", which an entry cannot have: there it is a cron expression or manual; choose one of '
        "these in Airbyte first\n"
        f"            lakeform import --from server --only {id_} writes an entry that comes near to it and reports what changes, or "
        f"says why it cannot\n{NO_STATE}"
    )
    server.state.connections[id_].interval = None
    left = {"what": "it", "why": ["it has a mapper that lakeform does not know"], "instead": ""}
    record = {"origin": "", "objects": {}, "left_out": {id_: left}, "untold": []}
    text = json.dumps({"version": 1, "stacks": {"airbyte": record}, "secrets": {}, "removals": []})
    write_files(alone, {"dag/import.json": text})
    assert "lakeform import" not in listed(alone)
    server.state.connections[id_].interval = (24, "hours")
    assert listed(alone).endswith(
        "            lakeform import has left it out:\n"
        f"            it has a mapper that lakeform does not know\n{NO_STATE}"
    )


def test_what_is_printed_for_two_orphans_passes_together(lake: Path, server: StandIn, faker: str, files: str) -> None:
    all_fields(lake)
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().partition("connections:\n")[0])
    for name in ("One", "Two", "Three"):
        server.add_connection(faker, files, name=name)
    text = listed(lake)
    noted = '"users" lands where connections.faker_to_files writes "users", which check refuses: keep one of the two'
    assert [line.strip() for line in text.splitlines() if "keep one" in line] == [
        f"# connections.faker_to_files_{number}: {noted}" for number in (2, 3)
    ]


def test_a_stream_file_that_selects_fields_cannot_be_taken_back_by_an_entry(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    server.add_connection(faker, files, name="By hand")
    assert (
        "dag/streams/faker/users.json selects fields, and this connection syncs all of them: "
        "move fields from the file to the entries"
    ) in listed(lake)


def test_an_orphan_whose_ends_are_nobodys_either_says_what_comes_first(
    lake: Path, server: StandIn, faker: str, files: str
) -> None:
    source = server.add_source("Other", "source-faker", {})
    id_ = server.add_connection(source, files, name="By hand")
    assert listed(lake).splitlines()[1:5] == [
        f'    orphan  "By hand"  active  manual  {id_}',
        "        no entry is suggested, as none would leave it unchanged:",
        f'            its source "Other" has no entry; write one with existing: {source}, which leaves it unchanged',
        "            then run this again for its own entry",
    ]
    assert faker != source


def test_connections_of_another_stack_in_the_workspace_are_not_orphans(
    tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    both = stack("one", server.url, server.workspace_id) + stack("two", server.url, server.workspace_id, flux="")
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    first = CONNECTION + "    stack: one\n"
    second = "  again:\n    name: Again\n    source: faker\n    destination: files\n    stack: two\n"
    lake = operate_lake(tmp_path / "two", both + defaults, SOURCES + first + second)
    ours = server.add_connection(faker, files, name="Faker → Files")
    theirs = server.add_connection(faker, files, name="Again")
    all_fields(lake)
    orphan = server.add_connection(faker, files, name="Orphan", prefix="o_")
    cluster.put(state({"faker_to_files": ours}, source={"faker": faker}, destination={"files": files}))
    assert listed(lake, "--stack", "one") == (
        f'    ours    faker_to_files  "Faker → Files"  active  manual  {ours}\n'
        f'    of two  again           "Again"  active  manual  {theirs}\n'
        f'    orphan  "Orphan"  active  manual  {orphan}\n'
        "        connections:\n"
        "          faker_to_files_2:\n"
        f"            adopt: {orphan}\n"
        "            source: faker\n"
        "            destination: files\n"
        "            stack: one\n"
        "            name: Orphan\n"
        "            schedule: manual\n"
        "            namespace: destination\n"
        "            prefix: o_\n"
        "            streams:\n"
        "              users: {sync_mode: full_refresh, destination_sync_mode: overwrite}\n"
    )
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json", "--stack", "two").out)["stacks"][0]
    assert [(one["state"], one["name"]) for one in found["connections"]] == [
        ("ours", "Again"),
        ("other stack", "Faker → Files"),
        ("orphan", "Orphan"),
    ]


def test_what_was_deleted_in_airbyte_is_no_orphan(lake: Path, server: StandIn, faker: str, files: str) -> None:
    """Its lines to adopt would bring a deleted connection into the registry, and every plan would fail."""
    ours = server.add_connection(faker, files, name="Faker → Files", schedule=CRON)
    server.add_connection(faker, files, name="Gone", status="deprecated")
    assert listed(lake) == (f'    ours  faker_to_files  "Faker → Files"  active  0 0 6 * * ? UTC  {ours}\n{NO_STATE}')


def test_sources_and_destinations_without_a_connection_are_listed(
    lake: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    cluster.put(state({}))
    other = server.add_source("Other\nname", "source-faker", {})
    spare = server.add_destination("Spare", "destination-s3", {})
    server.add_connection(server.add_source("Read", "source-faker", {}), files, name="By hand")
    gone = server.add_source("Left over", "source-faker", {})
    server.add_connection(gone, files, name="Gone", status="deprecated")
    assert [line for line in listed(lake).splitlines() if "unused" in line] == [
        f'    unused  destination  "Spare"       {spare}  has no entry',
        f'    unused  source       "Faker"       {faker}  is sources.faker',
        f'    unused  source       "Left over"   {gone}  has no entry',
        f'    unused  source       "Other name"  {other}  has no entry',
    ]


def test_what_another_stack_of_the_workspace_has_without_a_connection_is_said_to_be_its(
    lake: Path, server: StandIn, files: str, cluster: Cluster
) -> None:
    cluster.put(state({}))
    path = lake / "dag/registry/lake.yaml"
    second = stack("second", server.url, server.workspace_id, FLUX.replace("lake-state", "second-state"))
    extra = "  spare: {stack: second, name: Spare, connector: destination-s3, configuration: {}}\n"
    path.write_text(
        path.read_text()
        .replace("sources:\n", f"{second}sources:\n")
        .replace("destinations:\n", f"destinations:\n{extra}")
        .replace("  files:\n", "  files:\n    stack: airbyte\n")
        .replace("  faker:\n", "  faker:\n    stack: airbyte\n")
        .replace("  faker_to_files:\n", "  faker_to_files:\n    stack: airbyte\n")
    )
    spare = server.add_destination("Spare", "destination-s3", {})
    found = json.loads(run(lake, "connections", "--quiet", "--stack", "airbyte", "--format", "json").out)
    assert found["stacks"][0]["unused"] == [
        {"kind": "destination", "name": "Files", "id": files, "entry": "destinations.files", "stack": None},
        {"kind": "destination", "name": "Spare", "id": spare, "entry": "destinations.spare", "stack": "second"},
    ]


def test_an_entry_of_two_stacks_in_one_workspace_is_one_connection(
    tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str
) -> None:
    by_hand = FLUX.partition("      flux:")[0]
    both = "".join(stack(name, server.url, server.workspace_id, flux=by_hand) for name in ("one", "two"))
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    lake = operate_lake(tmp_path / "two", both + defaults, SOURCES + CONNECTION + "    stack: [one, two]\n")
    id_ = server.add_connection(faker, files, name="Faker → Files")
    ours = f'    ours  faker_to_files  "Faker → Files"  active  manual  {id_}\n'
    assert listed(lake, "--stack", "one") == ours
    assert cluster.calls() == []  # nothing says that this cluster has the state of a stack that is applied by hand


def test_an_id_holds_for_one_stack(tmp_path: Path, server: StandIn, cluster: Cluster, faker: str, files: str) -> None:
    workspace = server.add_workspace("Other")
    both = stack("one", server.url, server.workspace_id) + stack("two", server.url, workspace, flux="")
    defaults = "  defaults: {source: {stack: [one, two]}, destination: {stack: [one, two]}}\n"
    lake = operate_lake(tmp_path / "two", both + defaults, SOURCES + CONNECTION + "    stack: [one, two]\n")
    id_ = server.add_connection(faker, files, name="By hand")
    cluster.put(state({}))
    assert listed(lake, "--stack", "one").endswith(
        f"{UNKNOWN}connections.faker_to_files has the same source and destination and is missing in Airbyte, but differs: "
        'name: By hand → Faker → Files; schedule: manual → {"cron": "0 0 6 * * ?"}; stream users, fields: all → '
        f'["id", "name"]\n            overrides.one.adopt: {id_} would apply these differences\n'
    )


def test_a_stack_that_cannot_be_asked_does_not_hide_the_others(
    tmp_path: Path, server: StandIn, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = stack("one", flux="").replace("{secret: airbyte_client_id}", "{secret: other_id}")
    both += stack("two", server.url, server.workspace_id, flux="")
    lake = operate_lake(tmp_path / "two", both, "")
    result = run(lake, "connections", "--quiet")
    message = "values that the registry refers to are missing; set in the environment: TF_VAR_other_id"
    assert (result.code, result.err, cluster.calls()) == (2, "", [])
    expected = f'stack one: not known\n    stack "one": {message}\n\nstack two, workspace {server.workspace_id}\n'
    assert result.out == f"{expected}    no connections\n"
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)["stacks"]
    assert [one["fault"] for one in found] == [f'stack "one": {message}', None]
    monkeypatch.setenv("TF_VAR_other_id", "x")
    assert "nothing answers there" in run(lake, "connections", "--quiet").out


OTHER = """\
sources:
  other:
    connector: source-faker
    configuration: {{count: 10}}
    adopt: {source}
    streams_from: faker
"""


def test_json_has_everything(lake: Path, server: StandIn, files: str, cluster: Cluster) -> None:
    all_fields(lake)
    cluster.put(state({}))
    source = server.add_source("Other", "source-faker", {})
    write_files(lake, {"dag/registry/other.yaml": OTHER.format(source=source, files=files)})
    path = lake / "dag/registry/lake.yaml"
    path.write_text(path.read_text().replace("  files:\n", f"  files:\n    adopt: {files}\n"))
    id_ = server.add_connection(source, files, name="By hand", prefix="o_")
    found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)
    entry = f"""\
connections:
  other_to_files:
    adopt: {id_}
    source: other
    destination: files
    name: By hand
    schedule: manual
    namespace: destination
    prefix: o_
    streams:
      users: {{sync_mode: full_refresh, destination_sync_mode: overwrite}}"""
    assert found == {
        "problems": [],
        "stacks": [
            {
                "stack": "airbyte",
                "workspace_id": server.workspace_id,
                "fault": None,
                "note": None,
                "connections": [
                    {
                        "state": "missing",
                        "entry": "connections.faker_to_files",
                        "name": "Faker → Files",
                        "id": None,
                        "status": None,
                        "cron": None,
                        "schedule": None,
                        "recognized_by": None,
                        "candidates": [],
                    },
                    {
                        "state": "orphan",
                        "entry": None,
                        "name": "By hand",
                        "id": id_,
                        "status": "active",
                        "cron": None,
                        "schedule": "manual",
                        "source": "Other",
                        "destination": "Files",
                        "adopt": entry,
                        "files": {},
                        "reasons": [],
                    },
                ],
                "twins": [],
                "unused": [],
            }
        ],
    }
