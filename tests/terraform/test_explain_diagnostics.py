"""`lakeform explain --diagnostics`: what Terraform complains about, at the registry lines.

The complaints were recorded from OpenTofu 1.12.6 and Terraform 1.11.4; places in them are those of this lake.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.base.redactor import Redactor
from infra.lake.model.load import load_lake
from infra.terraform.explain.diagnostics import locate_errors_in
from infra.terraform.explain.tofu_output import Diagnostic, diagnostics_in, read_diagnostics
from tests.support.explained import explained_lake
from tests.support.lakes import Result, run, write_files

BINARY = shutil.which("terraform") or shutil.which("tofu")
PROD = "cdktf.out/stacks/prod/cdk.tf.json"

Json = dict[str, Any]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = explained_lake(tmp_path_factory.mktemp("diagnostics") / "lake")
    assert run(root, "synth").code == 0
    return root


def at(lake: Path, piece: str, inside: str = "", stack: str = "prod") -> Json:
    """`range` and `snippet` of the place where `piece` stands in a document, or of `inside` within it."""
    text = (lake / f"cdktf.out/stacks/{stack}/cdk.tf.json").read_text("utf-8")
    offset = text.index(piece) + (piece.index(inside) if inside else 0)
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    start = {"line": line, "column": column, "byte": len(text[:offset].encode())}
    code = text.split("\n")[line - 1]
    snippet: Json = {"context": None, "code": code, "start_line": line, "highlight_start_offset": 0, "values": []}
    return {"range": {"filename": "cdk.tf.json", "start": start, "end": start}, "snippet": snippet}


def error(summary: str, detail: str = "", **more: Any) -> Json:
    return {"severity": "error", "summary": summary, "detail": detail, **more}


def line(diagnostic: Json) -> str:
    """A line of `plan -json`."""
    message = f"Error: {diagnostic['summary']}"
    return json.dumps({"@level": "error", "@message": message, "type": "diagnostic", "diagnostic": diagnostic})


def explain(lake: Path, text: str, *words: str) -> Result:
    write_files(lake.parent, {"output.txt": text})
    return run(lake, "explain", "--diagnostics", str(lake.parent / "output.txt"), *words)


def told(lake: Path, *diagnostics: Json) -> str:
    """What is printed for a plan with these errors."""
    result = explain(lake, "".join(f"{line(one)}\n" for one in diagnostics))
    assert (result.code, result.err) == (1, "")
    return result.out


# Where the line is


MISSING = (
    'The root module input variable "db_password" is not set, and has no default value. '
    "Use a -var or -var-file command line argument to provide a value for this variable."
)


def test_a_variable_without_a_value_is_where_it_is_used(lake: Path) -> None:
    place = at(lake, '"db_password": {"sens', "{")
    assert told(lake, error("No value for required variable", MISSING, **place)) == (
        f"dag/registry/shop.yaml:9:7  error  No value for required variable\n    {MISSING}\n    var.db_password\n"
    )


def test_a_variable_of_several_places_names_all_of_them(lake: Path) -> None:
    place = at(lake, '"workspace": {', "{", stack="staging")
    out = told(lake, error("No value for required variable", "It is not set.", **place))
    assert out == (
        "dag/registry/lake.yaml:7:7  error  No value for required variable\n"
        "    It is not set.\n"
        "    var.workspace\n"
        "    dag/registry/lake.yaml:15:5  lake.variables.workspace  its description or default\n"
    )


@pytest.mark.parametrize(
    ("piece", "inside", "where", "address"),
    [
        ('"schedule": {"cron', "{", "dag/registry/shop.yaml:27:5", "airbyte_connection.db_to_lake"),
        ('"cron_expression": "0 0', "0 0", "dag/registry/shop.yaml:27:16", "airbyte_connection.db_to_lake"),
        ('"name": "Db →', '"Db', "dag/registry/shop.yaml:24:3", "airbyte_connection.db_to_lake"),
        ('"namespace_format"', "format", "dag/registry/shop.yaml:28:5", "airbyte_connection.db_to_lake"),
        ('"propagate_columns"', "", "dag/registry/lake.yaml:21:7", "airbyte_connection.db_to_lake"),
        ('"cursor_field": ["seen', "seen", "dag/registry/shop.yaml:32:24", "airbyte_connection.db_to_lake"),
        (
            '"cursor_field": ["updated',
            "updated",
            "dag/streams/db/public.orders.json:5:20",
            "airbyte_connection.db_to_lake",
        ),
        ('{"field_path": ["updated_at"]}', "updated", "dag/streams/db/public.orders.json:8:5", None),
        ('"target_field": "email"', "email", "dag/streams/db/users.json:5:78", "airbyte_connection.db_to_lake"),
        ('"name": "orders"', "orders", "dag/streams/db/public.orders.json:2:3", "airbyte_connection.db_to_lake"),
        ('"host": "db.prod', "db", "dag/registry/shop.yaml:11:30", "airbyte_source.db"),
        ('"port": 5432', "5432", "dag/registry/shop.yaml:6:7", "airbyte_source.db"),
        ('"s3_bucket_name": "lake"', "lake", "dag/registry/shop.yaml:17:7", "airbyte_destination.lake"),
        ('"definition_id": "dec', "dec", "dag/registry/shop.yaml:3:5", "airbyte_source.db"),
        ('"client_secret": "${', "$", "dag/registry/lake.yaml:12:47", "provider.airbyte"),
        ('"server_url": "https', "https", "dag/registry/lake.yaml:10:7", "provider.airbyte"),
        ('"secret_suffix": "shop"', "shop", "dag/registry/lake.yaml:13:7", None),
        ('"version": "1.2.0"', "1.2.0", "dag/registry/lake.yaml:2:1", None),
        ('{"from": "airbyte_source.database"', "{", "dag/registry/history.yaml:5:5", "airbyte_source.database"),
        ('"from": "airbyte_destination.tape"', "tape", "dag/registry/history.yaml:3:5", "airbyte_destination.tape"),
    ],
)
def test_a_place_in_the_document_is_the_line_that_decided_it(
    lake: Path, piece: str, inside: str, where: str, address: str | None
) -> None:
    out = told(lake, error("Wrong", "No.", **at(lake, piece, inside)))
    lines = out.splitlines()
    assert lines[:2] == [f"{where}  error  Wrong", "    No."]
    if address:
        assert lines[2] == f"    {address}"


def test_the_closing_brace_of_a_block_is_the_whole_block(lake: Path) -> None:
    piece = '"s3_bucket_region": "eu-central-1"\n    }'
    place = at(lake, piece, "}")
    out = told(lake, error("Missing required argument", 'The argument "x" is required.', **place))
    assert out.startswith("dag/registry/shop.yaml:16:5  error  Missing required argument\n")
    assert told(lake, error("Odd", "", **at(lake, piece, "eu"))).startswith("dag/registry/shop.yaml:19:7  error  Odd\n")


REFUSED = 'unexpected response from API. Got an unexpected response code 422\n{"message":"The cron is too frequent"}'


def test_an_error_of_the_server_keeps_its_words(lake: Path) -> None:
    place = at(lake, '"db_to_lake": {\n        "//"', "{")
    one = error("failure to invoke API", REFUSED, address="airbyte_connection.db_to_lake", **place)
    assert told(lake, one) == (
        "dag/registry/shop.yaml:24:3  error  failure to invoke API\n"
        "    unexpected response from API. Got an unexpected response code 422\n"
        '    {"message":"The cron is too frequent"}\n'
        "    airbyte_connection.db_to_lake\n"
    )


def test_an_address_is_enough(lake: Path) -> None:
    out = told(lake, error("failure to invoke API", "timeout", address="airbyte_source.db"))
    assert out == "dag/registry/shop.yaml:2:3  error  failure to invoke API\n    timeout\n    airbyte_source.db\n"


def test_a_context_is_enough_where_another_document_was_planned(lake: Path) -> None:
    place = at(lake, '"schedule": {"cron', "{")
    place["snippet"] |= {"code": "something else", "context": "resource.airbyte_connection.db_to_lake.schedule"}
    assert told(lake, error("Wrong", "", **place)).startswith("dag/registry/shop.yaml:27:5  error  Wrong\n")


@pytest.mark.parametrize(
    "detail",
    [
        'An input variable with the name "db_password" has not been declared.',
        'The environment variable TF_VAR_x does not contain a valid value for variable "db_password": a number.',
        "The given value is not suitable for var.db_password declared at cdk.tf.json:3,4-5: a number is required.",
    ],
)
def test_a_variable_is_known_by_its_name_alone(lake: Path, detail: str) -> None:
    assert told(lake, error("Invalid value", detail)).startswith("dag/registry/shop.yaml:9:7  error  Invalid value\n")


def test_what_is_gone_is_where_the_registry_says_so(lake: Path) -> None:
    out = told(lake, error("Instance cannot be destroyed", "", address="airbyte_connection.old_to_lake"))
    assert out.startswith("dag/registry/history.yaml:2:5  error  Instance cannot be destroyed\n")


def test_what_the_registry_does_not_have_is_told_as_it_is(lake: Path) -> None:
    other = {"range": {"filename": "backend_override.tf", "start": {"line": 3, "column": 5, "byte": 60}}}
    unknown = error("Failed", "", address="airbyte_source.nowhere")
    assert told(lake, error("Bad backend", "No.", **other), unknown, error("No providers")) == (
        "backend_override.tf:3:5  error  Bad backend\n    No.\n"
        "-  error  Failed\n    airbyte_source.nowhere\n"
        "-  error  No providers\n"
    )


def test_a_line_of_the_document_that_nobody_wrote_is_told_there(lake: Path) -> None:
    place = at(lake, '"metadata": {"stackName"', "{")
    out = told(lake, error("Unsupported", "", **place))
    assert out == f"{PROD}:3:17  error  Unsupported\n"


# Which stack


def test_the_quoted_lines_tell_which_stack_was_planned(lake: Path) -> None:
    place = at(lake, '"s3_bucket_name": "lake-staging"', "lake-", stack="staging")
    assert told(lake, error("Wrong", "", **place)).startswith("dag/registry/shop.yaml:22:")
    both = [error("Wrong", "", **place), error("Failed", "", address="airbyte_source.db.workspace_id")]
    assert "dag/registry/lake.yaml:7:7  error  Failed" in told(lake, *both)


def test_where_either_may_be_meant_both_are_told(lake: Path) -> None:
    out = told(lake, error("Failed", "", address="airbyte_source.db.workspace_id"))
    assert out == (
        "dag/registry/lake.yaml:11:7  error  Failed\n"
        "    airbyte_source.db.workspace_id\n"
        "    dag/registry/lake.yaml:7:7  lake.stacks.staging.workspace_id\n"
    )


@pytest.mark.parametrize("words", [("--stack", "staging"), ()])
def test_a_stack_may_be_named_by_the_user_or_by_the_file(lake: Path, words: tuple[str, ...]) -> None:
    one = error("Failed", "", address="airbyte_source.db.workspace_id")
    if not words:
        one["range"] = {
            "filename": "cdktf.out/stacks/staging/cdk.tf.json",
            "start": {"line": 1, "column": 1, "byte": 0},
        }
    result = explain(lake, line(one), *words)
    assert result.out == "dag/registry/lake.yaml:7:7  error  Failed\n    airbyte_source.db.workspace_id\n"


# Forms of output


def test_other_lines_are_ignored_and_complaints_are_sorted_and_told_once(lake: Path) -> None:
    second, first = error("B", "", address="airbyte_connection.db_to_lake"), error("A", "", address="airbyte_source.db")
    version = '{"@level":"info","@message":"OpenTofu 1.12.6","type":"version","tofu":"1.12.6"}'
    noise = ["There are some problems with the CLI configuration:", version, "{not json", "[1]", "", "{}"]
    warning = {"severity": "warning", "summary": "Value for undeclared variable", "detail": ""}
    result = explain(lake, "\n".join([*noise, line(second), *noise, line(first), line(second), line(warning)]))
    assert (result.code, result.err) == (1, "")
    assert [text for text in result.out.splitlines() if not text.startswith(" ")] == [
        "dag/registry/shop.yaml:2:3  error  A",
        "dag/registry/shop.yaml:24:3  error  B",
        "-  warning  Value for undeclared variable",
    ]


def test_validate_prints_one_object(lake: Path) -> None:
    one = error("Wrong", "No.", address="airbyte_source.db")
    value = {"format_version": "1.0", "valid": False, "error_count": 1, "diagnostics": [one]}
    text = "Warning: no CLI configuration\n" + json.dumps(value, indent=2) + "\n"
    result = explain(lake, text)
    assert result.out == "dag/registry/shop.yaml:2:3  error  Wrong\n    No.\n    airbyte_source.db\n"


def test_warnings_alone_exit_0(lake: Path) -> None:
    result = explain(lake, line({"severity": "warning", "summary": "Deprecated", "detail": "Soon."}))
    assert (result.code, result.out, result.err) == (0, "-  warning  Deprecated\n    Soon.\n", "")


def test_a_plan_without_complaints_exits_0(lake: Path) -> None:
    text = '{"@level":"info","@message":"Plan: 0 to add","type":"change_summary"}\n'
    assert explain(lake, text) == Result(0, "no diagnostics\n", "")
    assert explain(lake, text, "--quiet") == Result(0, "", "")
    assert json.loads(explain(lake, text, "--format", "json").out) == {"problems": [], "diagnostics": []}


@pytest.mark.parametrize(
    "text", ["", "hello\n", "{}\n", "[" * 3000, '{"a":' * 3000, '{"type": "CATALOG"}'], ids=range(6)
)
def test_what_is_no_output_of_a_plan_exits_2(lake: Path, text: str) -> None:
    result = explain(lake, text)
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("contains no diagnostics: pass what `tofu plan -json` prints\n")


def test_a_file_that_is_not_there_exits_2(lake: Path) -> None:
    result = run(lake, "explain", "--diagnostics", "nowhere.json")
    assert (result.code, result.out) == (2, "")
    assert result.err == "lakeform explain: nowhere.json: no such file or directory\n"


def test_a_plan_may_be_piped_in(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = line(error("Wrong", "", address="airbyte_source.db")).encode() + b"\n\xff\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run(lake, "explain", "--diagnostics", "-").out.startswith("dag/registry/shop.yaml:2:3  error  Wrong\n")


@pytest.mark.parametrize(
    "diagnostic",
    [
        {},
        {"severity": None, "summary": 7, "detail": [], "address": {}, "range": 3, "snippet": "x"},
        {"range": {"filename": "cdk.tf.json", "start": {"line": 10**9, "column": -1, "byte": 10**9}}, "snippet": {}},
        {"range": {"filename": "cdk.tf.json", "start": {}}, "snippet": {"code": "{", "start_line": None}},
        {
            "range": {"filename": "cdk.tf.json", "start": {"line": 1, "byte": 0}},
            "snippet": {"code": "{", "start_line": 1},
        },
        {"address": "airbyte_source.db (deposed object 1f2e)", "summary": "Odd"},
        {"address": 'module.x["y"].airbyte_source.db[0]'},
    ],
    ids=repr,
)
def test_an_odd_complaint_is_no_crash(lake: Path, diagnostic: Json) -> None:
    result = explain(lake, line({"summary": "Odd", **diagnostic}))
    assert result.code == 1
    assert result.err == ""
    assert "  error  " in result.out


def test_a_document_that_is_missing_or_broken_leaves_the_addresses(lake: Path, tmp_path: Path) -> None:
    one = error("Wrong", "", address="airbyte_source.db", **at(lake, '"port": 5432', "5432"))
    bare = explained_lake(tmp_path / "lake")
    assert told(bare, one).startswith("dag/registry/shop.yaml:2:3  error  Wrong\n")
    write_files(bare, {PROD: '{"resource": ', "cdktf.out/stacks/staging/cdk.tf.json": "[]"})
    assert told(bare, one).startswith("dag/registry/shop.yaml:2:3  error  Wrong\n")


def test_json_has_every_part(lake: Path) -> None:
    result = explain(
        lake, line(error("Wrong", "No.", address="airbyte_source.db")), "--format", "json", "--stack", "prod"
    )
    place = {"file": "dag/registry/shop.yaml", "line": 2, "column": 3, "path": "sources.db", "note": ""}
    assert json.loads(result.out) == {
        "problems": [],
        "diagnostics": [
            {
                "severity": "error",
                "summary": "Wrong",
                "detail": "No.",
                "address": "airbyte_source.db",
                "stacks": ["prod"],
                "places": [place],
                "rules": [],
                "hint": None,
            }
        ],
    }


# Text for people


def message(lake: Path) -> str:
    """The Ready message of a Terraform object, as tofu-controller puts it together."""
    schedule = at(lake, '"schedule": {"cron')["range"]["start"]["line"]
    quoted = (lake / PROD).read_text("utf-8").split("\n")[schedule - 1]
    return f"""\
