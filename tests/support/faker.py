"""Airbyte's own Faker, run here: what it sends, to compare with what arrived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import is_on_index, read_here
from infra.base.errors import UserError


def faker_or_skip() -> None:
    """Skip the test where the connector cannot be had."""
    try:
        reachable = is_on_index("source-faker")
    except UserError:
        reachable = False
    if not reachable:
        pytest.skip("cannot run here: there is no package index")


def sent_by_faker(lake: Path, options: Mapping[str, Any]) -> dict[str, list[int]]:
    """Stream -> ids of its records, as the connector itself says; the lake has its catalog and its lock."""
    catalog = json.loads((lake / "dag/streams/faker/_catalog.json").read_text("utf-8"))
    tag = json.loads((lake / "dag/connectors/source-faker.json").read_text("utf-8"))["tag"]
    found: dict[str, list[int]] = {stream["stream"]["name"]: [] for stream in catalog["streams"]}
    messages = read_here("source-faker", tag, Configuration(options), {"catalog": catalog}, tell=print, timeout=300)
    for message in messages:
        if message["type"] == "RECORD":
            found[message["record"]["stream"]].append(message["record"]["data"]["id"])
    return found
