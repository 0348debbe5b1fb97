"""Columns of text, as every table of lakeform has them."""

from __future__ import annotations

import pytest

from infra.base.columns import columns


def test_cells_stand_below_each_other_and_no_line_ends_in_space() -> None:
    assert columns([("a", "bb", "the rest of it"), ("ccc", "d", ""), ("", "", "x")], "    ") == [
        "    a    bb  the rest of it",
        "    ccc  d",
        "             x",
    ]


def test_no_rows_are_no_lines() -> None:
    assert columns([]) == []


def test_a_row_that_is_shorter_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        columns([("a", "b"), ("a",)])
