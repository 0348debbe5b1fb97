"""The lines that a refusal offers for what has another name: pasted, they make the review pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.review.test_reviews import changed, repository
from tests.support.lakes import run, write_files


@pytest.mark.parametrize(
    ("case", "lines"),
    [
        ("a-connection-has-another-id-without-a-word", 1),
        ("a-source-and-its-connection-have-other-ids-without-a-word", 2),
        ("a-destination-has-another-id-and-option-without-a-word", 1),
        ("a-stream-has-another-name-at-the-source", 1),
    ],
)
def test_the_lines_that_are_offered_make_the_review_pass(tmp_path: Path, case: str, lines: int) -> None:
    root = changed(repository(tmp_path, case), case)
    refused = run(root, "review", "--base", "HEAD")
    assert refused.code == 1
    offered = re.findall(r"^ +(- \{from: [\w.]+, to: [\w.]+\})$", refused.out, re.MULTILINE)
    assert len(offered) == lines
    write_files(root, {"dag/registry/renamed.yaml": "renamed:\n" + "".join(f"  {line}\n" for line in offered)})
    assert run(root, "synth").code == 0
    passed = run(root, "review", "--base", "HEAD")
    assert (passed.code, passed.err) == (0, "")
    assert "state-lost" not in passed.out
