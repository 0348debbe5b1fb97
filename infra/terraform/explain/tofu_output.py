"""Diagnostic: what Terraform or OpenTofu complains about, read from what they print."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"^[╷╵│] ?", re.MULTILINE)
_START = re.compile(r"^(Error|Warning): (.*)$", re.MULTILINE)
_WITH = re.compile(r"^  with ([^,]+),")
_ON = re.compile(r"^  (?:with .+, )?on (\S+) line ([0-9]+)(?:, in (.+))?:$")
_CODE = re.compile(r"^ *([0-9]+): (.*)$")
_OBJECT = re.compile(r"^[ \t]*\{", re.MULTILINE)
# Letters that may be read in vain, with those before a fault, in which its line is counted; and for how many a nesting
# without end stands, whose place nobody tells.
MOST_WASTED = 500_000_000
_TOO_DEEP = 250_000
_MOST_DIGITS = 20
_UNREAD = "this output is not read from line {} on: too much of it is JSON that breaks off"
_VALUES = re.compile(r"^ *(?:├─|│)")


@dataclass(frozen=True)
class Diagnostic:
    """One complaint, as it was printed; the values that it shows beside a line are left out.

    Attributes:
        severity: `error` or `warning`.
        address: the resource; empty if none is named.
        file, line, column, byte: where in Terraform's own files; line and column 1-based, 0 for unknown; byte 0-based.
        context: the block in that file, such as `resource.airbyte_source.shopify`.
        code: the line of that file.
    """

    severity: str
    summary: str
    detail: str = ""
    address: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    byte: int | None = None
    context: str = ""
    code: str | None = None


def read_diagnostics(text: str) -> list[Diagnostic] | None:
    """The complaints in the output of `plan`, `apply` or `validate`, with `-json` or without; None if it is neither.

    The last one says from which line on the output is not read, if that is so.
    """
    objects, unread = _objects(text)
    values = [value for value in objects if "@level" in value or "diagnostics" in value]
    told = [_from_json(inner) for value in values for inner in _inside(value)]
    found = told if values else diagnostics_in(text)
    if unread and (values or not found):
        return [*found, Diagnostic("warning", _UNREAD.format(unread))]
    return found if values else found or None


def _objects(text: str) -> tuple[list[dict[str, Any]], int]:
    """The JSON objects that begin a line, each on one line or on many, and the line from which on nothing is read, or 0;
    whatever else is printed is passed over.

    A text that is broken at every line would be read to where it breaks from each of them, so that has a bound.
    """
    decoder, at, wasted = json.JSONDecoder(parse_int=_integer), 0, 0
    objects: list[dict[str, Any]] = []
    while found := _OBJECT.search(text, at):
        if wasted > MOST_WASTED:
            return objects, text.count("\n", 0, found.start()) + 1
        at = found.end()
        try:
            value, at = decoder.raw_decode(text, at - 1)
        except ValueError as error:
            wasted += getattr(error, "pos", at)
            continue
        except RecursionError:
            wasted += _TOO_DEEP
            continue
        if isinstance(value, dict):
            objects.append(value)
    return objects, 0


def _integer(digits: str) -> int:
    """Lines and columns are no longer, and Python reads none that is very long."""
    return int(digits) if len(digits) < _MOST_DIGITS else 0


def _inside(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    many = value.get("diagnostics")
    found = many if isinstance(many, list) else [value.get("diagnostic")]
    return [one for one in found if isinstance(one, dict)]


def _from_json(value: Mapping[str, Any]) -> Diagnostic:
    where, snippet = _mapping(value, "range"), _mapping(value, "snippet")
    start = _mapping(where, "start")
    line, column, byte = (_number(start, key) for key in ("line", "column", "byte"))
    return Diagnostic(
        severity="warning" if value.get("severity") == "warning" else "error",
        summary=_text(value, "summary"),
        detail=_text(value, "detail"),
        address=_text(value, "address"),
        file=_text(where, "filename"),
        line=line or 0,
        column=column or 0,
        byte=byte,
        context=_text(snippet, "context"),
        code=_text(snippet, "code", strip=False) if snippet.get("start_line") == line else None,
    )


def _number(value: Mapping[str, Any], key: str) -> int | None:
    number = value.get(key)
    return number if type(number) is int and number >= 0 else None


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _text(value: Mapping[str, Any], key: str, *, strip: bool = True) -> str:
    text = value.get(key)
    shown = text if isinstance(text, str) else ""
    return shown.strip() if strip else shown


def diagnostics_in(text: str) -> list[Diagnostic]:
    """The complaints in a text for people: the output without `-json`, or a Ready condition that quotes it."""
    plain = _FRAME.sub("", _COLOUR.sub("", text.replace("\r\n", "\n")))
    starts = list(_START.finditer(plain))
    ends = [start.start() for start in starts[1:]] + [len(plain)]
    return [
        _from_lines(start[1].lower(), start[2].strip(), plain[start.end() : end].splitlines())
        for start, end in zip(starts, ends, strict=False)  # without a start there is an end
    ]


def _from_lines(severity: str, summary: str, lines: list[str]) -> Diagnostic:
    with_ = next((found for line in lines if (found := _WITH.match(line))), None)
    on = next((found for line in lines if (found := _ON.match(line))), None)
    code = next((found[2] for line in lines if on and (found := _CODE.match(line)) and found[1] == on[2]), None)
    return Diagnostic(
        severity=severity,
        summary=summary,
        detail=_detail(lines, quoted=on is not None),
        address=with_[1] if with_ else "",
        file=on[1] if on else "",
        line=int(on[2]) if on else 0,
        context=(on[3] or "") if on else "",
        code=code,
    )


def _detail(lines: list[str], *, quoted: bool) -> str:
    """What is said after the place; the quoted line and the values below it end with the first empty line."""
    kept = [line for line in lines if not (_WITH.match(line) or _ON.match(line))]
    while quoted and kept and not kept[0].strip():
        kept.pop(0)
    while quoted and kept and (_CODE.match(kept[0]) or _VALUES.match(kept[0])):
        kept.pop(0)
    return "\n".join(line.rstrip() for line in kept).strip()
