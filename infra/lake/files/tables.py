"""LandingTable: what the landing table of a stream is called, everywhere.

One function decides all of it, so that table, dbt source, asset and group are never called by two rules. Sources: names of dbt
(letters, digits and `_`), Dagster 1.13 (`check_valid_name`: the same for groups; asset keys also take `-` and `.`; owners are
`team:<name>` or an e-mail address; values of tags have at most 63 characters), PostgreSQL (63 bytes).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

SCHEMA = "landing"

# The view of living rows, behind the table's name.
CURRENT = "__current"

_LONGEST = 63


@dataclass(frozen=True)
class LandingTable:
    """The table that the files of a stream are fed into.

    Attributes:
        source: id of the source whose stream it is.
        stem: name of the stream file, without `.json`.
        name: of the table, in the schema `landing`.
        short: the part of it that tells the stream.
    """

    source: str
    stem: str
    name: str
    short: str

    @property
    def qualified(self) -> str:
        """Schema and table, as SQL has them without quotes."""
        return f"{SCHEMA}.{self.name}"

    @property
    def current(self) -> str:
        """The view of the table's living rows."""
        return self.name + CURRENT

    @property
    def dbt_name(self) -> str:
        """The table of the dbt source `landing`."""
        return self.name

    @property
    def asset_key(self) -> tuple[str, str, str]:
        """The key of the Dagster asset."""
        return SCHEMA, self.source, self.short

    @property
    def group(self) -> str:
        """The Dagster group."""
        return self.source


def table_of(source: str, stem: str) -> LandingTable:
    """`shopify`, `public.Orders` -> `shopify__public_orders`; a name that is too long, or that loses letters of another script,
    ends in a hash of the whole.
    """
    short = _cleaned(stem) if stem.isascii() else f"{_cleaned(stem)}_{_digest(stem)}"
    name = f"{source}__{short}"
    if len(name) <= _LONGEST - len(CURRENT):
        return LandingTable(source, stem, name, short)
    digest = _digest(f"{source}/{stem}")
    return LandingTable(source, stem, f"{name[: _LONGEST - len(CURRENT) - 9]}_{digest}", f"{short}_{digest}")


def schema_word(schema: str) -> str:
    """A schema as part of a name in dbt: `sales` stays, and one that is no such word ends in a hash of it."""
    word = _cleaned(schema)
    return word if word == schema else f"{word}_{_digest(schema)}"


def connection_key(stack: str, connection: str) -> tuple[str, str, str]:
    """The key of the Dagster asset of a connection: what a landing table's asset comes after."""
    return "airbyte", stack, connection


def owner_of(text: str) -> str:
    """`data-platform` -> `team:data-platform`; an e-mail address stays."""
    return text if re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}", text) else f"team:{text}"


def tag_of(text: str) -> str:
    """An id as the value of a tag; one that is too long ends in a hash of the whole."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 9]}_{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _cleaned(stem: str) -> str:
    return re.sub("[^a-z0-9_]+", "_", stem.lower()).strip("_") or "stream"
