"""Settings: a stack's server and credentials, with the values of `{secret: ...}` and `{var: ...}` filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

from infra.base.environment import PREFIX, environment_values
from infra.base.errors import UserError
from infra.lake.documents.types import check_uuid
from infra.lake.model.stack import Stack
from infra.lake.registry.lake import BasicAuth, BearerAuth, ClientCredentials, StackSettings
from infra.lake.registry.server_url import is_address, token_url
from infra.lake.values.convert import convert
from infra.lake.values.reference import SecretRef, VarRef

Method = Literal["none", "client", "basic", "bearer"]


@dataclass(frozen=True)
class Settings:
    """What it takes to talk to a stack's server.

    Attributes:
        stack: id of the stack, for messages.
        server_url: base of the public API, without a slash at its end.
        method: how to log in.
        credentials: the registry's keys for it (`client_id`, `token_url`, ...), with their values.
        variables: the environment variables that hold credentials, for messages.
        secrets: values that no message may show.
    """

    stack: str
    server_url: str
    workspace_id: str
    method: Method
    credentials: Mapping[str, str] = field(repr=False)
    variables: tuple[str, ...]
    secrets: tuple[str, ...] = field(repr=False)


def read_settings(stack: Stack, environ: Mapping[str, str]) -> Settings:
    """The stack's settings. Raises UserError naming every variable that has no value, or one that cannot be meant."""
    values = _Values(stack, environ)
    settings, auth = stack.settings, stack.settings.auth
    if not settings.server_url:  # how a lake with problems is filled up
        raise UserError(f'stack "{stack.id}": the registry has problems; run: lakeform check')
    server_url = values.address("server_url", settings.server_url).rstrip("/")
    workspace_id = values.workspace(settings.workspace_id)
    keys = () if isinstance(auth, str) else tuple(type(auth).model_fields)
    written = {key: getattr(auth, key) for key in keys if getattr(auth, key) is not None}
    credentials = {
        key: values.address(key, value) if key == "token_url" else values.take(value) for key, value in written.items()
    }
    values.refuse_missing()
    if isinstance(auth, ClientCredentials):
        credentials.setdefault("token_url", token_url(server_url))
    variables = tuple(PREFIX + value.name for value in written.values() if isinstance(value, (SecretRef, VarRef)))
    secrets = tuple(values.secrets())
    return Settings(stack.id, server_url, workspace_id, _method(settings), credentials, variables, secrets)


def read_server_url(stack: Stack, environ: Mapping[str, str]) -> str | None:
    """The stack's address alone; None if nothing gives it a value."""
    values = _Values(stack, environ)
    written = stack.settings.server_url
    return values.address("server_url", written).rstrip("/") or None if written else None


def _method(settings: StackSettings) -> Method:
    methods: dict[type, Method] = {ClientCredentials: "client", BasicAuth: "basic", BearerAuth: "bearer"}
    return methods.get(type(settings.auth), "none")


class _Values:
    """The values of a stack's settings, and what is missing of them."""

    def __init__(self, stack: Stack, environ: Mapping[str, str]) -> None:
        self._stack, self._environment = stack, environment_values(environ)
        self._missing: list[str] = []

    def take(self, value: str | SecretRef | VarRef) -> str:
        """The text; "" if there is none, which is noted."""
        if isinstance(value, str):
            return value
        found = self._stack.look_up(value.name, self._environment)
        text = str(convert(found[1], "string")) if found else ""
        if not text:
            self._missing.append(PREFIX + value.name)
        elif text != text.strip() or not text.isprintable():
            raise self._fault(f"the value of {PREFIX}{value.name} contains a line break, or has whitespace around it")
        return text

    def address(self, key: str, value: str | SecretRef | VarRef) -> str:
        """The text, which must be an http(s) address."""
        text = self.take(value)
        if text and not is_address(text):
            raise self._fault(f"the value of {key} is not an http(s) address with a path")
        return text

    def workspace(self, value: str | SecretRef | VarRef) -> str:
        """The text, which must be a UUID."""
        text = self.take(value)
        try:
            return check_uuid(text) if text else ""
        except PydanticCustomError:
            raise self._fault("the value of workspace_id is not a UUID") from None

    def refuse_missing(self) -> None:
        """Raises UserError if something had no value."""
        if self._missing:
            names = ", ".join(sorted(set(self._missing)))
            raise self._fault(f"values that the registry refers to are missing; set in the environment: {names}")

    def secrets(self) -> Iterator[str]:
        """The values of all secrets of the stack, those of connectors included: a server may echo any of them."""
        names = {use.name for use in self._stack.uses if use.secret}
        for name in sorted(names & self._environment.keys()):
            yield self._environment[name]
            yield from _parts_of_address(self._environment[name])

    def _fault(self, message: str) -> UserError:
        return UserError(f'stack "{self._stack.id}": {message}')


def _parts_of_address(value: str) -> Iterator[str]:
    """The host and the password of a secret that is an address: messages name them alone."""
    if is_address(value):
        parts = urlsplit(value)
        yield from (part for part in (parts.netloc, parts.hostname, parts.password) if part)
