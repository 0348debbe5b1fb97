"""StackDocument: what the synthesized JSON of a stack says to Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.errors import UserError
from infra.base.json_value import Json, json_of, part
from infra.base.printable import inline
from infra.lake.documents import read_json, render_path
from infra.lake.registry.kinds import SECTION_OF_TYPE, entry_of
from infra.review.sides.stack_shape import misshapen

_VARIABLE = re.compile(r"(?<!\$)\$\{(?:trimsuffix\()?var\.([A-Za-z_][A-Za-z0-9_-]*)")
_META = frozenset({"//", "lifecycle", "depends_on", "provider", "count", "for_each", "provisioner", "connection"})


@dataclass(frozen=True)
class StackDocument:
    """A cdk.tf.json, as far as a plan depends on it.

    Attributes:
        resources: address -> attributes, the configuration put in the place of the expression for it.
        entries: address -> path of its registry entry.
        calls: addresses of what is no object of Airbyte: requests that are sent once.
        moved: old address -> new address.
        forgotten: addresses that are taken out of the state without being destroyed.
        imports: address -> id of the object that is taken over.
        variables: name -> its block.
        settings: the blocks `terraform` and `provider`.

    """

    resources: Mapping[str, Json] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Json] = field(default_factory=dict)
    settings: Json = field(default_factory=dict)

    @property
    def backend(self) -> Json:
        """Kind -> settings of the backend; empty where none is written."""
        return dict(self.settings.get("terraform", {}).get("backend") or {})

    def target(self, address: str) -> str:
        """Where an address ends up after all moves."""
        seen = set()
        while address in self.moved and address not in seen:
            seen.add(address)
            address = self.moved[address]
        return address


def read_stack_document(file: str, text: str) -> StackDocument:
    """The document in a text; `file` names it. Raises UserError if it is nothing that `synth` writes."""
    value = _object(file, text)
    all_blocks = dict(_resources(value))
    blocks = {address: body for address, body in all_blocks.items() if address.partition(".")[0] in SECTION_OF_TYPE}
    return StackDocument(
        resources={address: _attributes(body, value.get("locals", {})) for address, body in blocks.items()},
        entries={address: _entry(address, body) for address, body in blocks.items()},
        calls=frozenset(all_blocks.keys() - blocks.keys()),
        moved={line["from"]: line["to"] for line in value.get("moved", [])},
        forgotten=frozenset(line["from"] for line in value.get("removed", [])),
        imports={line["to"]: line["id"] for line in value.get("import", [])},
        variables=value.get("variable", {}),
        settings={key: value.get(key, {}) for key in ("terraform", "provider")},
    )


def _object(file: str, text: str) -> Json:
    """What the text holds; it was written by lakeform, so only one that is broken is read with care."""
    try:
        value = json_of(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        problems = read_json(file, text)[1]
        raise _broken(file, problems[0].message if problems else "must contain one object")
    if path := misshapen(value):
        raise _broken(file, f"{inline(render_path(path))} is not what synth writes there")
    return value


def _broken(file: str, why: str) -> UserError:
    return UserError(f"{file}: {why}; write it again: lakeform synth")


def _resources(document: Json) -> Iterator[tuple[str, Json]]:
    for type_, named in document.get("resource", {}).items():
        for name, body in named.items():
            yield f"{type_}.{name}", body


def _entry(address: str, body: Json) -> str:
    """What the metadata says; in a document from elsewhere, what the address means."""
    return str(part(part(body, "//"), "metadata").get("path") or entry_of(address))


def _attributes(body: Json, locals_: Json) -> Json:
    attributes = {key: value for key, value in body.items() if key not in _META}
    found = re.fullmatch(r"\$\{jsonencode\(local\.([a-z0-9_]+)\)\}", str(attributes.get("configuration", "")))
    return {**attributes, "configuration": locals_.get(found[1])} if found else attributes


def required_providers(document: StackDocument) -> Json:
    """Name of each provider -> its source and version."""
    return dict(document.settings.get("terraform", {}).get("required_providers", {}))


def canonical(value: Any) -> str:
    """Text that is the same for two values exactly if Terraform sees no difference between them: `1.0` is `1`."""
    return json.dumps(_normal(value), sort_keys=True)


def _normal(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _normal(inner) for key, inner in value.items()}
    return [_normal(inner) for inner in value] if isinstance(value, list) else value


def variables_in(value: Any) -> frozenset[str]:
    """Names of the variables that a value refers to."""
    return names_in(json.dumps(value))


def names_in(text: str) -> frozenset[str]:
    """Names of the variables that a text refers to."""
    return frozenset(_VARIABLE.findall(text))
