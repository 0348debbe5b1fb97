"""PyYAML's errors in the words of the person who typed the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from infra.base.credentials import names_credential
from infra.lake.documents.lines import Mark, lines_of, place_at, places_in
from infra.lake.documents.location import Location
from infra.lake.documents.problem import Problem, Related
from infra.lake.documents.types import id_meant


def syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """The `yaml-syntax` problem of an error with a place."""
    lines, places = lines_of(text) or [""], places_in(text)
    if place := conflict_marker(lines):
        return Problem("yaml-syntax", Location(file, *place), "", *CONFLICT)
    at, opened = _place(lines, places, error.problem_mark), _place(lines, places, error.context_mark)
    if "quoted scalar" in (error.context or "") and "end of" in (error.problem or ""):
        return Problem(
            "yaml-syntax", Location(file, *opened), "", "the quote that opens here is not closed", "close it"
        )
    ended = error.problem_mark is not None and places(error.problem_mark)[0] > len(lines)
    message, fix = _explain(lines, at, error, ended=ended)
    related: tuple[Related, ...] = ()
    if error.context and error.context_mark and opened[0] != at[0]:
        related = (Related(Location(file, *opened), error.context),)
    return Problem("yaml-syntax", Location(file, *at), "", message, fix, related)


def _place(lines: list[str], places: Callable[[Any], Mark], mark: yaml.Mark | None) -> Mark:
    """Line and column of a mark; the end of the text for one behind it."""
    if mark is None:
        return 1, 1
    line, column = places(mark)
    return (line, column) if line <= len(lines) else (len(lines), len(lines[-1]) + 1)


# What git leaves in a file where two changes meet.
_MARKER = re.compile("<{7}( |$)|={7}$|>{7}( |$)|[|]{7}( |$)")
CONFLICT = ("this is a conflict marker of git", "decide which lines stay, and remove all three markers")


def conflict_marker(lines: Sequence[str]) -> Mark | None:
    """Line and column of the first conflict marker; None if there is none."""
    return next(((number, 1) for number, line in enumerate(lines, 1) if _MARKER.match(line)), None)


def _explain(lines: list[str], at: Mark, error: yaml.MarkedYAMLError, *, ended: bool) -> tuple[str, str]:
    """What is wrong in the words of the person who typed it, and what to do."""
    line = lines[at[0] - 1]
    problem = error.problem or "this is not YAML"
    if "\t" in line[: at[1]]:
        return "there is a tab here", "indent with spaces; YAML does not allow tabs"
    if problem.startswith("mapping values"):
        return _second_colon(lines, at)
    if "{" in line and "${" in line:
        return "a brace or comma ends the text here", _variable(line)
    if ended or "',' or" in problem:
        return _unclosed(lines, error, ended=ended)
    known = next((words for said, words in _MISPLACED.items() if said in problem), None)
    return known or _unquoted(line, at, problem)


# The one variable of a namespace: a reference in its place would be another value.
_FILLED_IN_BY_AIRBYTE = "SOURCE_NAMESPACE"


def _variable(line: str) -> str:
    """What to write for a `${...}` without quotes: a reference where it is a variable of Terraform's."""
    found = re.search(r"(?:([\w-]+): *|[\[,] *)\$\{ *(?:(var|local)\.)?(\w+) *\}(?= *(?:[]},#]|$))", line)
    name = id_meant(found[3]) if found else ""
    if found is None or not name or found[3] == _FILLED_IN_BY_AIRBYTE:
        return "quote text that contains ${...}"
    reference = f"{{{'secret' if names_credential(found[1] or name) else 'var'}: {name}}}"
    return f"write {reference}" if found[2] else f"quote text that contains ${{...}}; for a variable write {reference}"


# What PyYAML says -> what is said here.
_MISPLACED = {
    "did not find expected key": ("a key should begin here", "indent it like the keys above"),
    "did not find expected '-' indicator": (
        "an item of the list should begin here",
        "begin it with -, or indent it like the key above the list",
    ),
    "could not find expected ':'": ("a key without its colon stands above this", "write it as key: value"),
}


def _second_colon(lines: list[str], at: Mark) -> tuple[str, str]:
    """Why there are two keys where one may be: an indent that is too deep, a line above without its colon, or a text."""
    line, above = lines[at[0] - 1], lines[at[0] - 2] if at[0] > 1 else ""
    begins = re.match(r" *[\w\"'-]+:", line)
    if begins and at[1] == len(begins[0]) and above.strip():
        if re.match(r" *[\w-]+( |:(?=[^ ]))\S*$", above):
            return "the line above has no key", "write it as key: value, with a colon and a space"
        return "this line is indented too far", "indent it like the keys above"
    return "a colon starts a second mapping on this line", 'quote text that contains ": "'


_CLOSING = {"{": "}", "[": "]"}


def _unclosed(lines: list[str], error: yaml.MarkedYAMLError, *, ended: bool) -> tuple[str, str]:
    """A bracket without its other half: at the end of the file, or where something stands that does not go on with it."""
    what = "mapping" if "mapping" in (error.context or "") else "list"
    bracket = "}" if what == "mapping" else "]"
    if ended:
        known = _CLOSING.get("".join(lines).rstrip()[-1:], bracket if "flow" in (error.context or "") else "")
        fix = f"close it with {known}" if known else "close what is open: ] or }"
        return "the file ends before a list or mapping is closed", fix
    return f"a {what} is not closed before this", f"close it with {bracket}, or add the comma that is missing"


# Characters that begin something else in YAML.
_RESERVED = {
    "%": "a directive",
    "@": "nothing that YAML knows",
    "`": "nothing that YAML knows",
    "*": "the name of an alias",
    "&": "an anchor",
    "!": "a tag",
    "|": "a text of several lines",
    ">": "a text of several lines",
}


def _unquoted(line: str, at: Mark, problem: str) -> tuple[str, str]:
    """A text that begins with a character that means something; else PyYAML's own words."""
    for column in (at[1] - 1, at[1] - 2):
        here = line[column : column + 1] if column >= 0 else ""
        if here and here in _RESERVED:
            return f"{here} begins {_RESERVED[here]}", f'put it in quotes if it is text: "{here}..."'
    return problem.replace("did not find expected", "expected"), "put it in quotes if it is text"


def character_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """The `yaml-syntax` problem of a character that YAML does not allow."""
    offset = next((i for i, char in enumerate(text) if _is_control(char)), 0)
    reason = getattr(error, "reason", "is not YAML")
    return Problem("yaml-syntax", Location(file, *place_at(text, offset)), "", f"{reason}: U+{ord(text[offset]):04X}")


def _is_control(char: str) -> bool:
    return (char < " " and char not in "\t\n\r") or ("\x7f" <= char < "\xa0" and char != "\x85") or char in "￾￿"
