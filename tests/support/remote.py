"""Lakes whose stack is a server on this machine, and servers that answer what a test wants."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.server import AirbyteServer, open_server
from infra.lake.model.load import load_lake
from tests.standin import StandIn
from tests.support.lakes import write_lake

WORKSPACE = "11111111-2222-3333-4444-555555555555"

CLIENT = "{client_id: {secret: airbyte_client_id}, client_secret: {secret: airbyte_client_secret}}"

FIELDS = {"id": {"type": "integer"}, "updated_at": {"type": "string"}}

CONNECTORS: dict[str, dict[str, Any]] = {
    "source-faker": {
        "spec": {
            "type": "object",
            "properties": {"count": {"type": "integer"}, "key": {"type": "string", "airbyte_secret": True}},
        }
    },
    "destination-s3": {"supports_refreshes": True, "spec": {"type": "object"}},
    "destination-csv": {"spec": {"type": "object"}},
}

ENTRIES = """\
sources:
  faker:
    connector: source-faker
    configuration: {count: 10, key: {secret: faker_key}}
destinations:
  files:
    connector: destination-s3
    configuration: {s3_bucket_name: lake, s3_bucket_path: raw, s3_bucket_region: eu-central-1}
"""


def without_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that will be waited between tries, in which nobody waits; no proxy of this machine is used."""
    waited: list[float] = []
    monkeypatch.setattr("infra.base.transport.sleep", waited.append)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return waited


def open_at(root: Path, url: str, auth: str = "none", environ: Mapping[str, str] | None = None) -> AirbyteServer:
    """The server at an address, of a lake that is written for it."""
    return opened(write_registry(root, stack(url, WORKSPACE, auth)), environ or {})


def stream(name: str, **more: Any) -> dict[str, Any]:
    """A stream as the protocol has it."""
    schema = {"type": "object", "properties": FIELDS}
    return {"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"], **more}


USERS = stream(
    "users",
    source_defined_cursor=True,
    default_cursor_field=["updated_at"],
    source_defined_primary_key=[["id"]],
)


def stack(url: str, workspace_id: str, auth: str = CLIENT, name: str = "airbyte") -> str:
    """A stack of the registry, as text."""
    return f"    {name}: {{server_url: {url!r}, workspace_id: {workspace_id}, auth: {auth}}}\n"


def write_registry(root: Path, stacks: str, entries: str = ENTRIES) -> Path:
    """A lake of these stacks."""
    return write_lake(
        root, {"dag/registry/lake.yaml": f"version: 1\nlake:\n  name: shop\n  stacks:\n{stacks}{entries}"}
    )


def lake_on(root: Path, server: StandIn, auth: str = CLIENT, entries: str = ENTRIES) -> Path:
    """A lake whose only stack is the stand-in's workspace."""
    return write_registry(root, stack(server.url, server.workspace_id, auth), entries)


def environ_of(server: StandIn, **more: str) -> dict[str, str]:
    """The variables that such a lake needs."""
    credentials = {"airbyte_client_id": server.client_id, "airbyte_client_secret": server.client_secret}
    return {f"TF_VAR_{name}": value for name, value in {**credentials, **more}.items()}


def opened(
    lake: Path, environ: Mapping[str, str], tell: list[str] | None = None, name: str = "airbyte"
) -> AirbyteServer:
    """The server of a lake's stack; what takes longer goes into `tell`."""
    model = load_lake(lake).model
    heard = [] if tell is None else tell
    return open_server(model.stacks[name], environ, tell=heard.append)


# A value that no output may hold.
KEY = "k3y-of-the-faker"


@contextmanager
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A server with the source and the destination of an operated lake, and the variables that lead there."""
    without_pauses(monkeypatch)
    with StandIn(CONNECTORS, {"source-faker": [USERS]}) as running:
        for name, value in environ_of(running).items():
            monkeypatch.setenv(name, value)
        running.add_source("Faker", "source-faker", {"count": 10, "key": KEY})
        running.add_destination("Files", "destination-s3", {})
        yield running


@dataclass
class Plain:
    """A server that answers each request with the next of its answers, the last one again and again.

    Attributes:
        seen: (method, path, headers in lower case, body) of each request.
    """

    answers: Sequence[tuple[int, str, Mapping[str, str]]]
    port: int = 0
    seen: list[tuple[str, str, Mapping[str, str], str]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/api/public/v1"


@contextmanager
def plain(*answers: tuple[int, str, Mapping[str, str]] | tuple[int, str]) -> Iterator[Plain]:
    """Such a server on loopback: (status, body, headers) each."""
    state = Plain([(one[0], one[1], one[2] if len(one) > 2 else {}) for one in answers])

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            state.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, text, headers = state.answers[min(len(state.seen), len(state.answers)) - 1]
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = handle_one  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
