"""A server that knows what Airbyte would answer, and answers something else."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.attack.emitter import pairs
from tests.attack.trees import plain, shaken
from tests.standin import StandIn

# A client that has waited so long has no bound of its own.
SECONDS = 20.0
DEEP = "[" * 100_000
CONTROLS = "a\x1b[31mb\r\n::error::c\u202ed\x00"

Headers = Mapping[str, str]


class Hostile(ThreadingHTTPServer):
    """On a free port. `way` is how it answers, once it has given `patience` good answers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, standin: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.standin = standin
        self.way = "status 200"
        self.patience = 0
        self.random = Random(0)
        self.secrets: tuple[str, ...] = ()
        self.elsewhere = ""
        self.requests = 0

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is right."""


class _Exchange(BaseHTTPRequestHandler):
    server: Hostile

    def _exchange(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        with suppress(ValueError, UnicodeDecodeError):
            body = json.loads(body)
        self.server.requests += 1
        status, answer = self.server.standin.answer(
            self.command, parts.path, parse_qs(parts.query), body, self.headers["Authorization"]
        )
        if self.server.patience > 0:
            self.server.patience -= 1
            self.send(status, json.dumps(answer).encode())
            return
        self.close_connection = True
        with suppress(OSError):
            WAYS[self.server.way](self, status, answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _exchange  # noqa: N815

    def send(self, status: int, content: bytes = b"", **headers: str) -> None:
        """An answer; `headers` win over the usual ones."""
        self.send_response(status)
        usual = {"Content_Type": "application/json", "Content_Length": str(len(content))}
        for name, value in {**usual, **headers}.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


Way = Callable[[_Exchange, int, Any], object]


def status_only(code: int) -> Way:
    return lambda to, _status, answer: to.send(code, json.dumps(answer).encode())


def text(content: str | bytes, status: int = 200, **headers: str) -> Way:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return lambda to, _status, _answer: to.send(status, data, **headers)


def raw(content: bytes) -> Way:
    return lambda to, _status, _answer: to.wfile.write(content)


def redirect(code: int) -> Way:
    return lambda to, _status, _answer: to.send(code, Location=f"{to.server.elsewhere}{to.path}")


def round_and_round(to: _Exchange, _status: int, _answer: Any) -> None:
    to.send(302, Location=to.path)


def endless(piece: bytes, pause: float = 0.0) -> Way:
    """A body that does not end."""

    def write(to: _Exchange, _status: int, _answer: Any) -> None:
        to.send(200, Content_Length="")
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            to.wfile.write(piece)
            time.sleep(pause)

    return write


def silent(to: _Exchange, _status: int, _answer: Any) -> None:
    time.sleep(3)
    to.close_connection = True


def truncated(to: _Exchange, status: int, answer: Any) -> None:
    content = json.dumps(answer).encode()
    to.send(status, content[: len(content) // 2])


def cut(to: _Exchange, status: int, answer: Any) -> None:
    to.send(status, json.dumps(answer).encode()[:-1], Content_Length="100000")


def broken_values(to: _Exchange, status: int, answer: Any) -> None:
    to.send(status, json.dumps(plain(shaken(to.server.random, pairs(answer)))).encode())


def emptied(to: _Exchange, status: int, answer: Any) -> None:
    """Objects without what they are about."""
    to.send(status, json.dumps(dict.fromkeys(answer) if isinstance(answer, dict) else answer).encode())


def endless_pages(to: _Exchange, status: int, answer: Any) -> None:
    """The same page again, and always a next one."""
    if isinstance(answer, dict) and answer.get("data"):
        many = {"data": answer["data"] * 100, "next": f"{to.server.host}{to.path}&offset=1", "previous": ""}
        to.send(200, json.dumps(many).encode())
    else:
        to.send(status, json.dumps(answer).encode())


def odd_text(to: _Exchange, status: int, answer: Any) -> None:
    """Every text holds what moves a terminal."""
    to.send(status, json.dumps(_with_text(answer)).encode())


def _with_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_text(inner) for inner in value]
    return f"{value}{CONTROLS}" if isinstance(value, str) and "-" not in value else value


def told(status: int) -> Way:
    """Every form in which a server can say a secret back."""

    def write(to: _Exchange, _status: int, _answer: Any) -> None:
        said = " | ".join(form for secret in to.server.secrets for form in forms(secret))
        own = to.headers["Authorization"] or ""
        to.send(status, json.dumps({"message": f"{own} {said}", "detail": said, "title": said, "type": own}).encode())

    return write


def forms(secret: str) -> list[str]:
    """A secret as it is, and as HTTP libraries, logs and encoders write it."""
    plain_, basic = secret.encode(), f"airbyte:{secret}".encode()
    encoded = [
        base64.b64encode(plain_).decode(),
        base64.b64encode(basic).decode(),
        base64.urlsafe_b64encode(plain_).decode(),
    ]
    return [
        secret,
        quote(secret, safe=""),
        json.dumps(secret),
        f"https://x:{secret}@y/",
        f"Basic {encoded[1]}",
        *encoded,
    ]


@cache
def bomb() -> bytes:
    return gzip.compress(b"[" + b" " * (300 * 2**20), compresslevel=9)


def unfolding(to: _Exchange, _status: int, _answer: Any) -> None:
    to.send(200, bomb(), Content_Encoding="gzip")


JSONS = (
    "",
    "null",
    "[]",
    "5",
    '"x"',
    "true",
    '{"data": 5}',
    '{"data": [5, null, []]}',
    '{"data": [{}]}',
    "{}",
    "NaN",
    '{"a": 1, "a": 2}',
    "{'a': 1}",
    f'{{"data": {"9" * 5000}}}',
    '"\\ud800"',
    '{"data": [{"connectionId": {}}]}',
)

WAYS: dict[str, Way] = {
    **{f"status {code}": status_only(code) for code in (200, 201, 204, 206, 300, 304, 400, 401, 403, 404, 405, 409)},
    **{f"status {code}": status_only(code) for code in (413, 418, 422, 429, 451, 500, 501, 502, 503, 504, 599, 999)},
    **{f"body {content[:30]}": text(content) for content in JSONS},
    **{f"error {content[:30]}": text(content, 422) for content in JSONS},
    **{f"redirect {code}": redirect(code) for code in (301, 302, 303, 307, 308)},
    **{f"tells secrets with {code}": told(code) for code in (200, 400, 401, 403, 404, 409, 422, 500)},
    "deep": text(DEEP),
    "deep objects": text('{"data": ' * 100_000),
    "deep and closed": text(DEEP + "]" * 100_000),
    "no text": text(bytes(range(256)) * 10),
    "another encoding": text('{"data": []}'.encode("utf-16")),
    "a page": text("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, Content_Type="text/html"),
    "a login page": text("<html>log in</html>", 200, Content_Type="text/html"),
    "controls": text(json.dumps({"message": CONTROLS, "detail": CONTROLS}), 422),
    "raw controls": text(CONTROLS, 500, Content_Type="text/plain"),
    "come back in a year": text("", 429, Retry_After="31536000"),
    "come back never": text("", 503, Retry_After="9" * 400),
    "come back then": text("", 429, Retry_After="Fri, 31 Dec 2999 23:59:59 GMT"),
    "gzip that is none": text("{}", Content_Encoding="gzip"),
    "an unknown coding": text("{}", Content_Encoding="zstd, br"),
    "many codings": text(gzip.compress(gzip.compress(b"{}")), Content_Encoding="gzip, gzip, gzip"),
    "no HTTP": raw(b"\x00\x01\x02 hello\r\n\r\n"),
    "SSH": raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a header without end": raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000),
    "headers without end": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n{}"),
    "a length that is none": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"),
    "pieces that are none": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n"),
    "a piece that is too long": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n{}\r\n"),
    "a status that is none": raw(b"HTTP/1.1 abc\r\n\r\n{}"),
    "hangs up": raw(b""),
    "hangs": silent,
    "half of it": truncated,
    "less than promised": cut,
    "round and round": round_and_round,
    "without end": endless(b"x" * 2**16),
    "without end, in JSON": endless(b'{"a": [' + b"1, " * 2**14),
    "drop by drop": endless(b" ", 0.05),
    "a bomb": unfolding,
    "pages without end": endless_pages,
    "nothing in it": emptied,
    "odd text": odd_text,
    **{f"broken values {number}": broken_values for number in range(25)},
}


class _Elsewhere(BaseHTTPRequestHandler):
    """Where nobody was to go."""

    server: Elsewhere

    def do_GET(self) -> None:
        self.server.requests += 1
        self.send_error(500)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


class Elsewhere(ThreadingHTTPServer):
    """Another host; it counts who comes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Elsewhere)
        self.requests = 0


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
