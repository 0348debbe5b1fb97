"""A connector registry, Airbyte's own or a mirror of it: fetched, or read from a file."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

from infra.base.errors import UserError
from infra.base.places import from_home
from infra.base.transport import Answer, Request, Transport, TransportError
from infra.lake.connectors.definitions import Definition, definitions_in
from infra.lake.documents.files import text_of

TIMEOUT_SECONDS = 30.0

# Redirects that are followed, one after the other.
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def read_definitions(registry: str, tell: Callable[[str], None]) -> dict[str, Definition]:
    """Connector name -> entry of a registry file or URL; `tell` hears why something takes longer.

    Raises UserError if it cannot be fetched or read, or is something else.
    """
    is_file = "://" not in registry
    text = text_of(str(from_home(registry)), registry) if is_file else _fetch(registry, tell)
    return definitions_in(registry, text)


def _fetch(url: str, tell: Callable[[str], None]) -> str:
    if not _is_http(url):
        raise UserError(f"{url}: a registry is a file or an http(s) address")
    try:
        answer = _follow(url, Transport(tell))
    except TransportError as trouble:
        raise _cannot(url, str(trouble)) from None
    if answer.status != 200:
        raise _cannot(url, f"the server returns {answer.status}")
    return answer.text


def _follow(url: str, transport: Transport) -> Answer:
    """The answer behind redirects; the last redirect if it leads nowhere. Raises TransportError."""
    answer = transport.send(Request("GET", url, seconds=TIMEOUT_SECONDS))
    for _ in range(_MOST_REDIRECTS):
        url = urljoin(url, answer.location)
        if answer.status not in _REDIRECTS or not _is_http(url):
            break
        answer = transport.send(Request("GET", url, seconds=TIMEOUT_SECONDS))
    return answer


def _is_http(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _cannot(url: str, reason: str) -> UserError:
    return UserError(f"cannot fetch {url}: {reason}; use a copy of the file: --registry FILE")
