"""Types of DuckDB as values: their text and back."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.landing.types.column_type import ColumnType, parse_type
from tests.landing.types.strategies import column_types


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


@given(column_types())
def test_text_and_back(type_: ColumnType) -> None:
    assert parse_type(type_.sql()) == type_


@given(st.text(alphabet='STRUCT(),"[] \n;aB1\0', max_size=30))
def test_what_is_no_type_is_refused_or_read_whole(text: str) -> None:
    try:
        found = parse_type(text)
    except ValueError:
        return
    assert parse_type(found.sql()) == found


@settings(max_examples=60)
@given(type_=column_types())
def test_duckdb_tells_the_same_type(connection: duckdb.DuckDBPyConnection, type_: ColumnType) -> None:
    described = connection.execute(f"DESCRIBE SELECT CAST(NULL AS {type_.sql()}) AS c").fetchall()[0][1]
    assert parse_type(described) == type_


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("text", "VARCHAR"),
        ("int", "INTEGER"),
        ("bool", "BOOLEAN"),
        ("real", "FLOAT"),
        ("numeric(10,2)", "DECIMAL(10,2)"),
        ("DECIMAL(5)", "DECIMAL(5,0)"),
        ("DECIMAL", "DECIMAL(18,3)"),
        ("BIGINT [] []", "BIGINT[][]"),
        ('struct("a b" int,c text[])', 'STRUCT("a b" INTEGER, "c" VARCHAR[])'),
    ],
)
def test_other_words_for_a_type(connection: duckdb.DuckDBPyConnection, written: str, same: str) -> None:
    assert parse_type(written) == parse_type(same)
    described = connection.execute(f"DESCRIBE SELECT CAST(NULL AS {written}) AS c").fetchall()[0][1]
    assert parse_type(described) == parse_type(same)


@pytest.mark.parametrize(
    "text", ["", "(", "STRUCT(", "BIGINT)", 'STRUCT("a)', "a; DROP TABLE x", "BIGINT, BIGINT", "'x'"]
)
def test_no_type(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the message is the text itself
        parse_type(text)
