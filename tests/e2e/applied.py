"""The lake of `shop.py`, applied once: where every edit starts from."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.engine import Engine, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import VARIABLES, Files, base
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.support.lakes import write_lake

STACK = "airbyte"


class Applied:
    """The lake before the edits, or another one, as it was applied once: the server's and tofu's state."""

    def __init__(self, tools: Tools, folder: Path, files: Files | None = None) -> None:
        lake = write_lake(folder / "lake", files or base())
        synthesize(lake)
        self._lake, self._engine = lake, Engine(tools, folder / "tofu")
        with serve(lake) as server:
            self._engine.take(lake, STACK, values(server))
            self._engine.init()
            self._engine.plan()
            self._engine.apply()
            self._airbyte = server.airbyte

    def server(self) -> StandIn:
        """Another server in the same state."""
        server = serve(self._lake)
        server.airbyte = copy.deepcopy(self._airbyte)
        return server

    def engine(self, folder: Path) -> Engine:
        return self._engine.copy(folder)


def commit(folder: Path, engine: Engine, server: StandIn, files: Files) -> None:
    """A lake with these files in `folder`, whose stack the engine takes."""
    lake = write_lake(folder, files)
    synthesize(lake)
    engine.take(lake, STACK, values(server))


def values(server: StandIn) -> Mapping[str, str]:
    """The variables: all of them text."""
    return {
        **VARIABLES,
        "server_url": server.url,
        "token_url": server.token_url,
        "workspace_id": server.workspace_id,
        "airbyte_client_id": server.client_id,
        "airbyte_client_secret": server.client_secret,
    }
