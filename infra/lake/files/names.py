"""Names as Airbyte's destinations for object storage clean them.

Source: airbytehq/airbyte, `Transformations.toS3SafeCharacters` of the bulk CDK.
"""

from __future__ import annotations

import re
import unicodedata

# Java's \p{Alnum} is ASCII; the others are the safe and the special characters of the source.
_OUTSIDE = re.compile(r"[^A-Za-z0-9/!_.*')(&$@=;:+,?\-]")


def s3_safe(text: str) -> str:
    """`Straße №1` -> `Stra_e_No1`: decomposed, without marks, and `_` for what is outside of a safe set."""
    if text.isascii():
        return _OUTSIDE.sub("_", text)
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(character for character in decomposed if not unicodedata.category(character).startswith("M"))
    return _OUTSIDE.sub("_", kept)
