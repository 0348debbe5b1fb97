"""Told: a field that lakeform does not have as Airbyte has it, and what the first apply sends in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from infra.base.json_value import Json


@dataclass(frozen=True)
class Told:
    """One field of one object.

    Attributes:
        field: `schedule`, `streams.orders.fields`, `configuration.password`.
        there: how it is in Airbyte, in words; never a secret's value.
        sends: what the first apply sends for it.
        changes: True where Airbyte has something else after the first apply than before.
    """

    field: str
    there: str
    sends: str
    changes: bool = True

    def to_json(self) -> Json:
        """An object of `dag/import.json`."""
        return {"field": self.field, "there": self.there, "sends": self.sends, "changes": self.changes}

    @classmethod
    def read(cls, value: Json) -> Told:
        """The same from there. Raises KeyError and TypeError for anything else."""
        return cls(str(value["field"]), str(value["there"]), str(value["sends"]), bool(value["changes"]))


@dataclass(frozen=True)
class LeftOut:
    """An object that has no entry, and why.

    Attributes:
        what: `the connection "Shop to lake"`.
        why: reasons, each a sentence without a full stop.
        instead: what to do about it.
    """

    what: str
    why: tuple[str, ...]
    instead: str

    def to_json(self) -> Json:
        """An object of `dag/import.json`."""
        return {"what": self.what, "why": list(self.why), "instead": self.instead}

    @classmethod
    def read(cls, value: Json) -> LeftOut:
        """The same from there. Raises KeyError and TypeError for anything else."""
        return cls(str(value["what"]), tuple(map(str, value["why"])), str(value["instead"]))


def changing(told: Iterable[Told]) -> bool:
    """True where the first apply changes something."""
    return any(one.changes for one in told)
