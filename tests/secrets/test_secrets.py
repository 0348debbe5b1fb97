"""Values of secrets: in no file and in no message, whatever the lake looks like and whatever the environment holds."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, MINIMAL, REPOSITORY, SOURCE, run, write_lake

MARK = "hunter2marker"
FILE = "dag/registry/lake.yaml"

CREDENTIALS = [
    "AIRBYTE_CLIENT_ID",
    "AIRBYTE_CLIENT_SECRET",
    "AIRBYTE_PASSWORD",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "GITHUB_TOKEN",
    "KUBE_TOKEN",
    "SOPS_AGE_KEY",
    "TF_TOKEN_app_terraform_io",
    "VAULT_TOKEN",
]

COMMANDS = [
    ("check",),
    ("check", "--format", "json"),
    ("check", "--strict", "--synth"),
    ("catalog",),
    ("catalog", "--check"),
    ("synth",),
    ("synth", "--check"),
    ("schema", "--write"),
]

# A place of the small lake -> registry with a literal secret there, right type and wrong ones around it.
POSTGRES = """\
sources:
  faker:
    connector: source-postgres
    configuration:
      host: db
      port: 5432
      database: shop
      username: me
"""
LITERALS = {
    "a secret field": POSTGRES + f"      password: {MARK}\n",
    "a list in a secret field": POSTGRES + f"      password: [{MARK}]\n",
    "a mapping in a secret field": POSTGRES + f"      password: {{value: {MARK}, {MARK}: 1}}\n",
    "a reference with a second key": POSTGRES + f"      password: {{secret: {MARK}, var: x}}\n",
    "a name that is no name": POSTGRES + f"      password: {{secret: {MARK.upper()}-}}\n",
    "a branch of a union": POSTGRES + f"      tunnel_method: {{tunnel_method: SSH_KEY_AUTH, ssh_key: {MARK}}}\n",
    "a branch with the wrong type": POSTGRES
    + f"      tunnel_method: {{tunnel_method: SSH_KEY_AUTH, ssh_key: [{MARK}]}}\n",
    "a union without its discriminator": POSTGRES + f"      tunnel_method: {{ssh_key: {MARK}}}\n",
    "a union with an unknown branch": POSTGRES + f"      tunnel_method: {{tunnel_method: SSH, ssh_key: {MARK}}}\n",
    "a field beside a broken one": POSTGRES.replace("5432", "wrong") + f"      password: {MARK}\n",
    "a configuration that is a list": SOURCE.replace("{count: 10}", f"[{MARK}]"),
    "a configuration that is text": SOURCE.replace("{count: 10}", MARK),
    "an override": POSTGRES + f"    overrides: {{airbyte: {{configuration: {{password: {MARK}}}}}}}\n",
    "a default": LAKE.replace(
        "  stacks:", f"  defaults: {{source: {{configuration: {{password: {MARK}}}}}}}\n  stacks:"
    ),
    "the lake's client_secret": LAKE.replace("auth: none", f"auth: {{client_id: me, client_secret: {MARK}}}"),
    "the lake's password": LAKE.replace("auth: none", f"auth: {{username: me, password: {MARK}}}"),
    "the lake's bearer_token": LAKE.replace("auth: none", f"auth: {{bearer_token: [{MARK}]}}"),
    "an auth that is text": LAKE.replace("auth: none", f"auth: {MARK}"),
    "a custom connector": SOURCE.replace("source-faker", "source-own").replace("count: 10", f"count: {MARK}"),
    "a misspelt key": POSTGRES + f"      pasword: {MARK}\n",
}


def registry_with(written: str) -> str:
    """The small registry with one of its parts replaced by `written`."""
    lake = written if written.startswith("version") else LAKE
    source = written if written.startswith("sources") else SOURCE
    return lake + source + DESTINATION + CONNECTION


def texts_below(root: Path, *, leaving_out: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in leaving_out:
            yield name, path.read_text("utf-8")


def example_copy(root: Path) -> Path:
    files = [path for path in (REPOSITORY / "dag").rglob("*") if path.is_file() and path.suffix in (".yaml", ".json")]
    return write_lake(root, {path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in files})


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_value_of_the_environment_is_printed_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    root = example_copy(tmp_path)
    variables = json.loads((REPOSITORY / "cdktf.out/stacks/prod/cdk.tf.json").read_text("utf-8"))["variable"]
    for name in [*CREDENTIALS, *(f"TF_VAR_{variable}" for variable in variables)]:
        monkeypatch.setenv(name, f"{MARK}-{name}")
    result = run(root, *words)
    assert MARK not in result.out + result.err
    assert [name for name, text in texts_below(root) if MARK in text] == []


@pytest.mark.parametrize("written", LITERALS.values(), ids=LITERALS)
def test_a_secret_that_stands_in_the_registry_is_printed_by_no_command_and_copied_nowhere(
    tmp_path: Path, written: str
) -> None:
    root = write_lake(tmp_path, {**MINIMAL, FILE: registry_with(written)})
    for words in COMMANDS:
        result = run(root, *words)
        assert MARK not in (result.out + result.err).lower(), words
    assert [name for name, text in texts_below(root, leaving_out=frozenset({FILE})) if MARK in text] == []


REFUSED = [
    "a secret field",
    "a list in a secret field",
    "a mapping in a secret field",
    "a branch of a union",
    "an override",
]


@pytest.mark.parametrize("place", REFUSED)
def test_a_literal_where_the_spec_says_secret_is_refused_with_the_reference_to_write(
    tmp_path: Path, place: str
) -> None:
    root = write_lake(tmp_path, {**MINIMAL, FILE: registry_with(LITERALS[place])})
    result = run(root, "check", "--format", "json")
    found = [problem for problem in json.loads(result.out)["problems"] if problem["rule"] == "secret-in-clear"]
    assert result.code == 1
    assert found
    assert all(re.search(r"\{secret: [a-z][a-z0-9_]*\}", problem["fix"]) for problem in found)


def test_a_secret_in_a_file_that_is_no_yaml_is_not_quoted_back(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/more.yaml": f"sources:\n  a: {{password: {MARK}: x}}\n"})
    result = run(root, "check")
    assert result.code == 1
    assert MARK not in result.out + result.err


def test_a_secret_in_a_stream_file_is_not_quoted_back(tmp_path: Path) -> None:
    files = {
        "dag/streams/faker/users.json": f'{{"fields": ["{MARK}"], "mappers": "{MARK}"}}',
        "dag/streams/faker/broken.json": f'{{"a": {MARK}}}',
    }
    root = write_lake(tmp_path, {**MINIMAL, **files})
    result = run(root, "check")
    assert result.code == 1
    assert MARK not in result.out + result.err


def test_the_document_holds_no_default_for_a_secret() -> None:
    for path in (REPOSITORY / "cdktf.out").rglob("cdk.tf.json"):
        variables = json.loads(path.read_text("utf-8"))["variable"].values()
        assert all("default" not in variable for variable in variables if variable.get("sensitive"))


def test_the_marker_is_nowhere_in_this_environment() -> None:
    assert MARK not in json.dumps(dict(os.environ))
