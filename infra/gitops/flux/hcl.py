"""A Terraform backend as HCL, for the file that tofu-controller writes over that of the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.lake.documents.hcl import quoted

# Settings that are blocks in HCL; every other mapping is an attribute (documentation of OpenTofu's backends).
_BLOCKS = frozenset(
    {
        ("cos", "assume_role"),
        ("cos", "assume_role_with_saml"),
        ("cos", "assume_role_with_web_identity"),
        ("oss", "assume_role"),
        ("remote", "workspaces"),
    }
)


def backend_block(kind: str, settings: Mapping[str, Any]) -> str:
    """`backend "s3" { ... }` with sorted settings, as `tofu fmt` would not change it but for aligned `=`."""
    lines = [f"backend {quoted(kind)} {{", *_settings(kind, settings), "}"]
    return "".join(f"{line}\n" for line in lines)


def _settings(kind: str, settings: Mapping[str, Any]) -> Iterator[str]:
    for key, value in sorted(settings.items()):
        if (kind, key) in _BLOCKS and isinstance(value, Mapping):
            yield f"  {key} {{"
            yield from (f"    {name} = {_value(inner)}" for name, inner in sorted(value.items()))
            yield "  }"
        elif value is not None:
            yield f"  {key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(key)} = {_value(inner)}" for key, inner in sorted(value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else str(value)
