"""Durations as Flux and Airbyte's plans name them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from infra.lake.documents import refuse
from infra.lake.registry.period import meant_minutes

# Six digits: more than any calendar needs, and less than overflows a timedelta.
_DURATION = "[1-9][0-9]{0,5}[smh]"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


def check_duration(text: Any) -> str:
    """The text, if it is a duration."""
    if isinstance(text, str) and re.fullmatch(_DURATION, text):
        return text
    minutes = meant_minutes(text) if isinstance(text, str) else None
    fix = f"write {minutes // 60}h" if minutes and minutes % 60 == 0 else f"write {minutes}m" if minutes else ""
    if isinstance(text, int) and not isinstance(text, bool) and text > 0:
        fix = f"write it with its unit: {text}m or {text}h"
    raise refuse("wrong-type", "must be a duration such as 1m, 15m or 1h", fix)


Duration = Annotated[
    str, PlainValidator(check_duration), WithJsonSchema({"type": "string", "pattern": f"^{_DURATION}$"})
]


def span_of(duration: Duration) -> timedelta:
    """How long a duration is."""
    return timedelta(**{_UNITS[duration[-1]]: int(duration[:-1])})
