"""A text of several lines with values in it, as files of Terraform have the JSON of a configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from infra.move.terraform.hcl_functions import text_of_scalar
from infra.move.terraform.hcl_values import Unknown, whole

_OPENING = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
# One without braces or texts of its own.
_SIMPLE = re.compile(r'(?<!\$)\$\{([^{}"]+)\}')
_MARK = re.compile("\ue000([0-9]+)\ue001")
_BARE = re.compile("(?<=[:,\\[])(\\s*)(\ue000[0-9]+\ue001)(?=\\s*[,\\]}])")
NO_TEMPLATE = Unknown("it is put together by a template, which is not run here")


def heredoc_value(body: str, value_of: Callable[[str], Any]) -> Any:
    """The text; where it is JSON with values in it, what the JSON says, a value that is a whole text as it is. `value_of`: of
    an expression.
    """
    if _OPENING.search(_SIMPLE.sub("", body)):
        return NO_TEMPLATE
    values = [value_of(found[1]) for found in _SIMPLE.finditer(body)]
    numbers = iter(range(len(values)))
    marked = _plain(_SIMPLE.sub(lambda _: f"\ue000{next(numbers)}\ue001", body))
    if not values:
        return marked
    try:
        return _filled(json.loads(_BARE.sub(r'\1"\2"', marked)), values)
    except (ValueError, RecursionError):
        return _text(marked, values)


def _plain(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def _filled(value: Any, values: list[Any]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    if not isinstance(value, str):
        return value
    alone = _MARK.fullmatch(value)
    return values[int(alone[1])] if alone else _text(value, values)


def _text(text: str, values: list[Any]) -> Any:
    known = [whole(values[int(found[1])]) for found in _MARK.finditer(text)]
    missing = next((one for one in known if isinstance(one, Unknown)), None)
    parts = iter(known)
    try:
        return missing or _MARK.sub(lambda _: text_of_scalar(next(parts)), text)
    except TypeError:
        return NO_TEMPLATE
