"""Nothing that a stranger wrote moves a terminal, forges a line of a log or speaks to a CI system."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.printable import inline, json_visible, show, visible

ODD = st.text(
    st.sampled_from("a é漢 \n\r\t\x00\x1b\x7f\x85\u2028\u202e\u2066\u200b\ufeff\U000e0041:#[]vso"), max_size=40
)


def commands_in(text: str) -> list[str]:
    """Lines that a runner takes as a command: actions/runner looks for `##[` anywhere and for `::` after white space."""
    return [line for line in text.splitlines() if line.strip().startswith("::") or "##[" in line or "##vso[" in line]


@given(ODD)
def test_what_is_shown_is_printable_and_no_command(text: str) -> None:
    stream = io.StringIO()
    show(text, to=stream)
    shown = stream.getvalue()
    assert shown.replace("\n", "").isprintable()
    assert commands_in(shown) == []
    assert shown.count("\n") == text.count("\n") + 1


@given(ODD)
def test_what_is_inline_is_one_printable_line(text: str) -> None:
    assert inline(text).isprintable()
    assert (inline(text) == text) == text.isprintable()


@given(ODD)
def test_what_is_visible_stays_so(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.dictionaries(ODD, st.lists(ODD, max_size=3), max_size=3))
def test_a_json_document_stays_what_it_is(value: dict[str, list[str]]) -> None:
    document = json_visible(json.dumps(value, indent=2, ensure_ascii=False))
    assert document.replace("\n", "").isprintable()
    assert json.loads(document) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe → 漢字", "Größe → 漢字"),
        ("a\x1b[31mb\x07", "a\\u001b[31mb\\u0007"),
        ("a\u202eb\U000e0041", "a\\u202eb\\U000e0041"),
        ("a\r\nb", "a\\r\nb"),
        ("::error file=a::b", "\\::error file=a::b"),
        ("  ::add-mask::b", "  \\::add-mask::b"),
        ("x ::add-mask::b", "x ::add-mask::b"),
        ("x ##[error]b ##vso[task]c", "x #\\#[error]b #\\#vso[task]c"),
        ("## a heading", "## a heading"),
    ],
)
def test_how_it_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
