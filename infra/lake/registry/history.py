"""Retired and Renamed: what used to be here, so that a deletion is never an accident."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.lake.documents import Strict, refuse
from infra.lake.documents.types import Id
from infra.lake.registry.kinds import KIND_OF

_ENTRY = re.compile(f"({'|'.join(KIND_OF)})\\.[a-z][a-z0-9_]*")
_STREAM = re.compile(r"connections\.[a-z][a-z0-9_]*\.streams\..+")
_SOURCE_STREAM = re.compile(r"streams\.[a-z][a-z0-9_]*\..+")


def check_stream_or_entry(text: str) -> bool:
    """True for `sources.X`, `destinations.X`, `connections.X` and `connections.X.streams.<file>`."""
    return bool(_ENTRY.fullmatch(text) or _STREAM.fullmatch(text))


def _retired_entry(text: str) -> str:
    if check_stream_or_entry(text):
        return text
    message = "must be sources.X, destinations.X, connections.X or connections.X.streams.<file>"
    raise refuse("bad-retired", message, _entry_meant(text))


def _renamed_entry(text: str) -> str:
    if _ENTRY.fullmatch(text) or _SOURCE_STREAM.fullmatch(text):
        return text
    message = "must be sources.X, destinations.X, connections.X or streams.<source>.<file>"
    raise refuse("bad-renamed", message, _entry_meant(text))


def _entry_meant(text: str) -> str:
    """What to write for an address of Terraform's, and for an id alone."""
    found = re.fullmatch(r"(?:airbyte_)?(source|destination|connection)(?:_[a-z0-9_]+)?\.([a-z][a-z0-9_]*)", text)
    if found:
        return f"write {found[1]}s.{found[2]}"
    alone = re.fullmatch("[a-z][a-z0-9_]*", text)
    return f"write sources.{text}, destinations.{text} or connections.{text}" if alone else ""


def _date(text: str) -> str:
    with suppress(ValueError):
        if date.fromisoformat(text).isoformat() == text:
            return text
    raise refuse("wrong-type", "must be a date such as 2026-11-23", "write year, month and day: 2026-11-23")


Day = Annotated[str, AfterValidator(_date)]


class Retired(Strict):
    """An entry or a stream that was removed on purpose."""

    entry: Annotated[str, AfterValidator(_retired_entry)] = Field(
        description="connections.old, or connections.X.streams.Y",
    )
    date: Day = Field(description="when, YYYY-MM-DD")
    reason: str = Field(min_length=1, description="why, for whoever looks for it")
    stack: Id | None = Field(default=None, description="only in this stack; default: in every one")
    keep: bool = Field(default=False, description="true: forget it without destroying it (a removed block)")

    @property
    def is_stream(self) -> bool:
        """True for `connections.X.streams.Y`."""
        return ".streams." in self.entry


class Renamed(Strict):
    """An entry that has a new id."""

    from_: Annotated[str, AfterValidator(_renamed_entry)] = Field(
        alias="from",
        description="the id it had: sources.old",
    )
    to: Annotated[str, AfterValidator(_renamed_entry)] = Field(description="the id it has: sources.new")

    @property
    def is_stream(self) -> bool:
        """True for `streams.<source>.<file>`: such a line only acknowledges; the sync state goes with the name of the stream."""
        return self.from_.startswith("streams.")
