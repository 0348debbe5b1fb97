"""The YAML beside a flow's models: descriptions and tests, an entry a model, behind those that people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from infra.lake.models.dbt_sources import LOADED_AT, hours_until_late
from infra.lake.models.template_text import plain_descriptions
from infra.landing.flows.flow import Flow

Entry = dict[str, Any]


def flow_entries(flow: Flow) -> list[Entry]:
    """The models of a flow."""
    stream, source = flow.feed.stream.name, flow.feed.source
    described = [{"name": one.name, "description": one.description} for one in flow.columns if one.description]
    entry: Entry = {
        "name": flow.name,
        "description": f"The stream {stream} of {source}.",
        "data_tests": _tests(flow),
        "columns": described,
    }
    living: Entry = {"name": flow.living, "description": f"The stream {stream} of {source}, without what was deleted."}
    return [_without_empty(entry), *([living] if flow.merges else [])]


def fact_entry(name: str, flow: Flow) -> Entry:
    """A model of what people ask for."""
    tests = [_key_test(flow)] if flow.shape == "merged" else []
    return _without_empty(
        {"name": name, "description": f"The stream {flow.feed.stream.name}, to begin with.", "data_tests": tests}
    )


def yaml_with(text: str, entries: Sequence[Entry]) -> str | None:
    """The text with these models at its end; None where they cannot stand there, and nothing else be changed."""
    before = _models(text) if text.strip() else {"models": []}
    entries = plain_descriptions(list(entries))
    listed = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=10**6)
    added = "".join(f"  {line}" if line.strip() else line for line in listed.splitlines(keepends=True))
    head = text if text.strip() else "models:\n"
    found = f"{head if head.endswith(chr(10)) else head + chr(10)}{added}"
    if before is None or _models(found) != {**before, "models": [*before["models"], *entries]}:
        return None
    return found


def named_in(text: str) -> set[str]:
    """The models that a text has entries for."""
    found = _models(text) if text.strip() else None
    return {str(one.get("name")) for one in found["models"] if isinstance(one, dict)} if found else set()


def _models(text: str) -> dict[str, Any] | None:
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("models"), list) else None


def _tests(flow: Flow) -> list[Entry]:
    hours = hours_until_late(flow.feed.connection)
    fresh: Entry = {"arguments": {"column": LOADED_AT, "hours": hours}, "config": {"severity": "warn"}}
    return [
        *([_key_test(flow)] if flow.key and flow.shape != "latest" else []),
        *([{"lake_fresh": fresh}] if hours is not None else []),
    ]


def _key_test(flow: Flow) -> Entry:
    return {"lake_key": {"arguments": {"columns": list(flow.key)}}}


def _without_empty(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if value != []}
