"""Names of the variables that a new entry needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.lake.documents import KeyPath
from infra.lake.documents.types import RESERVED


@dataclass
class Names:
    """Gives every option of an entry a name of its own: `<entry>_<key>`, longer where that is taken.

    Attributes:
        entry: id of the entry.
        taken: names that the registry uses already.
    """

    entry: str
    taken: frozenset[str]
    given: dict[KeyPath, str] = field(default_factory=dict)

    def at(self, path: KeyPath) -> str:
        """The name for the option at a path; the same one each time."""
        if path not in self.given:
            used = {*self.taken, *self.given.values(), *RESERVED}
            self.given[path] = next(name for name in self._candidates(path) if name not in used)
        return self.given[path]

    def _candidates(self, path: KeyPath) -> Iterable[str]:
        keys = [key for key in (snake(part) for part in path if isinstance(part, str)) if key] or ["value"]
        names = ["_".join((self.entry, *keys[start:])) for start in range(len(keys) - 1, -1, -1)]
        yield from names
        yield from (f"{names[0]}_{number}" for number in range(2, len(self.given) + len(self.taken) + 3))


def snake(text: str) -> str:
    """`apiKey`, `API-Key` and `api key` as `api_key`; empty if the text has no letter or digit that an id may have."""
    parted = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub("[^a-z0-9]+", "_", parted.lower()).strip("_")
