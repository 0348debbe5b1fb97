"""What an editor shows of an option under the pointer: what it is for, then what it can be."""

from __future__ import annotations

import re
from textwrap import shorten

from infra.base.printable import one_line
from infra.lake.connectors.descriptions import describe
from infra.lake.connectors.spec import Spec

# Characters of a connector's own words: some write a page.
_LONGEST = 300
_TAG = re.compile("<[^<>]*>")


def hover_text(spec: Spec) -> str:
    """`Hostname of the database. (text, default localhost)`; empty where there is nothing to say."""
    words, kind = prose(spec), describe({key: said for key, said in spec.items() if key != "title"})
    if spec.get("airbyte_secret"):
        kind = "a secret, {secret: NAME}"
    return f"{words} ({kind})" if words and kind else words or kind


def prose(spec: Spec) -> str:
    """The connector's own words in one line, without markup and no longer than an editor shows at once; empty without."""
    said = (text for key in ("description", "title") if isinstance(text := spec.get(key), str) and text.strip())
    return shorten(one_line(_TAG.sub("", next(said, ""))), _LONGEST, placeholder=" ...")
