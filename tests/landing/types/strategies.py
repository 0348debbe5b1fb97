"""Types of columns for property tests, with names that nobody would choose."""

from __future__ import annotations

from hypothesis import strategies as st

from infra.landing.types.column_type import ColumnType

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
OTHERS = (
    *("VARCHAR", "JSON", "BOOLEAN", "FLOAT", "DOUBLE", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "UUID"),
    *("HUGEINT", "BLOB", "TIME WITH TIME ZONE"),
)

NAMES = st.one_of(
    st.sampled_from(
        ["a", "A b", 'q"uote', "it's", "(", ")", ",", "[]", "[3]", "STRUCT", "a  b", "a\nb", "ü", "\\", "null"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
)


def decimals() -> st.SearchStrategy[ColumnType]:
    return st.integers(1, 38).flatmap(
        lambda width: st.integers(0, width).map(lambda scale: ColumnType("DECIMAL", numbers=(width, scale)))
    )


def scalars() -> st.SearchStrategy[ColumnType]:
    return st.one_of(st.sampled_from([ColumnType(name) for name in (*INTEGERS, *OTHERS)]), decimals())


def structs(inner: st.SearchStrategy[ColumnType]) -> st.SearchStrategy[ColumnType]:
    fields = st.lists(st.tuples(NAMES, inner), min_size=1, max_size=3, unique_by=lambda field: field[0].casefold())
    return fields.map(lambda found: ColumnType("STRUCT", tuple(found)))


def column_types() -> st.SearchStrategy[ColumnType]:
    """Any type; what is in it goes three deep."""
    return st.recursive(
        scalars(),
        lambda inner: st.one_of(
            structs(inner),
            inner.map(lambda one: ColumnType("LIST", of=(one,))),
            st.tuples(scalars(), inner).map(lambda pair: ColumnType("MAP", of=pair)),
        ),
        max_leaves=5,
    )
