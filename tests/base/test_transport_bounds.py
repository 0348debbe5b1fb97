"""A server that never ends: its answer has a size and a time."""

from __future__ import annotations

import gzip
import http.server
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from infra.base import transport
from infra.base.transport import Request, Transport, TransportError

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

Write = Callable[[bytes], int]


@contextmanager
def serving(write: Callable[[Write], object], **headers: str) -> Iterator[str]:
    """The address of a server whose answers have these headers, and the body that `write` writes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            try:
                write(self.wfile.write)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fault(url: str, seconds: float = 30.0) -> str:
    with pytest.raises(TransportError) as caught:
        Transport(lambda _: None).send_once(Request("GET", url, seconds=seconds))
    return str(caught.value)


def test_a_body_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 4 * 2**20)

    def write(out: Write) -> None:
        while True:
            out(b"x" * 2**16)

    with serving(write) as url:
        assert fault(url) == "the response is larger than 4 MB"


def test_a_body_that_unfolds_is_measured_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 8 * 2**20)
    bomb = gzip.compress(b"\0" * (400 * 2**20), compresslevel=1)
    with serving(lambda out: out(bomb), Content_Encoding="gzip") as url:
        tracemalloc.start()
        assert fault(url) == "the response is larger than 8 MB"
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 64 * 2**20


def test_a_body_that_trickles_has_a_deadline() -> None:
    def write(out: Write) -> None:
        while True:
            out(b" ")
            time.sleep(0.02)

    with serving(write) as url:
        assert fault(url, 0.5) == "no whole answer within 0.5 s"


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_what_is_within_the_bounds_arrives_whole(coding: str) -> None:
    text = "漢 → x" * 100_000
    body = gzip.compress(text.encode()) if coding else text.encode()
    with serving(lambda out: out(body), **({"Content_Encoding": coding} if coding else {})) as url:
        assert Transport(lambda _: None).send_once(Request("GET", url)).text == text
