"""Side: everything that is known of the base, or of the head, of a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import EntrySettings
from infra.lake.registry.entry import Entry
from infra.lake.registry.flux import Flux
from infra.review.sides.secret_texts import SecretTexts
from infra.review.sides.stack_json import StackDocument
from infra.review.sides.values import VariableValues, values_of

if TYPE_CHECKING:
    from infra.lake.models.graph import ModelGraph  # which loads the parsers, an extra


@dataclass(frozen=True)
class Side:
    """A lake at one revision.

    Attributes:
        model: its registry, streams and locks.
        documents: stack -> what was synthesized for it.
        files: stack -> name -> content of what else is in its folder of the output; what is in no folder of a stack of the
            lake is under the empty name, with its path from the output folder.
        ids: stack -> its id in the model, where that is another one.
        secrets: its encrypted files, and checksums of them; they are compared, never shown.
        models: what its dbt models read; None where there are none, or nobody looked.

    """

    model: LakeModel
    documents: Mapping[str, StackDocument]
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    secrets: SecretTexts = field(default_factory=SecretTexts, repr=False)
    models: ModelGraph | None = field(default=None, repr=False)

    def document(self, stack: str) -> StackDocument:
        """The document of a stack; an empty one where there is none."""
        return self.documents.get(stack, StackDocument())

    def stack(self, stack: str) -> Stack | None:
        """What the registry says of a stack; None if it does not have it."""
        return self.model.stacks.get(self.ids.get(stack, stack))

    def entry(self, stack: str, path: str) -> Entry[EntrySettings] | None:
        """The entry at a registry path; None if it is not in the stack, or does not fit its model."""
        section, _, entry_id = path.partition(".")
        return self.model.registry.entries.get((section, entry_id, self.ids.get(stack, stack)))

    def values(self, stack: str) -> VariableValues:
        """The values of variables that the registry itself gives: defaults, and above them `flux.values`."""
        found = self.stack(stack)
        return values_of(self.document(stack), found.given_values if found else {})

    def flux(self, stack: str) -> Flux | None:
        """How tofu-controller applies a stack, if the registry says so."""
        found = self.stack(stack)
        return found.settings.flux if found else None

    def calling(self, old: str, new: str) -> Side:
        """The same lake, in which a stack has another id."""
        documents = {new if id_ == old else id_: document for id_, document in self.documents.items()}
        files = {new if id_ == old else id_: held for id_, held in self.files.items()}
        return replace(self, documents=documents, files=files, ids={**self.ids, new: old, old: ""})
