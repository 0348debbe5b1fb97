"""docs/gitops.md shows what `status` prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.standin import StandIn, jobs
from tests.support import kube
from tests.support.docs_commands import blocks_of
from tests.support.lakes import REPOSITORY, run
from tests.support.remote import CONNECTORS, USERS, environ_of, without_pauses

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

MESSAGE = """\
error running Apply: rpc error: code = Internal desc = error running Apply: exit status 1

Error: failure to invoke API

  with airbyte_destination.data_lake,
  on cdk.tf.json line 60, in resource.airbyte_destination.data_lake:
  60:       "name": "Data Lake",

unknown status code returned: Status 422
{"message":"the access key AKIAIOSFODNN7EXAMPLE is not known"}
"""


def in_namespace(found: kube.Json, namespace: str) -> kube.Json:
    return {**found, "metadata": {**found["metadata"], "namespace": namespace}}


def test_the_example_is_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "lake"
    assert run(lake, "init", str(lake), "--quiet").code == 0
    cluster = kube.cluster_on_path(tmp_path / "kube", monkeypatch)
    without_pauses(monkeypatch)
    monkeypatch.setattr("infra.commands.status.now", lambda: datetime(2026, 1, 5, 7, 30, tzinfo=UTC))
    with StandIn(CONNECTORS, {"source-faker": [USERS]}) as server:
        for name, value in environ_of(server, workspace_id=server.workspace_id).items():
            monkeypatch.setenv(name, value)
        page = (REPOSITORY / "docs/gitops.md").read_text("utf-8")
        registry = lake / "dag/registry/lake.yaml"
        edit = next(block.text for block in blocks_of(page) if block.language == "diff").splitlines()
        flux = "".join(f"{line[1:]}\n" for line in edit[2:])
        text = registry.read_text().replace("https://airbyte.example.com/api/public/v1", server.url)
        registry.write_text(text.replace(f"{edit[0][1:]}\n", f"{edit[0][1:]}\n{flux}"))
        for found in (kube.failed(MESSAGE), kube.repository()):
            cluster.put(in_namespace(found, "my-lake"))
        values = {"s3_access_key_id": "AKIAIOSFODNN7EXAMPLE"}
        for name in ("airbyte-values", "lake-values"):
            cluster.put(in_namespace(kube.secret(values, name), "my-lake"))
        source = server.add_source("Sample Data", "source-faker", {})
        connection = server.add_connection(
            source, server.add_destination("Data Lake", "destination-s3", {}), name="Sample Data → Data Lake"
        )
        server.clock.now = datetime(2026, 1, 5, 7, tzinfo=UTC)
        jobs.start(server.airbyte, server.state.connections[connection], "sync")
        failure = {"streamDescriptor": {"name": "users"}, "externalMessage": "the access key is not known"}
        server.finish_job(status="failed", rows=2000, failures=[failure])
        result = run(lake, "status", "--quiet")
    shown = next(block.text for block in blocks_of(page) if block.text.startswith("$ lakeform status\n"))
    assert result.code == 1
    assert shown == f"$ lakeform status\n{result.out}"


def test_the_lock_of_the_page_is_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (REPOSITORY / "docs/gitops.md").read_text("utf-8")
    shown = next(block.text for block in blocks_of(page) if "(DriftDetectionFailed)" in block.text)
    lake, lock = tmp_path / "lake", "f2ab685b-f84d-ac0b-a125-378a22877e8d"
    assert run(lake, "init", str(lake), "--quiet").code == 0
    registry = lake / "dag/registry/lake.yaml"
    edit = next(block.text for block in blocks_of(page) if block.language == "diff").splitlines()
    flux = "".join(f"{line[1:]}\n" for line in edit[2:])
    registry.write_text(registry.read_text().replace(f"{edit[0][1:]}\n", f"{edit[0][1:]}\n{flux}"))
    cluster = kube.cluster_on_path(tmp_path / "kube", monkeypatch)
    ready = kube.condition(
        "Ready",
        "False",
        "DriftDetectionFailed",
        f"error running Plan: rpc error: code = Internal desc = error acquiring the state lock: Lock Info:\n  ID: {lock}\n",
        "2026-01-05T07:30:00Z",
    )
    locked = kube.terraform(ready, lastAppliedRevision=kube.OLD, lock={"pending": lock})
    info = {"Who": "runner@airbyte-tf-runner", "Operation": "OperationTypePlan", "Created": "2026-01-05T07:00:00.5Z"}
    for found in (locked, kube.repository(revision=kube.OLD), kube.lease(lock, json.dumps(info), "my-lake-airbyte")):
        cluster.put(in_namespace(found, "my-lake"))
    out = run(lake, "status", "--quiet").out
    assert out.partition("connections: ")[0] == shown
