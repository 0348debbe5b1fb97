"""A plain HTTP client for tests of the stand-in itself."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from tests.standin.call import Answer, Json
from tests.standin.server import StandIn

FORM = "application/x-www-form-urlencoded"


class Client:
    """Calls a stand-in over loopback with a token of its own, one connection for each request."""

    def __init__(self, server: StandIn) -> None:
        self.server = server
        self.authorization: str | None = f"Bearer {server.issue_token()}"

    def public(self, method: str, path: str, body: Json | None = None) -> Answer:
        return self.send(method, self.server.url + path, body)

    def config(self, path: str, body: Json | None = None) -> Answer:
        return self.send("POST", self.server.config_url + path, body)

    def get(self, path: str) -> Any:
        """What the public API has there; the request must succeed."""
        status, body = self.public("GET", path)
        assert status == 200, (status, body)
        return body

    def post(self, path: str, body: Json) -> Any:
        status, answer = self.public("POST", path, body)
        assert status == 200, (status, answer)
        return answer

    def send(self, method: str, address: str, body: Json | str | None = None) -> Answer:
        """A text is sent as a form, anything else as JSON."""
        parts = urlsplit(address)
        headers = {"Content-Type": FORM if isinstance(body, str) else "application/json"}
        if self.authorization is not None:
            headers["Authorization"] = self.authorization
        content = body if isinstance(body, str) or body is None else json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
        try:
            connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, content, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        finally:
            connection.close()
