"""`secret_coordinate::PATH`: a secret that the workspace's own secret manager holds, by its place there."""

from __future__ import annotations

from typing import Any

# Source: the provider's guide docs/guides/secret_references.md; Airbyte's SecretsHelpers.SECRET_REF_PREFIX.
PREFIX = "secret_coordinate::"


def is_coordinate(value: Any) -> bool:
    """True for a text that Airbyte takes in place of any secret, and that is none itself."""
    return isinstance(value, str) and value.startswith(PREFIX) and bool(value.removeprefix(PREFIX).strip())


def is_external(value: Any) -> bool:
    """True for one of somebody's own: those of Airbyte (`airbyte_...`) belong to the source or destination that has them."""
    return is_coordinate(value) and not value.removeprefix(PREFIX).startswith("airbyte_")
