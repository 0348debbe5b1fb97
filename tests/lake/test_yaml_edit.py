"""One key written into a YAML mapping: everything else stays, or nothing is written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.documents import read_yaml, with_yaml_key

EDITS: dict[str, tuple[str, str | None]] = {
    "a block": ("a:\n  b: 1 # one\n", "a:\n  k: true\n  b: 1 # one\n"),
    "a block behind a comment": ("a:\n  # about b\n  b: 1\n", "a:\n  # about b\n  k: true\n  b: 1\n"),
    "a flow mapping": ("a: {b: 1}\n", "a: {k: true, b: 1}\n"),
    "a flow mapping of lines": ("a: {\n  b: 1,\n}\n", "a: {\n  k: true, b: 1,\n}\n"),
    "a block with an anchor that nobody uses": ("a: &x\n  b: 1\n", "a: &x\n  k: true\n  b: 1\n"),
    "the key is there": ("a:\n  b: 1\n  k: false # no\n", "a:\n  b: 1\n  k: true # no\n"),
    "letters beyond ASCII before it": ("é: ü\na: {ö: 1}\n", "é: ü\na: {k: true, ö: 1}\n"),
    "an alias": ("x: &x {b: 1}\na: *x\n", None),
    "a mapping that an alias shares": ("a: &x\n  b: 1\nc: *x\n", None),
    "an empty mapping": ("a: {}\n", None),
    "no mapping": ("a: 1\n", None),
    "broken text": ("a: {b: 1\n", None),
}


@pytest.mark.parametrize(("text", "wanted"), EDITS.values(), ids=EDITS)
def test_a_key_is_written_or_nothing(text: str, wanted: str | None) -> None:
    assert with_yaml_key(text, ("a",), "k", value=True) == wanted


keys = st.from_regex("[a-jl-z]{1,3}", fullmatch=True)
values = st.recursive(
    st.integers() | st.text(alphabet="ab :#{}'\n", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(keys, values, min_size=1, max_size=4), values, st.sampled_from([True, False, None]))
def test_what_is_written_means_the_same_and_one_key_more(value: object, beside: object, style: bool | None) -> None:
    text = yaml.safe_dump({"before": beside, "a": value, "last": beside}, default_flow_style=style, allow_unicode=True)
    before, _ = read_yaml("", text)
    edited = with_yaml_key(text, ("a",), "k", value=True)
    assert before is not None
    assert edited is not None
    after, problems = read_yaml("", edited)
    assert problems == []
    assert after is not None
    assert after.value == {**before.value, "a": {**before.value["a"], "k": True}}
    assert edited.replace("k: true, ", "", 1) == text or "k: true\n" in edited
