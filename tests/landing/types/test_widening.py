"""What a table's type has to be so that a file's values fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.landing.types.column_type import ColumnType, parse_type
from infra.landing.types.widening import widened
from tests.landing.types.strategies import INTEGERS, column_types, scalars


@st.composite
def pairs(draw: st.DrawFn) -> tuple[ColumnType, ColumnType]:
    """Two types that are often alike: one is the other with something changed in it."""
    table = draw(column_types())
    return table, draw(st.one_of(column_types(), changed(table)))


def changed(type_: ColumnType) -> st.SearchStrategy[ColumnType]:
    if type_.name == "LIST":
        return changed(type_.of[0]).map(lambda inner: ColumnType("LIST", of=(inner,)))
    if type_.name != "STRUCT":
        return st.one_of(st.just(type_), scalars())
    fields = st.permutations(type_.fields).flatmap(
        lambda some: st.tuples(*(st.tuples(st.just(name), changed(inner)) for name, inner in some))
    )
    more = st.sampled_from([(), (("gained", ColumnType("DATE")),)])
    return st.tuples(fields, more).map(lambda both: ColumnType("STRUCT", (*both[0], *both[1])))


@settings(max_examples=60)
@given(pairs())
def test_what_is_wide_enough_takes_both_and_stays(pair: tuple[ColumnType, ColumnType]) -> None:
    table, file = pair
    wide = widened(table, file)
    if wide is None:
        return
    assert widened(wide, file) == wide
    assert widened(wide, table) == wide
    assert widened(wide, wide) == wide


def test_integers_keep_every_digit() -> None:
    ranges = {
        **{
            name: (-(2 ** (8 * n - 1)), 2 ** (8 * n - 1) - 1)
            for name, n in zip(INTEGERS[:4], (1, 2, 4, 8), strict=True)
        },
        **{name: (0, 2 ** (8 * n) - 1) for name, n in zip(INTEGERS[4:], (1, 2, 4, 8), strict=True)},
    }
    for table in INTEGERS:
        for file in INTEGERS:
            wide = widened(ColumnType(table), ColumnType(file))
            if wide is None:
                continue
            low, high = ranges[wide.name]
            assert low <= min(ranges[table][0], ranges[file][0]), (table, file)
            assert high >= max(ranges[table][1], ranges[file][1]), (table, file)


@given(st.sampled_from(INTEGERS), st.integers(1, 38), st.integers(0, 38))
def test_integers_fit_into_decimals_whole(name: str, width: int, scale: int) -> None:
    table = ColumnType("DECIMAL", numbers=(width, min(width, scale)))
    most = {"T": 128, "S": 32768, "I": 2**31, "B": 2**63}
    unsigned = {"UT": 255, "US": 65535, "UI": 2**32 - 1, "UB": 2**64 - 1}
    largest = unsigned[name[:2]] if name.startswith("U") else most[name[0]]
    if widened(table, ColumnType(name)) == table:
        assert largest < 10 ** (width - min(width, scale))


@pytest.mark.parametrize(
    ("table", "file", "wide"),
    [
        ("INTEGER", "BIGINT", "BIGINT"),
        ("BIGINT", "INTEGER", "BIGINT"),
        ("FLOAT", "DOUBLE", "DOUBLE"),
        ("DOUBLE", "INTEGER", "DOUBLE"),
        ("DOUBLE", "BIGINT", None),
        ("BIGINT", "DOUBLE", None),
        ("DECIMAL(10,2)", "DECIMAL(12,2)", "DECIMAL(12,2)"),
        ("DECIMAL(10,2)", "DECIMAL(12,1)", "DECIMAL(13,2)"),
        ("DECIMAL(10,2)", "DECIMAL(10,3)", None),
        ("DECIMAL(38,10)", "DECIMAL(38,0)", None),
        ("DECIMAL(19,0)", "BIGINT", "DECIMAL(19,0)"),
        ("DECIMAL(18,0)", "BIGINT", None),
        ("VARCHAR", "BIGINT", None),
        ("VARCHAR", "UUID", "VARCHAR"),
        ("VARCHAR", "JSON", "VARCHAR"),
        ("JSON", "VARCHAR", "JSON"),
        ("JSON", "STRUCT(a BIGINT)", "JSON"),
        ("JSON", "BIGINT[]", "JSON"),
        ("JSON", "BIGINT", None),
        ("VARCHAR", "STRUCT(a BIGINT)", None),
        ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", None),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP", None),
        ("DATE", "TIMESTAMP", None),
        ("STRUCT(a BIGINT)", "STRUCT(b DATE, A BIGINT)", "STRUCT(a BIGINT, b DATE)"),
        ("STRUCT(a INTEGER)[]", "STRUCT(a BIGINT, b DATE)[]", "STRUCT(a BIGINT, b DATE)[]"),
        ("STRUCT(a BIGINT)", "STRUCT(a VARCHAR)", None),
        ("STRUCT(a BIGINT)", "JSON", None),
        ("MAP(VARCHAR, BIGINT)", "MAP(VARCHAR, INTEGER)", None),
    ],
)
def test_pairs(table: str, file: str, wide: str | None) -> None:
    assert widened(parse_type(table), parse_type(file)) == (parse_type(wide) if wide else None)
