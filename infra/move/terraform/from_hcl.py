"""From files of Terraform: what they make, as far as they say it without being run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from infra.base.errors import UserError
from infra.base.places import real
from infra.lake.documents.files import text_of
from infra.move.found_terraform import FoundTerraform
from infra.move.terraform.found_resources import put_together
from infra.move.terraform.hcl_module import Module, Reading
from infra.move.terraform.hcl_plain import plain_resource
from infra.move.terraform.hcl_syntax import attributes_of, text_of_reference
from infra.move.terraform.hcl_values import Unknown, whole
from infra.move.terraform.state_document import MAX_BYTES, read_resources
from infra.move.terraform.state_values import with_state
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes


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
    origin = real(folder).name
    if not written and not notes.untold:
        notes.note(origin, "there is no resource in its files")
    state = folder / "terraform.tfstate"
    if os.path.lexists(state):
        notes = notes.only("the variable ")
        kept = read_resources(text_of(str(state), most=MAX_BYTES), f"{origin}/{state.name}", notes)
        written = with_state(written, kept)
    keys = {one.address: one.object_id or ids.get(one.address) or one.address for one in written}
    return put_together([_with_ids(one, ids, keys) for one in written], origin, notes)


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
                    yield plain_resource(bare, values, notes)
                elif (child := module.child(block, instance)) is not None:
                    yield from _resources(child, notes)


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
