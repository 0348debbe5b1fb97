"""`lakeform add stream SOURCE NAME --fields id:integer`: a stream of a source that nobody here can ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.scaffold.described import TYPES
from tests.support.lakes import DESTINATION, LAKE, REPOSITORY, Result, problems_of, run, write_files, write_lake

OFFERED, STREAMS = "dag/sources/shop", "dag/streams/shop"
ORDERS = ("add", "stream", "shop", "orders")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake to which the source shop was added."""
    root = write_lake(tmp_path / "lake", {"dag/registry/main.yaml": LAKE + DESTINATION})
    assert run(root, "add", "source", "shop", "--connector", "source-faker").code == 0
    return root


def test_it_writes_what_the_source_would_say_and_the_stream_file(lake: Path) -> None:
    page = (REPOSITORY / "docs/adding-a-source.md").read_text("utf-8")
    typed, _, shown = page.partition("$ lakeform add stream shop orders ")[2].partition("```")[0].partition("\n")

    result = run(lake, *ORDERS, *typed.split())

    assert (result.code, result.out, result.err) == (0, shown, "")
    assert json.loads((lake / OFFERED / "_discovery.json").read_text()) == {
        "connector": "source-faker",
        "from": "description",
    }
    assert json.loads((lake / OFFERED / "public.orders.json").read_text()) == {
        "name": "orders",
        "namespace": "public",
        "json_schema": {
            "type": "object",
            "properties": {
                "id": {"type": ["null", "integer"]},
                "total": {"type": ["null", "number"]},
                "updated_at": {
                    "type": ["null", "string"],
                    "format": "date-time",
                    "airbyte_type": "timestamp_with_timezone",
                },
            },
        },
        "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_primary_key": [["id"]],
    }
    assert (lake / STREAMS / "public.orders.json").read_text() == (
        '{\n  "stream": "orders",\n  "namespace": "public",\n  "cursor_field": ["updated_at"]\n}\n'
    )
    assert problems_of(lake) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("id:int",), 'the field "id" has no such type: "int"; did you mean "integer"?'),
        (("id:jsonb",), 'the field "id" has no such type: "jsonb"; did you mean "object"?'),
        (("id:timestmap",), 'the field "id" has no such type: "timestmap"; did you mean "timestamp"?'),
        (("id:xyz",), f'the field "id" has no such type: "xyz"; types: {", ".join(sorted(TYPES))}'),
        (("id:integer,note",), 'the field "note" has no type, and others have one: write note:string'),
        ((":integer",), '":integer" names no field: write it as id:integer'),
        (("id:integer", "--primary-key", "idd"), '--fields has no "idd"; did you mean "id"?'),
        (("id:integer", "--cursor-field", "at"), '--fields has no "at"; fields: id'),
        (
            ("id", "--cursor-field", "id"),
            "--cursor-field describes a stream, and so needs --fields with types: id:integer",
        ),
    ],
)
def test_a_mistake_is_told_with_what_to_write(lake: Path, words: tuple[str, ...], said: str) -> None:
    result = run(lake, *ORDERS, "--fields", *words)

    assert (result.code, result.out, result.err) == (2, "", f"lakeform add: {said}\n")
    assert not (lake / OFFERED).exists()


def test_a_second_stream_and_a_new_description_keep_the_first(lake: Path) -> None:
    assert run(lake, *ORDERS, "--fields", "id:integer").code == 0
    assert run(lake, "add", "stream", "shop", "items", "--fields", "id:integer").code == 0

    result = run(lake, *ORDERS, "--fields", "id:string")

    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "wrote dag/sources/shop/orders.json\ndag/streams/shop/orders.json stays as it is\nnext: lakeform synth\n"
    )
    assert sorted(path.name for path in (lake / OFFERED).iterdir()) == ["_discovery.json", "items.json", "orders.json"]


def offered(lake: Path, fields: dict[str, object]) -> str:
    """A file with what a connector says of its streams."""
    one = {"name": "orders", "json_schema": {"properties": fields}, "supported_sync_modes": ["full_refresh"]}
    write_files(lake.parent, {"catalog.json": json.dumps({"streams": [one]})})
    return str(lake.parent / "catalog.json")


def test_a_discovery_takes_its_place_without_an_alarm(lake: Path) -> None:
    assert run(lake, *ORDERS, "--fields", "id:integer,at:timestamp").code == 0
    number = {"type": "number", "airbyte_type": "integer"}
    file = offered(lake, {"id": number, "at": {"type": "string", "format": "date-time"}, "more": {"type": "string"}})

    diff = run(lake, "discover", "shop", "--from", file, "--diff")

    assert (diff.code, diff.err) == (0, "")
    assert diff.out == "shop: offers exactly what dag/sources/shop says\n"
    assert run(lake, "discover", "shop", "--from", file).code == 0
    assert '"from": "file"' in (lake / OFFERED / "_discovery.json").read_text()


def test_what_is_used_and_not_there_is_an_alarm(lake: Path) -> None:
    assert run(lake, *ORDERS, "--fields", "id:integer,gone:string").code == 0

    diff = run(lake, "discover", "shop", "--from", offered(lake, {"id": {"type": "integer"}}), "--diff")

    assert diff.code == 1
    assert diff.out.splitlines()[1] == "breaking  orders.gone  field removed, it was string: the stream syncs it"


def test_a_source_that_was_discovered_says_the_types(lake: Path) -> None:
    assert run(lake, "discover", "shop", "--from", offered(lake, {"id": {"type": "integer"}})).code == 0

    result = run(lake, *ORDERS, "--fields", "id:integer")

    assert (result.code, result.out, result.err) == (
        2,
        "",
        "lakeform add: shop was discovered, which says the types of its fields: name the fields alone, without types\n",
    )
    assert run(lake, *ORDERS, "--fields", "id").code == 0
    assert '"fields": ["id"]' in (lake / STREAMS / "orders.json").read_text()


def test_the_page_lists_the_types() -> None:
    page = (REPOSITORY / "docs/adding-a-source.md").read_text("utf-8")
    assert ", ".join(f"`{name}`" for name in TYPES) in " ".join(page.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("items",),
            'shop offers no stream "items"; streams: orders; to describe it: lakeform add stream shop items --fields id:integer',
        ),
        (
            ("items", "--fields", ""),
            "--fields is empty: name fields, or, of a stream that nobody discovered, with types: id:integer",
        ),
    ],
)
def test_another_stream_has_to_be_described(lake: Path, words: tuple[str, ...], said: str) -> None:
    assert run(lake, *ORDERS, "--fields", "id:integer").code == 0
    assert run(lake, "add", "stream", "shop", *words) == Result(2, "", f"lakeform add: {said}\n")
