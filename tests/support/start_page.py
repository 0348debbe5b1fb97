"""docs/start.md in three parts: what comes before the connector is asked, how it is asked, and the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.docs_commands import Reader
from tests.support.lakes import REPOSITORY

PAGE = REPOSITORY / "docs/start.md"
_ASKING = "```console network\n"


def follow_start(reader: Reader, text: str, *, network: bool) -> str:
    """Do what the page says; the page with what its commands really printed. Without the network the schemas of the same connector
    take the place of its answer.
    """
    before, _, rest = text.partition(_ASKING)
    asking, fence, after = rest.partition("\n```\n")
    told = reader.follow(before)
    asked = f"{_ASKING}{asking}{fence}"
    if network:
        asked = reader.follow(asked, network=True)
    else:
        shutil.copytree(reader.root / "dag/sources/faker", reader.root / "dag/sources/sample")
    return told + asked + reader.follow(after)


def start_text() -> str:
    """The page."""
    return PAGE.read_text("utf-8")


def reader_in(folder: Path, programs: Path | None = None) -> Reader:
    """A reader in an empty folder."""
    (folder / "work").mkdir(parents=True)
    return Reader(folder / "work", folder / "reader", programs)
