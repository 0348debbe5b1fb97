"""What Terraform itself makes of the JSON that lakeform writes: the author's value, nothing else.

Every test runs the real binary: it reads the rendered text and answers with `jsonencode(...)` of the value.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.lake.documents import read_json, render_json
from infra.lake.documents.hcl import quoted, unquoted
from infra.lake.model.variables import Variable
from infra.lake.registry.merge import without_nulls
from infra.lake.rules.check import check_lake
from infra.lake.values.reference import reference_name
from infra.terraform.constructs.bodies import variable_body
from infra.terraform.constructs.expression import value_expression
from stacks.app import build_app
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, MINIMAL, SOURCE, problems_of, write_lake

BINARY = shutil.which("terraform") or shutil.which("tofu")

pytestmark = pytest.mark.skipif(BINARY is None, reason="cannot run here: neither terraform nor tofu is on PATH")

MARK = "\ufeff"

# Terraform escapes <, > and & too. Only accents that make one letter with an ASCII letter do harm.
ACCENT_AFTER_ESCAPE = re.compile("[\x00-\x1f<>&][\u0300-\u036f]")

# Pieces that mean something to HCL's templates, to JSON or to Unicode; hypothesis puts them side by side.
PIECES = [
    *["${", "%{", "$${", "%%{", "$", "%", "{", "}", "~", "${~", "var.x", "%{ if true }", '${"a"}', "${NAMESPACE}"],
    *['"', "'", "\\", "\\n", "\\u0041", "\n", "\r\n", "\r", "\t", "<<EOT\n", "#", "//", "/*", "<>&", " "],
    *["\x00", "\x01", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ue000", "\ufffd", "\uffff", "\U0010ffff"],
    *["é", "e\u0301", "\u212b", "\u0344", "\ufb2c", "a\u0315\u0300", "\U0001d15e", "ｶﾞ", "👩‍👩‍👧", "🇩🇪", "مرحبا", MARK],
    *["secret", "var", "literal"],
]

texts = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=6).map("".join)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(values, min_size=1, max_size=30))
@settings(max_examples=30)
def test_every_value_evaluates_to_itself(drawn: list[Any]) -> None:
    written = [without_nulls(value) for value in drawn if not (is_refused(value) or has_reference(value))]
    assert evaluate(value_expression(written)) == [normal(value) for value in written]


def test_awkward_texts_evaluate_to_themselves_beside_each_other_as_values_and_as_keys() -> None:
    pairs = [a + b for a in PIECES for b in ["", "x", *PIECES] if not is_refused(a + b)]
    evaluated = evaluate(value_expression([{f"{pair}.": pair} for pair in pairs]))
    assert [(pair, got) for pair, got in zip(pairs, evaluated, strict=True) if got != normal({f"{pair}.": pair})] == []


@given(texts)
@settings(max_examples=30)
def test_what_reads_a_literal_back_reads_the_text(text: str) -> None:
    assert unquoted(quoted(text)) == text


def test_awkward_texts_are_literals_inside_of_an_expression() -> None:
    """As the name of a stream is in a backfill: HCL's literals have fewer escapes than JSON's texts."""
    odd = [*PIECES, *"\b\f\v\a\0", "\r${", "\b${x}"]
    pairs = [a + b for a in odd for b in ["", "x", *odd] if not is_refused(a + b)]
    evaluated = evaluate(f"${{[{', '.join(map(quoted, pairs))}]}}")
    assert [(pair, got) for pair, got in zip(pairs, evaluated, strict=True) if got != normal(pair)] == []


@pytest.mark.parametrize("name", ["a\bb", "a\fb", "a\r${b}", 'a"\\%{b}'], ids=ascii)
def test_a_backfill_of_a_stream_with_an_odd_name_is_read_and_finds_its_own_jobs(name: str, tmp_path: Path) -> None:
    stream = {"fields": {"id": {}}, "stream": name, "namespace": name, "backfill": "t1"}
    lake = LAKE.replace("auth: none", "auth: none\n      backfills: true")
    registry = lake + SOURCE + DESTINATION + CONNECTION
    files = {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": json.dumps(stream)}
    (stack,) = build_app(check_lake(write_lake(tmp_path, files)).model, tmp_path / "cdktf.out")[1]
    (jobs,) = (value for key, value in stack.to_terraform()["locals"].items() if key.startswith("jobs_"))
    literals = re.search(r"contains\(.*, (\[.*\])\)\]\}$", jobs, re.DOTALL)
    assert literals is not None
    assert evaluate(f"${{{literals[1]}}}") == [name, name]


@pytest.mark.parametrize("text", ["\r$${", "\r\n\r %%{", "a\rb $$$${c}"], ids=ascii)
def test_an_escape_after_a_carriage_return_evaluates_to_itself(text: str) -> None:
    assert evaluate(value_expression([text, {text: 1}])) == [text, {text: 1}]


@pytest.mark.parametrize("text", ["\t\u0308", "\n\u0303", ">\u0301", "\x0b\u0307"], ids=ascii)
def test_terraform_makes_broken_json_of_an_accent_after_a_character_that_json_escapes(text: str) -> None:
    """`jsonencode` writes `\\t` and then normalises: the `t` and the accent become one letter."""
    with pytest.raises(json.JSONDecodeError):
        evaluate(value_expression(text))


@pytest.mark.parametrize("text", ["\\t\\u0308", "\\n\\u0303", ">\\u0301", "\\v\\u0307"])
def test_so_an_accent_after_a_character_that_json_escapes_is_refused(tmp_path: Path, text: str) -> None:
    assert rules_of_configuration(tmp_path, f'k: "{text}"') == {"text-not-portable"}


def test_a_byte_order_mark_is_kept_anywhere_but_at_the_start() -> None:
    written = [piece + MARK + piece for piece in PIECES if piece != MARK]
    value = [{text: text} for text in written]
    assert evaluate(value_expression(value)) == normal(value)


@pytest.mark.parametrize("text", ["", "a", "${a}"], ids=["alone", "before text", "before an escape"])
def test_terraform_drops_a_byte_order_mark_at_the_start(text: str) -> None:
    assert evaluate(value_expression([MARK + text, {MARK + text: 1}])) == [text, {text: 1}]


@pytest.mark.parametrize("written", ['"\\uFEFFx": a', 'k: "\\uFEFFx"', 'k: ["\\uFEFF"]'], ids=["key", "value", "list"])
def test_so_a_byte_order_mark_at_the_start_is_refused(tmp_path: Path, written: str) -> None:
    assert rules_of_configuration(tmp_path, written) == {"text-not-portable"}


@pytest.mark.parametrize("keys", [("é", "e\u0301"), ("Å", "\u212b"), ("à\u0315", "a\u0315\u0300")], ids=ascii)
def test_terraform_does_not_load_two_keys_that_are_equal_in_nfc(keys: tuple[str, str]) -> None:
    with pytest.raises(AssertionError, match="Duplicate object attribute"):
        evaluate(dict.fromkeys(keys, 1))


@pytest.mark.parametrize("keys", [("é", "e\u0301"), ("Å", "\u212b"), ("à\u0315", "a\u0315\u0300")], ids=ascii)
def test_so_two_keys_that_are_equal_in_nfc_are_refused(tmp_path: Path, keys: tuple[str, str]) -> None:
    assert rules_of_configuration(tmp_path, f'"{keys[0]}": 1, "{keys[1]}": 1') == {"duplicate-key"}


def test_two_keys_that_differ_by_a_leading_byte_order_mark_do_not_even_load() -> None:
    with pytest.raises(AssertionError, match="Duplicate object attribute"):
        evaluate({f"{MARK}k": 1, "k": 2})


@pytest.mark.parametrize(
    "number",
    [2**53 + 1, -(2**53) - 1, 2**64, 10**40 + 1, 2**512 - 1, 0.1, 1e300, 1.7976931348623157e308, 5e-324, 2.5e-10, -0.0],
    ids=str,
)
def test_a_number_is_kept_exactly(number: float) -> None:
    assert evaluate(value_expression({"n": [number]})) == normal({"n": [number]})


@pytest.mark.parametrize("digits", [100, 154, 155, 156, 200, 300])
def test_a_whole_number_that_the_readers_accept_is_kept_digit_by_digit(digits: int) -> None:
    text = "9" * digits
    document, problems = read_json("x.json", text)
    if document is None:
        assert [problem.rule for problem in problems] == ["json-syntax"]
    else:
        assert evaluate(value_expression(document.value)) == int(text)


def test_a_reference_evaluates_to_the_variable_whatever_the_value_holds() -> None:
    secret = 'p${w}%{x}"\\\n\u2028é👩‍👩‍👧'
    value = {"password": {"secret": "pw"}, "rows": [{"var": "rows"}], "deep": {"a${b}": {"var": "pw"}}}
    expected = {"password": secret, "rows": ["7"], "deep": {"a${b}": secret}}
    assert evaluate(value_expression(value), {"pw": secret, "rows": "7"}) == expected


def test_a_variable_with_a_type_evaluates_to_a_value_of_that_type() -> None:
    written = value_expression({"port": {"var": "port"}, "tls": {"var": "tls"}})
    assert evaluate(written, {"port": "5432", "tls": "true"}, {"port": "number", "tls": "bool"}) == {
        "port": 5432,
        "tls": True,
    }


def test_a_variable_of_the_lake_keeps_its_default_and_its_description_is_text() -> None:
    """Both are literals in Terraform's JSON syntax: nothing is escaped there."""
    default = "${x} %{y} $${z}"
    variable = Variable("v", False, "string", "rows ${n} %{m}", default, ())
    written = {"variable": {"v": variable_body(variable)}, "output": {"v": {"value": "${jsonencode(var.v)}"}}}
    assert outputs_of(written, {}) == {"v": default}


