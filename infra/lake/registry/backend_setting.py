"""Backend: where a stack's Terraform state is, as the registry has it: the name of one backend, with its settings."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from infra.lake.connectors.walk import references_in
from infra.lake.documents import near_matches, question, refuse
from infra.lake.documents.yaml_text import flow

# Source: opentofu.org/docs/language/settings/backends. Another one may be new, and is taken as it is.
BACKENDS = (
    *(
        "azurerm",
        "consul",
        "cos",
        "etcdv3",
        "gcs",
        "http",
        "kubernetes",
        "local",
        "oss",
        "pg",
        "remote",
        "s3",
        "cloud",
    ),
)


def _backend_meant(value: Any) -> str:
    """What to write for the name of a backend alone, and for its settings beside it."""
    if isinstance(value, dict) and value.get("type") in BACKENDS:
        settings = {key: inner for key, inner in value.items() if key != "type"}
        return f"write {flow({value['type']: settings})}"
    if isinstance(value, str) and value in BACKENDS:
        return f"write {{{value}: {{...}}}}"
    return "for example {kubernetes: {secret_suffix: lake}}"


def _backend(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        raise refuse("wrong-type", "must name exactly one backend", _backend_meant(value))
    ((kind, settings),) = value.items()
    if kind not in BACKENDS and (close := near_matches(kind, BACKENDS)):
        raise refuse("wrong-type", f'there is no backend "{kind}"', question(close), at=(kind,))
    if not isinstance(settings, dict):
        raise refuse("wrong-type", "must be a mapping of the backend's settings", "{} if it has none", at=(kind,))
    for path, _, _ in references_in(settings):
        raise refuse("wrong-type", "must be literal: Terraform allows no variables in a backend", at=(kind, *path))
    _check_backend(kind, settings)
    return value


def _check_backend(kind: str, settings: dict[str, Any]) -> None:
    if kind == "local" and str(settings.get("path", "")).startswith(("/", "~")):
        raise refuse("wrong-type", "must be relative: an absolute path exists on one machine only", at=(kind, "path"))
    suffix = settings.get("secret_suffix")
    if kind == "kubernetes" and isinstance(suffix, str) and re.search("-[0-9]+$", suffix):
        fix = f'for example "{"".join(suffix.rsplit("-", 1))}"'
        raise refuse(
            "bad-name",
            "must not end in -<digits>: state that is split into parts uses such names",
            fix,
            (kind, "secret_suffix"),
        )


Backend = Annotated[dict[str, dict[str, Any]], BeforeValidator(_backend)]
