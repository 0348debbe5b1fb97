"""A Terraform state as text: `terraform.tfstate` in version 4, or what `tofu show -json` prints of a state or a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from infra.base.errors import UserError
from infra.base.json_value import json_of
from infra.base.printable import one_line
from infra.move.terraform.terraform_resource import TerraformResource
from infra.move.untold import Notes

# A state of a thousand connections with thirty streams each takes about 60 MB.
MAX_BYTES = 512 * 1024 * 1024
MAX_MODULES = 100
_DEPOSED = "the state holds a second object of it, which is to be destroyed (deposed); apply that first"
_PROVIDER = re.compile(r'provider\["([^"]+)"\]')


def read_resources(text: str, origin: str, notes: Notes) -> list[TerraformResource]:
    """The managed resources, in the state's order; one that is malformed is noted. Raises UserError for what is no state."""
    document = _load(text, origin)
    if "encrypted_data" in document:
        raise UserError(f"{origin} is encrypted: run tofu show -json > state.json where its key is, and give that file")
    if isinstance(document.get("prior_state"), Mapping):  # of a plan
        document = document["prior_state"]
    if "values" in document or "format_version" in document:
        root = (document.get("values") or {}).get("root_module") or {}
        return list(_shown(root, origin, notes, 0))
    if document.get("version") == 4 and isinstance(document.get("resources"), list):
        return [one for item in document["resources"] for one in _stored(item, origin, notes)]
    if "version" in document and "lineage" in document:
        version = one_line(str(document["version"]))[:20]
        raise UserError(
            f"{origin} is a state of version {version}: run any plan or apply with Terraform 0.12 or later first"
        )
    raise UserError(f"{origin} is no Terraform state: expected terraform.tfstate, or what tofu show -json prints")


def _load(text: str, origin: str) -> Mapping[str, Any]:
    try:
        document = json_of(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UserError(f"{origin}:{error.lineno}:{error.colno} is not JSON: {error.msg.lower()}") from None
    except ValueError:
        raise UserError(f"{origin} is not JSON that can be read: a number too long, or nested too deeply") from None
    if not isinstance(document, dict):
        raise UserError(f"{origin} is no Terraform state: it is not a JSON object")
    return document


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _stored(item: Any, origin: str, notes: Notes) -> Iterator[TerraformResource]:
    """The instances of a resource of a state in version 4."""
    try:
        if item.get("mode") == "data":
            return
        found = _PROVIDER.search(item.get("provider") or "")
        provider = _source(found[1] if found else "")
        instances = list(item["instances"])
        type_, name, module = str(item["type"]), str(item["name"]), str(item.get("module") or "")
    except (AttributeError, KeyError, TypeError):
        notes.note(origin, "a resource in it is malformed")
        return
    for instance in instances:
        index = instance.get("index_key") if isinstance(instance, dict) else None
        values = instance.get("attributes") if isinstance(instance, dict) else None
        one = TerraformResource(type_, name, provider, module, _index(index))
        if not isinstance(values, dict):
            notes.note(one.address, "the state holds no attributes of it")
        elif instance.get("deposed"):
            notes.note(one.address, _DEPOSED)
        else:
            broken = instance.get("status") == "tainted"
            yield TerraformResource(type_, name, provider, module, _index(index), values, broken)


def _shown(module: Any, origin: str, notes: Notes, depth: int) -> Iterator[TerraformResource]:
    """The resources of a module and those in it, as `show -json` has them."""
    if not isinstance(module, Mapping) or depth > MAX_MODULES:
        notes.note(origin, "a module in it is malformed")
        return
    address = str(module.get("address") or "")
    for item in module.get("resources") or ():
        if not isinstance(item, Mapping) or item.get("mode") != "data":
            resource = _shown_resource(item, address)
            if resource is None:
                notes.note(origin, "a resource in it is malformed")
            elif item.get("deposed_key"):
                notes.note(resource.address, _DEPOSED)
            else:
                yield resource
    for child in module.get("child_modules") or ():
        yield from _shown(child, origin, notes, depth + 1)


def _shown_resource(item: Any, module: str) -> TerraformResource | None:
    try:
        provider, values, index = _source(item["provider_name"]), item["values"], _index(item.get("index"))
        type_, name, broken = str(item["type"]), str(item["name"]), item.get("tainted") is True
    except (AttributeError, KeyError, TypeError):
        return None
    return TerraformResource(type_, name, provider, module, index, values, broken) if isinstance(values, dict) else None


def _source(provider: str) -> str:
    """`airbytehq/airbyte` of `registry.terraform.io/airbytehq/airbyte`."""
    return "/".join(provider.split("/")[-2:])


def _index(value: Any) -> int | str | None:
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None
