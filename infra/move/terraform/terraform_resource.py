"""TerraformResource: one managed resource, as a state or evaluated files of Terraform have it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.airbyte.server.remote import Kind
from infra.lake.documents import why_refused
from infra.lake.documents.types import check_id
from infra.lake.registry.kinds import KIND_OF, RESOURCE_TYPES, SECTION_OF_TYPE
from infra.move.found_terraform import removal_of

AIRBYTE = "airbytehq/airbyte"
_GENERIC = {type_: KIND_OF[section] for type_, section in SECTION_OF_TYPE.items()}
_DEFINITION = re.compile("airbyte_(source|destination|declarative_source)_definition(_manifest)?")
_TYPED = re.compile("airbyte_(source|destination)_([a-z0-9_]+)")


@dataclass(frozen=True)
class TerraformResource:
    """A resource, or one instance of several.

    Attributes:
        module: address of its module, `module.shops["eu"]`; empty for the root.
        index: of the instance, a number or text; None for the only one.
        provider: `airbytehq/airbyte`, without its registry.
        values: its attributes; null for what is not set.
        broken: True for one that Terraform would destroy and make anew (tainted).
        open: attributes that its files set and do not wholly tell.
        applied: False for what files of Terraform say, with no state beside them.
    """

    type: str
    name: str
    provider: str
    module: str = ""
    index: int | str | None = None
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    broken: bool = False
    open: frozenset[str] = frozenset()
    applied: bool = True

    @property
    def address(self) -> str:
        """`module.shops.airbyte_source.shop["eu"]`."""
        return f"{self.module}.{self.type}.{self.name}{index_text(self.index)}".lstrip(".")

    @property
    def kind(self) -> Kind | None:
        """Source or destination; None for all else."""
        if self.is_definition:
            return None
        generic = _GENERIC.get(self.type)
        typed = _TYPED.fullmatch(self.type)
        said = generic if generic != "connection" else None
        found = said or (typed[1] if typed else None)
        return "source" if found == "source" else "destination" if found == "destination" else None

    @property
    def is_connection(self) -> bool:
        """True for a connection, whichever provider made it."""
        return self.type == RESOURCE_TYPES["connections"]

    @property
    def object_kind(self) -> str | None:
        """Source, destination or connection; None for all else."""
        return self.kind or ("connection" if self.is_connection else None)

    @property
    def object_id(self) -> str | None:
        """The id in Airbyte of a source, destination or connection, if it is known."""
        found = self.values.get(f"{self.object_kind}_id")
        return found if isinstance(found, str) and found else None

    @property
    def is_definition(self) -> bool:
        """True for a connector that the workspace has beside Airbyte's own."""
        return _DEFINITION.fullmatch(self.type) is not None

    @property
    def typed_connector(self) -> str | None:
        """`source-google-ads` of `airbyte_source_google_ads`; None for a resource of any connector.

        Source: airbytehq/terraform-provider-airbyte, resources of 0.1 to 1.0: the connector's name with `_` for `-`.
        """
        typed = None if self.is_definition else _TYPED.fullmatch(self.type)
        return f"{typed[1]}-{typed[2].replace('_', '-')}" if typed and typed[2] != "custom" else None

    @property
    def carries_over(self) -> bool:
        """True if an entry can have this address, and the pinned provider reads what the state holds there."""
        plain = not self.module and self.index is None and why_refused(check_id, self.name) is None
        return plain and self.provider == AIRBYTE and self.type in _GENERIC and not self.broken

    @property
    def removal(self) -> str:
        """The command that takes it out of the state and leaves it in Airbyte."""
        return removal_of(self.address)


def index_text(index: int | str | None) -> str:
    """`["eu"]`: how an address ends, as commands of Terraform read it, in which `${` begins a template; empty for the only one."""
    if index is None:
        return ""
    return f"[{json.dumps(index, ensure_ascii=False).replace('${', '$${').replace('%{', '%%{')}]"
