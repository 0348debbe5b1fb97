"""What `explain --diagnostics` is given may be anything, and is read soon."""

from __future__ import annotations

import json
import re
from time import process_time

import pytest

from infra.terraform.explain.tofu_output import read_diagnostics

WHOLE = json.dumps({"@level": "error", "diagnostic": {"severity": "error", "summary": "no"}})


@pytest.mark.parametrize("line", ['{"a":\n', "{\n", '{"a": [\n', "{x\n"])
def test_broken_objects_without_end_take_no_time(line: str) -> None:
    start = process_time()
    found = read_diagnostics(f"{WHOLE}\n{line * 100_000}{WHOLE}\n")
    assert process_time() - start < 5
    assert found
    assert found[0].summary == "no"
    assert re.fullmatch(r"no|this output is not read from line [1-9]\d+ on: .* JSON that breaks off", found[-1].summary)


def test_what_is_whole_behind_broken_lines_is_read() -> None:
    found = read_diagnostics('{"a":\n' * 100 + WHOLE + "\n")
    assert [one.summary for one in found or ()] == ["no"]


def test_of_text_alone_everything_is_read_however_much_of_it_looks_like_json() -> None:
    found = read_diagnostics("  {\n" * 100_000 + "Error: no\n")
    assert [one.summary for one in found or ()] == ["no"]


def test_where_nothing_can_be_read_that_is_said() -> None:
    found = read_diagnostics('{"a":\n' * 100_000 + WHOLE + "\n")
    assert [one.severity for one in found or ()] == ["warning"]


def test_a_number_without_end_hides_no_error() -> None:
    whole = json.dumps({"@level": "error", "diagnostic": {"severity": "error", "summary": "no", "range": {}, "n": 7}})
    found = read_diagnostics('{"@level": "info"}\n' + whole.replace("7", "9" * 5000))
    assert [one.summary for one in found or ()] == ["no"]


@pytest.mark.parametrize("number", [True, -5, 1.5, "7", None, [], 10**400])
def test_a_line_that_is_none_is_unknown(number: object) -> None:
    where = {"filename": "x.tf", "start": {"line": number, "column": number, "byte": number}}
    text = json.dumps({"@level": "error", "diagnostic": {"severity": ["x"], "summary": "no", "range": where}})
    (found,) = read_diagnostics(text) or []
    assert (found.severity, found.line, found.column) == ("error", 0, 0)
