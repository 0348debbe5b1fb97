"""Durations as Flux and Airbyte's plans name them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from infra.lake.documents import refuse

# Six digits: more than any calendar needs, and less than overflows a timedelta.
_DURATION = "[1-9][0-9]{0,5}[smh]"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


def check_duration(text: str) -> str:
    """The text, if it is a duration."""
    if re.fullmatch(_DURATION, text):
        return text
    raise refuse("wrong-type", "must be a duration such as 1m, 15m or 1h")


Duration = Annotated[
    str, AfterValidator(check_duration), WithJsonSchema({"type": "string", "pattern": f"^{_DURATION}$"})
]


def span_of(duration: Duration) -> timedelta:
    """How long a duration is."""
    return timedelta(**{_UNITS[duration[-1]]: int(duration[:-1])})
