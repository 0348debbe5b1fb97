"""What evaluated files say of a resource, as a state would have it: ids as addresses, references, nothing that is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from infra.lake.documents import render_path
from infra.lake.documents.location import KeyPath
from infra.lake.documents.types import RESERVED
from infra.move.terraform.hcl_values import ConnectorDefinition, Parted, Pointer, Unknown, Variable, known, whole
from infra.move.terraform.masked import MASK
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes
from infra.scaffold.names import snake

_CONFIGURATIONS = frozenset({"configuration", "connection_configuration"})
# Of a mapper that encrypts.
_KEYS = frozenset({"key", "public_key"})


def plain_resource(bare: TerraformResource, values: Mapping[str, Any], notes: Notes) -> TerraformResource:
    """The resource with its values; what is not known is noted. In a configuration a mask stands for it, as somebody has to
    give it; elsewhere its attribute is one of those that are `open`.
    """
    reading = _Reading(bare, notes)
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, ConnectorDefinition) and bare.kind:
            plain[f"{bare.kind}_type"] = value.connector.removeprefix(f"{bare.kind}-")
            continue
        said = value if name not in _CONFIGURATIONS else known(value)
        for found in reading.plain(said, (name,)):
            plain[name] = found
    return replace(bare, values=plain, open=frozenset(reading.open), applied=False)


@dataclass
class _Reading:
    resource: TerraformResource
    notes: Notes
    open: set[str] = field(default_factory=set)

    def plain(self, value: Any, path: KeyPath) -> Iterator[Any]:
        """The value as JSON; nothing where it is not known and no mask stands for it."""
        if isinstance(value, Variable):
            inside = path[0] in _CONFIGURATIONS
            key = not inside and path[-1] in _KEYS
            if (inside or key) and not isinstance(value.value, (dict, list)):
                yield self._reference(value, secret=value.secret or key)
                return
            value = whole(value)
        if isinstance(value, Unknown):
            yield from self._missing(path, value.why)
        elif isinstance(value, Pointer):
            yield value.address
        elif isinstance(value, (ConnectorDefinition, Parted)):
            yield from self._missing(path, "it is made of another object")
        elif isinstance(value, dict):
            yield {key: one for key, inner in value.items() for one in self.plain(inner, (*path, key))}
        elif isinstance(value, list):
            yield [one for index, inner in enumerate(value) for one in self.plain(inner, (*path, index))]
        else:
            yield value

    def _missing(self, path: KeyPath, why: str) -> Iterator[str]:
        if path != ("workspace_id",):
            self.notes.note(self.resource.address, f"{render_path(path)}: {why}")
        if path[0] in _CONFIGURATIONS and len(path) > 1:
            yield MASK
        else:
            self.open.add(str(path[0]))

    def _reference(self, variable: Variable, *, secret: bool) -> dict[str, str]:
        name = self._name(variable.name)
        if not secret and not isinstance(variable.value, Unknown):
            self.notes.note(
                f"the variable {variable.name}",
                "its value or default in these files is not carried over: write it as its default below lake.variables, or, if "
                f"it is a secret, give it as TF_VAR_{name}",
            )
        return {"secret" if secret else "var": name}

    def _name(self, name: str) -> str:
        """The variable's name as lakeform can have it."""
        made = snake(name)
        made = f"{made}_value" if made in RESERVED else made if made[:1].isalpha() else f"value_{made}"
        if made != name:
            self.notes.note(
                f"the variable {name}", f"names have lower-case letters, digits and _ here, so it is {made}"
            )
        return made