error running Plan: rpc error: code = Internal desc = exit status 1

Error: failure to invoke API

  with airbyte_connection.db_to_lake,
  on cdk.tf.json line {schedule}, in resource.airbyte_connection.db_to_lake.schedule:
{schedule:4}: {quoted}
    ├────────────────
    │ while calling tonumber(v)
    │ var.workspace is "9da77001"

unexpected response from API. Got an unexpected response code 422

{{"message":"too frequent"}}

Error: No value for required variable

  on cdk.tf.json line 117, in variable:
 117:     "db_password": {{"sensitive": true, "type": "string"}},

The root module input variable "db_password" is not set, and has no default
value.
"""


def test_text_is_read_as_well(lake: Path) -> None:
    expected = """\
dag/registry/shop.yaml:9:7  error  No value for required variable
    The root module input variable "db_password" is not set, and has no default
    value.
    var.db_password
dag/registry/shop.yaml:27:5  error  failure to invoke API
    unexpected response from API. Got an unexpected response code 422

    {"message":"too frequent"}
    airbyte_connection.db_to_lake
"""
    assert explain(lake, message(lake)).out == expected
    framed = "╷\n" + "".join(f"\x1b[31m│\x1b[0m {text}\n" for text in message(lake).splitlines()) + "╵\n"
    assert explain(lake, framed).out == expected
    assert explain(lake, message(lake).replace("\n", "\r\n")).out == expected


def test_a_ready_message_is_translated_without_a_command(lake: Path) -> None:
    model = load_lake(lake).model
    found = locate_errors_in(message(lake), model, {"prod": (lake / PROD).read_text("utf-8")}, Redactor())
    assert [(one.severity, one.address, one.places[0].path) for one in found] == [
        ("error", "var.db_password", "sources.db.configuration.password"),
        ("error", "airbyte_connection.db_to_lake", "connections.db_to_lake.schedule"),
    ]


def test_a_text_without_places_is_read(lake: Path) -> None:
    text = "Warning: Deprecated\n\nSoon.\n\nError: Error acquiring the state lock\n\nlock: 12: taken\n"
    assert diagnostics_in(text) == [
        Diagnostic("warning", "Deprecated", "Soon."),
        Diagnostic("error", "Error acquiring the state lock", "lock: 12: taken"),
    ]
    assert explain(lake, text).code == 1
    assert read_diagnostics("Errors: none") is None


# Secrets


SECRET = "hunter2 & more"


@pytest.mark.parametrize(
    "shown",
    [
        f"cannot log in with {SECRET}.",
        f"first {json.dumps(SECRET + chr(34))} then",
        "https://x/?password=hunter2%20%26%20more",
        "in a page hunter2 &amp; more",
        "broken hunter2\n& more",
    ],
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_the_value_of_a_variable_is_never_shown(
    lake: Path, shown: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_db_password", SECRET)
    monkeypatch.setenv("TF_VAR_workspace", "plain-value-of-ours")
    values = [{"traversal": "var.db_password", "statement": f'is "{SECRET}"'}]
    place = at(lake, '"port": 5432', "5432")
    place["snippet"]["values"] = values
    one = error("Failed", f"{shown} and plain-value-of-ours", **place)
    text = f"Error: Failed\n\n{one['detail']}\n" if form == "text" else line(one)
    for words in ((), ("--format", "json")):
        result = explain(lake, text, *words)
        assert result.code == 1
        assert "hunter2" not in result.out + result.err
        assert "plain-value-of-ours" not in result.out
        assert "***" in result.out


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ('{"host": "h", "password": "pa\\"ss"}', '{"host": "h", "password": "***"}'),
        ('{\\"password\\":\\"x y\\",\\"port\\":1}', '{\\"password\\":\\"***\\",\\"port\\":1}'),
        ("POST /v1\nAuthorization: Bearer abc.def\nHost: h", "POST /v1\nAuthorization: ***\nHost: h"),
        ("sent Bearer eyJhbGciOi.x.y to it", "sent Bearer *** to it"),
        ("GET /x?access_token=abc&page=2", "GET /x?access_token=***&page=2"),
        ("Get https://ann:pw@host/x: refused", "Get https://***@host/x: refused"),
        ('{"client_secret":"s"} and "Password" : "p"', '{"client_secret":"***"} and "Password" : "***"'),
        ('+ secret_access_key = "a/b"', '+ secret_access_key = "***"'),
        ("- password: hunter2\n- host: h", "- password: ***\n- host: h"),
        ("the password must not be empty", "the password must not be empty"),
        ('{"message":"no password given"}', '{"message":"no password given"}'),
    ],
)
def test_what_looks_like_a_credential_is_hidden_without_knowing_it(lake: Path, detail: str, shown: str) -> None:
    result = explain(lake, line(error("Failed", detail)), "--format", "json")
    assert json.loads(result.out)["diagnostics"][0]["detail"] == shown


# The real thing


@pytest.mark.skipif(BINARY is None, reason="cannot run here: neither terraform nor tofu is on PATH")
def test_what_terraform_prints_today_is_understood(lake: Path, tmp_path: Path) -> None:
    """Without the provider, which a test cannot fetch: the variables and local values of the stack alone."""
    document = json.loads((lake / PROD).read_text("utf-8"))
    kept = {key: document[key] for key in ("locals", "variable")}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(kept))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"}
    for words in (["init", "-backend=false"], ["plan", "-json", "-input=false"], ["plan", "-no-color", "-input=false"]):
        done = subprocess.run(
            [str(BINARY), *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        if words[0] == "plan":
            result = explain(lake, done.stdout + done.stderr, "--stack", "prod")
            firsts = [text.split("  ")[0] for text in result.out.splitlines() if text.startswith("dag/")]
            assert firsts == [
                "dag/registry/lake.yaml:11:7",
                "dag/registry/lake.yaml:12:14",
                "dag/registry/lake.yaml:12:47",
                "dag/registry/shop.yaml:9:7",
            ]
            assert result.code == 1


def test_more_than_is_read_may_not_be_piped_in(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.lake.documents.files.MAX_BYTES", 2**20)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b" " * (2**20 + 1))))
    assert run(lake, "explain", "--diagnostics", "-") == Result(
        2, "", "lakeform explain: standard input is larger than 1 MB, and is not read\n"
    )


@pytest.mark.parametrize(
    "blocks",
    [
        {"moved": [{"a": 1}]},
        {"moved": ["x"]},
        {"moved": [{"from": 5, "to": [1]}]},
        {"import": [{"id": "x"}]},
        {"removed": [{"from": {}}]},
        {"import": [[]]},
    ],
)
def test_a_document_that_was_edited_by_hand_leaves_its_own_line(lake: Path, blocks: dict[str, Any]) -> None:
    text = json.dumps({"resource": {}, **blocks}, indent=1)
    for document in lake.glob("cdktf.out/stacks/*/cdk.tf.json"):
        document.write_text(text, "utf-8")
    for number, code in enumerate(text.splitlines(), 1):
        where = {"filename": "cdk.tf.json", "start": {"line": number, "column": 1}}
        told = {
            "severity": "error",
            "summary": "Wrong",
            "range": where,
            "snippet": {"code": code, "start_line": number},
        }
        result = explain(lake, json.dumps({"@level": "error", "diagnostic": told}))
        assert (result.code, result.err) == (1, "")


def test_an_address_and_a_file_tell_no_secret_and_no_further_line(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_x", "MARKSECRET99")
    told = {
        "severity": "error",
        "summary": "a\nb",
        "address": 'airbyte_source.x["MARKSECRET99"]\nforged',
        "range": {"filename": "MARKSECRET99\nx.tf", "start": {"line": 3, "column": 2}},
    }
    result = explain(lake, json.dumps({"@level": "error", "diagnostic": told}))
    assert result.out == '*** x.tf:3:2  error  a b\n    airbyte_source.x["***"] forged\n'
