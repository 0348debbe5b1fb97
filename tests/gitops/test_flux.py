"""`lakeform flux`: what it writes is what Flux and tofu-controller take, and nothing that they ignore."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.flux_lakes import (
    BACKEND,
    DOTENV,
    FILE,
    GIT,
    S3,
    SECRET,
    SECRETS,
    USUAL,
    VALUES,
    encrypted,
    flux_lake,
    lake_with_everything,
    read_objects,
    terraform_of,
    two_stacks,
    written,
)
from tests.support.lakes import REPOSITORY, Result, run


def test_the_manifests_of_this_repository_are_current() -> None:
    assert run(REPOSITORY, "flux", "--check") == Result(0, "", "")


def test_the_terraform_object(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    written(root)
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    assert (
        (root / "deploy/airbyte/terraform/terraform.yaml").read_text("utf-8")
        == f"""\
# written by lakeform flux for shop; change dag/registry/ and run it again
---
# The merged pull request is the approval.
apiVersion: infra.contrib.fluxcd.io/v1alpha2
kind: Terraform
metadata:
  name: airbyte
  namespace: lake
  annotations:
    kustomize.toolkit.fluxcd.io/substitute: disabled
spec:
  interval: 10m
  retryInterval: 1m
  approvePlan: auto
  path: ./cdktf.out/stacks/airbyte
  sourceRef:
    kind: GitRepository
    name: airbyte
  storeReadablePlan: human
  upgradeOnInit: true
  destroyResourcesOnDeletion: false
  backendConfig:
    secretSuffix: lake-state
    inClusterConfig: true
  vars:
    - name: workspace_id
      value: 11111111-2222-3333-4444-555555555555
  varsFrom:
    - kind: Secret
      name: lake-values
      varsKeys:
        - client_id
        - client_secret
  runnerPodTemplate:
    metadata:
      annotations:
        checksum/lake-values: "{digest}"
