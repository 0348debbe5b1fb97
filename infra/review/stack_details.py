"""What differs in the settings of a stack as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.review.change import Change, Detail
from infra.review.document import Json, StackDocument, canonical
from infra.review.side import Side

_AUTHENTICATION = ("bearer_auth", "client_id", "client_secret", "password", "token_url", "username")


def stack_changes(base: Side, head: Side, stack: str) -> Iterator[Change]:
    """The change of a stack that is on both sides; none if its settings are the same."""
    old, new = base.document(stack), head.document(stack)
    details = tuple(_details(f"lake.stacks.{stack}", old, new, _server_values(base, head, stack)))
    if stack in base.documents and stack in head.documents and details:
        yield Change(stack, f"lake.stacks.{stack}", "provider.airbyte", "update", details)


def _details(path: str, old: StackDocument, new: StackDocument, server_values: tuple[Any, Any]) -> Iterator[Detail]:
    before, after = _provider(old), _provider(new)
    servers = (before.get("server_url"), after.get("server_url"))
    if servers[0] != servers[1] or server_values[0] != server_values[1]:
        yield Detail("server-changed", f"{path}.server_url", *servers, f"server: {servers[0]} → {servers[1]}")
    elif any(before.get(key) != after.get(key) for key in _AUTHENTICATION):
        yield Detail("authentication-changed", f"{path}.auth", None, None, "other credentials")
    backends = (_backend(old), _backend(new))
    if canonical(backends[0]) != canonical(backends[1]):
        yield Detail("backend-changed", f"{path}.backend", *backends, "Terraform state is kept somewhere else")
    versions = (_version(old), _version(new))
    if versions[0] != versions[1]:
        text = f"airbytehq/airbyte: {versions[0]} → {versions[1]}"
        yield Detail("provider-changed", "lake.provider.version", *versions, text)


def _server_values(base: Side, head: Side, stack: str) -> tuple[Any, Any]:
    """What the registry gives for a variable that is the server's address."""
    sides = []
    for side in (base, head):
        url = str(_provider(side.document(stack)).get("server_url", ""))
        sides.append(side.values(stack).get(url.removeprefix("${var.").removesuffix("}")))
    return sides[0], sides[1]


def _provider(document: StackDocument) -> Json:
    blocks = document.settings.get("provider", {}).get("airbyte", [{}])
    block = blocks[0] if isinstance(blocks, list) else blocks
    return dict(block)


def _backend(document: StackDocument) -> Any:
    return document.settings.get("terraform", {}).get("backend")


def _version(document: StackDocument) -> Any:
    providers = document.settings.get("terraform", {}).get("required_providers", {})
    return providers.get("airbyte", {}).get("version")
