"""What drift asks a server for: what import asks for, however much differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.server import WorkspaceShape, filled
from tests.move.test_import_server import SERVER
from tests.support.lakes import run, write_lake
from tests.support.remote import CONNECTORS
from tests.support.workspace_connectors import registry_text

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_no_object_has_a_request_of_its_own_that_a_list_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source has one, for what it offers; so has a connection that stopped, and of which nothing says why."""
    with filled(WorkspaceShape(2, 12, 2, 3)) as server:
        for name in ("workspace_id", "client_id", "client_secret"):
            prefix = "" if name == "workspace_id" else "airbyte_"
            monkeypatch.setenv(f"TF_VAR_{prefix}{name}", getattr(server, name))
        monkeypatch.setenv("TF_VAR_server_url", server.url)
        connections = list(server.state.connections.values())
        for number, one in enumerate(connections):
            one.prefix = f"c{number}_"
        root = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": SERVER})
        (tmp_path / "registry.json").write_text(registry_text(CONNECTORS), "utf-8")

        def asked(*words: str, code: int) -> int:
            server.requests.clear()
            assert run(root, *words, "--quiet").code == code
            return len(server.requests)

        imported = asked("import", "--from", "server", "--registry", str(tmp_path / "registry.json"), code=0)
        for number, one in enumerate(connections):
            one.prefix = f"other{number}_"
            one.streams.pop()
        for one in connections[:4]:
            one.status, one.status_reason = "inactive", "The plan has ended."
        assert asked("drift", code=1) == imported
        connections[5].status = "inactive"
        assert asked("drift", code=1) == imported + 1
