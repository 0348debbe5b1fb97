"""What differs in the settings of a stack as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.base.credentials import hidden
from infra.base.json_value import Json
from infra.lake.documents import plural
from infra.lake.model.attributes import ProviderAttributes
from infra.review.details.change import Action, Change, Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.details.file_details import file_details
from infra.review.details.secret_details import secret_details
from infra.review.details.state_details import state_details
from infra.review.sides.side import Side
from infra.review.sides.stack_json import StackDocument, required_providers
from infra.review.sides.values import VariableValues, comparable

_AUTHENTICATION = ProviderAttributes.__annotations__.keys() - {"server_url"}


def stack_changes(base: Side, head: Side, stack: str) -> Iterator[Change]:
    """The change of the stack as a whole; none if its settings and files are the same, or if it is new and has no files."""
    entry = f"lake.stacks.{stack}"
    if stack in base.documents and stack not in head.documents:
        action: Action = "delete" if destroys(base, stack) else "forget"
        yield Change(stack, entry, "provider.airbyte", action, (_gone(entry, base.document(stack), action),))
    elif stack in base.documents:
        values = comparable(base.values(stack), head.values(stack))
        details = (
            *_provider_details(entry, base.document(stack), head.document(stack), values),
            *state_details(base, head, stack),
            *_version_details(base.document(stack), head.document(stack)),
            *file_details(base, head, stack),
            *secret_details(base, head, stack),
        )
        if details:
            yield Change(stack, entry, "provider.airbyte", "update", details)
    elif details := tuple(file_details(base, head, stack)):
        yield Change(stack, entry, "provider.airbyte", "create", details)


def destroys(side: Side, stack: str) -> bool:
    """True if deleting the stack's Terraform object destroys what it made in Airbyte."""
    flux = side.flux(stack)
    return flux is not None and flux.destroy_on_deletion


def _gone(entry: str, document: StackDocument, action: Action) -> Detail:
    kind: DetailKind = "stack-destroyed" if action == "delete" else "stack-forgotten"
    return Detail(kind, entry, entry, None, f"the stack is gone, with {plural(len(document.entries), 'object')}")


def _provider_details(
    path: str, old: StackDocument, new: StackDocument, values: tuple[VariableValues, VariableValues]
) -> Iterator[Detail]:
    before, after = values[0].filled(_provider(old)), values[1].filled(_provider(new))
    servers = (_address(before.get("server_url")), _address(after.get("server_url")))
    if servers[0] != servers[1]:
        yield Detail("server-changed", f"{path}.server_url", *servers, f"server: {servers[0]} → {servers[1]}")
    elif any(before.get(key) != after.get(key) for key in _AUTHENTICATION):
        yield Detail("authentication-changed", f"{path}.auth", None, None, "different credentials")


def _version_details(old: StackDocument, new: StackDocument) -> Iterator[Detail]:
    versions = (_version(old), _version(new))
    if versions[0] != versions[1]:
        text = f"airbytehq/airbyte: {versions[0]} → {versions[1]}"
        yield Detail("provider-changed", "lake.provider.version", *versions, text)


def _address(value: Any) -> str:
    """A server's address without what does not matter, and without a password that stands in it."""
    if isinstance(value, dict):
        return f"from the variable {value['var']}"
    return re.sub("//[^/@]*@", "//", hidden(str(value))).rstrip("/")


def _provider(document: StackDocument) -> Json:
    return dict(document.settings.get("provider", {}).get("airbyte", [{}])[0])


def _version(document: StackDocument) -> Any:
    return required_providers(document).get("airbyte", {}).get("version")
