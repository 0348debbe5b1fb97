"""Statements that make a table what a file needs, run in a real DuckLake: values survive, and the new ones fit."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.landing.engine.engine import Engine
from infra.landing.types.alter import add_column, alterations
from infra.landing.types.column_type import ColumnType, parse_type
from infra.landing.types.sql import identifier
from infra.landing.types.widening import widened
from tests.landing.types.strategies import INTEGERS, NAMES, scalars, structs

NUMBERS = count()

# Values at the ends of each type, as SQL has them.
VALUES = {
    **{
        name: (f"(-{2 ** (8 * n - 1)})", f"{2 ** (8 * n - 1) - 1}")
        for name, n in zip(INTEGERS[:4], (1, 2, 4, 8), strict=True)
    },
    **{name: ("0", f"{2 ** (8 * n) - 1}") for name, n in zip(INTEGERS[4:], (1, 2, 4, 8), strict=True)},
    "FLOAT": ("-1.5", "3.0e38"),
    "DOUBLE": ("0.1", "1e308"),
    "DECIMAL(5,2)": ("-999.99", "999.99"),
    "DECIMAL(9,2)": ("0.01", "9999999.99"),
    "DECIMAL(18,1)": ("0.1", "99999999999999999.9"),
    "DECIMAL(38,2)": ("-0.01", "999999999999999999999999999999999999.99"),
    "VARCHAR": ("'1'", "'\"\"'"),
    "JSON": ("'{}'", "'[1]'"),
    "BOOLEAN": ("true", "false"),
    "DATE": ("'1970-01-01'", "'9999-12-31'"),
    "TIMESTAMP": ("'1970-01-01 00:00:00'", "'2026-01-01 00:00:00.123456'"),
    "TIMESTAMP WITH TIME ZONE": ("'1970-01-01 00:00:00+00'", "'2026-01-01 00:00:00.123456+02'"),
    "UUID": ("'11111111-1111-1111-1111-111111111111'", "NULL"),
}


def test_every_promotion_of_scalars_works_and_loses_nothing(lake: Engine) -> None:
    pairs = [
        (old, new, wide)
        for old in VALUES
        for new in VALUES
        if (wide := widened(parse_type(old), parse_type(new))) is not None
    ]
    assert len(pairs) > 40
    columns = ", ".join(f"c{number} {old}" for number, (old, _, _) in enumerate(pairs))
    lake.run(f"CREATE TABLE lake.landing.promoted ({columns})")
    for at in (0, 1):
        lake.run(f"INSERT INTO lake.landing.promoted VALUES ({', '.join(VALUES[old][at] for old, _, _ in pairs)})")
    before = lake.rows("SELECT * FROM lake.landing.promoted")
    with lake.writing("promoted"):
        for number, (old, _, wide) in enumerate(pairs):
            for statement in alterations("lake.landing.promoted", f"c{number}", parse_type(old), wide) or ():
                lake.run(statement)
    assert lake.rows("SELECT * FROM lake.landing.promoted") == before
    for at in (0, 1):
        lake.run("DELETE FROM lake.landing.promoted")
        values = ", ".join(f"CAST({VALUES[new][at]} AS {new})" for _, new, _ in pairs)
        lake.run(f"INSERT INTO lake.landing.promoted VALUES ({values})")
        same = " AND ".join(
            f"c{number} IS NOT DISTINCT FROM CAST(CAST({VALUES[new][at]} AS {new}) AS {wide.sql()})"
            for number, (_, new, wide) in enumerate(pairs)
        )
        assert lake.rows(f"SELECT {same} FROM lake.landing.promoted") == [(True,)]
    described = [parse_type(type_) for _, type_, *_ in lake.rows("DESCRIBE lake.landing.promoted")]
    assert described == [wide for _, _, wide in pairs]


def grown(struct: ColumnType) -> st.SearchStrategy[ColumnType]:
    """The struct with a field more, in it or in a struct in it."""
    new = st.tuples(NAMES, scalars()).filter(
        lambda field: field[0].casefold() not in {name.casefold() for name, _ in struct.fields}
    )
    return new.map(lambda field: ColumnType("STRUCT", (*struct.fields, field)))


@settings(max_examples=12)
@given(data=st.data())
def test_structs_gain_fields_whatever_they_are_called(lake: Engine, data: st.DataObject) -> None:
    inner = data.draw(structs(scalars()))
    more = data.draw(grown(inner))
    wrap = data.draw(
        st.sampled_from(
            [
                lambda type_: type_,
                lambda type_: ColumnType("LIST", of=(type_,)),
                lambda type_: ColumnType("STRUCT", (("element", type_), ("x", parse_type("DATE")))),
                lambda type_: ColumnType("STRUCT", (("in", ColumnType("LIST", of=(type_,))),)),
            ]
        )
    )
    old, new, column = wrap(inner), wrap(more), data.draw(NAMES)
    assert widened(old, new) == new
    table = f"lake.landing.grown_{next(NUMBERS)}"
    lake.run(
        f"CREATE TABLE {table} ({identifier(column)} {old.sql()}, n INTEGER)"
        if column.casefold() != "n"
        else f"CREATE TABLE {table} ({identifier(column)} {old.sql()})"
    )
    for statement in alterations(table, column, old, new) or ["none"]:
        lake.run(statement)
    assert parse_type(lake.rows(f"DESCRIBE {table}")[0][1]) == new


def test_values_in_structs_survive_and_the_new_field_is_null(lake: Engine) -> None:
    table = "lake.landing.kept"
    old, new = (
        parse_type("STRUCT(a INTEGER, l STRUCT(x DATE)[])"),
        parse_type("STRUCT(a INTEGER, l STRUCT(x DATE, y VARCHAR)[], b JSON)"),
    )
    lake.run(f"CREATE TABLE {table} (c {old.sql()})")
    lake.run(f"INSERT INTO {table} VALUES ({{'a': 1, 'l': [{{'x': DATE '2026-01-02'}}, NULL]}}), (NULL)")
    for statement in alterations(table, "c", old, new) or ["none"]:
        lake.run(statement)
    assert lake.rows(f"SELECT c::VARCHAR FROM {table}") == [
        ("{'a': 1, 'l': [{'x': 2026-01-02, 'y': NULL}, NULL], 'b': NULL}",),
        (None,),
    ]


def test_a_column_is_added_whatever_it_is_called(lake: Engine) -> None:
    lake.run("CREATE TABLE lake.landing.added (n INTEGER)")
    names = ['q"uote', "it's", "a b", "*", "select", "ünï", "[x]", "a.b", "?"]
    for name in names:
        lake.run(add_column("lake.landing.added", name, parse_type("STRUCT(a DECIMAL(9,2))[]")))
    assert [name for name, *_ in lake.rows("DESCRIBE lake.landing.added")] == ["n", *names]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("STRUCT(a INTEGER)", "STRUCT(a BIGINT)"),
        ("INTEGER[]", "BIGINT[]"),
        ("STRUCT(a STRUCT(b FLOAT)[])", "STRUCT(a STRUCT(b DOUBLE)[])"),
    ],
)
def test_a_type_in_a_struct_stays_what_it_is(old: str, new: str) -> None:
    assert alterations("t", "c", parse_type(old), parse_type(new)) is None


def test_nothing_to_do() -> None:
    assert list(alterations("t", "c", parse_type("DATE"), parse_type("DATE")) or ["none"]) == []
