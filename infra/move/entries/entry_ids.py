"""Ids of entries, from the names that people gave in Airbyte."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count

from infra.scaffold.names import snake

_ARROW = re.compile(r"\s*(→|->|=>|>)\s*")
_LONGEST = 60
# Letters that are no letter with an accent.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "ł": "l", "Ł": "L", "đ": "d"})


def id_for(name: str, otherwise: str, before: str = "") -> str:
    """`Shop (EU)` as `shop_eu`, `Shop → Lake` as `shop_to_lake`; `otherwise` for a name without a
    letter that an id may have, `before` in front of one that begins with a digit.
    """
    plain = unicodedata.normalize("NFKD", _ARROW.sub(" to ", name).translate(_LETTERS))
    words = snake("".join(letter for letter in plain if not unicodedata.combining(letter)))
    if not words:
        return otherwise
    cut = words if len(words) <= _LONGEST else words[:_LONGEST].rpartition("_")[0] or words[:_LONGEST]
    return cut if cut[0].isalpha() else f"{before or otherwise}_{cut}"


def free_id(wanted: str, taken: Collection[str]) -> str:
    """The id, with a number behind it where it is taken."""
    if wanted not in taken:
        return wanted
    return next(numbered for number in count(2) if (numbered := f"{wanted}_{number}") not in taken)
