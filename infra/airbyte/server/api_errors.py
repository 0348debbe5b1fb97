"""Refusals: why an answer is not the one that was asked for, in words that say what to do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from infra.airbyte.server.reply import Reply
from infra.airbyte.server.settings import Settings
from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.lake.registry.server_url import FORMS, PUBLIC_API

_CREDENTIALS = {
    "client": "the token issued for the client id and secret",
    "basic": "the user name and password",
    "bearer": "the bearer token, which may have expired",
}


class RefusedError(UserError):
    """A server's refusal. `status`: that of HTTP, for who knows what to do about it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def refusal(reply: Reply, settings: Settings, redactor: Redactor) -> str | None:
    """The reason, a clause of a sentence; None for JSON with a status of success."""
    status, said = reply.status, redactor.one_line(message_in(reply.fields))
    if status < 300:
        return None if reply.value is not None else _no_json(reply)
    if status < 400:
        return _redirect(reply)
    if status in (401, 403):
        return _not_allowed(status, said, settings)
    return _failed(reply, said)


def _failed(reply: Reply, said: str) -> str:
    status = reply.status
    if status in (404, 405) and not _is_airbyte(reply):
        return f"it has no such endpoint ({status}): is server_url right? {FORMS}"
    if status == 429:
        return "too many requests (429); try again later"
    if status in (502, 503, 504) and not _is_airbyte(reply):
        return f"the gateway in front of Airbyte got no answer from it in time ({status}); is Airbyte up, and healthy?"
    hint = "; is workspace_id right?" if status == 404 and "workspace" in said.lower() else ""
    return f"it returns {status}{_colon(said)}{hint}"


def _no_json(reply: Reply) -> str:
    kind = "a web page" if reply.text.lstrip()[:1] == "<" else "something else"
    return f"it returns {kind}, not JSON ({reply.status}): is server_url right? {FORMS}"


def check_variables(settings: Settings) -> str:
    """Where the credentials come from."""
    return f"check {' and '.join(settings.variables)}" if settings.variables else "check them in the registry"


def message_in(body: dict[str, Any]) -> str:
    """The message in an error of either API; "" if there is none."""
    data = body.get("data")
    candidates = [data.get("message") if isinstance(data, dict) else None]
    candidates += [body.get(key) for key in ("message", "detail", "title", "error_description", "error")]
    return next((text for text in candidates if isinstance(text, str) and text), "")


def _not_allowed(status: int, said: str, settings: Settings) -> str:
    if settings.method == "none":
        return f"it requires a login ({status}{_colon(said)}), and the registry has auth: none"
    if status == 401:
        return f"it rejects {_CREDENTIALS[settings.method]} (401{_colon(said)}); {check_variables(settings)}"
    return f"it denies access (403{_colon(said)}); do the credentials have a role in workspace {settings.workspace_id}?"


def _redirect(reply: Reply) -> str:
    """Redirects are not followed: they would carry the credentials elsewhere."""
    try:
        parts = urlsplit(reply.location)
    except ValueError:
        return f"it redirects to an invalid address ({reply.status})"
    host = parts.netloc.rpartition("@")[2]
    target = f"{parts.scheme}://{host}{parts.path}" if host else parts.path
    if PUBLIC_API in parts.path or parts.path.startswith("/v1/"):
        return f"it redirects to {target} ({reply.status}): make server_url match that"
    where = f"it redirects to {target or 'another page'} ({reply.status})"
    return f"{where}: a login page in front of the API? the API must be reachable without one"


def _is_airbyte(reply: Reply) -> bool:
    """True for an error that Airbyte itself wrote: a problem of the public API, an exception of the other."""
    return bool(reply.fields.keys() & {"type", "title", "detail", "data", "exceptionClassName"})


def _colon(said: str) -> str:
    return f": {said}" if said else ""
