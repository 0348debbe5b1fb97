"""Lakes under Flux, written from text, and what `lakeform flux` makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.support.ciphertexts import ciphertext
from tests.support.lakes import REGISTRY, USERS, Result, run, write_lake

FILE = "dag/registry/lake.yaml"
# What was synthesized for it, as far as its manifests need it: that it is there.
DOCUMENT = "cdktf.out/stacks/airbyte/cdk.tf.json"

GIT = 'git: {url: "ssh://git@git.example.com/team/lake"}'
SECRETS = "secrets: [{name: lake-values, file: secrets/lake.yaml}]"

# A stack with three variables: two secrets, and one that is none.
LAKE = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: {var: workspace_id}
      auth: {client_id: {secret: client_id}, client_secret: {secret: client_secret}}
"""
REST = REGISTRY[REGISTRY.index("sources:") :]
# Two stacks do not share their tables.
_OVERRIDE = "    overrides: {other: {configuration: {s3_bucket_name: other}}}\n"
VALUES = "values: {workspace_id: 11111111-2222-3333-4444-555555555555}"
BACKEND = "      backend: {kubernetes: {namespace: lake, secret_suffix: lake-state}}\n"


def flux_of(*lines: str) -> str:
    """The `flux` block of a stack."""
    return "      flux:\n" + "".join(f"        {line}\n" for line in lines)


def secret_text(*keys: str, name: str = "lake-values", namespace: str = "lake") -> str:
    """An encrypted Secret with these keys, as SOPS leaves it."""
    values = "".join(f"  {key}: {encrypted(key)}\n" for key in keys)
    return (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {namespace}}}\nstringData:\n{values}"
        f"sops:\n  age: [{{recipient: age1kyvr}}]\n  mac: {encrypted('mac')}\n  encrypted_regex: ^(data|stringData)$\n  version: 3.13.3\n"
    )


def encrypted(text: str) -> str:
    """A value in the form that SOPS gives it."""
    return ciphertext(f"{text.encode().hex()}==")


SECRET = secret_text("client_id", "client_secret")
USUAL = (GIT, SECRETS, VALUES)


def flux_lake(root: Path, *flux: str, backend: str = BACKEND, secret: str | None = SECRET, **files: str) -> Path:
    """A lake with a stack under Flux; `files`: others, with `__` for `/` in their names."""
    named = {name.replace("__", "/") + ".yaml": text for name, text in files.items()}
    lake = LAKE + backend + (flux_of(*flux) if flux else "")
    kept = {"secrets/lake.yaml": secret} if secret is not None else {}
    return write_lake(
        root, {FILE: lake + REST, "dag/streams/faker/users.json": USERS, DOCUMENT: "{}\n", **kept, **named}
    )


def two_stacks(root: Path, first: tuple[str, ...], second: tuple[str, ...]) -> Path:
    """A lake with the stacks `airbyte` and `other`."""
    other = LAKE[LAKE.index("    airbyte:") :].replace("airbyte:\n", "other:\n")
    lake = LAKE + BACKEND + flux_of(*first) + other + flux_of(*second)
    stacked = (
        lake
        + "  defaults:\n"
        + "".join(f"    {kind}: {{stack: [airbyte, other]}}\n" for kind in ("source", "destination", "connection"))
    )
    rest = REST.replace("    connector: destination-s3\n", f"    connector: destination-s3\n{_OVERRIDE}")
    documents = {DOCUMENT: "{}\n", DOCUMENT.replace("airbyte", "other"): "{}\n"}
    files = {FILE: stacked + rest, "dag/streams/faker/users.json": USERS, "secrets/lake.yaml": SECRET}
    return write_lake(root, {**files, **documents})


def read_objects(path: Path) -> list[dict[str, Any]]:
    """The objects of a file."""
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def terraform_of(root: Path, stack: str = "airbyte") -> dict[str, Any]:
    """The spec of a stack's Terraform object."""
    (found,) = read_objects(root / f"deploy/{stack}/terraform/terraform.yaml")
    spec: dict[str, Any] = found["spec"]
    return spec


EVERYTHING = (
    'git: {url: "https://git.example.com/team/lake", branch: live, path: data, secret: git-credentials}',
    "approve: auto",
    "interval: 1h",
    "destroy_on_deletion: true",
    "receiver: {type: gitlab, secret: webhook-token}",
    "notifications: {type: slack, secret: slack-address, channel: data, severity: info}",
    "branch_planner: true",
    "decryption_secret: null",
    "secrets:",
    "  - {name: lake-values, file: secrets/lake.yaml}",
    "  - {name: more-values, file: secrets/more.env, key_prefix: TF_VAR_}",
    "  - {name: elsewhere}",
)
S3 = """\
      backend:
        s3: {bucket: "lake $x \\"quoted\\"", key: state, use_lockfile: true, assume_role: {role_arn: "arn:x"}}
"""
CLUSTER = 'cluster: {url: "ssh://git@git.example.com/team/cluster", path: apps/lake}'
DOTENV = f"TF_VAR_client_secret={encrypted('x')}\nsops_age__list_0__map_recipient=age1kyvr\nsops_version=3.13.3\nsops_mac={encrypted('mac')}\n"


def written(root: Path, *words: str) -> Path:
    """The folder of manifests, after `lakeform flux` wrote it."""
    result = run(root, "flux", "--quiet", *words)
    assert result == Result(0, "", "")
    return root / "deploy"


def lake_with_everything(root: Path) -> Path:
    lake = flux_lake(root / "data", *EVERYTHING, secret=secret_text("client_id"))
    (lake / "secrets/more.env").write_text(DOTENV)
    return lake
