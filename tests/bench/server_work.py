"""What the bench measures of a server, in a process of its own: `server_work.py read|fetch URL WORKSPACE`, in a lake of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import urllib3

PAGE = 100


def read() -> None:
    """The workspace as import sees it."""
    from infra.airbyte.server import open_server  # noqa: PLC0415 - as `fetch` must not load it
    from infra.lake.model.load import load_lake  # noqa: PLC0415
    from infra.move.server.from_server import read_server  # noqa: PLC0415

    model = load_lake(Path.cwd()).model
    found = read_server(open_server(model.stacks["airbyte"], {}), lambda _: None)
    assert found.untold == (), found.untold
    print(len(found.connections))


def fetch(url: str, workspace: str) -> None:
    """The answers that `read` gets, parsed one after the other and forgotten."""
    pool = urllib3.PoolManager()
    config = url.removesuffix("/public/v1") + "/v1"

    def ask(method: str, address: str, body: Any = None) -> Any:
        return json.loads(pool.request(method, address, json=body).data)

    for kind in ("destinations", "sources", "connections"):
        offset, page = 0, [None] * PAGE
        while len(page) == PAGE:
            page = ask("GET", f"{url}/{kind}?workspaceIds={workspace}&limit={PAGE}&offset={offset}")["data"]
            offset += PAGE
    for kind in ("destination", "source"):
        ask("POST", f"{config}/{kind}_definitions/list")
        ask("POST", f"{config}/{kind}s/list", {"workspaceId": workspace, "pageSize": PAGE})
    sources = ask("POST", f"{config}/sources/list", {"workspaceId": workspace, "pageSize": 1000})["sources"]
    for source in sources:
        ask("POST", f"{config}/sources/most_recent_source_actor_catalog", {"sourceId": source["sourceId"]})
    ask("POST", f"{config}/connections/list", {"workspaceId": workspace})


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read()
    else:
        fetch(*sys.argv[2:])
