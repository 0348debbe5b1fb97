"""Values of Parquet files in landing tables: the file's own types, nothing lost, nothing rounded, nothing taken for another."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count

import pytest

from infra.landing.engine.engine import Engine
from infra.landing.types.column_type import parse_type
from tests.support.landings import EXTRACTED, Table, airbyte, table_in

NUMBERS = count()


@pytest.fixture
def table(lake: Engine) -> Table:
    return table_in(lake, f"parquet_{next(NUMBERS)}")


def asked(table: Table, **types: str) -> Table:
    parsed = {name: parse_type(text) for name, text in types.items()}
    return table.but(asked=parsed, declared={**table.target.declared, **parsed})


def declared(table: Table, **types: str) -> Table:
    return table.but(declared={name: parse_type(text) for name, text in types.items()})


def test_what_airbyte_puts_before_the_fields(table: Table) -> None:
    table.put("0.parquet", airbyte("1 AS id", extracted=EXTRACTED + 7, generation=3, sync=12))
    fed = table.feed()
    assert fed.problems == {}
    described = {name: type_ for name, type_, *_ in table.engine.rows(f"DESCRIBE {table.target.table}")}
    assert described["_airbyte_extracted_at"] == "TIMESTAMP WITH TIME ZONE"
    assert table.rows("_airbyte_extracted_at, _airbyte_generation_id, _airbyte_meta.sync_id, len(_airbyte_raw_id)") == [
        (datetime(2025, 11, 24, 16, 0, 0, 7000, UTC), 3, 12, 36)
    ]
    contents = table.ledger()["0.parquet"].contents
    extracted = (EXTRACTED + 7) * 1000
    assert (contents.rows, contents.generations, contents.extracted, contents.sync_id, contents.changes) == (
        *(1, (3, 3), (extracted, extracted), 12, 0),
    )


@pytest.mark.parametrize("type_", ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_MS", "TIMESTAMP_NS"])
def test_the_extraction_as_a_timestamp_is_the_same_moment(table: Table, type_: str) -> None:
    table.put("0.parquet", f"TIMESTAMP '2025-11-24 16:00:00.007'::{type_} AS _airbyte_extracted_at, 1::BIGINT AS id")
    table.put("1.parquet", airbyte("2::BIGINT AS id", extracted=EXTRACTED + 7))
    assert table.feed().problems == {}
    moment = datetime(2025, 11, 24, 16, 0, 0, 7000, UTC)
    assert [row for (row,) in table.rows("_airbyte_extracted_at::TIMESTAMPTZ")] == [moment, moment]
    assert table.ledger()["0.parquet"].contents.extracted == ((EXTRACTED + 7) * 1000,) * 2


def test_values_of_every_type(table: Table) -> None:
    table.put(
        "0.parquet",
        airbyte(
            "9223372036854775807::BIGINT AS big, 0.1::DOUBLE AS fraction, true AS flag, 'ünï\n\"' AS text, '' AS empty, "
            "NULL::VARCHAR AS nothing, DATE '0001-01-01' AS day, TIME '23:59:59.999999' AS clock, "
            "TIMESTAMP '2026-01-01 12:00:00' AS plain, TIMESTAMPTZ '2026-01-01 12:00:00+02' AS zoned, "
            "12345678901234567890.12::DECIMAL(38,2) AS money, 'NaN'::DOUBLE AS nan"
        ),
    )
    assert table.feed().problems == {}
    assert table.types() == {
        "big": "BIGINT",
        "fraction": "DOUBLE",
        "flag": "BOOLEAN",
        "text": "VARCHAR",
        "empty": "VARCHAR",
        "nothing": "VARCHAR",
        "day": "DATE",
        "clock": "TIME",
        "plain": "TIMESTAMP",
        "zoned": "TIMESTAMP WITH TIME ZONE",
        "money": "DECIMAL(38,2)",
        "nan": "DOUBLE",
    }
    assert table.rows("* EXCLUDE (nan) RENAME (big AS big), nan::VARCHAR AS nan", order="big")[0][4:-6] == (
        *(2**63 - 1, 0.1, True, 'ünï\n"', "", None, date(1, 1, 1), time(23, 59, 59, 999999)),
        datetime(2026, 1, 1, 12),  # noqa: DTZ001
        *(datetime(2026, 1, 1, 10, tzinfo=UTC), Decimal("12345678901234567890.12")),
    )


def test_columns_of_the_source_that_duckdb_has_too(table: Table) -> None:
    names = (
        "filename",
        "file_row_number",
        "file_index",
        "year",
        "rowid",
        "snapshot_id",
        "Select",
        "a b",
        'q"',
        "it's",
        "*",
    )
    fields = ", ".join(
        f'{number}::BIGINT + range AS "{name.replace(chr(34), chr(34) * 2)}"' for number, name in enumerate(names)
    )
    table.put("year=2020/month=1/0.parquet", airbyte(f"{fields} FROM range(3)"))
    table.put("year=2021/month=1/0.parquet", airbyte(f"{fields} FROM range(3)"))
    assert table.feed().problems == {}
    assert list(table.types()) == list(names)
    assert table.rows('"filename", "file_row_number", "year", "rowid", "*", _lake_row') == sorted(
        [(n, n + 1, n + 3, n + 4, n + 10, n) for n in range(3)] * 2
    )
    assert {file for (file,) in table.rows("_lake_file")} == {
        f"{table.prefix}year={year}/month=1/0.parquet" for year in (2020, 2021)
    }


@pytest.mark.parametrize("name", ["_lake_file", "_lake_row", "_LAKE_Batch"])
def test_columns_that_are_ours_are_refused(table: Table, name: str) -> None:
    table.put("0.parquet", airbyte(f"1 AS id, 2 AS {name}"))
    table.put("1.parquet", airbyte("2 AS id"))
    fed = table.feed()
    assert fed.files == 1
    assert list(fed.problems) == [f"{table.prefix}0.parquet"]
    assert table.rows("id") == [(2,)]


def test_names_that_differ_in_capitals_alone(table: Table) -> None:
    """DuckDB's columns have no case: two such columns of a file are told, one such of another file is the same column."""
    table.put("0.parquet", airbyte("1::BIGINT AS \"Id\", 'a' AS name"))
    table.feed()
    table.put("1.parquet", airbyte('2::BIGINT AS "ID", \'b\' AS "NAME"'))
    assert table.feed().problems == {}
    assert table.rows("id, name") == [(1, "a"), (2, "b")]


