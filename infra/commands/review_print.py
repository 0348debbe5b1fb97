"""How a review is printed: its parts as text, as one comment, or as one JSON object."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from infra.base.json_value import Json
from infra.base.printable import inline, show, visible
from infra.commands.common import print_json
from infra.review.rails.review import Review
from infra.review.render.markdown import LIMIT, MARK, to_markdown
from infra.review.render.text import Line, to_lines

_ALL = "What the apply would change in Airbyte"
_BEYOND = "What else the apply would change in Airbyte"


def print_review(found: Review, form: str) -> None:
    """The review of a change."""
    if form == "json":
        print_json(found.to_json())
    elif form == "markdown":
        show(to_markdown(found), end="")
    else:
        _print_lines(to_lines(found))


def print_both(change: Review | None, there: Review, as_json: Json, form: str) -> None:
    """The review of a change, if there is one, and below it what is in Airbyte; `as_json`: the latter."""
    title = _BEYOND if change else _ALL
    if form == "json":
        print_json({**(change.to_json() if change else {}), "server": as_json})
    elif form == "markdown":
        show(_markdown(change, there, title), end="")
    else:
        before = [*to_lines(change), ("", "")] if change else []
        _print_lines([*before, ("bold", title), *to_lines(there)])


def _markdown(change: Review | None, there: Review, title: str) -> str:
    """One comment, half of which is for each part."""
    if change is None:
        return to_markdown(there, title)
    second = to_markdown(there, title, LIMIT // 2).removeprefix(f"{MARK}\n\n")
    return f"{to_markdown(change, limit=LIMIT // 2)}\n{second}"


def _print_lines(lines: Iterable[Line]) -> None:
    from rich.console import Console  # noqa: PLC0415  # only the terminal's form needs it
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True, file=sys.stdout)
    for style, line in lines:
        console.print(Text(visible(inline(line)), style))
