"""LakeModel: everything that the files of a lake say, ready for rules, constructs and reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.lake.catalog.streams import SourceStreams
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import Problem
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Use
from infra.lake.registry.declared import Declared
from infra.lake.registry.draft import Draft, Drafts
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry, streams_folder
from infra.lake.registry.registry import Registry


@dataclass(frozen=True)
class LakeModel:
    """A lake as its files describe it.

    Attributes:
        root: the project folder.
        declared: the registry as written.
        drafts: every entry in each of its stacks, also those with problems.
        registry: the entries that fit their models.
        locks: connector -> its locked definition.
        sources: folder below dag/streams/ -> what can be synced from it.
        stacks: by id, sorted.
        landing_uses: landing -> its references to variables, none of which Terraform knows.

    """

    root: Path
    declared: Declared = field(repr=False)
    drafts: Drafts
    registry: Registry
    locks: Mapping[str, ConnectorLock]
    sources: Mapping[str, SourceStreams]
    stacks: Mapping[str, Stack]
    landing_uses: Mapping[str, tuple[Use, ...]]

    def source_of(self, connection: Draft) -> SourceStreams | None:
        """The streams that a connection can sync; None if its source does not exist or has problems."""
        return self.sources.get(self.folder_of(connection) or "")

    def folder_of(self, connection: Draft) -> str | None:
        """The folder of these streams below dag/streams/; None if the source does not exist or has problems."""
        source = self.stacks[connection.stack].sources.get(connection.text("source") or "")
        return streams_folder(source) if source else None

    def definition_id(self, actor: Entry[Actor]) -> str:
        """The connector definition of a managed source or destination, a literal: an id that is unknown at plan time
        would replace the source and lose its connections' state. Raises KeyError if the connector is not locked.
        """
        return actor.settings.definition_id or self.locks[actor.settings.connector or ""].definition_id


@dataclass(frozen=True)
class Loaded:
    """What reading a lake gave, and the problems found on the way; without one, the model holds every entry."""

    model: LakeModel
    problems: tuple[Problem, ...]
