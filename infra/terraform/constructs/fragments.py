"""Fragment and assemble: the bodies of a stack's blocks, laid into the skeleton that CDKTF makes of its constructs.

Bodies stay in Python because sending them to Node and back is what makes a large CDKTF stack slow; the constructs
still decide what exists. The measurements are in docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.json_value import Json


@dataclass(frozen=True)
class Fragment:
    """What one construct puts into the document.

    Attributes:
        address: keys down to its block: `("resource", "airbyte_source", "shopify")`.
        body: content of the block.
        beside: blocks that exist only together with it: `{"locals": {...}, "output": {...}, "import": [...]}`.
    """

    address: tuple[str, ...]
    body: Any
    beside: Mapping[str, Any] = field(default_factory=dict)


def assemble(skeleton: Mapping[str, Any], fragments: Iterable[Fragment], backend: Json | None) -> Json:
    """The Terraform document: the blocks that the skeleton has, with their bodies; nothing of CDKTF's own metadata,
    whose library version and working folder would change every stack on every upgrade and machine.

    Raises KeyError for a block of the skeleton that no fragment describes.
    """
    bodies = {fragment.address: fragment for fragment in fragments}
    document: Json = {"terraform": _terraform(skeleton, backend)}
    for address in _addresses(skeleton):
        fragment = bodies[address]
        block = document
        for key in address[:-1]:
            block = block.setdefault(key, {})
        block[address[-1]] = fragment.body
        for name, content in fragment.beside.items():
            _add_beside(document, name, content)
    return document


def _terraform(skeleton: Mapping[str, Any], backend: Json | None) -> Json:
    terraform = {key: value for key, value in skeleton.get("terraform", {}).items() if key == "required_providers"}
    return terraform if backend is None else {**terraform, "backend": backend}


def _addresses(skeleton: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    for kind in ("provider", "variable"):
        for name in skeleton.get(kind, {}):
            yield kind, name
    for kind in ("data", "resource"):
        for type_, named in skeleton.get(kind, {}).items():
            for name in named:
                yield kind, type_, name


def _add_beside(document: Json, name: str, content: Any) -> None:
    if isinstance(content, list):
        document.setdefault(name, []).extend(content)
    else:
        document.setdefault(name, {}).update(content)
