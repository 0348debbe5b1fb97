"""Both stacks of the example, from the committed registry to servers of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.engine import BACKEND, synthesize
from tests.e2e.proof import prove
from tests.e2e.servers import serve
from tests.e2e.tools import Tools
from tests.support.lakes import REPOSITORY, run, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

INPUT = ("dag/registry", "dag/streams", "dag/sources", "dag/connectors")
ADDRESSES = {"prod": "https://airbyte.example.com", "staging": "https://airbyte.staging.example.com"}
SECRETS = {
    name: f"value-of-{name}"
    for name in (
        "klaviyo_api_key",
        "postgres_password",
        "s3_access_key_id",
        "s3_secret_access_key",
        "shopify_api_password",
        "shopify_store",
    )
}
ENTRIES = ("faker", "klaviyo", "postgres", "shopify")


def example(folder: Path) -> Path:
    """The example's hand-written and discovered files, elsewhere."""
    files = [path for name in INPUT for path in (REPOSITORY / name).rglob("*") if path.is_file()]
    return write_lake(folder, {path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in files})


def test_both_stacks_apply_and_settle_and_tell_no_secret(tools: Tools, folder: Path) -> None:
    lake = example(folder / "lake")
    registry = lake / "dag/registry/lake.yaml"
    with serve(lake) as prod, serve(lake) as staging:
        servers = {"prod": prod, "staging": staging}
        for stack, address in ADDRESSES.items():
            text = registry.read_text("utf-8").replace(f"{address}/api", f"{servers[stack].host}/api")
            registry.write_text(text, "utf-8")
        said = [str(run(lake, verb)) for verb in ("check", "synth")]
        for stack, server in servers.items():
            variables = {
                **SECRETS,
                f"{stack}_workspace_id": server.workspace_id,
                "airbyte_client_id": server.client_id,
                "airbyte_client_secret": server.client_secret,
            }
            engine, plan = prove(tools, lake, stack, server, variables, folder / stack)
            assert plan.actions == {
                **{f"airbyte_connection.{name}_to_lake": "create" for name in ENTRIES},
                "airbyte_destination.s3_data_lake": "create",
                **{f"airbyte_source.{name}": "create" for name in ENTRIES},
            }
            said += [plan.text, engine.refresh(), (engine.folder / "cdk.tf.json").read_text("utf-8")]
            assert engine.left() == ""
            # What tofu-controller adds stands beside the committed bytes; the registry's own backend is overridden.
            assert (engine.folder / "backend_override.tf").read_text() == BACKEND
            assert "kubernetes" in json.loads((engine.folder / "cdk.tf.json").read_text())["terraform"]["backend"]
            assert (engine.folder / "terraform.tfstate").is_file()
    secrets = [*SECRETS.values(), prod.client_secret]
    assert [(secret, text) for secret in secrets for text in said if secret in text] == []


def test_the_committed_stacks_are_the_ones_that_are_proven(folder: Path) -> None:
    lake = example(folder / "lake")
    synthesize(lake)
    for stack in ADDRESSES:
        path = f"cdktf.out/stacks/{stack}/cdk.tf.json"
        assert (lake / path).read_bytes() == (REPOSITORY / path).read_bytes()
