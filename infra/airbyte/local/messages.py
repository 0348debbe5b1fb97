"""Messages: lines of JSON that a connector writes, and what they say about a failure.

Source: Airbyte protocol v0, AirbyteMessage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import BeyondError, json_of, texts_in

Message = dict[str, Any]


def parse_message(line: bytes) -> Message | None:
    """The message in a line; None for anything else, because libraries print what they like.

    Raises BeyondError: what it may be must not get lost.
    """
    try:
        value = json_of(line)
    except BeyondError:
        raise
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("type"), str) else None


def error_log_in(message: Message) -> str | None:
    """The text of a log message that is an error; None for any other message."""
    log = _part(message, "log")
    return str(log.get("message")) if log.get("level") in ("FATAL", "ERROR") else None


def spent_options(message: Message, configuration: Mapping[str, Any], secrets: frozenset[str]) -> list[str]:
    """The options with a secret to which a connector gives a new value, as sources do whose tokens work once."""
    control = _part(message, "control")
    new = _part(_part(control, "connectorConfig"), "config")
    changed = (key for key, value in configuration.items() if key in new and new[key] != value)
    return sorted(key for key in changed if not secrets.isdisjoint(texts_in(configuration[key])))


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = value.get(key)
    return part if isinstance(part, dict) else {}