"""
    )


def test_it_says_what_it_wrote_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    assert run(root, "flux") == Result(
        0,
        "wrote deploy/airbyte/kustomization.yaml\n"
        "wrote deploy/airbyte/sources.yaml\n"
        "wrote deploy/airbyte/kustomizations.yaml\n"
        "wrote deploy/airbyte/secrets/kustomization.yaml\n"
        "wrote deploy/airbyte/terraform/kustomization.yaml\n"
        "wrote deploy/airbyte/terraform/terraform.yaml\n",
        "",
    )
    assert run(root, "flux") == Result(0, "", "")
    assert run(root, "flux", "--check") == Result(0, "", "")
    assert run(root, "flux", "--check", "--format", "json") == Result(0, '{\n  "problems": []\n}\n', "")


def test_secrets_come_first_then_the_terraform_object(tmp_path: Path) -> None:
    folder = written(flux_lake(tmp_path, *USUAL)) / "airbyte"
    itself, secrets, terraform = read_objects(folder / "kustomizations.yaml")
    assert [k["spec"]["path"] for k in (itself, secrets, terraform)] == [
        *("./deploy/airbyte", "./deploy/airbyte/secrets", "./deploy/airbyte/terraform")
    ]
    assert secrets["spec"]["decryption"] == {"provider": "sops", "secretRef": {"name": "sops-age"}}
    assert terraform["spec"]["dependsOn"] == [{"name": "lake-airbyte-secrets"}]
    assert read_objects(folder / "secrets/kustomization.yaml")[0]["resources"] == ["../../../secrets/lake.yaml"]


HEALTH = {"apiVersion": "infra.contrib.fluxcd.io/v1alpha2", "kind": "Terraform"}
READY = "has(status.conditions) && status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')"
FAILED = (
    f"!({READY}) && ((has(status.reconciliationFailures) && status.reconciliationFailures > 0) || (has(status.conditions) && "
    "status.conditions.exists(c, c.type == 'Ready' && c.status == 'False' && c.reason != 'DriftDetected')))"
)


def test_flux_sees_a_failed_apply_and_looks_every_minute(tmp_path: Path) -> None:
    spec = read_objects(written(flux_lake(tmp_path, *USUAL)) / "airbyte/kustomizations.yaml")[-1]["spec"]
    assert (spec["interval"], spec["retryInterval"], spec["wait"], spec["timeout"]) == ("1m", "1m", True, "15m")
    assert spec["healthCheckExprs"] == [{**HEALTH, "failed": FAILED, "current": READY}]


def test_only_the_synthesized_folder_goes_to_the_runner(tmp_path: Path) -> None:
    terraform, system = read_objects(written(flux_lake(tmp_path, *USUAL)) / "airbyte/sources.yaml")
    assert terraform["spec"]["sparseCheckout"] == ["cdktf.out/stacks/airbyte"]
    kept = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert terraform["metadata"] == {"name": "airbyte", "namespace": "lake", "annotations": kept}
    assert "sparseCheckout" not in system["spec"]
    assert system["metadata"] == {"name": "lake-airbyte", "namespace": "flux-system"}


def test_a_lake_in_a_folder_of_its_repository(tmp_path: Path) -> None:
    root = lake_with_everything(tmp_path)
    written(root)
    assert terraform_of(root)["path"] == "./data/cdktf.out/stacks/airbyte"
    terraform, _ = read_objects(root / "deploy/airbyte/sources.yaml")
    assert terraform["spec"]["sparseCheckout"] == ["data/cdktf.out/stacks/airbyte"]
    assert read_objects(root / "deploy/airbyte/kustomizations.yaml")[0]["spec"]["path"] == "./data/deploy/airbyte"


def test_every_variable_has_its_key(tmp_path: Path) -> None:
    root = lake_with_everything(tmp_path)
    written(root)
    assert terraform_of(root)["varsFrom"] == [
        {"kind": "Secret", "name": "lake-values", "varsKeys": ["client_id"]},
        {"kind": "Secret", "name": "more-values", "varsKeys": ["TF_VAR_client_secret:client_secret"]},
        {"kind": "Secret", "name": "elsewhere", "varsKeys": ["workspace_id"]},
    ]
    checksums = terraform_of(root)["runnerPodTemplate"]["metadata"]["annotations"]
    assert list(checksums) == ["checksum/lake-values", "checksum/more-values"]
    assert checksums["checksum/more-values"] == hashlib.sha256(DOTENV.encode()).hexdigest()


def test_a_secret_of_a_dotenv_file_is_made_by_flux(tmp_path: Path) -> None:
    folder = written(lake_with_everything(tmp_path)) / "airbyte"
    (found,) = read_objects(folder / "secrets/kustomization.yaml")
    assert found["secretGenerator"] == [
        {
            "name": "more-values",
            "namespace": "lake",
            "envs": ["../../../secrets/more.env"],
            "options": {"disableNameSuffixHash": True},
        }
    ]
    assert read_objects(folder / "kustomizations.yaml")[1]["spec"]["decryption"] == {"provider": "sops"}


@pytest.mark.parametrize("destroys", ["destroy_on_deletion: false", "destroy_on_deletion: true"])
def test_a_stack_that_is_taken_down_keeps_its_source_until_its_object_is_gone(tmp_path: Path, destroys: str) -> None:
    folder = written(flux_lake(tmp_path, *USUAL, destroys)) / "airbyte"
    source = read_objects(folder / "sources.yaml")[0]
    assert source["metadata"]["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert read_objects(folder / "kustomizations.yaml")[-1]["spec"]["deletionPolicy"] == "WaitForTermination"


def test_destroying_keeps_what_the_last_plan_needs(tmp_path: Path) -> None:
    root = lake_with_everything(tmp_path)
    folder = written(root) / "airbyte"
    assert terraform_of(root)["destroyResourcesOnDeletion"] is True
    assert read_objects(folder / "kustomizations.yaml")[1]["spec"]["prune"] is False


def test_a_variable_with_a_default_needs_no_value(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, GIT, SECRETS)
    text = (root / FILE).read_text().replace("sources:\n", "  variables: {workspace_id: {default: x}}\nsources:\n", 1)
    (root / FILE).write_text(text)
    written(root)
    assert "vars" not in terraform_of(root)


def test_a_committed_lock_file_is_not_overridden(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    lock = root / "cdktf.out/stacks/airbyte/.terraform.lock.hcl"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text("")
    written(root)
    assert terraform_of(root)["upgradeOnInit"] is False


def test_a_changed_secret_changes_the_terraform_object(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL)
    written(root)
    (root / "secrets/lake.yaml").write_text(SECRET.replace(encrypted("mac"), encrypted("other")))
    assert run(root, "flux", "--check") == Result(
        1,
        "deploy/airbyte/terraform/terraform.yaml:1:1  flux-stale  does not match the registry\n"
        "    run: lakeform flux\n"
        "1 problem\n",
        "",
    )
    assert run(root, "flux").out == "wrote deploy/airbyte/terraform/terraform.yaml\n"


def test_without_a_backend_the_state_is_named_after_the_object(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, "namespace: lake", *USUAL, backend="")
    written(root)
    assert terraform_of(root)["backendConfig"] == {"secretSuffix": "airbyte", "inClusterConfig": True}


def test_labels_of_a_kubernetes_backend_are_kept(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, *USUAL, backend=BACKEND.replace("lake-state}", "lake-state, labels: {team: data}}"))
    written(root)
    assert terraform_of(root)["backendConfig"]["labels"] == {"team": "data"}


def test_another_backend_is_written_as_hcl(tmp_path: Path) -> None:
    root = flux_lake(tmp_path, "namespace: lake", *USUAL, backend=S3)
    written(root)
    assert terraform_of(root)["backendConfig"] == {
        "customConfiguration": 'backend "s3" {\n'
        '  assume_role = {"role_arn" = "arn:x"}\n'
        '  bucket = "lake $x \\"quoted\\""\n'
        '  key = "state"\n'
        "  use_lockfile = true\n"
        "}\n"
    }


@pytest.mark.skipif(shutil.which("terraform") is None, reason="cannot run here: there is no terraform")
@pytest.mark.parametrize(
    "backend",
    [
        S3,
        '      backend: {remote: {hostname: x, organization: "a\\tb", workspaces: {name: "%if"}}}\n',
        "      backend: {pg: {conn_str: postgres, skip: [1, null, {a: 1.5}], nothing: null}}\n",
    ],
    ids=["s3", "a block", "values of all kinds"],
)
def test_terraform_reads_the_hcl_of_a_backend(tmp_path: Path, backend: str) -> None:
    root = flux_lake(tmp_path, "namespace: lake", *USUAL, backend=backend)
    written(root)
    text = f"terraform {{\n{terraform_of(root)['backendConfig']['customConfiguration']}}}\n"
    done = subprocess.run(["terraform", "fmt", "-"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_receiver_an_alert_and_the_branch_planner(tmp_path: Path) -> None:
    folder = written(lake_with_everything(tmp_path))
    receiver, provider, alert = read_objects(folder / "airbyte/notifications.yaml")
    repositories = [
        {"kind": "GitRepository", "name": "airbyte", "namespace": "lake"},
        {"kind": "GitRepository", "name": "lake-airbyte"},
    ]
    assert receiver["spec"]["resources"] == repositories
    assert receiver["spec"]["events"] == ["Push Hook"]
    assert provider["spec"] == {"type": "slack", "channel": "data", "secretRef": {"name": "slack-address"}}
    assert {source["kind"] for source in alert["spec"]["eventSources"]} == {"Kustomization", "GitRepository"}
    assert alert["spec"]["eventSeverity"] == "info"
    (planner,) = read_objects(folder / "branch-planner/branch-planner.yaml")
    assert planner["data"] == {
        "secretName": "branch-planner-token",
        "resources": "- namespace: lake\n  name: airbyte\n",
    }


def test_two_runs_and_other_orders_give_the_same_bytes(tmp_path: Path) -> None:
    first = two_stacks(tmp_path / "a", USUAL, ("namespace: other", GIT, "secrets: [{name: x}]"))
    second = two_stacks(tmp_path / "b", (VALUES, SECRETS, GIT), (GIT, "secrets: [{name: x}]", "namespace: other"))
    texts = [
        {path.relative_to(root).as_posix(): path.read_bytes() for path in written(root).rglob("*") if path.is_file()}
        for root in (first, second)
    ]
    assert texts[0] == texts[1]
