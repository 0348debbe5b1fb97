"""`lakeform rename`: an entry has another id wherever it is named, and keeps its files, its comments and its state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.lake.model.load import load_lake
from tests.scaffold.test_remove import NEXT, SPLIT, files_of, text_of
from tests.support.lakes import DESTINATION, LAKE, MINIMAL, SOURCE, Result, problems_of, run, write_lake


def rename(lake: Path, *words: str) -> Result:
    return run(lake, "rename", *words)


def synced(lake: Path) -> list[dict[str, Any]]:
    """The streams that Airbyte is told of."""
    stacks = load_lake(lake).model.stacks.values()
    found = [stream for stack in stacks for streams in stack.streams.values() for stream in streams]
    assert found
    return [stream.to_protocol() for stream in found]


def test_a_source_has_another_id_everywhere(tmp_path: Path) -> None:
    faker = (
        "sources:\n  faker: # sample data\n    connector: source-faker\n    configuration: {count: 10}\n"
        "  copy: {connector: source-faker, configuration: {count: 1}, streams_from: faker}\n"
        "connections:\n"
        '  faker_to_lake: {source: "faker", destination: lake, schedule: {every: 6h}} # faker, every 6 hours\n'
        "  copy_to_lake: {source: copy, destination: lake, prefix: copy_, overrides: {airbyte: {source: faker}}}\n"
    )
    lake = write_lake(tmp_path, {**SPLIT, "dag/registry/faker.yaml": faker})
    assert rename(lake, "faker", "sample") == Result(
        0,
        "wrote dag/registry/faker.yaml\n"
        "wrote dag/registry/history.yaml\n"
        "removed dag/sources/faker/orders.json\n"
        "removed dag/sources/faker/users.json\n"
        "wrote dag/sources/sample/orders.json\n"
        "wrote dag/sources/sample/users.json\n"
        "removed dag/streams/faker/orders.json\n"
        "removed dag/streams/faker/users.json\n"
        "wrote dag/streams/sample/orders.json\n"
        "wrote dag/streams/sample/users.json\n"
        'its name in Airbyte becomes "Sample"; to keep it, add to the entry: name: Faker\n' + NEXT,
        "",
    )
    assert text_of(lake, "dag/registry/faker.yaml") == (
        faker.replace("  faker: #", "  sample: #")
        .replace("streams_from: faker", "streams_from: sample")
        .replace('source: "faker"', "source: sample")
        .replace("{source: faker}", "{source: sample}")
    )
    assert text_of(lake, "dag/registry/history.yaml") == "renamed:\n  - {from: sources.faker, to: sources.sample}\n"
    assert text_of(lake, "dag/streams/sample/users.json") == "{}\n"
    assert not (lake / "dag/streams/faker").exists()
    assert [problem.rule for problem in problems_of(lake) if problem.severity == "error"] == []


def test_a_connection_says_that_its_minute_changes(tmp_path: Path) -> None:
    faker = f"{SOURCE}connections:\n  faker_to_lake: {{source: faker, destination: lake, schedule: {{every: 6h}}}}\n"
    lake = write_lake(tmp_path, {**SPLIT, "dag/registry/faker.yaml": faker})
    assert rename(lake, "connections.faker_to_lake", "connections.night") == Result(
        0,
        "wrote dag/registry/faker.yaml\n"
        "wrote dag/registry/history.yaml\n"
        "the minute at which it starts comes from its id, and changes; "
        "lakeform review tells the at: that keeps it\n" + NEXT,
        "",
    )
    assert text_of(lake, "dag/registry/faker.yaml") == faker.replace("faker_to_lake:", "night:")
    assert problems_of(lake) == ()


def test_a_stream_file_has_another_name_where_connections_name_it(tmp_path: Path) -> None:
    faker = f"{SOURCE}connections:\n  faker_to_lake:\n    source: faker\n    destination: lake\n    streams:\n      - users # all\n      - orders\n"
    users = '{\n  "selected":   true,\n  "sync_mode": "full_refresh"\n}\n'
    lake = write_lake(tmp_path, {**SPLIT, "dag/registry/faker.yaml": faker, "dag/streams/faker/users.json": users})
    before = synced(lake)
    assert rename(lake, "streams.faker.users", "people") == Result(
        0,
        "wrote dag/registry/faker.yaml\n"
        "wrote dag/registry/history.yaml\n"
        "wrote dag/streams/faker/people.json\n"
        "removed dag/streams/faker/users.json\n" + NEXT,
        "",
    )
    assert "people" in text_of(lake, "dag/registry/faker.yaml")
    assert "users" not in text_of(lake, "dag/registry/faker.yaml")
    assert text_of(lake, "dag/registry/history.yaml") == (
        "renamed:\n  - {from: streams.faker.users, to: streams.faker.people}\n"
    )
    assert text_of(lake, "dag/streams/faker/people.json") == users.replace("\n}", ',\n  "stream": "users"\n}')
    assert problems_of(lake) == ()
    assert synced(lake) == before


@pytest.mark.parametrize(
    ("users", "people"),
    [
        ("{}\n", '{"stream": "users"}\n'),
        ('{"stream": null}\n', '{"stream": "users"}\n'),
        ('{"stream": "users", "namespace": ""}\n', '{"stream": "users", "namespace": ""}\n'),
        ('{"namespace": ""}\n', '{"namespace": "", "stream": "users"}\n'),
    ],
)
def test_a_stream_stays_the_same_one(tmp_path: Path, users: str, people: str) -> None:
    lake = write_lake(
        tmp_path,
        {
            **SPLIT,
            "dag/streams/faker/users.json": users,
            "dag/sources/faker/public.users.json": '{"name": "users2", "namespace": "public"}',
        },
    )
    before = synced(lake)
    assert rename(lake, "streams.faker.users", "people").code == 0
    assert text_of(lake, "dag/streams/faker/people.json") == people
    assert synced(lake) == before


@pytest.mark.parametrize(
    ("what", "new", "code", "said"),
    [
        ("faker", "lake", 0, ""),  # a destination may be called so, too
        ("faker", "Faker 2", 2, "lower-case letters, digits and _"),
        ("faker", "faker", 2, "the source is called faker already"),
        ("faker", "copy", 2, "sources.copy exists: dag/registry/copy.yaml:2:3"),
        ("streams.faker.users", "orders", 2, "dag/streams/faker/orders.json exists, and no file is overwritten"),
        ("streams.faker.users", "below/orders2", 2, '"below/orders2" cannot be the name of a stream file'),
        ("streams.faker.users", "../orders2", 2, '"../orders2" cannot be the name of a stream file'),
        ("streams.faker.users", "_catalog", 2, '"_catalog" cannot be the name of a stream file'),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, what: str, new: str, code: int, said: str) -> None:
    copy = "sources:\n  copy: {connector: source-faker, configuration: {count: 1}, streams_from: faker}\n"
    lake = write_lake(tmp_path, {**SPLIT, "dag/registry/copy.yaml": copy})
    before = files_of(lake)
    result = rename(lake, what, new)
    assert (result.code, said in result.err) == (code, True), result
    assert (files_of(lake) == before) == (code != 0)


HISTORY = "dag/registry/history.yaml"


def told_before(old: str, new: str) -> str:
    return (
        f"the rename of sources.faker to sources.{old} counts as never applied; "
        f"if it was applied in a stack, the line below renamed: has to be {{from: sources.{old}, to: sources.{new}}}\n"
    )


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """A lake whose faker was renamed to one."""
    lake = write_lake(
        tmp_path, {**MINIMAL, "dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + "connections: {}\n"}
    )
    assert rename(lake, "faker", "one").code == 0
    return lake


def test_of_two_renames_there_is_one_line(renamed: Path) -> None:
    result = rename(renamed, "one", "two")
    assert (result.code, told_before("one", "two") in result.out) == (0, True)
    assert text_of(renamed, HISTORY) == "renamed:\n  - {from: sources.faker, to: sources.two}\n"


def test_with_the_first_name_again_there_is_no_line(renamed: Path) -> None:
    result = rename(renamed, "one", "faker")
    assert (result.code, told_before("one", "faker") in result.out) == (0, True)
    assert not (renamed / HISTORY).exists()


@pytest.mark.parametrize(
    ("new", "left"),
    [
        (
            "two",
            "renamed:\n  # to be seen\n  - {from: destinations.raw, to: destinations.lake} # 1\n  - {from: sources.faker, to: sources.two} # 2\n",
        ),
        ("faker", "renamed:\n  # to be seen\n  - {from: destinations.raw, to: destinations.lake} # 1\n"),
    ],
)
def test_the_other_lines_stay(renamed: Path, new: str, left: str) -> None:
    lines = (
        "renamed:\n  # to be seen\n  - {from: destinations.raw, to: destinations.lake} # 1\n"
        "  - {from: sources.faker, to: sources.one} # 2\n"
    )
    (renamed / HISTORY).write_text(lines, "utf-8")
    assert rename(renamed, "one", new).code == 0
    assert text_of(renamed, HISTORY) == left


def test_a_stream_is_renamed_back_without_a_line(tmp_path: Path) -> None:
    lake = write_lake(tmp_path, SPLIT)
    assert rename(lake, "streams.faker.users", "people").code == 0
    assert rename(lake, "streams.faker.people", "users").code == 0
    assert not (lake / HISTORY).exists()
    assert text_of(lake, "dag/streams/faker/users.json") == '{"stream": "users"}\n'


def test_what_two_lines_say_is_not_made_one(renamed: Path) -> None:
    lines = "renamed:\n  - {from: sources.faker, to: sources.one}\n  - {from: sources.old, to: sources.one}\n"
    (renamed / HISTORY).write_text(lines, "utf-8")
    assert "counts as never applied" not in rename(renamed, "one", "two").out
    assert text_of(renamed, HISTORY) == lines + "  - {from: sources.one, to: sources.two}\n"
