"""What a generated lake means, told from its files alone: what the engine has to make of the document that is synthesized."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from tests.support.generated_lakes import Generated
from tests.terraform.test_terraform_evaluates import normal

Json = dict[str, Any]

MODES = {
    ("full_refresh", "overwrite"): "full_refresh_overwrite",
    ("full_refresh", "append"): "full_refresh_append",
    ("full_refresh", "overwrite_dedup"): "full_refresh_overwrite_deduped",
    ("incremental", "append"): "incremental_append",
    ("incremental", "append_dedup"): "incremental_deduped_history",
}


def meant(made: Generated) -> dict[str, Json]:
    """`source db_0` -> what was asked for it, in the normal form that the engine gives to text and numbers."""
    registry: Json = json.loads(made.files["dag/registry/entries.yaml"])
    found: dict[str, Json] = {}
    for kind in ("source", "destination"):
        for name, entry in registry[f"{kind}s"].items():
            configuration = _resolved(entry["configuration"], made.variables)
            found[f"{kind} {name}"] = {"name": entry["name"], "configuration": configuration}
    for name, entry in registry["connections"].items():
        found[f"connection {name}"] = _connection(entry, made.files)
    return {address: _in_order(normal(body)) for address, body in found.items()}


def _in_order(body: Json) -> Json:
    """Sorted by what the engine makes of the texts."""
    for stream in body.get("streams", []):
        stream["selected_fields"].sort()
    return {**body, "streams": sorted(body["streams"], key=by_name)} if "streams" in body else body


def _resolved(value: Any, variables: Mapping[str, str]) -> Any:
    """With the values of variables: text for a secret, a number for a port."""
    if isinstance(value, list):
        return [_resolved(inner, variables) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"secret"}:
        return variables[value["secret"]]
    if value.keys() == {"var"}:
        return int(variables[value["var"]])
    return {key: _resolved(inner, variables) for key, inner in value.items()}


def _connection(entry: Json, files: Mapping[str, str]) -> Json:
    found = {key: entry[key] for key in ("name", "prefix", "status")}
    if isinstance(entry["namespace"], dict):
        found["namespace_format"] = entry["namespace"]["format"]
    folder = f"dag/streams/{entry['source']}/"
    stems = [PurePosixPath(name).name for name in files if name.startswith(folder)]
    streams = [
        _stream(*(json.loads(files[f"dag/{of}/{entry['source']}/{stem}"]) for of in ("streams", "sources")))
        for stem in stems
    ]
    return {**found, "streams": streams}


def by_name(stream: Json) -> tuple[str, str]:
    return stream.get("namespace", ""), stream["name"]


def _stream(file: Json, offered: Json) -> Json:
    """What its file asks of what the source offers."""
    found = {"name": file["stream"], "sync_mode": MODES[file["sync_mode"], file["destination_sync_mode"]]}
    found |= {
        key: file[key] for key in ("namespace", "cursor_field", "primary_key", "destination_object_name") if key in file
    }
    fields = file.get("fields")
    if fields is None and "exclude_fields" in file:
        fields = [name for name in offered["json_schema"]["properties"] if name not in file["exclude_fields"]]
    found["selected_fields"] = list(fields or [])
    found["mappers"] = file.get("mappers", [])
    return found


def said(document: Json) -> dict[str, Json]:
    """The same of a synthesized document, still as the expressions that stand there; without what other objects give."""
    found: dict[str, Json] = {}
    for kind in ("source", "destination"):
        for name, body in document["resource"].get(f"airbyte_{kind}", {}).items():
            found[f"{kind} {name}"] = {"name": body["name"], "configuration": document["locals"][f"{kind}_{name}"]}
    for name, body in document["resource"].get("airbyte_connection", {}).items():
        kept = {key: body[key] for key in ("name", "prefix", "status", "namespace_format") if key in body}
        found[f"connection {name}"] = {**kept, "streams": body["configurations"]["streams"]}
    return found


def evaluated_streams(streams: list[Json], asked: list[Json]) -> list[Json]:
    """Evaluated streams in the order and with the keys of those that were asked for."""
    wanted = {by_name(stream): stream for stream in asked}
    found = []
    for stream in sorted(streams, key=by_name):
        keys = wanted.get(by_name(stream), stream)
        fields = sorted(part for field in stream["selected_fields"] for part in field["field_path"])
        found.append({key: stream.get(key) for key in keys} | {"selected_fields": fields})
    return found
