"""How much of a model is believed; beyond it nothing is known of the model, and that is told."""

from __future__ import annotations

from infra.lake.models.unknown import CannotKnowError

MAX_BYTES = 200_000
MAX_TEXT = 400_000
MAX_MODELS = 10_000
_MAX_STEPS = 100_000


class Budget:
    """Steps that are left to read one model: a bound on its time that no clock decides."""

    def __init__(self) -> None:
        self._left = _MAX_STEPS

    def step(self, count: int = 1) -> None:
        """Take steps. Raises CannotKnowError where none is left."""
        self._left -= count
        if self._left < 0:
            raise CannotKnowError("it is larger than what is read")


def bounded(text: str) -> str:
    """The text. Raises CannotKnowError where it is too long."""
    if len(text) > MAX_TEXT:
        raise CannotKnowError("its SQL is larger than what is read")
    return text