def test_a_later_file_with_more_less_or_other_columns_loses_nothing(table: Table) -> None:
    table.put("0.parquet", airbyte("1::BIGINT AS id, 'a' AS name"))
    table.put("1.parquet", airbyte("2::BIGINT AS id, 'b' AS name, 1.5::DOUBLE AS extra"))
    table.put("2.parquet", airbyte("3::BIGINT AS id"))
    table.put("3.parquet", airbyte("'d' AS name, 4::BIGINT AS id"))
    assert table.feed().problems == {}
    assert table.rows("id, name, extra") == [(1, "a", None), (2, "b", 1.5), (3, None, None), (4, "d", None)]


def test_the_first_file_of_a_list_decides_nothing(table: Table) -> None:
    """In one list, DuckDB would make numbers of texts and drop what the first file lacks."""
    table.put("0.parquet", airbyte("'007' AS code"))
    table.put("1.parquet", airbyte("1.5::DOUBLE AS code, 'x' AS more"))
    fed = table.feed()
    assert list(fed.problems) == [f"{table.prefix}1.parquet"]
    assert table.rows("code") == [("007",)]


def test_types_widen_and_values_survive(table: Table) -> None:
    table.put("0.parquet", airbyte("1::INTEGER AS n, 1.5::FLOAT AS x, 1.50::DECIMAL(9,2) AS d"))
    table.feed()
    table.put(
        "1.parquet", airbyte("9223372036854775807::BIGINT AS n, 0.1::DOUBLE AS x, 1234567890.12::DECIMAL(18,2) AS d")
    )
    table.put("2.parquet", airbyte("3::TINYINT AS n, 2.5::FLOAT AS x, 0.5::DECIMAL(9,1) AS d"))
    assert table.feed().problems == {}
    assert table.types() == {"n": "BIGINT", "x": "DOUBLE", "d": "DECIMAL(18,2)"}
    assert table.rows("n, x, d") == [
        (1, 1.5, Decimal("1.50")),
        (3, 2.5, Decimal("0.50")),
        (2**63 - 1, 0.1, Decimal("1234567890.12")),
    ]


def test_structs_gain_fields_in_any_order(table: Table) -> None:
    table.put("0.parquet", airbyte("{'a': 1, 'b': {'x': 'one'}} AS s, [{'k': 1}] AS l"))
    table.feed()
    table.put(
        "1.parquet",
        airbyte("{'c': DATE '2026-01-01', 'b': {'y': 2.5, 'x': 'two'}, 'a': 2} AS s, [{'m': 'z', 'k': 2}] AS l"),
    )
    table.put("2.parquet", airbyte("{'b': {'x': 'three'}} AS s, []::STRUCT(k INTEGER)[] AS l"))
    assert table.feed().problems == {}
    assert table.rows("s.a, s.b.x, s.b.y::DOUBLE, s.c, to_json(l)::VARCHAR", order="s.b.x") == [
        (1, "one", None, None, '[{"k":1,"m":null}]'),
        (None, "three", None, None, "[]"),
        (2, "two", 2.5, date(2026, 1, 1), '[{"k":2,"m":"z"}]'),
    ]


