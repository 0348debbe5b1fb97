"""Login: the header that lets us in."""

from __future__ import annotations

import math
from time import monotonic

import urllib3

from infra.airbyte.server.api_errors import check_variables, refusal
from infra.airbyte.server.reply import read_reply
from infra.airbyte.server.settings import Settings
from infra.base.redactor import Redactor
from infra.base.transport import Request, Transport, TransportError

# A token that ends this soon would not outlive a request.
MARGIN_SECONDS = 30.0


class Login:
    """Logs in as the registry says. A token is fetched when it is first needed, and again when it has ended."""

    def __init__(self, settings: Settings, transport: Transport, redactor: Redactor) -> None:
        self._settings, self._transport, self._redactor = settings, transport, redactor
        self._token: str | None = None
        self._ends = math.inf

    def headers(self) -> dict[str, str]:
        """The `Authorization` header; none where nobody asks. Raises TransportError if the server gives no token."""
        credentials, method = self._settings.credentials, self._settings.method
        if method == "none":
            return {}
        if method == "basic":
            user = f"{credentials['username']}:{credentials['password']}".encode()
            header = urllib3.make_headers(basic_auth=user.decode("latin-1"))["authorization"]
        elif method == "bearer":
            header = f"Bearer {credentials['bearer_token']}"
            if not header.isascii():
                raise TransportError(
                    f"the bearer token contains characters that a token cannot contain; {check_variables(self._settings)}"
                )
        else:
            header = f"Bearer {self._current_token()}"
        self._redactor.add(header.partition(" ")[2])
        return {"Authorization": header}

    def renew(self) -> bool:
        """Forget the token, which the server does not take any more; False if there is none to fetch anew."""
        had, self._token = self._token, None
        return had is not None

    def _current_token(self) -> str:
        if self._token is None or monotonic() >= self._ends:
            self._token = self._fetch()
        return self._token

    def _fetch(self) -> str:
        """A new token. Source: Airbyte's `POST /applications/token`, asked with a form as the Terraform provider does."""
        credentials = self._settings.credentials
        url = credentials["token_url"]
        form = {key: credentials[key] for key in ("client_id", "client_secret")}
        request = Request("POST", url, form={"grant_type": "client_credentials", **form})
        try:
            reply = read_reply(self._transport.send(request))
        except TransportError as trouble:
            raise TransportError(f"no token from {url}: {trouble}") from None
        if reply.status == 401 or (reply.status in (400, 403) and reply.fields):
            raise TransportError(
                f"{url} rejects the client id and secret ({reply.status}); {check_variables(self._settings)}"
            )
        reason = refusal(reply, self._settings, self._redactor)
        if reason is not None:
            raise TransportError(f"no token from {url}: {reason}")
        token = reply.fields.get("access_token")
        if not isinstance(token, str) or not _is_header(token):
            raise TransportError(f"{url} returns no access token; is token_url right?")
        self._ends = monotonic() + _lifetime(reply.fields.get("expires_in"))
        return token


def _lifetime(seconds: object) -> float:
    """How long a token can be used; without a number until the server refuses it."""
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool):
        return max(seconds - MARGIN_SECONDS, seconds / 2)
    return math.inf


def _is_header(text: str) -> bool:
    return text != "" and text.isascii() and text.isprintable()
