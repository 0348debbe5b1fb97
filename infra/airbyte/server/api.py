"""Api: requests to a stack's server, over both of its APIs. Every failure is a UserError with one sentence, secrets masked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from infra.airbyte.server.api_errors import RefusedError, refusal
from infra.airbyte.server.login import Login
from infra.airbyte.server.reply import read_reply
from infra.airbyte.server.settings import Settings
from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.base.transport import Answer, Request, Transport, TransportError
from infra.lake.registry.server_url import FORMS, PUBLIC_API, api_root, is_cloud

T = TypeVar("T")

# The most that Airbyte gives at once.
PAGE = 100
# No workspace has a tenth of it; a server that repeats a full page for ever has more.
MOST_ITEMS = 100_000

_UNCERTAIN = "; it may have happened anyway, so look at the connection's jobs before trying again"


class Api:
    """A server's two APIs, as one stack may use them.

    Attributes:
        stack: id of the stack.
        workspace_id: UUID of the stack's workspace; lists are of this workspace only.
    """

    def __init__(self, settings: Settings, redactor: Redactor, transport: Transport) -> None:
        self.stack, self.workspace_id = settings.stack, settings.workspace_id
        self._settings, self._redactor, self._transport = settings, redactor, transport
        self._login = Login(settings, transport, redactor)

    def every(self, doing: str, path: str) -> list[Any]:
        """All items. `next` is not looked at: it stands on the last page too, and names a host that may not be reachable."""
        found: list[Any] = []
        while True:
            page = self.slice(doing, path, len(found), PAGE)
            found += page
            if len(page) < PAGE:
                return found
            if len(found) >= MOST_ITEMS:
                raise self.endless(doing)

    def endless(self, doing: str) -> UserError:
        """The error for a list of which there is always another page."""
        return self.fault(f"cannot {doing}: the server lists more than {MOST_ITEMS:,}, one full page after the other")

    def slice(self, doing: str, path: str, offset: int, limit: int, **how: Any) -> list[Any]:
        """At most `limit` items from `offset` on; `how` are further attributes of the request."""
        query = {"workspaceIds": self.workspace_id, "limit": str(limit), "offset": str(offset)}
        return self.page(doing, self.public(path, query), **how)

    def page(self, doing: str, url: str, **how: Any) -> list[Any]:
        """The items in the `data` of an answer."""
        data = self.fields(doing, Request("GET", url, **how)).get("data")
        if not isinstance(data, list):
            raise self.fault(f"cannot {doing}: the response is not a list; is server_url right? {FORMS}")
        return data

    def fields(self, doing: str, request: Request, *, without: Collection[str] = ()) -> dict[str, Any]:
        """The JSON object that comes back, `without` these keys. Raises UserError for anything else."""
        try:
            reply = read_reply(self._exchange(request), without)
        except TransportError as trouble:
            uncertain = _UNCERTAIN if trouble.sent and not request.repeatable else ""
            raise self.fault(f"cannot {doing}: {self._settings.server_url}: {trouble}{uncertain}") from None
        reason = refusal(reply, self._settings, self._redactor)
        if reason is not None:
            after = _UNCERTAIN if reply.status >= 500 and not request.repeatable else ""
            text = str(self.fault(f"cannot {doing}: {self._settings.server_url}: {reason}{after}"))
            raise RefusedError(text, reply.status)
        return reply.fields

    def public(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """An address of the public API."""
        return f"{self._settings.server_url}/{path}" + (f"?{urlencode(query)}" if query else "")

    def config(self, doing: str, path: str, instead: str) -> str:
        """An address of the Configuration API, which stands beside the public one on a self-managed server.

        Raises UserError with what to do `instead` where there is none.
        """
        if self.no_config is not None:
            raise self.fault(f"cannot {doing}: {self.no_config}; {instead}")
        return f"{api_root(self._settings.server_url)}/v1/{path}"

    @property
    def no_config(self) -> str | None:
        """Why there is no Configuration API; None where there is one."""
        url = self._settings.server_url
        if api_root(url) is not None:
            return None
        beside = f"the Configuration API is beside {PUBLIC_API}, which {url} does not end in"
        return "Airbyte Cloud has no Configuration API for users" if is_cloud(url) else beside

    def read(self, doing: str, read: Callable[[Any], T], body: Any) -> T:
        """What `read` makes of a body. Raises UserError where the body is not of Airbyte's API."""
        try:
            return read(body)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
            raise self.fault(f"cannot {doing}: the response does not match Airbyte's API") from None

    def fault(self, message: str) -> UserError:
        """An error to raise: it names the stack, and shows no secret."""
        return UserError(self._redactor.one_line(f'stack "{self.stack}": {message}', limit=2000))

    def _exchange(self, request: Request) -> Answer:
        """The answer, with a new token if the server does not take the old one any more."""
        answer = self._transport.send(request.with_headers(self._login.headers()))
        if answer.status == 401 and self._login.renew():
            answer = self._transport.send(request.with_headers(self._login.headers()))
        return answer
