"""A committed discovery: the review says what `discover --diff` says, and what both call safe changes nothing that is applied."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.lake.evolution.impact import Impact, impacts
from infra.lake.evolution.outline import render_field
from infra.lake.evolution.stream_uses import stream_uses
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.review.details.change import Detail
from infra.review.details.connection_details import connection_details
from infra.review.rails.discoveries import slipped_modes
from infra.review.sides.side import Side
from infra.review.sides.stack_json import StackDocument
from infra.terraform.constructs.bodies import stream_body
from tests.support.lakes import DESTINATION, LAKE, SOURCE, write_files, write_lake

Json = dict[str, Any]

# File of a stream -> what is chosen in it.
FILES = {
    "chosen": '{"fields": ["id", "at", "box"], "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}\n',
    "excluded": '{"exclude_fields": ["note"], "sync_mode": "incremental"}\n',
    "whole": "{}\n",
}
FIELDS: Json = {
    "id": {"type": "integer"},
    "at": {"type": "string", "format": "date-time"},
    "note": {"type": "string"},
    "total": {"type": "number"},
    "box": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}},
}
# What no stream file names: a name that is gone is refused by check.
FREE = ("total", "new_one", "other")
TYPES = st.sampled_from(
    [{"type": "string"}, {"type": "integer"}, {"type": ["null", "string"]}, {"type": "boolean", "title": "x"}]
)
ANY = [
    st.tuples(st.just("field"), st.sampled_from(FREE), st.none() | TYPES),
    st.tuples(st.just("inside"), st.sampled_from(["a", "b", "c"]), st.none() | TYPES),
    st.tuples(st.just("type"), st.sampled_from(["id", "at", "note"]), TYPES),
    st.tuples(st.just("cursor"), st.just(""), st.sampled_from([["at"], ["id"]])),
    st.tuples(st.just("key"), st.just(""), st.sampled_from([[["id"]], [["id"], ["at"]]])),
    st.tuples(st.just("prose"), st.sampled_from(["id", "note"]), st.just("words")),
]
MODES = st.tuples(st.just("modes"), st.just(""), st.sampled_from([["full_refresh"], ["incremental", "full_refresh"]]))
# A mode that a stream file names and the source no longer offers is refused by check.
OFFERS = st.fixed_dictionaries(
    {name: st.lists(st.one_of(*ANY, *([MODES] if name == "whole" else [])), max_size=4) for name in FILES}
)
# Where a change of a setting is told.
KEYS = {
    "mode-added": (".sync_mode",),
    "mode-removed": (".sync_mode",),
    "cursor-changed": (".cursor_field", ".sync_mode"),
    "key-changed": (".primary_key", ".sync_mode"),
}


def offer(name: str) -> Json:
    return {
        "name": name,
        "json_schema": {"type": "object", "properties": deepcopy(FIELDS)},
        "supported_sync_modes": ["full_refresh", "incremental"],
        "default_cursor_field": ["at"],
        "source_defined_cursor": True,
        "source_defined_primary_key": [["id"]],
    }


def edited(stream: Json, edits: list[tuple[str, str, Any]]) -> Json:
    fields = stream["json_schema"]["properties"]
    for kind, name, value in edits:
        if kind in ("field", "inside"):
            place = fields if kind == "field" else fields["box"]["properties"]
            place.update({name: value})
            if value is None:
                del place[name]
        elif kind == "type":
            fields[name] = value
        elif kind == "prose":
            fields[name] = {**fields[name], "description": value}
        else:
            key = {
                "modes": "supported_sync_modes",
                "cursor": "default_cursor_field",
                "key": "source_defined_primary_key",
            }
            stream[key[kind]] = value
    return stream


def side(root: Path, streams: list[Json]) -> Side:
    write_files(root, {f"dag/sources/faker/{stream['name']}.json": json.dumps(stream) for stream in streams})
    return Side(load_lake(root).model, {"airbyte": StackDocument()})


def spoken(details: list[Detail], impact: Impact) -> bool:
    """True if a detail is about the stream of an impact, and names its field or its setting."""
    change = impact.change
    about = [detail for detail in details if f".streams.{change.stream[1]}." in f"{detail.path}."]
    if not change.field:
        return any(detail.path.endswith(KEYS[change.kind]) for detail in about)
    return any(f"`{render_field(change.field)}`" in detail.text for detail in about)


def bodies(model: LakeModel) -> list[object]:
    """What Terraform sends of the streams: what a plan would show."""
    return [stream_body(stream) for stream in model.stacks["airbyte"].streams["faker_to_lake"]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    registry = LAKE + SOURCE + DESTINATION + "connections:\n  faker_to_lake: {source: faker, destination: lake}\n"
    files = {f"dag/streams/faker/{name}.json": text for name, text in FILES.items()}
    return write_lake(tmp_path_factory.mktemp("lake"), {"dag/registry/lake.yaml": registry, **files})


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=OFFERS, after=OFFERS)
def test_the_review_says_what_the_diff_says(
    root: Path, before: dict[str, list[Any]], after: dict[str, list[Any]]
) -> None:
    base, head = (side(root, [edited(offer(n), edits) for n, edits in one.items()]) for one in (before, after))
    connections = [s.entry("airbyte", "connections.faker_to_lake") for s in (base, head)]
    assert all(connections)
    details = list(connection_details(base, head, (), *connections))  # type: ignore[arg-type]
    old, new = (one.model.sources["faker"].discovery.streams for one in (base, head))
    judged = impacts(old, new, stream_uses(base.model, "faker"))
    told = [impact for impact in judged if impact.verdict != "safe"]
    assert [impact for impact in told if not spoken(details, impact)] == []
    if not told:
        assert details == []
        assert bodies(base.model) == bodies(head.model)
    if details:
        assert told
    modes = {impact.change.stream[1] for impact in told if impact.change.kind.startswith("mode-")}
    assert {refusal.entry.rpartition(".")[2] for refusal in slipped_modes(base, head)} <= modes
