"""What `explain --diagnostics` is given may be anything, and is read soon."""

from __future__ import annotations

import json
from time import process_time

import pytest

from infra.terraform.explain.tofu_output import read_diagnostics

WHOLE = json.dumps({"@level": "error", "diagnostic": {"severity": "error", "summary": "no"}})


@pytest.mark.parametrize("line", ['{"a":\n', "{\n", '{"a": [\n', "{x\n"])
def test_broken_objects_without_end_take_no_time(line: str) -> None:
    start = process_time()
    read_diagnostics(line * 100_000)
    assert process_time() - start < 5


def test_what_is_whole_behind_broken_lines_is_read() -> None:
    found = read_diagnostics('{"a":\n' * 100 + WHOLE + "\n")
    assert [one.summary for one in found or ()] == ["no"]
