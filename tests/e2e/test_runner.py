"""What tofu-controller's runner does with a stack, with nothing but what `lakeform flux` wrote and the Secret it names.

The order and the files are those of controllers/tf_controller_backend.go and runner/server_generate_tf_vars.go. The state
is in a real API server; only the runner's own pod is missing, so the backend gets a kubeconfig instead of
`in_cluster_config`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.engine import Engine, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import LAKE, VARIABLES, base
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.support.cluster import real_cluster
from tests.support.lakes import run, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

FLUX = """\
      backend: {{kubernetes: {{namespace: lake, secret_suffix: shop}}}}
      flux:
        namespace: lake
        git: {{url: "ssh://git@git.example.com/shop/lake", secret: git-credentials}}
        secrets: [{{name: airbyte-variables, key_prefix: TF_VAR_}}]
        values: {{server_url: "{server.url}", workspace_id: {server.workspace_id}, postgres_port: 5432}}
"""


def test_the_runner_applies_what_the_manifests_name(tools: Tools, tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", base())
    with serve(lake) as server, real_cluster(_folder(tmp_path / "cluster")) as cluster:
        lake.joinpath(LAKE).write_text(base()[LAKE].rstrip("\n") + "\n" + FLUX.format(server=server))
        synthesize(lake)
        assert run(lake, "flux", "--quiet").err == ""
        terraform, sources = _documents(lake)
        artifact = _artifact(lake, sources[terraform["spec"]["sourceRef"]["name"]], tmp_path / "artifact")
        cluster.kubectl("create", "namespace", terraform["metadata"]["namespace"])

        engine = Engine(tools, artifact / terraform["spec"]["path"])
        (engine.folder / "backend_override.tf").write_text(_backend(terraform, cluster.kubeconfig))
        variables = _variables(terraform["spec"], _secret(server))
        (engine.folder / "generated.auto.tfvars.json").write_text(json.dumps(variables))
        engine.init(upgrade=terraform["spec"]["upgradeOnInit"])
        assert set(engine.plan().actions.values()) == {"create"}
        engine.apply()
        assert engine.left() == ""
        names = cluster.kubectl("get", "secrets", "--namespace=lake", "--output=name").split()
    assert names == ["secret/tfstate-default-shop"]
    assert sorted(path.name for path in engine.folder.iterdir() if not path.name.startswith(".")) == [
        "backend_override.tf",
        "cdk.tf.json",
        "generated.auto.tfvars.json",
        "tfplan",
    ]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _documents(lake: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Terraform object, and the GitRepositories by name."""
    found = [
        document
        for file in (lake / "deploy").rglob("*.yaml")
        for document in yaml.safe_load_all(file.read_text("utf-8"))
    ]
    (terraform,) = (document for document in found if document and document["kind"] == "Terraform")
    sources = {document["metadata"]["name"]: document for document in found if document["kind"] == "GitRepository"}
    return terraform, sources


def _artifact(lake: Path, source: Mapping[str, Any], folder: Path) -> Path:
    """What source-controller packs: the folders that the GitRepository names."""
    for name in source["spec"]["sparseCheckout"]:
        shutil.copytree(lake / name, folder / name)
    return folder


def _backend(terraform: Mapping[str, Any], kubeconfig: Path) -> str:
    config = terraform["spec"]["backendConfig"]
    assert config["inClusterConfig"] is True
    return (
        'terraform {\n  backend "kubernetes" {\n'
        f'    secret_suffix = "{config["secretSuffix"]}"\n    namespace = "{terraform["metadata"]["namespace"]}"\n'
        f'    config_path = "{kubeconfig}"\n  }}\n}}\n'
    )


def _secret(server: StandIn) -> Mapping[str, str]:
    """The Secret in the cluster: values are text, and a key more than is needed does no harm."""
    values = {
        **VARIABLES,
        "airbyte_client_id": server.client_id,
        "airbyte_client_secret": server.client_secret,
        "unused": "x",
    }
    return {f"TF_VAR_{name}": value for name, value in values.items()}


def _variables(spec: Mapping[str, Any], secret: Mapping[str, str]) -> dict[str, Any]:
    """`vars` keep their type, then come the keys of `varsFrom` as text, `old:new` renamed; a missing one is empty."""
    found = {one["name"]: one["value"] for one in spec.get("vars", [])}
    for line in spec["varsFrom"]:
        for key in line["varsKeys"]:
            old, _, new = key.partition(":")
            found[new or old] = secret.get(old, "")
    return found
