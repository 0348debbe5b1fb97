"""Names and values that look like something else to the machinery behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import LAKE, MINIMAL, REGISTRY, SOURCE, problems_of, run, write_lake

STREAM = "dag/streams/faker/users.json"


def _rules(root: Path) -> list[str]:
    return [problem.rule for problem in problems_of(root) if problem.severity == "error"]


def test_a_key_that_begins_with_an_at_sign_is_an_unknown_key(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, STREAM: '{"@comment": "x", "fields": ["id"]}'})
    assert [(p.rule, p.path, p.location.column) for p in problems_of(root)] == [("unknown-key", "@comment", 2)]


def test_a_source_whose_id_is_a_path_is_never_a_folder(tmp_path: Path) -> None:
    registry = LAKE + SOURCE.replace("  faker:", '  "../../../evil":')
    root = write_lake(tmp_path / "lake", {"dag/registry/lake.yaml": registry})
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps({"streams": [{"name": "a", "supported_sync_modes": ["full_refresh"]}]}))
    assert run(root, "discover", "../../../evil", "--from", str(catalog)).code == 2
    assert not (tmp_path / "evil").exists()


def test_aliases_do_not_nest_deeper_than_brackets_may(tmp_path: Path) -> None:
    anchors = [f"a{n}: &a{n} {'[' * 80}{f'*a{n - 1}' if n else 'x'}{']' * 80}" for n in range(20)]
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/deep.yaml": "\n".join(anchors)})
    assert "yaml-syntax" in _rules(root)


def test_bad_bytes_behind_a_byte_order_mark_have_their_own_column(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/bad.yaml": b"\xef\xbb\xbfabc: \xff"})
    assert [str(p.location) for p in problems_of(root) if p.rule == "file-unreadable"] == ["dag/registry/bad.yaml:1:6"]


@pytest.mark.parametrize(
    "schema", ['{"properties": {"id": true}}', '{"type": 5, "properties": {"id": {"type": "integer"}}}']
)
def test_schemas_that_say_little_are_no_reason_to_stop(schema: str, tmp_path: Path) -> None:
    discovered = f'{{"name": "users", "supported_sync_modes": ["full_refresh"], "json_schema": {schema}}}'
    stream = '{"fields": {"id": {"type": "integer"}}}'
    root = write_lake(tmp_path, {**MINIMAL, STREAM: stream, "dag/sources/faker/users.json": discovered})
    assert _rules(root) == []


def test_a_huge_interval_is_a_wrong_one(tmp_path: Path) -> None:
    registry = REGISTRY.replace("      auth: none", "      auth: none\n      minimum_sync_interval: 99999999999999h")
    assert _rules(write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": registry})) == ["wrong-type"]


def test_a_registry_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    root = write_lake(tmp_path, {"dag/registry/lake.yaml": "sources: [\n"})
    result = run(root, "discover", "faker", "--from", "nothing.json")
    assert result.code == 2
    assert "dag/registry/lake.yaml:1" in result.err


def test_a_stack_that_is_no_text_is_one_problem(tmp_path: Path) -> None:
    registry = REGISTRY.replace("    connector: source-faker", "    connector: source-faker\n    stack: [5]")
    assert _rules(write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": registry})) == ["wrong-type"]


def test_the_default_of_a_secret_is_a_secret_in_clear(tmp_path: Path) -> None:
    registry = REGISTRY.replace(
        "lake:\n  name: shop", "lake:\n  name: shop\n  variables: {amount: {default: hunter2}}", 1
    )
    registry = registry.replace("{count: 10}", "{count: {secret: amount}}")
    root = write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": registry})
    assert _rules(root) == ["secret-in-clear"]
    assert "hunter2" not in run(root, "check").out


def test_the_default_of_a_variable_fits_its_type(tmp_path: Path) -> None:
    registry = REGISTRY.replace("lake:\n  name: shop", "lake:\n  name: shop\n  variables: {amount: {default: many}}", 1)
    registry = registry.replace("{count: 10}", "{count: {var: amount}}")
    problems = problems_of(write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": registry}))
    assert [(p.rule, p.path) for p in problems] == [("wrong-type", "lake.variables.amount.default")]


def test_a_stream_file_called_like_the_discovered_one_is_told_what_to_write(tmp_path: Path) -> None:
    discovered = '{"name": "orders", "namespace": "public", "supported_sync_modes": ["full_refresh"]}'
    files = {"dag/streams/faker/public.orders.json": "{}", "dag/sources/faker/public.orders.json": discovered}
    problems = problems_of(write_lake(tmp_path, {"dag/registry/lake.yaml": REGISTRY, **files}))
    assert [(p.rule, p.fix) for p in problems] == [
        ("stream-unknown", 'write {"stream": "orders", "namespace": "public"}')
    ]


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("namespace: shop", "write {format: shop}"),
        ("namespace: sources", 'did you mean "source"?'),
        ("schedule: hourly", "write {every: 1h}"),
    ],
)
def test_a_word_where_a_mapping_belongs_comes_with_the_mapping(line: str, fix: str, tmp_path: Path) -> None:
    registry = REGISTRY.replace("    destination: lake\n", f"    destination: lake\n    {line}\n")
    problems = problems_of(write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": registry}))
    assert [(p.rule, p.fix) for p in problems] == [("wrong-type", fix)]
