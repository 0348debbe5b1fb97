"""PyYAML's errors in the words of the person who typed the file."""

from __future__ import annotations

import yaml

from infra.lake.documents.location import Location
from infra.lake.documents.problem import Problem, Related

Mark = tuple[int, int]


def syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """The `yaml-syntax` problem of an error with a place."""
    lines = text.splitlines() or [""]
    at, opened = _place(lines, error.problem_mark), _place(lines, error.context_mark)
    if "quoted scalar" in (error.context or "") and "end of" in (error.problem or ""):
        return Problem(
            "yaml-syntax", Location(file, *opened), "", "the quote that opens here is not closed", "close it"
        )
    message, fix = _explain(lines, at, error)
    related: tuple[Related, ...] = ()
    if error.context and error.context_mark and opened[0] != at[0]:
        related = (Related(Location(file, *opened), error.context),)
    return Problem("yaml-syntax", Location(file, *at), "", message, fix, related)


def _place(lines: list[str], mark: yaml.Mark | None) -> Mark:
    """Line and column of a mark; the end of the text for one behind it."""
    if mark is None:
        return 1, 1
    if mark.line >= len(lines):
        return len(lines), len(lines[-1]) + 1
    return mark.line + 1, mark.column + 1


def _explain(lines: list[str], at: Mark, error: yaml.MarkedYAMLError) -> tuple[str, str]:
    """What is wrong in the words of the person who typed it, and what to do."""
    line = lines[at[0] - 1]
    problem = error.problem or "this is not YAML"
    if "\t" in line[: at[1]]:
        return "there is a tab here", "indent with spaces; YAML does not allow tabs"
    if problem.startswith("mapping values"):
        return "a colon starts a second mapping on this line", 'quote text that contains ": "'
    if "{" in line and "${" in line:
        return "a brace or comma ends the text here", "quote text that contains ${...}"
    if error.problem_mark and error.problem_mark.line >= len(lines):
        return "the file ends before a list or mapping is closed", ""
    if "did not find expected key" in problem:
        return "a key should begin here", "indent it like the keys above"
    return problem.replace("did not find expected", "expected"), ""


def character_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """The `yaml-syntax` problem of a character that YAML does not allow."""
    offset = next((i for i, char in enumerate(text) if _is_control(char)), 0)
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    reason = getattr(error, "reason", "is not YAML")
    return Problem("yaml-syntax", Location(file, line, column), "", f"{reason}: U+{ord(text[offset]):04X}")


def _is_control(char: str) -> bool:
    return (char < " " and char not in "\t\n\r") or ("\x7f" <= char < "\xa0" and char != "\x85") or char in "￾￿"
