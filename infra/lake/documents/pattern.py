"""Patterns that somebody else wrote, in a spec or in what SOPS writes: asked without waiting for ever."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs

# Python would try a pattern such as `(a+)+b` for years. The library needs no second try for most patterns; those with a look
# around or back it gives up after so many, some hundredths of a second: then nothing fits. No connector's needs a tenth.
OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)


@lru_cache(maxsize=256)
def _judge(pattern: str) -> Any:
    try:
        return jsonschema_rs.Draft7Validator({"pattern": pattern}, pattern_options=OPTIONS)
    except (jsonschema_rs.ValidationError, ValueError):
        return None


def is_pattern(text: str) -> bool:
    """True for a pattern as JSON Schema has them (ECMA 262)."""
    return _judge(text) is not None


def finds(pattern: str, text: str) -> bool:
    """True if the pattern fits a part of the text; False also for what is no pattern."""
    judge = _judge(pattern)
    return judge is not None and bool(judge.is_valid(text))
