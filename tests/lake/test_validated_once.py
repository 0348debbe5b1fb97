"""An entry is validated once for each of its stacks, and what a stronger layer hides is still told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from infra.lake.documents import parse
from infra.lake.model.load import load_lake
from infra.lake.registry import draft, resolve
from tests.support.lakes import problems_of, write_lake

STACKS = """\
version: 1
lake:
  name: shop
  stacks:
    staging: {server_url: https://s.example.com/api/public/v1, workspace_id: 11111111-2222-3333-4444-555555555555, auth: none}
    prod: {server_url: https://p.example.com/api/public/v1, workspace_id: 11111111-2222-3333-4444-666666666666, auth: none}
"""
ENTRIES = """\
destinations:
  lake: {connector: destination-s3, stack: [staging, prod], configuration: {}}
sources:
  one: {connector: source-faker, stack: [staging, prod], configuration: {count: 1}}
  two: {connector: source-faker, stack: [staging], configuration: {count: 2}}
connections:
  one_to_lake: {source: one, destination: lake, stack: [staging, prod], schedule: %s, overrides: {staging: {%s}}}
"""


def validations(root: Path, registry: str, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an entry of each kind is validated while the lake is read."""
    counts: Counter[str] = Counter()

    def counting(model: Any, layers: Any, **options: Any) -> Any:
        counts[model.__name__] += 1
        return parse(model, layers, **options)

    write_lake(root, {"dag/registry/lake.yaml": registry})
    for module in (draft, resolve):
        monkeypatch.setattr(module, "parse", counting)
    load_lake(root)
    return counts


def test_an_entry_is_validated_once_for_each_of_its_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = STACKS + ENTRIES % ("manual", "prefix: s_")
    assert validations(tmp_path, registry, monkeypatch) == {"Lake": 1, "Destination": 2, "Source": 3, "Connection": 2}


def test_what_an_override_replaces_everywhere_is_validated_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = (STACKS + ENTRIES % ("manual", "schedule: {cron: 0 5 * * * ?}, prefix: s_")).replace(
        "prefix: s_}}", "prefix: s_}, prod: {schedule: {cron: 0 0 * * * ?}}}"
    )
    assert validations(tmp_path, registry, monkeypatch)["Connection"] == 3


@pytest.mark.parametrize(
    ("below", "over", "message"),
    [
        ("hourly", "schedule: manual", 'must be "manual", {every: ...} or {cron: ...}'),
        ("manual, status: off", "status: active", 'must be "active" or "inactive"'),
        ("manual, prefix: 1", 'prefix: "1"', "must be text, not a number"),
        ("manual, protect: 1", "protect: true", "must be true or false, not a number"),
        ("manual, namespace: {formt: x}", "namespace: source", 'unknown key "formt"'),
        ("manual, namespace: {formt: x}", "namespace: null", 'unknown key "formt"'),
        ("manual, streams: [a], exclude: [b]", "exclude: null", '"streams" and "exclude" are both given'),
        ("manual, overrides: 1", "prefix: s_", "must be a mapping, not a number"),
    ],
)
def test_a_mistake_that_every_stack_overrides_is_told(tmp_path: Path, below: str, over: str, message: str) -> None:
    registry = STACKS + ENTRIES % (below, over)
    if "overrides: 1" in below:
        registry = registry.replace(", overrides: {staging: {prefix: s_}}", "")
    else:
        registry = registry.replace(
            f"overrides: {{staging: {{{over}}}}}", f"overrides: {{staging: {{{over}}}, prod: {{{over}}}}}"
        )
    write_lake(tmp_path, {"dag/registry/lake.yaml": registry})
    told = [problem.message for problem in problems_of(tmp_path) if problem.path.startswith("connections.")]
    assert message in told
