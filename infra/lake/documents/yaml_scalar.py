"""What an unquoted YAML word means: the few kinds of design section 3, everything else is the text as typed."""

from __future__ import annotations

import math
import re

from infra.lake.documents.limits import MAX_DIGITS

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9]+([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}

Scalar = str | int | float | bool | None


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar.

    `on`, `yes`, `010`, `0x1F`, `1_000`, `1:30` and dates stay text: YAML 1.1 would turn them into something that the
    author did not type. Raises ValueError for numbers that JSON does not have (`.nan`, `.inf`, `1e999`).
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number in JSON or Terraform")
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    return text


# YAML 1.1, which PyYAML reads, and so do Airbyte's connectors.
_FOREIGN: dict[str, bool | None] = {
    **{word: True for base in ("true", "yes", "on") for word in (base, base.title(), base.upper())},
    **{word: False for base in ("false", "no", "off") for word in (base, base.title(), base.upper())},
    **dict.fromkeys(("Null", "NULL"), None),
}


def foreign_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar in a file of Airbyte's: `True` and `yes` are true there. Dates and octal numbers stay
    text. Raises ValueError as `plain_scalar` does.
    """
    return _FOREIGN[text] if text in _FOREIGN else plain_scalar(text)


def tagged_scalar(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag such as `!!str`. Raises ValueError for a tag without a JSON meaning."""
    if tag in ("!", "tag:yaml.org,2002:str"):
        return text
    value = plain_scalar(text)
    wanted = {"null": type(None), "bool": bool, "int": int, "float": float}.get(tag.removeprefix("tag:yaml.org,2002:"))
    if wanted is None or value.__class__ is not wanted:
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        raise ValueError(f"the tag {shown} is not understood here; remove it")
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"is a number with more than {MAX_DIGITS} digits; quote it if it is text")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is too large for a number; quote it if it is text")
    return value
