"""Known: what is known of a lake beside its files and the workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.lake.model.lake_model import LakeModel
from infra.move.drift.announced import Announced
from infra.move.entries.import_record import ImportRecord
from infra.move.entries.recognize import Noted, Recognized, recognize
from infra.move.found import FoundWorkspace


@dataclass(frozen=True)
class Known:
    """Attributes:
    noted: stack -> the ids of its objects that stand beside its registry.
    values: of variables, by name.
    announced: stack -> what an import has told of its objects; such a difference is marked, and stays.
    """

    noted: Mapping[str, Noted] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    announced: Mapping[str, Announced] = field(default_factory=dict)

    def recognize(self, model: LakeModel, stack: str, workspace: FoundWorkspace) -> Recognized:
        """Which object of the workspace is which entry of the stack."""
        return recognize(model, stack, workspace, self.noted.get(stack, Noted()))


def known_of(
    model: LakeModel, record: ImportRecord, states: Mapping[str, Mapping[str, str]], values: Mapping[str, Any]
) -> Known:
    """Everything that is known. `record`: of earlier imports; `states`: stack -> entry -> id, where Terraform's state can be read;
    `values`: of variables.
    """
    noted = {id_: record.noted(id_, states.get(id_)) for id_ in model.stacks}
    announced = {
        id_: Announced(record.told(id_), frozenset(one.state.keys() - one.carried)) for id_, one in noted.items()
    }
    return Known(noted, values, announced)
