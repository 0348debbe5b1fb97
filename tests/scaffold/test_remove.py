"""`lakeform remove`: an entry or a stream goes, with all that is only its own, and a line says that it was meant."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.lakes import (
    CONNECTION,
    DESTINATION,
    LAKE,
    MINIMAL,
    SOURCE,
    Files,
    Result,
    problems_of,
    run,
    write_lake,
)

DAY = re.compile(r"\d{4}-\d\d-\d\d")
NEXT = "next: lakeform synth, and a pull request; lakeform review tells what it does to the data\n"


def remove(lake: Path, *words: str) -> Result:
    return run(lake, "remove", *words, "--reason", "not used any more")


def text_of(lake: Path, file: str) -> str:
    """The file with the day of the run as DAY."""
    return DAY.sub("DAY", (lake / file).read_text("utf-8"))


def files_of(lake: Path, folder: str = "dag") -> list[str]:
    found = (path.relative_to(lake).as_posix() for path in (lake / folder).rglob("*") if path.is_file())
    return sorted(path for path in found if not path.startswith("dag/connectors/"))


SPLIT: Files = {
    "dag/registry/main.yaml": LAKE + DESTINATION,
    "dag/registry/faker.yaml": SOURCE + CONNECTION,
    "dag/streams/faker/users.json": "{}\n",
    "dag/streams/faker/orders.json": "{}\n",
    "dag/sources/faker/users.json": '{"name": "users"}',
    "dag/sources/faker/orders.json": '{"name": "orders"}',
}


def test_a_source_goes_with_its_files_and_its_connections(tmp_path: Path) -> None:
    lake = write_lake(tmp_path, SPLIT)
    assert remove(lake, "faker", "--with-connections") == Result(
        0,
        "removed dag/registry/faker.yaml\n"
        "wrote dag/registry/history.yaml\n"
        "removed dag/sources/faker/orders.json\n"
        "removed dag/sources/faker/users.json\n"
        "removed dag/streams/faker/orders.json\n"
        "removed dag/streams/faker/users.json\n" + NEXT,
        "",
    )
    assert files_of(lake) == ["dag/registry/history.yaml", "dag/registry/main.yaml"]
    assert not (lake / "dag/streams/faker").exists()
    assert text_of(lake, "dag/registry/history.yaml") == (
        "retired:\n"
        '  - {entry: connections.faker_to_lake, date: "DAY", reason: not used any more}\n'
        '  - {entry: sources.faker, date: "DAY", reason: not used any more}\n'
    )
    assert [problem.rule for problem in problems_of(lake)] == ["unused-entry"]


def test_what_a_connection_needs_is_not_removed_alone(tmp_path: Path) -> None:
    lake = write_lake(tmp_path, SPLIT)
    before = files_of(lake)
    assert remove(lake, "sources.faker") == Result(
        2,
        "",
        "lakeform remove: connections.faker_to_lake needs sources.faker; --with-connections removes them too\n",
    )
    assert files_of(lake) == before


def test_a_source_whose_streams_another_one_uses_stays(tmp_path: Path) -> None:
    other = "sources:\n  copy: {connector: source-faker, configuration: {count: 1}, streams_from: faker}\n"
    lake = write_lake(tmp_path, {**SPLIT, "dag/registry/copy.yaml": other})
    assert remove(lake, "faker", "--with-connections") == Result(
        2,
        "",
        "lakeform remove: sources.copy uses the streams of sources.faker; "
        "remove sources.copy first, or give it stream files of its own\n",
    )


def test_everything_else_in_the_file_stays(tmp_path: Path) -> None:
    registry = (
        LAKE
        + SOURCE
        + DESTINATION
        + "# Who reads what\nconnections:\n  # every night\n  faker_to_lake: {source: faker, destination: lake}\n"
        "  # by hand\n  second: {source: faker, destination: lake, prefix: x_} # for tests\n"
        "retired:\n  - entry: sources.old # long ago\n    date: 2024-01-01\n    reason: gone\n"
    )
    lake = write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": registry})
    assert remove(lake, "connections.second") == Result(0, f"wrote dag/registry/lake.yaml\n{NEXT}", "")
    assert text_of(lake, "dag/registry/lake.yaml") == DAY.sub("DAY", registry).replace(
        "  second: {source: faker, destination: lake, prefix: x_} # for tests\n", ""
    ) + ('  - {entry: connections.second, date: "DAY", reason: not used any more}\n')


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("streams: [users, orders]", "streams: [orders]"),
        ("streams: {users: {prefix: x}, orders: {}}", "streams: {orders: {}}"),
        ("exclude: [users]", None),
    ],
)
def test_a_stream_goes_also_where_connections_name_it(tmp_path: Path, written: str, left: str | None) -> None:
    written = written.replace("{prefix: x}", "{sync_mode: full_refresh}")
    line = f"  faker_to_lake: {{source: faker, destination: lake, {written}}}\n"
    lake = write_lake(tmp_path, {**SPLIT, "dag/registry/faker.yaml": f"{SOURCE}connections:\n{line}"})
    assert remove(lake, "streams.faker.users").code == 0
    becomes = line.replace(f", {written}", f", {left}" if left else "")
    assert text_of(lake, "dag/registry/faker.yaml") == f"{SOURCE}connections:\n{becomes}"
    history = lake / "dag/registry/history.yaml"
    assert history.exists() == (left is not None)  # no line for a stream that no connection synced
    assert problems_of(lake) == ()


def test_the_last_stream_of_a_connection_is_refused(tmp_path: Path) -> None:
    lake = write_lake(tmp_path)
    before = files_of(lake)
    result = remove(lake, "streams.faker.users")
    assert (result.code, result.out) == (1, "")
    assert "  no-streams  " in result.err
    assert result.err.endswith("nothing is written: with this the lake would not pass check\n")
    assert files_of(lake) == before


def test_what_git_does_not_have_is_not_removed(tmp_path: Path) -> None:
    lake = write_lake(tmp_path, SPLIT)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", str(lake), *words], check=True)
    (lake / "dag/streams/faker/users.json").write_text("{ }", "utf-8")
    (lake / "dag/streams/faker/new.json").write_text("{}", "utf-8")
    assert remove(lake, "faker", "--with-connections") == Result(
        2,
        "",
        "lakeform remove: git does not have dag/streams/faker/new.json, dag/streams/faker/users.json as it is now; "
        "commit it first, or add --force\n",
    )
    assert remove(lake, "faker", "--with-connections", "--force").code == 0


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("fakr", 'there is no source or destination or connection "fakr"; did you mean "faker"?'),
        ("connections.faker", 'there is no connection "faker"; in the registry: faker_to_lake'),
        ("streams.faker.user", 'dag/streams/faker/ has no file "user.json"; did you mean "users"?'),
        ("streams.fakr.users", 'there is no source "fakr"; did you mean "faker"?'),
    ],
)
def test_a_name_that_is_none_has_its_near_matches(tmp_path: Path, what: str, said: str) -> None:
    assert remove(write_lake(tmp_path), what) == Result(2, "", f"lakeform remove: {said}\n")
