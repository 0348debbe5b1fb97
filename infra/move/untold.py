"""Notes: what could not be read, gathered while the rest is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from infra.base.errors import UserError
from infra.move.found import Untold


class Notes:
    """What could not be read so far."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    @property
    def untold(self) -> tuple[Untold, ...]:
        """Sorted by what."""
        return tuple(Untold(what, why) for what, why in sorted(self._reasons.items()))

    def note(self, what: str, why: str) -> None:
        """Something cannot be read; what was said of it before comes first."""
        said = self._reasons.get(what)
        self._reasons[what] = f"{said}; {why}" if said and why != said else why

    def only(self, beginning: str) -> Notes:
        """The notes of what begins so."""
        kept = Notes()
        kept._reasons = {what: why for what, why in self._reasons.items() if what.startswith(beginning)}
        return kept

    @contextmanager
    def without(self, what: str) -> Iterator[None]:
        """What is read here may fail: then that is noted, and the rest goes on."""
        try:
            yield
        except UserError as error:
            self.note(what, str(error))
