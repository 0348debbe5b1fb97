"""What is being done, while it takes time: a spinner or a bar on a terminal, plain lines elsewhere; on stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from infra.base.printable import inline, show


@dataclass(frozen=True)
class Progress:
    """Attributes:
    tell: shows what is being done now.
    advance: one part of the whole is done.
    """

    tell: Callable[[str], None]
    advance: Callable[[], None]


@contextmanager
def progress(options: argparse.Namespace, text: str, total: int | None = None) -> Iterator[Progress]:
    """Shows the text, and what is told, while the block runs; nothing with `--quiet`. `total`: how many parts there are.

    On a terminal what is printed meanwhile appears above, and nothing of it stays.
    """
    if options.quiet:
        yield Progress(lambda _: None, lambda: None)
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _drawn(text, total) as shown:
            yield shown
    else:
        _print(text)
        yield Progress(_print, lambda: None)


def _print(text: str) -> None:
    show(text, to=sys.stderr)


@contextmanager
def _drawn(text: str, total: int | None) -> Iterator[Progress]:
    from rich import progress as draw  # noqa: PLC0415  # takes as long to load as a check of a small lake
    from rich.console import Console  # noqa: PLC0415

    parts = () if total is None else (draw.BarColumn(), draw.MofNCompleteColumn())
    columns = (draw.SpinnerColumn(), draw.TextColumn("{task.description}", markup=False), *parts)
    console, piped = Console(stderr=True), not sys.stdout.isatty()
    with draw.Progress(
        *columns, draw.TimeElapsedColumn(), console=console, transient=True, redirect_stdout=not piped
    ) as shown:
        task = shown.add_task(text, total=total)
        yield Progress(lambda now: shown.update(task, description=inline(now)), lambda: shown.advance(task))
