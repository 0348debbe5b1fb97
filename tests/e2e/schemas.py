"""Schemas of providers, as `tofu providers schema -json` prints them: made flat, and compared attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Json = Mapping[str, Any]

FLAGS = ("required", "optional", "computed", "sensitive", "write_only", "deprecated")
KINDS = {"resource": "resource_schemas", "data": "data_source_schemas"}


class Place(NamedTuple):
    """An attribute of `owner`, which is `provider`, `resource x` or `data x`; without a path it is the owner itself."""

    owner: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.owner}: {self.path}" if self.path else self.owner


Facts = dict[Place, str]
"""Place -> `list(string) optional computed`: the type and the flags; of an owner the version of its schema."""


def facts(provider: Json) -> Facts:
    """All that a plan depends on in the schemas of one provider."""
    return dict(_facts(provider))


def _facts(provider: Json) -> Iterator[tuple[Place, str]]:
    owners = {"provider": provider["provider"]}
    for kind, key in KINDS.items():
        owners |= {f"{kind} {name}": schema for name, schema in provider.get(key, {}).items()}
    for owner, schema in owners.items():
        blocks = "".join(f", block {name}" for name in sorted(schema["block"].get("block_types", {})))
        yield Place(owner), f"version {schema.get('version', 0)}{blocks}"
        yield from _attributes(owner, "", schema["block"])


def _attributes(owner: str, above: str, block: Json) -> Iterator[tuple[Place, str]]:
    for name, attribute in block.get("attributes", {}).items():
        path = f"{above}{name}"
        yield Place(owner, path), " ".join([_type(attribute), *(flag for flag in FLAGS if attribute.get(flag))])
        yield from _attributes(owner, f"{path}.", attribute.get("nested_type", {}))


def _type(attribute: Json) -> str:
    if "nested_type" in attribute:
        return f"nested({attribute['nested_type']['nesting_mode']})"
    return _spelled(attribute["type"])


def _spelled(type_: Any) -> str:
    return type_ if isinstance(type_, str) else f"{type_[0]}({_spelled(type_[1])})"


def differences(real: Facts, ours: Facts) -> list[str]:
    """A line for each place in which what we have is not as the real one; of owners that only that one has, none."""
    owners = {place.owner for place in ours}
    places = sorted({place for place in (*real, *ours) if place.owner in owners})
    unlike = [place for place in places if real.get(place) != ours.get(place)]
    return [f"{place}: {real.get(place, 'nothing')}, and here {ours.get(place, 'nothing')}" for place in unlike]


def read_table(text: str) -> Facts:
    """A table: a line for each owner, `owner  version 0`, and below it `  path  type flags` for its attributes."""
    found: Facts = {}
    owner = ""
    for line in text.splitlines():
        name, _, said = line.strip().partition("  ")
        path = name if line.startswith(" ") else ""
        owner = owner if path else name
        found[Place(owner, path)] = said.strip()
    return found
