"""HTTP: bytes in, a call, an answer, bytes out. Everything about Airbyte is elsewhere."""

from __future__ import annotations

import json
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.standin.call import Answer

if TYPE_CHECKING:
    from tests.standin.server import StandIn


class Transport(ThreadingHTTPServer):
    """A server on a free port of the loopback interface, and of no other."""

    daemon_threads = True
    # Tofu opens ten connections at once, tests with more workers open more.
    request_queue_size = 128

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self._sockets: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__(("127.0.0.1", 0), Exchange)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._sockets.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close the connections that clients keep open, so that no thread waits for them."""
        with self._guard:
            waiting = list(self._sockets)
        for connection in waiting:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A client that went away is no fault of the server; anything else is kept for the test."""
        error = sys.exception()
        if not isinstance(error, (ConnectionError, TimeoutError)):
            self.standin.faults_seen.append(repr(error))


class Exchange(BaseHTTPRequestHandler):
    """One connection, with as many requests as the client likes."""

    protocol_version = "HTTP/1.1"
    # Head and body in one packet: written apart, each answer would wait for the client's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Transport

    def _exchange(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        fault = self.server.standin.faults.take(self.command, path)
        if fault is not None:
            time.sleep(fault.delay)
            if fault.drop == "before":
                self._drop()
                return
            if fault.status is not None:
                # Airbyte: PublicApiLoadShedFilter answers 429 without Retry-After.
                self._answer(self.server.standin.injected(self.command, path, query, self._parsed(body), fault.status))
                return
        answer = self.server.standin.answer(
            self.command, path, query, self._parsed(body), self.headers["Authorization"]
        )
        if fault is not None and fault.drop == "after":
            self._drop()
            return
        self._answer(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _exchange  # noqa: N815

    def _parsed(self, body: bytes) -> Any:
        if not body:
            return None
        if self.headers.get_content_type() == "application/x-www-form-urlencoded":
            return {key: values[-1] for key, values in parse_qs(body.decode()).items()}
        try:
            return json.loads(body)
        except ValueError:
            return None

    def _answer(self, answer: Answer) -> None:
        status, body = answer
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: requests are in `StandIn.requests`."""
