"""Which server a review may ask: the base's, as long as the head names the same one and logs in the same way.

A change is proposed by somebody who may not be trusted, and the credentials are those of whoever looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.base.environment import environment_values
from infra.lake.model.stack import Stack
from infra.lake.values.reference import SecretRef, VarRef


def changed_settings(base: Stack, head: Stack, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The settings that say where requests go and who sends them, and that the head writes otherwise or gives another value:
    `server_url`, `workspace_id`, `auth.token_url`, ...; sorted.
    """
    old, new = _values(base, environ), _values(head, environ)
    return tuple(sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key)))


def _values(stack: Stack, environ: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Setting -> what is written, and the value that it has by that."""
    outside = environment_values(environ)
    return {key: (value, _value(stack, value, outside)) for key, value in _written(stack)}


def _written(stack: Stack) -> Iterator[tuple[str, Any]]:
    settings = stack.settings
    yield "server_url", settings.server_url
    yield "workspace_id", settings.workspace_id
    if isinstance(settings.auth, str):
        yield "auth", settings.auth
        return
    for key in type(settings.auth).model_fields:
        yield f"auth.{key}", getattr(settings.auth, key)


def _value(stack: Stack, value: Any, outside: Mapping[str, str]) -> Any:
    """What a reference stands for: the environment, `flux.values` or a default of the lake may say it."""
    if not isinstance(value, (SecretRef, VarRef)):
        return value
    found = stack.look_up(value.name, outside)
    return None if found is None else found[1]
