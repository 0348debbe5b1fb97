"""`undeclared`: options that a connector accepts and its spec lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.connectors.walk import find_option, options_in
from infra.lake.documents import Problem, did_you_mean
from infra.lake.registry.draft import Draft

OptionPath = tuple[str, ...]


def undeclared_options(draft: Draft, spec: Spec, configuration: Any) -> Iterator[tuple[OptionPath, Problem | None]]:
    """Each path that an entry lists, and what is wrong with it: it is written nowhere (`unknown-reference`), or the spec has
    it, so that it is checked (`unused-entry`, a warning).
    """
    listed = draft.layers.value.get("undeclared")
    for index, text in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(text, str) and all(text.split(".")):
            yield tuple(text.split(".")), _problem(draft, spec, configuration, index, text)


def _problem(draft: Draft, spec: Spec, configuration: Any, index: int, text: str) -> Problem | None:
    value, declared = find_option(configuration, spec, text.split("."))
    at = ("undeclared", index)
    if value is None:
        paths = (".".join(map(str, option.path)) for option in options_in(configuration))
        written = [path for path in paths if find_option(configuration, spec, path.split("."))[0] is not None]
        fix = did_you_mean(text, written, "options")
        return draft.layers.problem("unknown-reference", at, f"the configuration has no option {text}", fix)
    if declared is not None:
        message = f"the spec has the option {text}, so it is checked like any other"
        return draft.layers.problem("unused-entry", at, message, "remove it here", severity="warning")
    return None
