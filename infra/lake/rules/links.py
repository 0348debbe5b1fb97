"""Links in the folders that lakeform reads and writes."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import Problem
from infra.lake.documents.links import link_problems
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import MANIFESTS, OUTPUT

LINK_FREE = ("dag", OUTPUT, MANIFESTS)


def check_links(model: LakeModel) -> Iterator[Problem]:
    """`file-unreadable`: a link would lead what is read, written or removed to another place, also out of the project."""
    yield from link_problems(model.root, LINK_FREE)
