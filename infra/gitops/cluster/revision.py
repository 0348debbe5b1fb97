"""Revisions of a commit, as Flux writes them."""

from __future__ import annotations

import re


def short(revision: str) -> str:
    """A revision with ten digits of its commit: `main@sha1:0123456789`."""
    return re.sub(r"(:[0-9a-f]{10})[0-9a-f]+$", r"\1", revision)
