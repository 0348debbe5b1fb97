"""A workspace of years of clicking, imported from a server by the command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lakes import run, write_lake
from tests.support.workspaces import FilledWorkspace, filled_workspace

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

SERVER = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: {var: server_url}
      workspace_id: {var: workspace_id}
      auth:
        client_id: {secret: airbyte_client_id}
        client_secret: {secret: airbyte_client_secret}
"""


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[FilledWorkspace]:
    with filled_workspace() as made:
        server = made.server
        given = {
            "server_url": server.url,
            "workspace_id": server.workspace_id,
            "airbyte_client_id": server.client_id,
            "airbyte_client_secret": server.client_secret,
        }
        for name, value in given.items():
            monkeypatch.setenv(f"TF_VAR_{name}", value)
        yield made


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": SERVER})


def do_import(lake: Path, filled: FilledWorkspace, *words: str) -> tuple[int, str, str]:
    registry = lake.parent / "registry.json"
    registry.write_text(filled.registry, "utf-8")
    done = run(lake, "import", "--from", "server", "--registry", str(registry), *words)
    return done.code, done.out, done.err


def texts(lake: Path) -> dict[str, str]:
    return {str(path.relative_to(lake)): path.read_text("utf-8") for path in lake.rglob("*") if path.is_file()}


def test_everything_is_imported_and_passes_check(lake: Path, filled: FilledWorkspace) -> None:
    code, out, err = do_import(lake, filled)
    print(code, out[-3000:], err)
    checked = run(lake, "check")
    assert (checked.code, checked.err) == (0, ""), checked.out
    assert err == ""
