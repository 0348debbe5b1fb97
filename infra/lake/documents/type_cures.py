"""What to write for a value of another type: `"5432"` where a number belongs, `True` where true does, a name where a list does."""

from __future__ import annotations

import re
from typing import Any

from infra.base.credentials import credential_in
from infra.lake.documents.yaml_text import as_written

# Words of YAML 1.1, Python and people that are true, false or null here in one spelling alone.
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_NULL = frozenset({"none", "null", "nil"})


def cure_of_type(wanted: str, value: Any, file: str) -> str:
    """`write 5432`; empty where it is not clear what is meant.

    `wanted`: the type in words, `a whole number`, as messages have it. `file` decides between YAML and JSON.
    """
    if wanted == "text" and isinstance(value, (int, float)):
        return "put it in quotes"
    if isinstance(value, str) and credential_in(value):
        return ""
    if found := _meant(wanted, value):
        return f"write {as_written(file, found[0])}"
    return _null(value) or (
        "write digits alone" if wanted == "a whole number" and isinstance(value, (str, float)) else ""
    )


def _meant(wanted: str, value: Any) -> tuple[Any] | None:
    """The value that is meant, in a tuple, since it may be false."""
    word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    if wanted == "true or false" and word in _TRUE | _FALSE:
        return (word in _TRUE,)
    if wanted in ("a whole number", "a number") and isinstance(value, str):
        return _number(wanted, word)
    if wanted == "a whole number" and isinstance(value, float) and value.is_integer():
        return (int(value),)
    if wanted == "a list" and isinstance(value, str) and word:
        return ([part.strip() for part in value.split(",") if part.strip()],)
    if wanted == "text" and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return (value[0],)
    return None


def _number(wanted: str, word: str) -> tuple[Any] | None:
    plain = re.sub("(?<=[0-9])[_,' ](?=[0-9]{3}(?![0-9]))", "", word)
    if re.fullmatch("[-+]?(0|[1-9][0-9]{0,17})", plain):
        return (int(plain),)
    return (float(plain),) if wanted == "a number" and re.fullmatch(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}", plain) else None


def _null(value: Any) -> str:
    if isinstance(value, str) and value.strip().lower() in _NULL:
        return "remove the line, or write null"
    return ""
