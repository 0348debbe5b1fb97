"""A place is a line of git's and of an editor's, whatever else YAML or Python takes for the end of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.documents import read_json, read_yaml
from infra.lake.documents.lines import lines_of, place_at
from tests.support.ciphertexts import ciphertext
from tests.support.lakes import run, write_files, write_lake

# YAML 1.1: next line, line separator, paragraph separator; Python: also form feeds and what separates records.
YAMLS = ["\x85", "\u2028", "\u2029"]
PYTHONS = [*YAMLS, "\v", "\f", "\x1c", "\x1d", "\x1e"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("odd", YAMLS)
def test_a_key_behind_a_break_of_yamls_own_is_where_an_editor_shows_it(tmp_path: Path, odd: str, end: str) -> None:
    root = write_lake(tmp_path)
    text = f"# a{odd}#{odd}{end}connections: # {odd}{end}  é: {{source: 'a{odd}b', sorce: x}}{end}"
    write_files(root, {"dag/registry/odd.yaml": text})
    places = {
        line.split("  ")[0] for line in run(root, "check").out.splitlines() if line.startswith("dag/registry/odd")
    }
    column = len("  é: {source: 'a*b', ") + 1
    assert f"dag/registry/odd.yaml:3:{column}" in places
    assert {place.split(":")[1] for place in places} == {"3"}


@pytest.mark.parametrize("odd", YAMLS)
def test_a_mistake_of_syntax_is_on_the_line_of_an_editor(odd: str) -> None:
    for text, place in ((f"# {odd}\na: b{odd}\nc: [1\n", (3, 6)), (f"# {odd}{odd}\n\ta: b\n", (2, 1))):
        (problem,) = read_yaml("x.yaml", text)[1]
        assert (problem.location.line, problem.location.column) == place, problem


@pytest.mark.parametrize("odd", PYTHONS)
def test_what_python_takes_for_the_end_of_a_line_is_none(odd: str) -> None:
    assert lines_of(f"a{odd}b\r\nc\n") == [f"a{odd}b", "c"]
    (problem,) = read_json("x.json", f'{{"a": "{odd}"\n<<<<<<< main\n}}')[1]
    assert problem.location.line in (1, 2)


def test_a_comment_in_clear_is_told_on_its_line(tmp_path: Path) -> None:
    root = write_lake(tmp_path)
    lines = f"# \u2028\nTF_VAR_a={ciphertext()}\n# hunter2\nsops_age__list_0__map_enc=x\nsops_mac={ciphertext()}\n"
    write_files(root, {"values.env": lines})
    assert "values.env:3:1  secret-not-encrypted" in run(root, "secrets", "--check", f"{root}/values.env").out


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("read", "text", "place"),
    [
        (read_yaml, "a: 1*  \x07", (2, 3)),
        (read_yaml, "a: '*\x7f'", (2, 1)),
        (read_json, '{*"a": tru}', (2, 6)),
        (read_json, '{"a": 1,* "a": 2}', (2, 2)),
        (read_json, '{**"a": NaN}', (3, 6)),
    ],
)
def test_every_reader_counts_every_end(read: Callable[..., Any], text: str, place: tuple[int, int], end: str) -> None:
    (problem,) = read("x", text.replace("*", end))[1]
    assert (problem.location.line, problem.location.column) == place


@given(st.text("ab\r\n", max_size=20))
def test_a_place_is_that_of_a_line_and_a_column_in_it(text: str) -> None:
    expected = []
    for number, line in enumerate(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text), 1):
        expected += [(number, column) for column in range(1, len(line) + 1)]
    assert [place_at(text, offset) for offset in range(len(text))] == expected
