"""A lake under Flux whose Airbyte is a stand-in, for the commands that operate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.kube import Cluster, cluster_on_path, repository, secret
from tests.support.lakes import USERS, Result, write_lake
from tests.support.remote import CLIENT

SOURCES = """\
sources:
  faker:
    connector: source-faker
    configuration: {count: 10}
destinations:
  files:
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      format: {format_type: Parquet}
"""
CONNECTION = """\
connections:
  faker_to_files:
    source: faker
    destination: files
    schedule: {cron: "0 0 6 * * ?"}
"""
FLUX = """\
      backend: {kubernetes: {namespace: lake, secret_suffix: lake-state}}
      flux:
        git: {url: "ssh://git@git.example.com/team/lake"}
        secrets: [{name: lake-values}]
"""

# The workspace of nobody: what is not asked is not there.
WORKSPACE = "11111111-2222-3333-4444-555555555555"
NOWHERE = "http://127.0.0.1:9/api/public/v1"


def stack(name: str = "airbyte", url: str = NOWHERE, workspace: str = WORKSPACE, flux: str = FLUX) -> str:
    """A stack of the registry, as text."""
    return f"    {name}:\n      server_url: {url}\n      workspace_id: {workspace}\n      auth: {CLIENT}\n{flux}"


def operate_lake(root: Path, stacks: str, entries: str = SOURCES + CONNECTION) -> Path:
    """A lake of these stacks and entries."""
    head = f"version: 1\nlake:\n  name: shop\n  stacks:\n{stacks}"
    return write_lake(root, {"dag/registry/lake.yaml": head + entries, "dag/streams/faker/users.json": USERS})


NOT_ASKED = (
    'connections: not queried: stack "airbyte": values that the registry refers to are missing; set in the environment: '
    "TF_VAR_airbyte_client_id, TF_VAR_airbyte_client_secret\n"
)


def known_cluster(root: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster that has the stack's repository and the values of its login."""
    found = cluster_on_path(root, monkeypatch)
    found.put(repository())
    found.put(secret({"client_id": "the-client", "client_secret": "the-secret-of-it"}))
    return found


def said(result: Result) -> str:
    """What is said of the only stack, without its connections, which nobody can ask for here."""
    assert result.err == ""
    assert result.out.endswith(NOT_ASKED)
    return result.out.removesuffix(NOT_ASKED)
