"""What stands in the base need not be what `synth` wrote: a review says so, and guesses nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.review.sides.stack_shape import misshapen
from tests.review.test_reviews import changed, commit, repository
from tests.support.lakes import run

CASE = "an-option-of-a-source-changes"
DOCUMENT = "cdktf.out/stacks/airbyte/cdk.tf.json"
Edit = Callable[[Any], object]

CONNECTION: dict[str, Any] = {
    "name": "a",
    "prefix": "",
    "status": "active",
    "schedule": {"schedule_type": "cron", "cron_expression": "0 0 0 * * ? UTC"},
    "configurations": {
        "streams": [
            {
                "name": "users",
                "sync_mode": "incremental_append",
                "selected_fields": [{"field_path": ["id"]}],
                "mappers": [{"type": "hashing"}],
                "cursor_field": ["at"],
                "primary_key": [["id"]],
            }
        ]
    },
}
SOUND: dict[str, Any] = {
    "//": {"metadata": {}},
    "terraform": {"backend": {"local": {}}, "required_providers": {"airbyte": {"version": "1"}}},
    "provider": {"airbyte": [{"server_url": "https://x"}], "restful": [{}]},
    "locals": {"source_a": {}},
    "variable": {"a": {"type": "string"}},
    "resource": {"airbyte_source": {"a": {}}, "airbyte_connection": {"a": CONNECTION}},
    "moved": [{"from": "a", "to": "b"}],
    "removed": [{"from": "a", "lifecycle": {"destroy": False}}],
    "import": [{"id": "a", "to": "b"}],
    "output": 5,
}
STREAM = ("resource", "airbyte_connection", "a", "configurations", "streams", 0)
# (where something else is put, what, the path that is told); no path where that is nothing a review reads.
OTHERS: list[tuple[tuple[str | int, ...], Any, tuple[str | int, ...] | None]] = [
    *[((key,), 5, (key,)) for key in SOUND if key not in ("//", "output")],
    (("resource", "airbyte_source"), [], ("resource", "airbyte_source")),
    (("resource", "airbyte_source", "a"), "x", ("resource", "airbyte_source", "a")),
    (("resource", "airbyte_source", "a"), {"configuration": [[]]}, None),
    (("provider", "airbyte"), [], ("provider", "airbyte")),
    (("provider", "airbyte", 0, "server_url"), {}, ("provider", "airbyte", 0, "server_url")),
    (("provider", "restful"), 5, None),
    (("moved", 0), {"from": "a"}, ("moved", 0, "to")),
    (("import", 0, "id"), 5, ("import", 0, "id")),
    ((*STREAM, "name"), None, (*STREAM, "name")),
    ((*STREAM, "mappers"), [5], (*STREAM, "mappers", 0)),
    ((*STREAM, "primary_key"), [[]], (*STREAM, "primary_key", 0)),
    ((*STREAM, "selected_fields"), 5, (*STREAM, "selected_fields")),
    ((*STREAM, "selected_fields"), [5], (*STREAM, "selected_fields")),
    ((*STREAM, "selected_fields"), [{}], (*STREAM, "selected_fields")),
    ((*STREAM, "selected_fields"), [{"field_path": []}], (*STREAM, "selected_fields")),
    ((*STREAM[:3], "schedule", "cron_expression"), "now", (*STREAM[:3], "schedule", "cron_expression")),
    ((*STREAM[:3], "schedule"), None, None),
    ((*STREAM[:3], "status"), [], (*STREAM[:3], "status")),
]


@pytest.mark.parametrize(("path", "value", "told"), OTHERS)
def test_what_is_misshapen_is_told_by_its_path(
    path: tuple[str | int, ...], value: Any, told: tuple[str | int, ...] | None
) -> None:
    document = json.loads(json.dumps(SOUND))
    assert misshapen(document) is None
    inside = document
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = value
    assert misshapen(document) == told


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda value: value.update(resource=5), "resource is not what synth writes there"),
        (
            lambda value: value["resource"].update(airbyte_source="x"),
            "resource.airbyte_source is not what synth writes there",
        ),
        (lambda value: value.update({"moved": [{"from": "\x1b[31m"}]}), "moved[0].to is not what synth writes there"),
        (lambda value: value.update({"resource": {"\x1b": 5}}), r"resource.\u001b is not what synth writes there"),
    ],
)
def test_a_base_that_synth_did_not_write_is_refused(tmp_path: Path, edit: Edit, why: str) -> None:
    root = repository(tmp_path)
    before = (root / DOCUMENT).read_text("utf-8")
    value = json.loads(before)
    edit(value)
    (root / DOCUMENT).write_text(json.dumps(value), "utf-8")
    base = commit(root, "Broken")
    (root / DOCUMENT).write_text(before, "utf-8")
    changed(root, CASE)
    result = run(root, "review", "--base", "HEAD")
    said = f"lakeform review: the base ({base[:10]}): {DOCUMENT}: {why}"
    assert (result.code, result.out, result.err) == (2, "", f"{said}; write it again: lakeform synth\n")


def test_the_name_of_a_connection_is_not_compared_where_an_end_of_it_is_broken_in_the_base(tmp_path: Path) -> None:
    root = repository(tmp_path)
    registry = root / "dag/registry/shop.yaml"
    before = registry.read_text("utf-8")
    registry.write_text(re.sub(r"  shop:\n    connector: .*\n    configuration: .*\n", "  shop: 5\n", before), "utf-8")
    assert registry.read_text("utf-8") != before
    commit(root, "Broken")
    registry.write_text(before.replace("0 0 * * * ?", "0 30 * * * ?"), "utf-8")
    assert run(root, "synth").code == 0
    result = run(root, "review", "--base", "HEAD")
    assert result.err == ""
    assert "connections.shop_to_warehouse  update in airbyte" in result.out
    assert "has problems of its own, so some details may be missing" in result.out
    assert "name:" not in result.out
