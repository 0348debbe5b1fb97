"""Options of a source for one run: `--set count=100` over what the registry says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from infra.base.errors import UserError
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import Spec, branches_of, flat
from infra.lake.connectors.walk import Option, find_option, options_in
from infra.lake.documents import did_you_mean, render_path
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry
from infra.lake.registry.placeholder import placeholders_in
from infra.lake.values.convert import convert


def with_options(source: Entry[Source], lock: ConnectorLock | None, given: Iterable[str]) -> Entry[Source]:
    """The source with options replaced; each is written `key.path=value`. Raises UserError.

    A secret is refused: everybody on a machine can read command lines.
    """
    configuration: Mapping[str, Any] = source.settings.configuration or {}
    for text in given:
        path, written = _split(text)
        if lock is None:
            raise UserError(f"{source.path} has no locked connector, so --set cannot tell a secret; run: lakeform lock")
        configuration = _with(configuration, path, _value(source, configuration, lock, path, written))
    for place, _ in placeholders_in(configuration, ("configuration",)):
        raise UserError(f"{source.path}.{render_path(place)} is still a placeholder; run: lakeform check")
    return replace(source, settings=source.settings.model_copy(update={"configuration": configuration}))


def _split(text: str) -> tuple[list[str], str]:
    key, equals, written = text.partition("=")
    if not equals or not all(key.split(".")):
        raise UserError("--set takes key=value, for example --set count=100")
    return key.split("."), written


def _value(
    source: Entry[Source], configuration: Mapping[str, Any], lock: ConnectorLock, path: Sequence[str], written: str
) -> Any:
    """What the text means at its place. Raises UserError, without the text."""
    held = _held(configuration, path)
    there = _with(configuration, path, "" if held is None else held)
    specs = [find_option(there, lock.spec, path[:end])[1] or {} for end in range(1, len(path) + 1)]
    spec, shown = specs[-1], ".".join(path)
    if not spec:
        raise UserError(_unknown(source, there, lock, path))
    value = _parsed(shown, written, spec)
    options = [*options_in(held, spec), *options_in(value, spec)]
    if any(s.get("airbyte_secret") for s in specs) or any(o.secret or o.names_secret for o in options):
        raise UserError(f"--set {shown}: a secret does not belong on a command line; set its TF_VAR_ variable instead")
    return value


def _held(configuration: Any, path: Sequence[str]) -> Any:
    for key in path:
        configuration = configuration.get(key) if isinstance(configuration, Mapping) else None
    return configuration


def _parsed(shown: str, written: str, spec: Spec) -> Any:
    if spec.get("type") in ("object", "array"):
        return _json(shown, written, spec["type"])
    kind = Option((), None, spec, secret=False).type
    try:
        value = convert(written, kind)
    except ValueError:
        raise UserError(f"--set {shown}: must be a {kind}") from None
    return float(value) if isinstance(value, Decimal) else value


def _json(shown: str, written: str, kind: str) -> Any:
    wanted: type = dict if kind == "object" else list
    try:
        value = json.loads(written)
    except ValueError:
        value = None
    if not isinstance(value, wanted):
        raise UserError(f"--set {shown}: must be JSON of an {kind}")
    return value


def _with(configuration: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    below = configuration.get(path[0])
    inner = below if isinstance(below, Mapping) else {}
    return {**configuration, path[0]: _with(inner, path[1:], value) if len(path) > 1 else value}


def _unknown(source: Entry[Source], configuration: Mapping[str, Any], lock: ConnectorLock, path: Sequence[str]) -> str:
    _, above = find_option(configuration, lock.spec, path[:-1])
    spec = above or {}
    known = {name for branch in (spec, *branches_of(spec)) for name in flat(branch).get("properties", {})}
    near = did_you_mean(path[-1], known, "its options") if known else "it has none there"
    return f"--set {'.'.join(path)}: {source.settings.connector} has no such option; {near}"
