"""Reply: the answer of a server that speaks JSON."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from infra.base.json_value import json_of
from infra.base.transport import Answer
from infra.lake.documents import read_json


@dataclass(frozen=True)
class Reply:
    """An answer, read.

    Attributes:
        value: the JSON in it; None if it is none.
    """

    status: int
    text: str = field(repr=False)
    location: str
    value: Any = field(repr=False)

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object in it; empty if it is none."""
        return self.value if isinstance(self.value, dict) else {}


def read_reply(answer: Answer, without: Collection[str] = ()) -> Reply:
    """What came back, whatever its status; `without` the values of these keys, at any depth, which then take no memory."""
    if without:
        return Reply(answer.status, answer.text, answer.location, _parse(answer.text, without))
    document, _ = read_json("", answer.text)
    return Reply(answer.status, answer.text, answer.location, document.value if document else None)


def _parse(text: str, without: Collection[str]) -> Any:
    try:
        return json_of(text, object_pairs_hook=lambda pairs: {key: one for key, one in pairs if key not in without})
    except ValueError:
        return None