def test_objects_without_properties_are_json(table: Table) -> None:
    table = declared(table, o="JSON", t="VARCHAR")
    table.put("0.parquet", airbyte("'{\"a\": [1, 2.50]}' AS o, '{not json' AS t"))
    assert table.feed().problems == {}
    assert table.types() == {"o": "JSON", "t": "VARCHAR"}
    assert table.rows("o::VARCHAR, t") == [('{"a": [1, 2.50]}', "{not json")]


def test_json_that_becomes_a_struct_stays_json_and_the_reverse_is_told(table: Table) -> None:
    table = declared(table, o="JSON", s="STRUCT(a BIGINT)")
    table.put("0.parquet", airbyte("'{\"a\": 1}' AS o, {'a': 1::BIGINT} AS s"))
    table.put("1.parquet", airbyte("{'a': 2, 'b': [DATE '2026-01-01']} AS o, {'a': 2::BIGINT} AS s"))
    table.put("2.parquet", airbyte("[1, 2] AS o, {'a': 3::BIGINT} AS s"))
    assert table.feed().problems == {}
    assert table.rows("o::VARCHAR, s.a") == [("[1,2]", 3), ('{"a": 1}', 1), ('{"a":2,"b":["2026-01-01"]}', 2)]
    table.put("3.parquet", airbyte("'{}' AS o, '{\"a\": 1}' AS s"))
    fed = table.feed()
    assert list(fed.problems) == [f"{table.prefix}3.parquet"]
    assert "s is STRUCT" in fed.problems[f"{table.prefix}3.parquet"]


def test_text_that_is_no_json_is_told(table: Table) -> None:
    table = declared(table, o="JSON")
    table.put("0.parquet", airbyte("'{\"a\": 1}' AS o"))
    table.put("1.parquet", airbyte("'{broken' AS o"))
    fed = table.feed()
    assert (fed.files, list(fed.problems)) == (1, [f"{table.prefix}1.parquet"])
    assert "Malformed JSON" in fed.problems[f"{table.prefix}1.parquet"]


def test_nested_values_as_json(table: Table) -> None:
    table = table.but(json=True)
    table.put("0.parquet", airbyte("{'a': 1} AS s, [1, 2] AS l, MAP {'k': 1} AS m, 'x' AS t"))
    table.put("1.parquet", airbyte("{'a': 'now text'} AS s, ['a'] AS l, MAP {'k': 'v'} AS m, 'y' AS t"))
    assert table.feed().problems == {}
    assert table.types() == {"s": "JSON", "l": "JSON", "m": "JSON", "t": "VARCHAR"}
    assert table.rows("s::VARCHAR, l::VARCHAR, m::VARCHAR", order="t") == [
        ('{"a":1}', "[1,2]", '{"k":1}'),
        ('{"a":"now text"}', '["a"]', '{"k":"v"}'),
    ]


def test_types_that_are_asked_for(table: Table) -> None:
    table = asked(table, price="DECIMAL(10,2)", day="DATE", code="VARCHAR", n="BIGINT")
    table.put("0.parquet", airbyte("9.99::DOUBLE AS price, '2026-01-02' AS day, 7 AS code, 4.0::DOUBLE AS n"))
    table.put("1.parquet", airbyte("'12.50' AS price, TIMESTAMP '2026-01-03 00:00:00' AS day, true AS code, '-5' AS n"))
    table.put(
        "2.parquet", airbyte("NULL::DOUBLE AS price, NULL::VARCHAR AS day, NULL::VARCHAR AS code, NULL::DOUBLE AS n")
    )
    fed = table.feed()
    assert fed.problems == {}
    assert table.types() == {"price": "DECIMAL(10,2)", "day": "DATE", "code": "VARCHAR", "n": "BIGINT"}
    assert table.rows("price, day, code, n", order="price NULLS LAST") == [
        (Decimal("9.99"), date(2026, 1, 2), "7", 4),
        (Decimal("12.50"), date(2026, 1, 3), "true", -5),
        (None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("DECIMAL(5,2)", "1000.0::DOUBLE"),
        ("DECIMAL(5,2)", "'abc'"),
        ("BIGINT", "1.5::DOUBLE"),
        ("BIGINT", "1e30::DOUBLE"),
        ("BIGINT", "'1.5'"),
        ("BIGINT", "'9223372036854775808'"),
        ("INTEGER", "3000000000::BIGINT"),
        ("UBIGINT", "1.5::DOUBLE"),
        ("UINTEGER", "'1.5'"),
        ("HUGEINT", "0.5::DECIMAL(3,1)"),
        ("DATE", "'2026-01-02T03:04:05'"),
        ("DATE", "TIMESTAMP '2026-01-02 03:04:05'"),
        ("DATE", "TIMESTAMPTZ '2026-01-02 00:00:00.000001+00'"),
        ("TIMESTAMP", "'yesterday'"),
        ("BOOLEAN", "'maybe'"),
        ("JSON", "'{'"),
    ],
)
def test_what_does_not_fit_is_told_and_never_cut(table: Table, type_: str, value: str) -> None:
    table = asked(table, v=type_)
    table.put("0.parquet", airbyte("NULL::VARCHAR AS v"))
    table.put("1.parquet", airbyte(f"{value} AS v"))
    fed = table.feed()
    assert (fed.files, list(fed.problems)) == (1, [f"{table.prefix}1.parquet"])
    assert table.rows("v") == [(None,)]
    assert table.types() == {"v": type_}


