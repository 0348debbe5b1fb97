"""The proof of a lake: OpenTofu accepts and applies it, has nothing left to do, and the server holds what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.connection_words import NamespaceFormat
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import actor_name, cron_of
from infra.lake.registry.sync_mode import COMBINED
from infra.lake.rules.check import check_lake
from infra.lake.values.reference import reference_name
from tests.e2e.engine import Engine, Plan
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.standin.state import ConfiguredStream as StoredStream

UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NotProvenError(Exception):
    """Something differs from what it should be; the message says what."""


def prove(
    tools: Tools, lake: Path, stack: str, server: StandIn, variables: Mapping[str, str], folder: Path
) -> tuple[Engine, Plan]:
    """Apply a synthesized stack to an empty server; the engine, and the plan that was applied.

    Raises TofuError where tofu or the server refuses something, NotProvenError where something differs.
    """
    engine = Engine(tools, folder)
    engine.take(lake, stack, variables)
    engine.init()
    _none(engine.validate(), "tofu validate")
    plan = engine.plan()
    _none([action for action in plan.actions.values() if action != "create"], "actions that create nothing")
    _none(_unknown_definitions(plan), "a definition_id that is unknown in the plan")
    engine.apply()
    _none(engine.left(), "left to do")
    _none(_differences(held(server), meant(lake, stack, variables)), "what the server has, what was meant")
    return engine, plan


def _none(found: Any, what: str) -> None:
    if found:
        raise NotProvenError(f"{what}: {found}")


def _unknown_definitions(plan: Plan) -> list[str]:
    """An id that is unknown at plan time makes Terraform replace the source, and its connections lose their state."""
    actors = [address for address in plan.values if not address.startswith("airbyte_connection.")]
    return [address for address in actors if not UUID.fullmatch(plan.values[address].get("definition_id", ""))]


def _differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Any]:
    names = sorted(left.keys() | right.keys())
    return [(name, left.get(name), right.get(name)) for name in names if left.get(name) != right.get(name)]


def meant(lake: Path, stack: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """What the registry says, in the words of `held`."""
    model = check_lake(lake, catalogs=False).model
    assert model is not None
    return dict(_meant(model, model.stacks[stack], variables))


def _meant(model: LakeModel, stack: Stack, variables: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    types = {name: variable.type for name, variable in stack.variables.items()}
    for actor in stack.actors():
        if actor.settings.managed:
            configuration = _resolved(actor.settings.configuration, variables, types)
            yield f"{actor.kind} {actor_name(actor)}", (model.definition_id(actor), configuration)
    for connection in stack.connections.values():
        streams = {stream.key: _wanted(stream) for stream in stack.streams[connection.id]}
        yield (
            f"connection {stack.connection_name(connection)}",
            (str(cron) if (cron := cron_of(connection)) else None, *_settings(connection.settings), streams),
        )


def _settings(entry: Connection) -> tuple[Any, ...]:
    custom = isinstance(entry.namespace, NamespaceFormat)
    namespace = ("custom_format", entry.namespace.format) if custom else (entry.namespace, None)
    return namespace, entry.prefix, entry.status, entry.schema_changes


def _wanted(stream: ConfiguredStream) -> tuple[Any, ...]:
    cursor = list(stream.cursor_field) if stream.sync_mode == "incremental" else None
    keyed = stream.destination_sync_mode in ("append_dedup", "overwrite_dedup", "update", "soft_delete")
    key = [list(path) for path in stream.primary_key] if keyed else None
    mappers = [mapper.type for mapper in stream.mappers]
    mode, fields = COMBINED[stream.sync_mode, stream.destination_sync_mode], list(stream.fields or ())
    return mode, cursor, key, fields, mappers, stream.destination_object_name


def held(server: StandIn) -> dict[str, Any]:
    """What the server has: name of each object -> what matters of it."""
    found: dict[str, Any] = {}
    for actor in [*server.state.living("sources"), *server.state.living("destinations")]:
        found[f"{actor.kind} {actor.name}"] = (actor.definition_id, actor.configuration)
    for one in server.state.living("connections"):
        streams = {(stream.key[0] or "", stream.key[1]): _stored(stream) for stream in one.streams}
        namespace = (one.namespace_definition, one.namespace_format)
        found[f"connection {one.name}"] = (one.cron, namespace, one.prefix, one.status, one.schema_changes, streams)
    return found


def _stored(stream: StoredStream) -> tuple[Any, ...]:
    config = stream.config
    mode = COMBINED[config["syncMode"], config["destinationSyncMode"]]
    cursor = config["cursorField"] if config["syncMode"] == "incremental" else None
    keyed = config["destinationSyncMode"] in ("append_dedup", "overwrite_dedup", "update", "soft_delete")
    fields = sorted(path["fieldPath"][0] for path in config["selectedFields"])
    key, mappers = config["primaryKey"] if keyed else None, [one["type"] for one in config["mappers"]]
    return mode, cursor, key, fields, mappers, config.get("destinationObjectName")


def _resolved(value: Any, variables: Mapping[str, str], types: Mapping[str, str]) -> Any:
    """A configuration with its references replaced: text, made a number or a truth value where the variable is one."""
    reference = reference_name(value)
    if reference is not None:
        _, name = reference
        return _typed(variables[name], types[name])
    if isinstance(value, dict):
        literal = value.get("literal") if len(value) == 1 else None
        inside = literal if isinstance(literal, dict) else value
        return {key: _resolved(inner, variables, types) for key, inner in inside.items()}
    return [_resolved(inner, variables, types) for inner in value] if isinstance(value, list) else value


def _typed(text: str, type_: str) -> Any:
    if type_ == "number":
        return float(text)
    return text == "true" if type_ == "bool" else text
