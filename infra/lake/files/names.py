"""Names as Airbyte's destinations clean them.

Source: airbytehq/airbyte, `Transformations.toS3SafeCharacters` and `toAlphanumericAndUnderscore` of the bulk CDK; the CDK before
had the second as `Names.toAlphanumericAndUnderscore`.
"""

from __future__ import annotations

import re
import unicodedata

# Java's \p{Alnum} is ASCII; the others are the safe and the special characters of the source.
_OUTSIDE = re.compile(r"[^A-Za-z0-9/!_.*')(&$@=;:+,?\-]")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_NO_WORD = re.compile("[^A-Za-z0-9_]")


def s3_safe(text: str) -> str:
    """`Straße №1` -> `Stra_e_No1`: decomposed, without marks, and `_` for what is outside of a safe set."""
    if text.isascii():
        return _OUTSIDE.sub("_", text)
    return _OUTSIDE.sub("_", _without_marks(text))


def words_only(text: str) -> str:
    """`Menü  (m²)` -> `Menu__m2_`: decomposed, without marks, `_` for spaces and for each that is no letter or digit of ASCII."""
    return _NO_WORD.sub("_", _SPACES.sub("_", _without_marks(text)))


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.category(character).startswith("M"))