def test_files_without_rows_make_the_table(table: Table) -> None:
    table.put("0.parquet", airbyte("1::BIGINT AS id WHERE false"))
    fed = table.feed()
    assert (fed.files, fed.rows, fed.problems) == (1, 0, {})
    assert table.rows() == []
    assert table.types() == {"id": "BIGINT"}
    contents = table.ledger()["0.parquet"].contents
    assert (contents.rows, contents.generations, contents.extracted) == (0, None, None)
    assert table.feed().files == 0


def test_files_of_others_without_the_columns_of_airbyte(table: Table) -> None:
    table.put("0.parquet", "1::BIGINT AS id")
    assert table.feed().problems == {}
    table.put("1.parquet", airbyte("2::BIGINT AS id"))
    assert table.feed().problems == {}
    assert table.rows("id, _airbyte_generation_id") == [(1, None), (2, 0)]
    assert table.ledger()["0.parquet"].contents.generations is None


def test_what_airbyte_could_not_take_is_counted(table: Table) -> None:
    change = "{'field': 'x', 'change': 'NULLED', 'reason': 'DESTINATION_FIELD_SIZE_LIMITATION'}"
    table.put(
        "0.parquet",
        f"'r' AS _airbyte_raw_id, {EXTRACTED}::BIGINT AS _airbyte_extracted_at, 0::BIGINT AS _airbyte_generation_id, "
        f"{{'sync_id': 7::BIGINT, 'changes': CASE WHEN range > 0 THEN [{change}, {change}] END}} AS _airbyte_meta, range AS id FROM range(3)",
    )
    table.put("1.parquet", airbyte("3 AS id"))
    fed = table.feed()
    assert (fed.changes, fed.problems) == (4, {})
    assert table.ledger()["0.parquet"].contents.changes == 4


def test_meta_as_text_is_counted_too(table: Table) -> None:
    table = declared(table, _airbyte_meta="JSON")
    meta = '{"sync_id": 9, "changes": [{"field": "a"}]}'
    table.put("0.parquet", f"'{meta}' AS _airbyte_meta, 1 AS id")
    assert table.feed().changes == 1
    assert table.ledger()["0.parquet"].contents.sync_id == 9


def test_fields_that_no_file_has_yet_are_columns(table: Table) -> None:
    table = declared(table, id="BIGINT", later="STRUCT(a DATE)")
    table.put("0.parquet", airbyte("1::BIGINT AS id"))
    table.feed()
    assert table.types() == {"id": "BIGINT", "later": "STRUCT(a DATE)"}
    table.put("1.parquet", airbyte("2::BIGINT AS id, {'a': DATE '2026-01-01'} AS later"))
    assert table.feed().problems == {}
    assert table.rows("id, later.a") == [(1, None), (2, date(2026, 1, 1))]


def test_drift_in_one_transaction_with_many_files(table: Table) -> None:
    """DuckLake cannot alter what has rows of the same transaction in its catalog."""
    for number in range(6):
        fields = ", ".join(
            f"{column}::{'INTEGER' if number % 2 else 'BIGINT'} AS c{column}" for column in range(number + 1)
        )
        table.put(f"{number}.parquet", airbyte(fields))
    assert table.feed().problems == {}
    assert table.rows("count(*), count(c0), count(c5)") == [(6, 6, 1)]
    assert [
        row
        for (row,) in table.engine.rows(
            "SELECT value FROM ducklake_options('lake') WHERE option_name = 'data_inlining_row_limit' AND scope_entry = 'landing'"
        )
    ] == ["0"]