# All that Airbyte fills in there; a prefix has nothing.
FORMAT = "${SOURCE_NAMESPACE} %{x}"


def test_all_text_of_a_connection_evaluates_to_what_was_written(tmp_path: Path) -> None:
    text = "${SOURCE_NAMESPACE} %{x} $${y}"
    other = f"other {text}"
    hashing = {"method": "SHA-256", "target_field": other, "field_name_suffix": text}
    file = {
        "stream": text,
        "namespace": text,
        "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup",
        "cursor_field": [text],
        "primary_key": [[text], ["id"]],
        "fields": [text, other, "id"],
        "mappers": [{"type": "hashing", "mapper_configuration": {"hashing": hashing}}],
    }
    source, destination = (f"{{existing: 33333333-4444-5555-6666-77777777777{end}}}" for end in "78")
    registry = f"{LAKE}sources: {{faker: {source}}}\ndestinations: {{lake: {destination}}}\n{CONNECTION}"
    registry += f'    name: "{text}"\n    prefix: "%{{x}}"\n    namespace: {{format: "{FORMAT}"}}\n'
    root = write_lake(tmp_path, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": json.dumps(file)})
    checked = check_lake(root, catalogs=False)
    assert checked.report.to_text() == ""
    (stack,) = build_app(checked.model, root / "cdktf.out")[1]
    connection = evaluate(stack.to_terraform()["resource"]["airbyte_connection"]["faker_to_lake"])
    assert [connection[key] for key in ("name", "prefix", "namespace_format")] == [text, "%{x}", FORMAT]
    assert connection["configurations"]["streams"] == [
        {
            "name": text,
            "namespace": text,
            "sync_mode": "incremental_deduped_history",
            "cursor_field": [text],
            "primary_key": [[text], ["id"]],
            "selected_fields": [{"field_path": [text]}, {"field_path": ["id"]}, {"field_path": [other]}],
            "mappers": file["mappers"],
        },
    ]


def test_a_literal_is_an_object_that_only_looks_like_a_reference() -> None:
    value = {"a": {"literal": {"secret": "x"}}, "b": {"literal": {"literal": {"c": 1}}}, "d": {"secret": 1}}
    expected = {"a": {"secret": "x"}, "b": {"literal": {"c": 1}}, "d": {"secret": 1}}
    assert evaluate(value_expression(value)) == expected


def test_a_reference_inside_a_literal_is_still_a_reference() -> None:
    value = {"literal": {"var": "a", "deep": {"var": "x"}}}
    assert evaluate(value_expression(value), {"x": "1"}) == {"var": "a", "deep": "1"}


def test_null_in_a_list_stays_null() -> None:
    assert evaluate(value_expression(without_nulls({"a": [None, {"b": None}], "c": None}))) == {
        "a": [None, {"b": None}]
    }


def test_a_large_configuration_is_kept() -> None:
    value: Any = {f"key{i}": ["${x}" * 50] for i in range(500)}
    for _ in range(80):
        value = {"deep": value}
    assert evaluate(value_expression(value)) == value


def evaluate(
    written: Any,
    variables: Mapping[str, str] | None = None,
    types: Mapping[str, str] | None = None,
) -> Any:
    """What Terraform makes of `written`, rendered as lakeform renders it; `variables` come through the environment."""
    given_values = variables or {}
    document: dict[str, Any] = {
        "locals": {"v": written},
        "output": {"v": {"value": "${jsonencode(local.v)}", "sensitive": True}},
    }
    if given_values:
        kinds = types or {}
        document["variable"] = {name: {"type": kinds.get(name, "string"), "sensitive": True} for name in given_values}
    return outputs_of(document, given_values)["v"]


def outputs_of(document: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """Every output of a document, all of which are `jsonencode(...)`, decoded."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.tf.json").write_text(render_json(document), "utf-8")
        terraform(folder, ["apply", "-auto-approve", "-no-color"], variables)
        found = json.loads(terraform(folder, ["output", "-json"], variables))
    return {name: json.loads(output["value"]) for name, output in found.items()}


def terraform(folder: str, arguments: Iterable[str], variables: Mapping[str, str]) -> str:
    assert BINARY is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environment |= {"CHECKPOINT_DISABLE": "1", **{f"TF_VAR_{name}": value for name, value in variables.items()}}
    done = subprocess.run([BINARY, *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def normal(value: Any) -> Any:
    """The value after Terraform's own normalisation: text and keys in NFC, whole numbers without a point."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return int(exact) if exact == exact.to_integral_value() else value
    if isinstance(value, list):
        return [normal(inner) for inner in value]
    if isinstance(value, dict):
        inside = value["literal"] if len(value) == 1 and isinstance(value.get("literal"), dict) else value
        return {normal(key): normal(inner) for key, inner in inside.items()}
    return value


def has_reference(value: Any) -> bool:
    """True if a variable's value belongs somewhere inside, which these properties do not give."""
    if reference_name(value) is not None:
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(has_reference(inner) for inner in inside)


def is_refused(value: Any) -> bool:
    """True for what the rules refuse: text with a byte order mark at its start or an accent after a character that
    JSON escapes, and keys that are equal in NFC.
    """
    if isinstance(value, str):
        return value.startswith(MARK) or ACCENT_AFTER_ESCAPE.search(unicodedata.normalize("NFD", value)) is not None
    if isinstance(value, dict):
        same = len({unicodedata.normalize("NFC", key) for key in value}) < len(value)
        return same or any(is_refused(key) or is_refused(inner) for key, inner in value.items())
    return isinstance(value, list) and any(is_refused(inner) for inner in value)


def rules_of_configuration(root: Path, written: str) -> set[str]:
    """The rules that a source breaks whose configuration holds `written` inside an object that no spec describes."""
    source = "sources:\n  faker:\n    connector: source-own\n    definition_id: 33333333-4444-5555-6666-777777777777\n"
    source += f"    configuration: {{deep: {{{written}}}}}\n"
    lake = write_lake(root, {**MINIMAL, "dag/registry/lake.yaml": LAKE + DESTINATION + source + CONNECTION})
    return {problem.rule for problem in problems_of(lake) if problem.severity == "error"}
