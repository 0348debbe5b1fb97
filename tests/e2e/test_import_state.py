"""A state imported: with it the plan is empty; what leaves it is adopted, and the plan changes just what the report says."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.bench.hcl import to_hcl
from tests.e2e.applied import STACK, Applied, values
from tests.e2e.engine import synthesize
from tests.e2e.test_import import SECRETS, empty_lake, files_of, planned, reported
from tests.support.lakes import run

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return empty_lake(tmp_path / "lake")


def take_in(lake: Path, *place: str) -> None:
    """Import, check and synthesize."""
    done = run(lake, "import", "--from", *place, "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    checked = run(lake, "check", "--quiet")
    assert checked.code == 0, checked
    synthesize(lake)


def test_the_same_state_plans_nothing(applied: Applied, lake: Path, tmp_path: Path) -> None:
    engine = applied.engine(tmp_path / "tofu")
    take_in(lake, "state", str(engine.folder / "terraform.tfstate"))
    written = b"".join(files_of(lake).values())
    assert [name for name, value in SECRETS.items() if value.encode() in written] == []
    with applied.server() as server:
        engine.take(lake, STACK, {**values(server), **SECRETS})
        assert engine.plan().actions == {}


def test_what_modules_made_leaves_the_state_and_is_adopted(applied: Applied, lake: Path, tmp_path: Path) -> None:
    engine = applied.engine(tmp_path / "tofu")
    engine._run("state", "mv", "airbyte_source.shopify", 'module.shops["eu"].airbyte_source.this')
    take_in(lake, "state", str(engine.folder / "terraform.tfstate"))
    record = json.loads((lake / "dag/import.json").read_text("utf-8"))
    assert record["removals"] == ["tofu state rm 'module.shops[\"eu\"].airbyte_source.this'"]
    for command in record["removals"]:
        engine._run(*shlex.split(command)[1:])
    with applied.server() as server:
        engine.take(lake, STACK, {**values(server), **SECRETS})
        plan = engine.plan()
        assert plan.actions == {"airbyte_source.shopify": "import and update"}
        changed = {address for address, what in reported(lake).items() if what != "empty"}
        assert changed == set(planned(plan))
        engine.apply()
        assert engine.left() == ""


def test_a_typed_resource_leaves_the_state_and_is_adopted(applied: Applied, lake: Path, tmp_path: Path) -> None:
    engine = applied.engine(tmp_path / "tofu")
    path = engine.folder / "terraform.tfstate"
    document = json.loads(path.read_text("utf-8"))
    (postgres,) = [
        one for one in document["resources"] if one["type"] == "airbyte_source" and one["name"] == "postgres"
    ]
    postgres["type"] = "airbyte_source_postgres"
    attributes = postgres["instances"][0]["attributes"]
    options = json.loads(attributes["configuration"])
    attributes["configuration"] = {**options, "replication_method": {"scan_changes": None, "xmin": {}}}
    path.write_text(json.dumps(document), "utf-8")
    take_in(lake, "state", str(path))
    (command,) = json.loads((lake / "dag/import.json").read_text("utf-8"))["removals"]
    assert command == "tofu state rm airbyte_source_postgres.postgres"
    engine._run(*shlex.split(command)[1:])
    with applied.server() as server:
        engine.take(lake, STACK, {**values(server), **SECRETS})
        assert engine.plan().actions == {"airbyte_source.postgres": "import and update"}
        engine.apply()
        assert engine.left() == ""
    entry = (lake / "dag/registry/postgres.yaml").read_text("utf-8")
    assert "replication_method: {method: Xmin}" in " ".join(entry.split())


def test_files_of_terraform_keep_their_state_and_variables(applied: Applied, lake: Path, tmp_path: Path) -> None:
    engine = applied.engine(tmp_path / "tofu")
    files = tmp_path / "hcl"
    files.mkdir()
    document = json.loads((engine.folder / "cdk.tf.json").read_text("utf-8"))
    (files / "main.tf").write_text(to_hcl(document), "utf-8")
    take_in(lake, "hcl", str(files))
    with applied.server() as server:
        engine.take(lake, STACK, values(server))
        assert engine.plan().actions == {}
