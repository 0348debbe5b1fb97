"""Transport: requests to a server and what comes back, with patience where a request may be repeated."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic, sleep
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions

from infra import __version__

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0

# Seconds between one try and the next.
PAUSES = (1.0, 2.0, 4.0, 8.0)
LONGEST_PAUSE = 60.0

# What a page of a hundred connections of a thousand streams takes, several times over; decoded, whatever was sent.
MOST_BYTES = 128 * 2**20
_PIECE = 2**16

# Airbyte's load shedding answers 429 before it looks at a request: nothing was done, whatever was asked.
REFUSED_FOR_NOW = frozenset({429})
UNWELL = frozenset({500, 502, 503, 504})

Tell = Callable[[str], None]


class TransportError(Exception):
    """Why there is no answer that could be used.

    Attributes:
        dropped: the connection ended before there was an answer, so that asking again may help.
        sent: the server may have done what was asked.
        reached: somebody is there.
    """

    def __init__(self, reason: str, *, dropped: bool = False, sent: bool = False, reached: bool = False) -> None:
        super().__init__(reason)
        self.dropped, self.sent, self.reached = dropped, sent, reached


@dataclass(frozen=True)
class Request:
    """What to ask.

    Attributes:
        body: sent as JSON; `form` instead of it as a form.
        repeatable: asking twice does no more than asking once.
        patient: a server that is unwell, or that hangs up, is asked again, where the request is repeatable.
        seconds: how long to wait for a whole answer.
        most_bytes: how long that may be; None for MOST_BYTES.
    """

    method: str
    url: str
    body: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = True
    patient: bool = True
    seconds: float = ANSWER_SECONDS
    most_bytes: int | None = None

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The same request with these headers."""
        return replace(self, headers=headers)

    @property
    def insistent(self) -> bool:
        """True if it is asked again after a fault of the server or a lost connection."""
        return self.repeatable and self.patient

    @property
    def content(self) -> bytes | None:
        """The bytes of the body."""
        if self.form is not None:
            return urlencode(self.form).encode()
        return None if self.body is None else json.dumps(self.body).encode()

    @property
    def about(self) -> dict[str, str]:
        """The headers that every request has."""
        kind = "application/json" if self.form is None else "application/x-www-form-urlencoded"
        headers = {"Accept": "application/json", "User-Agent": f"lakeform/{__version__}"}
        return headers if self.content is None else {**headers, "Content-Type": kind}


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    text: str = field(repr=False)
    location: str = ""
    retry_after: str = ""


class Transport:
    """Sends requests. `tell` hears why something takes longer."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._managers: dict[str | None, urllib3.PoolManager] = {}

    def send(self, request: Request) -> Answer:
        """The answer; of a redirect the redirect itself. Raises TransportError if there is none.

        Only what may be repeated is asked again after a fault of the server or a lost connection; after a 429 anything
        is. A time-out is never repeated: the server may be at work still.
        """
        for pause in PAUSES:
            try:
                answer = self.send_once(request)
            except TransportError as trouble:
                if not (trouble.dropped and request.insistent):
                    raise
                self._wait(str(trouble), pause)
            else:
                unwell = answer.status in UNWELL and request.insistent
                if answer.status not in REFUSED_FOR_NOW and not unwell:
                    return answer
                self._wait(f"the server returns {answer.status}", _asked_pause(answer) or pause)
        return self.send_once(request)

    def send_once(self, request: Request) -> Answer:
        """The answer to one try. Raises TransportError."""
        begun = monotonic()
        try:
            response = self._manager(request.url).request(
                request.method,
                request.url,
                body=request.content,
                headers={**request.about, **request.headers},
                timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, request.seconds), read=request.seconds),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            text = _content(response, request, begun + request.seconds).decode("utf-8", "replace")
        except (exceptions.HTTPError, ValueError) as error:
            raise _trouble(error, request) from None
        headers = response.headers
        return Answer(response.status, text, headers.get("Location", ""), headers.get("Retry-After", ""))

    def _wait(self, why: str, seconds: float) -> None:
        self._tell(f"{why}; trying again in {seconds:g} s")
        sleep(seconds)

    def _manager(self, url: str) -> urllib3.PoolManager:
        proxy = _proxy(url)
        if proxy not in self._managers:
            self._managers[proxy] = _manager(proxy)
        return self._managers[proxy]


def _content(response: urllib3.BaseHTTPResponse, request: Request, end: float) -> bytes:
    """The decoded body, which ends at the moment `end` of the monotonic clock. Raises TransportError beyond the bounds."""
    found, most = bytearray(), request.most_bytes or MOST_BYTES
    while piece := response.read1(_PIECE):
        found += piece
        if len(found) > most:
            response.close()
            raise TransportError(f"the response is larger than {most // 2**20} MB", sent=True, reached=True)
        if monotonic() > end:
            response.close()
            raise TransportError(f"no whole answer within {_duration(request.seconds)}", sent=True, reached=True)
    response.release_conn()
    return bytes(found)


def _asked_pause(answer: Answer) -> float | None:
    """The seconds in `Retry-After`, within reason; None for a date, or nothing."""
    text = answer.retry_after.strip()
    return min(float(text), LONGEST_PAUSE) if text.isascii() and text.isdigit() else None


def _proxy(url: str) -> str | None:
    """The proxy that the environment names (HTTPS_PROXY, NO_PROXY); this machine itself needs none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _manager(proxy: str | None) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager()
    parts = urlsplit(proxy)
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    return urllib3.ProxyManager(proxy, proxy_headers=urllib3.make_headers(proxy_basic_auth=user))


def _trouble(error: Exception, request: Request) -> TransportError:
    """The reason in plain words. urllib3's own words hold objects and addresses."""
    if isinstance(error, exceptions.ReadTimeoutError):
        return TransportError(f"no answer within {_duration(request.seconds)}", sent=True)
    if isinstance(error, (exceptions.ProtocolError, exceptions.IncompleteRead)):
        reason = "the connection was closed before the response arrived"
        return TransportError(reason, dropped=True, sent=True, reached=True)
    if isinstance(error, exceptions.SSLError):
        return TransportError(_tls_reason(error), reached=True)
    return TransportError(_unreachable(error, request))


def _unreachable(error: Exception, request: Request) -> str:
    if isinstance(error, exceptions.NameResolutionError):
        return "its host name cannot be resolved here"
    if isinstance(error, exceptions.NewConnectionError):
        return f"nothing answers there: {_system_reason(error)}"
    if isinstance(error, exceptions.ConnectTimeoutError):
        return f"nothing answers there within {min(CONNECT_SECONDS, request.seconds):g} s"
    if isinstance(error, exceptions.ProxyError):
        return "the proxy that the environment sets (HTTPS_PROXY, HTTP_PROXY) does not let the request through"
    return "this address cannot be used"


def _system_reason(error: Exception) -> str:
    cause = error.__cause__
    return ((cause.strerror if isinstance(cause, OSError) else None) or "no connection").lower()


def _tls_reason(error: exceptions.SSLError) -> str:
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        own = "for a certificate authority of your own, set SSL_CERT_FILE to its PEM file"
        return f"its certificate is not trusted here: {cause.verify_message}; {own}"
    reason = str(getattr(cause, "reason", None) or "").replace("_", " ").lower()
    if reason == "wrong version number":
        return "it does not speak TLS; is it http://, not https://?"
    return f"TLS fails: {reason or 'no reason given'}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} s"
