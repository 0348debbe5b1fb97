"""`lake.provider.version`: one exact release, none older than 1.0.0."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.registry.lake import OLDEST_PROVIDER, PROVIDER_VERSION
from tests.support.lakes import problems_of, write_lake

TOO_OLD = "must be 1.0.0 or newer: it is the oldest release that lakeform supports"


def said(root: Path, version: str) -> list[tuple[str, str]]:
    """(message, fix) of the problems of a lake with this release of the provider."""
    stack = "{airbyte: {server_url: 'https://a.example.com/api/public/v1', workspace_id: {var: w}, auth: none}}"
    text = f"version: 1\nlake:\n  name: shop\n  provider: {{version: {version}}}\n  stacks: {stack}\n"
    lake = write_lake(root, {"dag/registry/lake.yaml": text})
    return [(problem.message, problem.fix) for problem in problems_of(lake)]


@pytest.mark.parametrize("version", ["0.9.0", "0.13.0", "0.99.99", "1.0.0-rc1", "1.0.0-beta.2", "00.9.0"])
def test_a_release_before_the_oldest_is_refused_with_what_to_write(tmp_path: Path, version: str) -> None:
    assert said(tmp_path, version) == [(TOO_OLD, f"write version: {PROVIDER_VERSION}")]


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1-rc1", "1.2.0", "1.3.0-rc1", "1.10.0", "2.0.0-rc1", "10.0.0"])
def test_a_release_from_the_oldest_on_is_taken(tmp_path: Path, version: str) -> None:
    assert said(tmp_path, version) == []


def test_the_oldest_release_is_named_as_it_is() -> None:
    assert ".".join(map(str, OLDEST_PROVIDER)) in TOO_OLD
