"""Files that somebody wrote for lakeform, and whose names say that they are something else."""

from __future__ import annotations

import re

_DATA = re.compile(r"\.(json|json5|jsonc|jsonl|ndjson|ya?ml|toml)(\.txt)?$", re.IGNORECASE)


def is_unread(name: str, endings: tuple[str, ...]) -> bool:
    """True for the name of a file with data that has none of the endings, as they are spelled: `orders.yaml`, `orders.JSON` or
    `orders.json.txt` among JSON files. Notes, and what somebody put aside (`orders.json.bak`), are nobody's mistake.
    """
    return _DATA.search(name) is not None and not name.endswith(endings)


def stem_of(name: str) -> str:
    """The name without what says that it is data."""
    return _DATA.sub("", name)
