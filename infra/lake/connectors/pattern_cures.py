"""What to write for a text that a spec's pattern refuses: the same date in the form that fits, else an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from infra.lake.documents.pattern import finds
from infra.lake.documents.yaml_text import flow

# A year, a month and a day, and what may follow of a time; or a day, a month and a year, as some countries write them.
_DATE = re.compile(
    r"(?P<year>[12][0-9]{3})[-/.]?(?P<month>[01]?[0-9])[-/.]?(?P<day>[0-3]?[0-9])"
    r"(?:[T ](?P<time>[0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)(?:\.[0-9]+)?(?:Z|UTC|[+-]00:?00)?)?"
)
_DOTTED = re.compile(r"(?P<day>[0-3]?[0-9])\.(?P<month>[01]?[0-9])\.(?P<year>[12][0-9]{3})(?P<time>)")
# Where the day stands first, or the month.
_EITHER = re.compile(r"(?P<one>[0-3]?[0-9])(?P<by>[-/])(?P<other>[0-3]?[0-9])(?P=by)(?P<year>[12][0-9]{3})")
_FORMS = (
    *("{day}", "{day}T{time}Z", "{day}T{time}", "{day}T{time}.000Z", "{day}T{time}.000000Z", "{day} {time}"),
    *("{day}T{time}+00:00", "{day}T{time}.000", "{compact}", "{month}", "{year}"),
)
# Tried in this order where no date is meant; each is a thing that connectors ask for.
_EXAMPLES = (
    *(
        "my-name",
        "my_name",
        "12345",
        "1234567890",
        "owner/name",
        "https://example.com",
        "name@example.com",
        "example.com",
    ),
    *("00000000-0000-0000-0000-000000000000", "arn:aws:iam::123456789012:role/name", "1d", "09:00", "A1"),
)


def pattern_cure(pattern: str, value: Any) -> str:
    """`write "2026-01-01T00:00:00Z"` for a date in another form, both for one that can be read in two ways, `for example "..."` for
    all else; empty where no text that fits is found. Nothing of the value but a date is shown: it may be a secret in the wrong place.
    """
    written = (next((text for text in _dates(one) if finds(pattern, text)), None) for one in _readings(value))
    if meant := [flow(text) for text in written if text]:
        return f"write {' or '.join(meant)}"
    dates = tuple(_dates("2026-01-01"))
    known = (*dates, *_EXAMPLES) if "{4}" in pattern else (*_EXAMPLES, *dates)
    found = next((text for text in known if finds(pattern, text)), None) or _sample(pattern)
    return f"for example {flow(found)}" if found else ""


def _readings(value: Any) -> list[Any]:
    """The dates that a text may mean: two of `01/02/2024`, which is in January or in February."""
    found = _EITHER.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return [value]
    return list(
        dict.fromkeys(f"{found['year']}-{found[a]}-{found[b]}" for a, b in (("other", "one"), ("one", "other")))
    )


def _dates(value: Any) -> Iterator[str]:
    """A date in the forms that connectors ask for; nothing for a text that is none."""
    found = (_DATE.fullmatch(value.strip()) or _DOTTED.fullmatch(value.strip())) if isinstance(value, str) else None
    try:
        day_of_year = date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:
        day_of_year = None
    if found is None or day_of_year is None:
        return
    year, month, day = day_of_year.isoformat().split("-")
    time = (found["time"] or "00:00:00").ljust(5, "0")
    time = time if len(time) == 8 else f"{time}:00"
    words = {"day": f"{year}-{month}-{day}", "time": time, "compact": year + month + day, "year": year}
    yield from (form.format(**words, month=f"{year}-{month}") for form in _FORMS)


# One thing of a pattern, and how often it comes.
_PIECE = re.compile(
    r"(?P<look>\(\?[=!<][^()]*\))|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)|(?P<anchor>[\^$])"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|\\(?P<escaped>.)|(?P<any>\.)|(?P<plain>[^\\])"
)
_TIMES = re.compile(r"\{(?P<count>[0-9]{1,2})(?:,[0-9]*)?\}|(?P<none>[*?])|(?P<one>\+)")
_CLASSES = {"d": "1", "w": "a", "s": " "}


def _sample(pattern: str) -> str | None:
    """A short text that the pattern takes, its first way through; None where a pattern says more than this reads."""
    found = _through(pattern)
    return found if found and finds(pattern, found) else None


def _through(pattern: str) -> str:
    """The first alternative, each piece as rarely as may be; groups are read as what is in them."""
    text, place, depth, skipping = "", 0, 0, 0
    starts: list[int] = []
    while place < len(pattern) and (piece := _PIECE.match(pattern, place)):
        times = _TIMES.match(pattern, piece.end())
        place = times.end() if times else piece.end()
        if piece["open"]:
            starts.append(len(text))
            depth += 1
        elif piece["close"]:
            depth -= 1
            start = starts.pop() if starts else 0
            skipping = 0 if skipping > depth else skipping
            text = text[:start] + text[start:] * _count(times)
        elif piece["bar"]:
            skipping = skipping or depth + (depth == 0)
            if depth == 0:
                break
        elif not skipping and not piece["look"] and not piece["anchor"]:
            text += ("." if piece["any"] and not times else _one_of(piece)) * _count(times)
    return text


def _count(times: re.Match[str] | None) -> int:
    return 1 if times is None or times["one"] else 0 if times["none"] else int(times["count"])


def _one_of(piece: re.Match[str]) -> str:
    if piece["set"]:
        return next((letter for letter in "1aA-_ ./" if finds(piece["set"], letter)), "")
    if piece["escaped"]:
        return _CLASSES.get(piece["escaped"], piece["escaped"])
    return "a" if piece["any"] else piece["plain"] or ""
