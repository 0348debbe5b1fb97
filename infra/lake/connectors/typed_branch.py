"""A branch of a union as the typed resources of Terraform have it, `ssl_mode = {require = {}}`: what it is in Airbyte's own form.

Source: airbytehq/terraform-provider-airbyte, docs/resources/source_postgres.md: the name of a branch is the title of it in the
spec, or its constant, in small letters with `_`; its options stand below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from infra.lake.connectors.spec import Spec, branches_of, constant, discriminator, flat
from infra.lake.documents.yaml_text import flow


def typed_branch(spec: Spec, value: Mapping[str, Any]) -> str | None:
    """What to write, `{method: CDC}` and its options; None for a value that is no such branch.

    Options are shown by their names alone: one may be a secret.
    """
    name = discriminator(spec)
    if name is None or len(value) != 1:
        return None
    ((key, options),) = value.items()
    if not isinstance(options, Mapping) or any(
        key in flat(branch).get("properties", {}) for branch in branches_of(spec)
    ):
        return None
    choices = [(constant(branch, name), flat(branch)) for branch in branches_of(spec)]
    meant = _meant(key, options, choices)
    said = f"{{{name}: {flow(meant)}}}" if meant else f"{name}: {' or '.join(str(choice) for choice, _ in choices)}"
    beside = f" with {', '.join(sorted(options))} beside it" if options else ""
    return f"write {said}{beside}, not below {key}"


def _meant(key: str, options: Mapping[str, Any], choices: Sequence[tuple[Any, Spec]]) -> Any:
    """The constant of the branch that is meant: by its name, as a word of it, else by options that it alone has."""
    words = _words(key)
    fitting = [choice for choice, branch in choices if options.keys() <= branch.get("properties", {}).keys()]
    named = [choice for choice in fitting if _words(str(choice)) == words]
    part = [choice for choice in fitting if f"_{_words(str(choice))}_" in f"_{words}_"]
    own = fitting if options else []
    return next((found[0] for found in (named, part, own) if len(found) == 1), None)


def _words(text: str) -> str:
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")
