"""From files of Terraform: what they make, as far as they say it without being run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.lake.documents import render_path
from infra.lake.documents.location import KeyPath
from infra.lake.documents.types import RESERVED
from infra.move.found_resources import put_together
from infra.move.found_terraform import FoundTerraform
from infra.move.hcl_module import Module, Reading, text_of_reference
from infra.move.hcl_syntax import attributes_of
from infra.move.hcl_values import ConnectorDefinition, Parted, Pointer, Unknown, Variable, known, whole
from infra.move.terraform_resource import TerraformResource
from infra.move.untold import Notes
from infra.scaffold.names import snake

_CONFIGURATIONS = frozenset({"configuration", "connection_configuration"})
# Of a mapper that encrypts.
_KEYS = frozenset({"key", "public_key"})


def read_hcl(folder: Path) -> FoundTerraform:
    """What the files of a root module and of the modules that it calls say. Nothing is run: what functions, other data and
    the server would tell is noted. Ids in Airbyte are those of `import` blocks. Raises UserError where the files cannot be
    read, or the parser is not installed.
    """
    notes = Notes()
    root = Module(folder, Reading(notes))
    try:
        resources = list(_resources(root, notes))
        ids = _imported(root)
    except RecursionError:
        raise UserError(f"{folder}: the files of Terraform are nested too deeply") from None
    if not resources:
        notes.note(str(folder), "there is no resource in its files")
    known_ids = {one.address: ids.get(one.address) or one.address for one in resources}
    made = [_with_ids(one, ids, known_ids) for one in resources]
    return put_together(made, str(folder), notes)


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
    return TerraformResource(bare.type, bare.name, bare.provider, bare.module, bare.index, plain)


def _known(value: Any, path: KeyPath, address: str, notes: Notes, *, inside: bool) -> Iterator[Any]:
    """The value as JSON; nothing, noted, for what is not known. `inside`: of a configuration, which may have references."""
    if isinstance(value, Variable):
        if (inside or path[-1] in _KEYS) and not isinstance(value.value, (dict, list)):
            yield {"secret" if value.secret or path[-1] in _KEYS else "var": _name(value.name, notes)}
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
    kind = one.kind or ("connection" if one.is_connection else None)
    own = {f"{kind}_id": ids[one.address]} if kind and one.address in ids else {}
    ends = {
        key: keys.get(one.values[key], one.values[key]) for key in ("source_id", "destination_id") if key in one.values
    }
    values = {**one.values, **(ends if one.is_connection else {}), **own}
    return TerraformResource(one.type, one.name, one.provider, one.module, one.index, values)
