"""What `lakeform flux` writes, judged by the real definitions of the kinds, by kubectl, and by what is known of the controllers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.core_kinds import core_errors
from tests.support.crds import (
    FIELDS,
    FILES,
    crd_errors,
    crd_schemas,
    has_field,
    known_fields,
    objects_in,
    unknown_fields,
)
from tests.support.flux_lakes import (
    CLUSTER,
    GIT,
    S3,
    USUAL,
    flux_lake,
    lake_with_everything,
    read_objects,
    two_stacks,
    written,
)
from tests.support.lakes import REPOSITORY, run

needs_crds = pytest.mark.skipif(
    not all(file.is_file() for file in FILES) or len(FILES) < 6, reason="cannot run here: there are no CRDs of Flux"
)


def variants(root: Path) -> dict[str, Path]:
    """A folder of manifests for each way that a stack can be under Flux."""
    manual = flux_lake(root / "manual", *USUAL, CLUSTER, "approve: manual")
    output = root / "cluster/apps/lake"
    assert run(manual, "flux", "--output", str(output)).code == 0
    return {
        "usual": written(flux_lake(root / "usual", *USUAL)),
        "everything": written(lake_with_everything(root)),
        "s3": written(flux_lake(root / "s3", "namespace: lake", *USUAL, backend=S3)),
        "no backend": written(flux_lake(root / "none", "namespace: lake", *USUAL, backend="")),
        "two stacks": written(two_stacks(root / "two", USUAL, ("namespace: other", GIT, "secrets: [{name: x}]"))),
        "manual": output,
        "this repository": REPOSITORY / "deploy",
    }


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return variants(tmp_path_factory.mktemp("flux"))


NAMES = ["usual", "everything", "s3", "no backend", "two stacks", "manual", "this repository"]


@needs_crds
@pytest.mark.parametrize("name", NAMES)
def test_the_real_crds_take_every_object_with_unknown_fields_refused(folders: dict[str, Path], name: str) -> None:
    found = [o for o in objects_in(folders[name]) if (o["apiVersion"], o["kind"]) in crd_schemas()]
    assert len(found) >= 5
    assert [(o["kind"], crd_errors(o)) for o in found if crd_errors(o)] == []


@needs_crds
def test_the_real_crds_refuse_a_field_that_they_do_not_have(folders: dict[str, Path]) -> None:
    for found in objects_in(folders["everything"]):
        if (found["apiVersion"], found["kind"]) in crd_schemas():
            found["spec"]["intervall"] = "1m"
            assert any("intervall" in error for error in crd_errors(found)), found["kind"]


@needs_crds
def test_the_table_of_fields_is_true() -> None:
    in_crds = [kind for kind in FIELDS if kind in crd_schemas()]
    assert len(in_crds) == len(FIELDS) - 2
    wrong = [
        (kind, path)
        for kind in in_crds
        for path in known_fields(*kind)
        if not path.startswith("metadata") and not has_field(crd_schemas()[kind], path)
    ]
    assert wrong == []


@pytest.mark.network
def test_kubernetes_takes_the_config_map_and_the_template_of_a_secret(tmp_path: Path) -> None:
    root = lake_with_everything(tmp_path)
    (planner,) = read_objects(written(root) / "branch-planner/branch-planner.yaml")
    (secret,) = yaml.safe_load_all(run(flux_lake(tmp_path / "usual", *USUAL), "secrets", "--template").out)
    assert [core_errors(planner), core_errors(secret)] == [[], []]
    assert core_errors({**planner, "dataa": {}}) != []


@pytest.mark.parametrize("name", NAMES)
def test_no_object_has_a_field_outside_the_table(folders: dict[str, Path], name: str) -> None:
    found = objects_in(folders[name])
    assert [(o["kind"], unknown_fields(o)) for o in found if unknown_fields(o)] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_generated_that_tofu_controller_ignores_or_rejects(folders: dict[str, Path], name: str) -> None:
    for found in objects_in(folders[name]):
        assert not found.get("metadata", {}).get("name", "")[-2:].strip("0123456789").startswith("-")
        if found["kind"] == "Terraform":
            spec = found["spec"]
            assert spec["approvePlan"] in ("auto", "")
            assert "remediation" not in spec
            assert all(set(variable) == {"name", "value"} for variable in spec.get("vars", ()))
            assert set(spec.get("runnerPodTemplate", {})) <= {"metadata"}
            assert all(source["varsKeys"] for source in spec.get("varsFrom", ()))


@pytest.mark.parametrize("name", NAMES)
def test_every_kustomization_names_files_that_are_there(folders: dict[str, Path], name: str) -> None:
    for file in folders[name].rglob("kustomization.yaml"):
        (found,) = read_objects(file)
        envs = [env for made in found.get("secretGenerator", ()) for env in made["envs"]]
        assert [x for x in [*found.get("resources", ()), *envs] if not (file.parent / x).is_file()] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.skipif(shutil.which("kubectl") is None, reason="cannot run here: there is no kubectl")
def test_kubectl_builds_every_kustomization(folders: dict[str, Path], name: str) -> None:
    for file in folders[name].rglob("kustomization.yaml"):
        # Flux builds so: files may be outside the folder, but not outside the repository.
        command = ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(file.parent)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "kind:" in done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_references_lead_to_objects_of_the_same_namespace(folders: dict[str, Path], name: str) -> None:
    found = objects_in(folders[name])
    known = {(o["kind"], o["metadata"]["namespace"], o["metadata"]["name"]) for o in found if "metadata" in o}
    for item in (o for o in found if "spec" in o):
        here, spec = item["metadata"]["namespace"], item["spec"]
        if "sourceRef" in spec:
            assert ("GitRepository", here, spec["sourceRef"]["name"]) in known
        for other in spec.get("dependsOn", ()):
            assert ("Kustomization", here, other["name"]) in known
        for other in [*spec.get("resources", ()), *spec.get("eventSources", ())]:
            assert (other["kind"], other.get("namespace", here), other["name"]) in known
