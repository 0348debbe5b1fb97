"""A module of Terraform's files: what its names mean, and the resources that it makes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.move.terraform.hcl_connector import ConnectorConfiguration
from infra.move.terraform.hcl_evaluate import Evaluator, Instances
from infra.move.terraform.hcl_syntax import (
    Attribute,
    Block,
    attributes_of,
    blocks_of,
    read_folder,
    read_values,
    tokens_of,
)
from infra.move.terraform.hcl_values import Pointer, Reached, Unknown, Variable, known, whole
from infra.move.terraform.terraform_resource import AIRBYTE, index_text
from infra.move.untold import Notes

MAX_DEPTH = 20
MAX_INSTANCES = 20_000
_IDS = frozenset({"id", "source_id", "destination_id", "connection_id"})
_META = frozenset({"for_each", "count", "provider", "depends_on"})
_META_BLOCKS = frozenset({"lifecycle", "provisioner", "timeouts", "connection", "dynamic"})


@dataclass
class Reading:
    """What goes on while files are read."""

    notes: Notes
    files: set[Path] = field(default_factory=set)
    steps: list[int] = field(default_factory=lambda: [0])
    instances: int = 0
    folders: dict[Path, list[Block]] = field(default_factory=dict)

    def blocks(self, folder: Path) -> list[Block]:
        """The blocks of a folder, which is read once."""
        if folder not in self.folders:
            self.folders[folder] = read_folder(folder, self.files)
        return self.folders[folder]


@dataclass(frozen=True)
class Instance:
    """One of what a block makes. `names`: what `each` and `count` are in it."""

    index: int | str | None
    names: Mapping[str, Any]


class Module:
    """One module; `inputs` None for the root, which has variables of its own."""

    def __init__(
        self, folder: Path, reading: Reading, address: str = "", inputs: Mapping[str, Any] | None = None
    ) -> None:
        self.address, self._folder, self._reading, self._inputs = address, folder, reading, inputs
        blocks = reading.blocks(folder)
        self.blocks = blocks
        self._named = {(one.kind, *one.labels): one for one in blocks}
        self._locals = {
            name: value
            for one in blocks
            if one.kind == "locals"
            for name, value in attributes_of(one.body, one.place).items()
        }
        self._values = read_values(folder) if inputs is None else {}
        self._known: dict[Any, Any] = {}
        self._children: dict[tuple[str, Any], Module | None] = {}

    def evaluate(self, attribute: Attribute, instance: Instance | None = None) -> Any:
        """The value of an attribute, seen from an instance."""
        return Evaluator(_Seen(self, instance), steps=self._reading.steps).value(attribute.tree)

    def resolve(self, path: tuple[str, ...]) -> Reached | None:
        """What a reference means here; None for one that is too short to say."""
        root = path[0]
        if len(path) < (3 if root == "data" else 2):
            return None
        return Reached(self._once(path, lambda: self._resolved(path)))

    def _resolved(self, path: tuple[str, ...]) -> Any:
        root, name = path[0], path[1]
        if root == "var":
            return self._variable(name)
        if root == "local":
            found = self._locals.get(name)
            return Unknown(f"there is no local.{name}") if found is None else self.evaluate(found)
        if root == "module":
            return self._module(name)
        if root == "data":
            return self._data(path[1], path[2])
        block = self._named.get(("resource", *path))
        if block is None:
            return Unknown(f"it is made of {'.'.join(path)}, which is known when Terraform runs")
        return self._several(block, lambda one: _Resource(self, block, one))

    def _once(self, key: Any, make: Any) -> Any:
        """The value, made once; what is made of itself is unknown."""
        if key not in self._known:
            self._known[key] = Unknown("it is made of itself")
            self._known[key] = make()
        return self._known[key]

    def _variable(self, name: str) -> Any:
        block = self._named.get(("variable", name))
        said = attributes_of(block.body, block.place) if block else {}
        if self._inputs is not None:
            if name in self._inputs:
                return self._inputs[name]
            return self.evaluate(said["default"]) if "default" in said else Unknown(f"var.{name} is given no value")
        value = self._values.get(name) or said.get("default")
        secret = "sensitive" in said and whole(self.evaluate(said["sensitive"])) is True
        found = Unknown(f"it is made of var.{name}, whose value is not in the files") if value is None else None
        return Variable(name, secret, found or self.evaluate(value) if value else found)

    def _several(self, block: Block, make: Any) -> Any:
        """One object, or all that `count` and `for_each` make."""
        instances = self.instances(block)
        if isinstance(instances, Unknown):
            return instances
        single = len(instances) == 1 and instances[0].index is None
        return make(instances[0]) if single else Instances({one.index: make(one) for one in instances})

    def instances(self, block: Block) -> list[Instance] | Unknown:
        """What `count` or `for_each` make of a block; Unknown where the files do not tell."""
        said = attributes_of(block.body, block.place)
        if "for_each" in said:
            over = known(self.evaluate(said["for_each"]))
            pairs = (
                over.items()
                if isinstance(over, dict)
                else zip(over, over, strict=True)
                if isinstance(over, list)
                else ()
            )
            if not isinstance(over, (dict, list)) or not all(isinstance(key, str) for key, _ in pairs):
                return over if isinstance(over, Unknown) else Unknown("its for_each is no set of texts")
            pairs = over.items() if isinstance(over, dict) else zip(over, over, strict=True)
            found = [Instance(key, {"each": {"key": key, "value": value}}) for key, value in pairs]
        elif "count" in said:
            number = whole(self.evaluate(said["count"]))
            if isinstance(number, bool) or not isinstance(number, int):
                return number if isinstance(number, Unknown) else Unknown("its count is no number")
            if number > MAX_INSTANCES:
                raise UserError(f"{block.place} makes more than {MAX_INSTANCES} objects")
            found = [Instance(index, {"count": {"index": index}}) for index in range(number)]
        else:
            found = [Instance(None, {})]
        self._reading.instances += len(found)
        if self._reading.instances > 10 * MAX_INSTANCES:
            raise UserError(f"{block.place}: the files of Terraform make too many objects")
        return found

    def values_of(self, block: Block, instance: Instance) -> dict[str, Any]:
        """The attributes of an instance of a resource, blocks in it as objects."""
        said = attributes_of(block.body, block.place)
        made = {name: self.evaluate(one, instance) for name, one in said.items() if name not in _META}
        for inner in blocks_of(block.body, block.place):
            if inner.kind not in _META_BLOCKS:
                made[inner.kind] = self.values_of(inner, instance)
        return made

    def _module(self, name: str) -> Any:
        block = self._named.get(("module", name))
        if block is None:
            return Unknown(f"there is no module.{name}")
        return self._several(block, lambda one: _Outputs(self.child(block, one)))

    def child(self, block: Block, instance: Instance) -> Module | None:
        """The module that a block calls; None, noted, where its files are not in a folder here."""
        key = (block.labels[0], instance.index)
        if key not in self._children:
            self._children[key] = self._called(block, instance)
        return self._children[key]

    def _called(self, block: Block, instance: Instance) -> Module | None:
        said = attributes_of(block.body, block.place)
        address = f"{self.address}.module.{block.labels[0]}{index_text(instance.index)}".lstrip(".")
        source = whole(self.evaluate(said["source"])) if "source" in said else None
        if not isinstance(source, str) or not source.startswith(("./", "../")):
            self._reading.notes.note(address, "its files are not in this folder, so only a state tells what it makes")
            return None
        if address.count("module.") > MAX_DEPTH:
            raise UserError(f"{block.place}: modules call each other without end")
        inputs = {
            name: self.evaluate(one, instance)
            for name, one in said.items()
            if name not in _META | {"source", "version"}
        }
        return Module(Path(os.path.normpath(self._folder / source)), self._reading, address, inputs)

    def output(self, name: str) -> Any:
        """The value of an output."""
        block = self._named.get(("output", name))
        said = attributes_of(block.body, block.place) if block else {}
        return self._once(("output", name), lambda: self._value_of(said, "value"))

    def _value_of(self, said: Mapping[str, Attribute], name: str, instance: Instance | None = None) -> Any:
        return self.evaluate(said[name], instance) if name in said else Unknown("it is not in the files")

    def _data(self, type_: str, name: str) -> Any:
        block = self._named.get(("data", type_, name))
        if block is None or type_ != "airbyte_connector_configuration":
            return Unknown(f"it is made of data.{type_}.{name}, which is known when Terraform runs")
        return self._several(block, lambda one: ConnectorConfiguration(self.values_of(block, one)))

    def provider_of(self, block: Block) -> str:
        """`airbytehq/airbyte`: where the provider of a resource is from."""
        said = attributes_of(block.body, block.place)
        local = next(tokens_of(said["provider"].tree)) if "provider" in said else block.labels[0].partition("_")[0]
        for terraform in (one for one in self.blocks if one.kind == "terraform"):
            for required in blocks_of(terraform.body, terraform.place):
                wanted = (
                    attributes_of(required.body, required.place).get(local)
                    if required.kind == "required_providers"
                    else None
                )
                value = whole(self.evaluate(wanted)) if wanted else None
                if isinstance(value, dict) and isinstance(value.get("source"), str):
                    return "/".join(value["source"].split("/")[-2:])
        return AIRBYTE if local == "airbyte" else f"hashicorp/{local}"


@dataclass(frozen=True)
class _Seen:
    """A module, seen from an instance of a block in it."""

    module: Module
    instance: Instance | None

    def resolve(self, path: tuple[str, ...]) -> Reached | None:
        if self.instance and path[0] in self.instance.names:
            return Reached(self.instance.names[path[0]].get(path[1])) if len(path) > 1 else None
        return self.module.resolve(path)


@dataclass(frozen=True)
class _Resource:
    """An instance of a resource that something refers to."""

    module: Module
    block: Block
    instance: Instance

    def at(self, key: Any) -> Any:
        """An attribute: the id of the object, or what its block says."""
        if key in _IDS and self.block.labels[0].startswith("airbyte_"):
            return Pointer(address_of(self.module, self.block, self.instance))
        said = attributes_of(self.block.body, self.block.place)
        if key not in said:
            return Unknown(f"it is {'.'.join(self.block.labels)}.{key}, which is known when Terraform runs")
        return self.module.evaluate(said[key], self.instance)


@dataclass(frozen=True)
class _Outputs:
    """The outputs of a module."""

    module: Module | None

    def at(self, key: Any) -> Any:
        """The value of an output."""
        return Unknown("it is of a module whose files are not here") if self.module is None else self.module.output(key)


def address_of(module: Module, block: Block, instance: Instance) -> str:
    """The address of an instance of a resource."""
    return f"{module.address}.{'.'.join(block.labels)}{index_text(instance.index)}".lstrip(".")
