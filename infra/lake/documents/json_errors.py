"""What is wrong with a text that is no JSON, in the words of the person who typed it; the same in every version of Python."""

from __future__ import annotations

import json
import re

from infra.lake.documents.lines import lines_of
from infra.lake.documents.yaml_errors import CONFLICT, conflict_marker

# Words of Python and of YAML 1.1.
_WORDS = {
    "True": "true",
    "False": "false",
    "None": "null",
    "TRUE": "true",
    "FALSE": "false",
    "NULL": "null",
    "Null": "null",
}
_WORDS |= {"undefined": "null", "nil": "null", "yes": "true", "no": "false", "on": "true", "off": "false"}
_TOKEN = re.compile(r"[A-Za-z_$][\w$.-]*")

# Offset, message and fix.
Mistake = tuple[int, str, str]


def syntax_error(text: str, error: json.JSONDecodeError) -> Mistake:
    """Where the mistake is, what it is, and what to write."""
    if not text.strip():
        return 0, "is empty", "write {} to accept every default"
    if place := conflict_marker(lines_of(text)):
        return sum(len(line) for line in text.splitlines(keepends=True)[: place[0] - 1]), *CONFLICT
    return _comma(text, error) or _character(text, error) or _token(text, error) or _expected(text, error)


def _comma(text: str, error: json.JSONDecodeError) -> Mistake | None:
    before, here = text[: error.pos].rstrip(), text[error.pos : error.pos + 1]
    trailing = ("there is a trailing comma", "remove it")
    if before.endswith(",") and here in ("}", "]"):
        return len(before) - 1, *trailing
    if error.msg.startswith("Illegal trailing comma"):
        return error.pos, *trailing
    if here == "," and before.endswith((",", "{", "[")):
        return error.pos, "there is a comma too many", "remove it"
    return None


def _character(text: str, error: json.JSONDecodeError) -> Mistake | None:
    here = text[error.pos : error.pos + 1]
    if here == "'":
        return error.pos, "text is in single quotes", 'JSON allows only "'
    if here in "“”„‘’«»" and here:
        return error.pos, f"text is in the quotes {here}", 'JSON allows only "'
    if here in ("/", "#"):
        return error.pos, "there is a comment here", "JSON has no comments; use the key description"
    return None


def _token(text: str, error: json.JSONDecodeError) -> Mistake | None:
    found = _TOKEN.match(text, error.pos)
    if found is None:
        return None
    word = found[0]
    if "property name" in error.msg or re.match(r"\s*:", text[found.end() :]):
        if not text.lstrip().startswith(("{", "[")):
            return error.pos, "this is YAML, and the file is JSON", f'write {{"{word}": ...}}'
        return error.pos, "a key stands without quotes", f'write "{word}"'
    if word in _WORDS:
        return error.pos, f"{word} is not JSON", f"write {_WORDS[word]}"
    return error.pos, "text stands without quotes", 'put it in "'


def _expected(text: str, error: json.JSONDecodeError) -> Mistake:
    message = error.msg[0].lower() + error.msg[1:]
    if error.pos >= len(text.rstrip()):
        return error.pos, "the file ends before everything is closed", f"close it with {_closing(text)}"
    if "delimiter" in message:
        before = text[: error.pos].rstrip()
        if "':'" in message:
            return error.pos, "a key has no colon behind it", 'write it as "key": value'
        return len(before), "a comma is missing here", "add it"
    if message == "extra data":
        return error.pos, "something stands behind the end", "remove it, or put all of it into one mapping"
    if "control character" in message or "Unterminated" in error.msg:
        return error.pos, "a text is not closed in its line", 'close it with ", and write a line break as \\n'
    return error.pos, message, ""


def _closing(text: str) -> str:
    """The brackets that are open at the end, in the order in which they have to close."""
    open_: list[str] = []
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text):
        if found[0] in "{[":
            open_.append("}" if found[0] == "{" else "]")
        elif found[0] in "}]" and open_:
            open_.pop()
    return "".join(reversed(open_)) or "what is open"
