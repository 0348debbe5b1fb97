"""The committed example: what the real connectors of Faker and Klaviyo say that they offer, without a server."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from infra.airbyte.local.connector import is_on_index
from infra.base.errors import UserError
from tests.airbyte.test_protocol_real import MANIFEST
from tests.support.lakes import DESTINATION, LAKE, REPOSITORY, run, write_lake

pytestmark = [pytest.mark.network, pytest.mark.slow]


def sources(root: Path) -> dict[str, bytes]:
    folder = root / "dag/sources"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.json")}


@pytest.mark.parametrize("source", ["faker", "klaviyo"])
def test_the_real_connector_writes_exactly_the_committed_files(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        is_on_index(f"source-{source}")
    except UserError as error:
        pytest.skip(f"cannot run here: {error}")
    monkeypatch.setenv("TF_VAR_klaviyo_api_key", "dummy-key")
    for name in ("dag/registry", "dag/connectors"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "cdktf.json", tmp_path)
    version = json.loads((REPOSITORY / f"dag/sources/{source}/_discovery.json").read_text("utf-8"))["version"]
    result = run(tmp_path, "discover", source, "--from", "connector", "--connector-version", version)
    assert result.code == 0, result.err
    expected = {name: data for name, data in sources(REPOSITORY).items() if name.startswith(f"{source}/")}
    assert len(expected) > 3
    assert sources(tmp_path) == expected
    assert "dummy-key" not in result.out + result.err


def test_airbytes_runner_asks_a_connector_that_is_only_a_manifest(tmp_path: Path) -> None:
    try:
        is_on_index("cdk")
    except UserError as error:
        pytest.skip(f"cannot run here: {error}")
    source = "sources:\n  things:\n    connector: source-faker\n    configuration: {count: 1}\n"
    lake = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": LAKE + source + DESTINATION})
    (tmp_path / "manifest.yaml").write_text(MANIFEST)
    words = ("discover", "things", "--from", str(tmp_path / "manifest.yaml"), "--connector-version", "6.0.0")
    result = run(lake, *words)
    assert (result.code, result.out) == (
        0,
        (
            "wrote dag/sources/things/things.json\n"
            "wrote dag/sources/things/_discovery.json\n"
            f"things offers 1 stream, according to {tmp_path / 'manifest.yaml'}, run on this machine\n"
        ),
    )
    about = json.loads((lake / "dag/sources/things/_discovery.json").read_text())
    assert about == {"connector": "source-faker", "from": "connector", "version": "6.0.0"}
