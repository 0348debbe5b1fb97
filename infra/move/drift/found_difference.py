"""Difference: something in Airbyte that differs from the files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from infra.lake.documents import KeyPath, render_path
from infra.move.entries.told import Told


@dataclass(frozen=True)
class Difference:
    """One value of an entry in one stack.

    Attributes:
        entry: `connections.shopify_to_lake`.
        path: below the entry; streams by the stem of their file: `("streams", "orders", "fields")`. Empty: the whole object.
        here, there: in the files and in Airbyte, as the registry writes it; ABSENT where there is none. Secrets are references.
        secret: it may hold one in clear, and is not shown.
        reason: why no edit of the files says what is there; empty where one can, or where nobody has tried.
        announced: what the import told of it that wrote the entry, where nobody has changed anything of it since.
    """

    stack: str
    entry: str
    path: KeyPath
    here: Any
    there: Any
    secret: bool = False
    reason: str = ""
    announced: Told | None = None

    @property
    def key(self) -> tuple[str, str, KeyPath]:
        """What no other difference has."""
        return self.stack, self.entry, self.path

    @property
    def place(self) -> str:
        """`connections.shopify_to_lake.schedule`."""
        return f"{self.entry}.{render_path(self.path)}" if self.path else self.entry

    def because(self, reason: str) -> Difference:
        """The same, with the reason why it stays."""
        return replace(self, reason=reason)
