"""What comes back from a server, read; of a large answer only what is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from infra.airbyte.server.reply import read_reply
from infra.base.transport import Answer

TEXT = '{"connections": [{"id": 1, "stream": {"jsonSchema": {"properties": {"id": {}}}, "name": "users"}}]}'


@pytest.mark.parametrize(
    ("without", "stream"),
    [((), {"jsonSchema": {"properties": {"id": {}}}, "name": "users"}), (("jsonSchema",), {"name": "users"})],
)
def test_keys_can_be_left_out_at_any_depth(without: tuple[str, ...], stream: dict[str, Any]) -> None:
    reply = read_reply(Answer(200, TEXT), without)
    assert reply.fields == {"connections": [{"id": 1, "stream": stream}]}


@pytest.mark.parametrize("text", ["<html>", "", '{"a": 1', "[" * 100_000])
@pytest.mark.parametrize("without", [(), ("jsonSchema",)])
def test_what_is_no_json_has_no_value(text: str, without: tuple[str, ...]) -> None:
    reply = read_reply(Answer(200, text), without)
    assert (reply.value, reply.fields) == (None, {})
