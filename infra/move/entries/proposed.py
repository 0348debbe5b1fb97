"""Proposed: an entry that an import would write, and what it is of in each stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.base.json_value import Json
from infra.lake.connectors.spec import Spec
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.kinds import KIND_OF
from infra.move.entries.set_aside import Members
from infra.move.entries.stack_override import entry_difference
from infra.move.entries.told import LeftOut, Told
from infra.move.found import FoundActor, FoundConnection
from infra.scaffold.registered import default_stacks

# Keys in the order in which people write them.
_ORDER = ("name", "connector", "definition_id", "adopt", "existing", "source", "destination", "stack")
_OF_A_STACK = ("adopt", "existing")


@dataclass(frozen=True)
class Proposed:
    """An entry that does not exist yet.

    Attributes:
        section, id: of the entry.
        objects: stack -> the object in Airbyte.
        values: stack -> what the entry says there, `adopt` or `existing` among it.
        told: stack -> what is not as it is there.
        secrets: name of a variable -> the option that it is for.
        renamed: the ids that its resources have in Terraform's state, where that is another one.
        carried: stacks in which Terraform's state has it.
        spec: of its connector's options.
    """

    section: str
    id: str
    objects: Mapping[str, FoundActor | FoundConnection]
    values: Mapping[str, Json] = field(repr=False)
    told: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    renamed: tuple[str, ...] = ()
    carried: frozenset[str] = frozenset()
    spec: Spec | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """`sources.shop`."""
        return f"{self.section}.{self.id}"

    @property
    def members(self) -> Members:
        """Its objects."""
        return frozenset((stack, one.key) for stack, one in self.objects.items())

    @property
    def managed(self) -> bool:
        """False where the entry leaves the object as it is."""
        return not any("existing" in value for value in self.values.values())

    def entry(self, model: LakeModel) -> Json:
        """What is written: the first stack's, and below `overrides` what the others say otherwise."""
        (first, base), *others = self.values.items()
        stacks = tuple(self.values)
        usual = default_stacks(model, KIND_OF[self.section])
        said: Json = {} if set(stacks) == set(usual) else {"stack": first if len(stacks) == 1 else list(stacks)}
        if not others:
            return _ordered({**base, **said})
        plain = {stack: _without(value) for stack, value in self.values.items()}
        overrides = {
            stack: {
                **_ids(value),
                **(entry_difference(plain[first], plain[stack], self.spec) if stack != first else {}),
            }
            for stack, value in self.values.items()
        }
        kept = {stack: over for stack, over in overrides.items() if over}
        return _ordered({**plain[first], **said}) | ({"overrides": kept} if kept else {})


@dataclass(frozen=True)
class Left:
    """An object that gets no entry.

    Attributes:
        stack: whose workspace it is in.
        key: its id in Airbyte, else what its origin calls it.
    """

    stack: str
    key: str
    left_out: LeftOut


def _ordered(value: Json) -> Json:
    first = {key: value[key] for key in _ORDER if key in value}
    return first | {key: inner for key, inner in value.items() if key not in first}


def _without(value: Json) -> Json:
    return {key: inner for key, inner in value.items() if key not in _OF_A_STACK}


def _ids(value: Json) -> Json:
    return {key: inner for key, inner in value.items() if key in _OF_A_STACK}
