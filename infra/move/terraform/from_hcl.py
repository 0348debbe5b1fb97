"""From files of Terraform: what they make, as far as they say it without being run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.lake.documents import render_path
from infra.lake.documents.files import text_of
from infra.lake.documents.location import KeyPath
from infra.lake.documents.types import RESERVED
from infra.move.found_terraform import FoundTerraform
from infra.move.terraform.found_resources import put_together
from infra.move.terraform.hcl_module import Module, Reading
from infra.move.terraform.hcl_syntax import attributes_of, text_of_reference
from infra.move.terraform.hcl_values import ConnectorDefinition, Parted, Pointer, Unknown, Variable, known, whole
from infra.move.terraform.state_document import MAX_BYTES, read_resources
from infra.move.terraform.state_values import with_state
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes
from infra.scaffold.names import snake

_CONFIGURATIONS = frozenset({"configuration", "connection_configuration"})
# Of a mapper that encrypts.
_KEYS = frozenset({"key", "public_key"})
_VALUE = "its value or default in these files is not carried over: write it below lake.variables"


def read_hcl(folder: Path) -> FoundTerraform:
    """What the files of a root module and of the modules that it calls say. Nothing is run: what functions, other data and
    the server would tell is noted. A `terraform.tfstate` beside them tells the rest, and the ids in Airbyte; without one,
    `import` blocks do. Raises UserError where files cannot be read, or the parser is not installed.
    """
    notes = Notes()
    root = Module(folder, Reading(notes))
    try:
        written = list(_resources(root, notes))
        ids = _imported(root)
    except RecursionError:
        raise UserError(f"{folder}: the files of Terraform are nested too deeply") from None
    if not written:
        notes.note(str(folder), "there is no resource in its files")
    state = folder / "terraform.tfstate"
    if os.path.lexists(state):
        notes = notes.only("the variable ")
        written = with_state(written, read_resources(text_of(str(state), most=MAX_BYTES), str(state), notes))
    keys = {one.address: one.object_id or ids.get(one.address) or one.address for one in written}
    return put_together([_with_ids(one, ids, keys) for one in written], str(folder), notes)


def _resources(module: Module, notes: Notes) -> Iterator[TerraformResource]:
    """The resources of a module, then those of the modules that it calls."""
    for block in module.blocks:
        if block.kind in ("resource", "module"):
            instances = module.instances(block)
            if isinstance(instances, Unknown):
                shown = f"{module.address}.{'.'.join(block.labels)}".lstrip(".")
                notes.note(shown, f"how many there are is not known ({instances.why}): import the state")
                continue
            for instance in instances:
                if block.kind == "resource":
                    type_, name = block.labels
                    values = module.values_of(block, instance) if type_.startswith("airbyte_") else {}
                    provider = module.provider_of(block)
                    bare = TerraformResource(type_, name, provider, module.address, instance.index)
                    yield _plain(bare, values, notes)
                elif (child := module.child(block, instance)) is not None:
                    yield from _resources(child, notes)


def _plain(bare: TerraformResource, values: Mapping[str, Any], notes: Notes) -> TerraformResource:
    """The resource with the values of a state: ids as addresses, references in its configuration, nothing unknown."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, ConnectorDefinition) and bare.kind:
            plain[f"{bare.kind}_type"] = value.connector.removeprefix(f"{bare.kind}-")
            continue
        inside = name in _CONFIGURATIONS
        said = value if not inside else known(value)
        for found in _known(said, (name,), bare.address, notes, inside=inside):
            plain[name] = found
    return replace(bare, values=plain)


def _known(value: Any, path: KeyPath, address: str, notes: Notes, *, inside: bool) -> Iterator[Any]:
    """The value as JSON; nothing, noted, for what is not known. `inside`: of a configuration, which may have references."""
    if isinstance(value, Variable):
        if (inside or path[-1] in _KEYS) and not isinstance(value.value, (dict, list)):
            secret = value.secret or path[-1] in _KEYS
            if not secret and not isinstance(value.value, Unknown):
                notes.note(f"the variable {value.name}", _VALUE)
            yield {"secret" if secret else "var": _name(value.name, notes)}
            return
        value = whole(value)
    if isinstance(value, Unknown):
        if path != ("workspace_id",):
            notes.note(address, f"{render_path(path)}: {value.why}")
    elif isinstance(value, Pointer):
        yield value.address
    elif isinstance(value, (ConnectorDefinition, Parted)):
        notes.note(address, f"{render_path(path)}: it is made of another object")
    elif isinstance(value, dict):
        yield {key: one for key, v in value.items() for one in _known(v, (*path, key), address, notes, inside=inside)}
    elif isinstance(value, list):
        yield [one for index, v in enumerate(value) for one in _known(v, (*path, index), address, notes, inside=inside)]
    else:
        yield value


def _name(name: str, notes: Notes) -> str:
    """The variable's name as lakeform can have it."""
    made = snake(name)
    made = f"{made}_value" if made in RESERVED else made if made[:1].isalpha() else f"value_{made}"
    if made != name:
        notes.note(f"the variable {name}", f"names have lower-case letters, digits and _ here, so it is {made}")
    return made


def _imported(root: Module) -> dict[str, str]:
    """Address -> id in Airbyte, of the `import` blocks."""
    found = {}
    for block in root.blocks:
        said = attributes_of(block.body, block.place) if block.kind == "import" else {}
        id_ = whole(root.evaluate(said["id"])) if {"id", "to"} <= said.keys() else None
        if isinstance(id_, str):
            found[text_of_reference(said["to"])] = id_
    return found


def _with_ids(one: TerraformResource, ids: Mapping[str, str], keys: Mapping[str, str]) -> TerraformResource:
    """The resource with its own id and those of its ends."""
    own = {f"{one.object_kind}_id": ids[one.address]} if one.object_kind and one.address in ids else {}
    ends = {
        end: keys.get(one.values[end], one.values[end]) for end in ("source_id", "destination_id") if end in one.values
    }
    return replace(one, values={**one.values, **(ends if one.is_connection else {}), **own})
