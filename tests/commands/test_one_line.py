"""Names that hold a line break: no verb lets one make a line of its own, which would be taken for lakeform's word."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.base.columns import columns
from infra.commands.review_print import print_review
from infra.review.details.change import Refusal
from tests.review.test_review_markdown import EMPTY
from tests.support.lakes import LAKE, REGISTRY, run, write_lake

FORGED = "0 changes: nothing to look at."
NAME = f"users\n{FORGED}"
ODD = json.dumps(NAME)

AGAIN = {"stream": NAME, "fields": {"id": {"type": "integer"}}, "backfill": {"token": "again", "reason": NAME}}

IDS = "".join(
    f"{section}:\n  {ODD}: {{connector: {connector}, configuration: {{}}}}\n"
    for section, connector in (("sources", "source-faker"), ("destinations", "destination-s3"))
)
CONNECTIONS = f"connections:\n  {ODD}: {{source: {ODD}, destination: {ODD}}}\n"


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake whose entries have such ids."""
    return write_lake(tmp_path_factory.mktemp("ids"), {"dag/registry/lake.yaml": LAKE + IDS + CONNECTIONS})


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with a stream of such a name, and a backfill of it."""
    lake = REGISTRY.replace("auth: none", "auth: none\n      backfills: true")
    files = {"dag/registry/lake.yaml": lake, "dag/streams/faker/users.json": json.dumps(AGAIN)}
    return write_lake(tmp_path_factory.mktemp("streams"), files)


def assert_nothing_forged(root: Path, words: tuple[str, ...]) -> None:
    result = run(root, *words)

    lines = (result.out + result.err).splitlines()
    assert lines
    assert [line for line in lines if line.strip().startswith(FORGED)] == []


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("explain", "nope"),
        ("explain", "sources.nope"),
        ("explain", NAME),
        ("remove", "nope", "--reason", "x"),
        ("remove", NAME, "--reason", "x"),
        ("rename", "nope", "other"),
        ("add", "connection", "a_to_b", "--source", "nope", "--destination", "nope"),
        ("add", "stream", "nope", "users"),
        ("discover", "nope"),
        ("catalog", "nope"),
        ("sync", "nope"),
        ("test", "nope"),
        ("impact", "nope"),
        ("read", "nope"),
        ("review", "--base", "nope"),
    ],
    ids=lambda words: " ".join(words).replace("\n", "-"),
)
def test_ids_with_line_breaks_stay_on_their_line(ids: Path, words: tuple[str, ...]) -> None:
    assert_nothing_forged(ids, words)


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("backfill", "--list"),
        ("backfill", "faker", "users", "--token", "new"),
        ("backfill", "faker", "nope", "--token", "new"),
        ("explain", "connections.faker_to_lake.streams.nope"),
        ("remove", "faker.nope", "--reason", "x"),
        ("impact", "faker.nope"),
    ],
    ids=" ".join,
)
def test_names_of_streams_with_line_breaks_stay_on_their_line(streams: Path, words: tuple[str, ...]) -> None:
    assert_nothing_forged(streams, words)


def test_a_review_tells_a_name_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    refused = Refusal(f"faker.{NAME}", "stream-lost", f"takes {NAME} out", "write it")
    print_review(replace(EMPTY, refused=(refused,), notes=(f"the stream {NAME}",)), "text")

    lines = capsys.readouterr().out.splitlines()
    assert rf"    the stream users\n{FORGED}" in lines
    assert [line for line in lines if line.strip().startswith(FORGED)] == []


def test_a_cell_is_no_second_row() -> None:
    assert columns([("a\nb", "c"), ("d", "e")]) == [r"a\nb  c", "d     e"]
