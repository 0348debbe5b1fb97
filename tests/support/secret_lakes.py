"""Lakes whose stack `prod` takes four values from outside, and files as SOPS writes them, with made-up ciphertext."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from infra.secrets.secret_file import read_secrets
from tests.support.ciphertexts import ciphertext
from tests.support.lakes import Result, run, write_files

LAKE = """\
version: 1
lake:
  name: shop
  stacks:
    prod:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: {var: workspace_id}
      auth: {client_id: {secret: client_id}, client_secret: {secret: client_secret}}
      flux:
        namespace: shop
        secrets: [{name: prod-values, file: secrets/prod.yaml}]
        values: {workspace_id: 11111111-2222-3333-4444-555555555555}
  variables:
    client_id: {description: application of the data team}
destinations:
  lake:
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      secret_access_key: {secret: s3_key}
      access_key_id: {secret: s3_id}
      format: {format_type: Parquet}
sources:
  faker:
    connector: source-faker
    configuration: {count: 10}
connections:
  faker_to_lake:
    source: faker
    destination: lake
"""
USERS = '{"fields": {"id": {"type": "integer"}}}\n'
FILES: dict[str, str | bytes] = {"dag/registry/lake.yaml": LAKE, "dag/streams/faker/users.json": USERS}

KEYS = ("client_id", "client_secret", "s3_id", "s3_key")

SOPS = f"""\
sops:
  age: [{{recipient: age1kyvr}}]
  encrypted_regex: ^(data|stringData)$
  mac: {ciphertext("bQ==")}
  version: 3.13.3
"""


def encrypted(kind: str = "str") -> str:
    """A value as SOPS writes it."""
    return ciphertext(kind=kind)


def checksum_of(path: Path) -> str | None:
    """The checksum of a file of secrets, which all that are in it have."""
    secrets, _ = read_secrets(path.parent, path.name)
    return next(iter({secret.checksum for secret in secrets}), None)


def manifest(
    keys: Iterable[str] | Mapping[str, str] = KEYS,
    *,
    name: str = "prod-values",
    namespace: str = "shop",
    section: str = "stringData",
    sops: str = SOPS,
) -> str:
    """An encrypted Secret, its first key on line 7; a mapping gives values as they stand in the file."""
    values = keys if isinstance(keys, Mapping) else dict.fromkeys(keys, encrypted())
    lines = "".join(f"  {key}: {value}\n" for key, value in values.items())
    head = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
    return f"{head}{section}:\n{lines}{sops}"


def with_values(**values: str) -> dict[str, str]:
    """The keys of the stack, some of them with another value."""
    return {**dict.fromkeys(KEYS, encrypted()), **values}


FILE = "secrets/prod.yaml"
TWO_STACKS = LAKE.replace(
    "  variables:\n",
    """\
    staging:
      server_url: https://staging.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-666666666666
      auth: {bearer_token: {secret: staging_token}}
      flux:
        namespace: shop-staging
        secrets: [{name: staging-values, file: secrets/staging.yaml}]
  defaults:
    source: {stack: [prod, staging]}
    destination: {stack: prod}
    connection: {stack: prod}
  variables:
""",
)


def checked(lake: Path, *files: str, file: str = FILE, words: tuple[str, ...] = ()) -> Result:
    """What `secrets --check` says where the Secret's file holds these documents."""
    write_files(lake, {file: "---\n".join(files)})
    return run(lake, "secrets", "--check", *words)


def problems_of(lake: Path, *files: str, file: str = FILE) -> list[tuple[int, str, str]]:
    """(line, rule, fix) of each problem."""
    told = json.loads(checked(lake, *files, file=file, words=("--format", "json")).out)["problems"]
    return [(problem["line"], problem["rule"], problem["fix"]) for problem in told]


def edited(lake: Path, old: str, new: str) -> Path:
    """The lake with another registry."""
    path = lake / "dag/registry/lake.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return lake


def named(lake: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """`secrets --check ...` in the folder of the lake."""
    monkeypatch.chdir(lake)
    return run(lake, "secrets", "--check", *words)
