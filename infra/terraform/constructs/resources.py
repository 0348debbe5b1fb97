"""Typed constructs, one for each block of the provider airbytehq/airbyte that lakeform writes, and their stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from infra.base.json_value import Json
from infra.lake.model.attributes import ProviderAttributes, VariableAttributes
from infra.lake.model.backfills import OPERATION, RESTFUL_SOURCE, RESTFUL_VERSION
from infra.lake.registry.kinds import RESOURCE_TYPES
from infra.terraform.constructs.fragments import Fragment, assemble
from infra.terraform.constructs.tf import (
    App,
    TerraformDataSource,
    TerraformProvider,
    TerraformResource,
    TerraformStack,
    TerraformVariable,
)

PROVIDER_SOURCE = "airbytehq/airbyte"


class BodyStack(TerraformStack):
    """A stack whose constructs keep their bodies in Python."""

    def __init__(self, scope: App, stack_id: str, backend: Json | None) -> None:
        self._fragments: list[Fragment] = []
        self._backend = backend
        self.name = stack_id
        self._blocks: Json = {}
        super().__init__(scope, stack_id)

    def add_fragment(self, fragment: Fragment) -> None:
        """Describe a block. It is written only if its construct is in the tree."""
        self._fragments.append(fragment)

    def add_blocks(self, blocks: Json) -> None:
        """Add blocks that belong to no construct, such as `moved`."""
        self._blocks.update(blocks)

    def to_terraform(self) -> Json:
        """The whole document of the stack."""
        return {
            "//": {"metadata": {"stackName": self.name}},
            **assemble(super().to_terraform(), self._fragments, self._backend),
            **self._blocks,
        }


def _metadata(path: str) -> Json:
    return {"//": {"metadata": {"path": path}}}


class _Provider(TerraformProvider):
    """`provider "NAME"` and its exact version."""

    def __init__(self, scope: BodyStack, name: str, source: str, version: str, attributes: Mapping[str, Any]) -> None:
        metadata = {"provider_name": name, "provider_version_constraint": version}
        super().__init__(
            scope,
            f"provider.{name}",
            terraform_resource_type=name,
            terraform_generator_metadata=metadata,
            terraform_provider_source=source,
        )
        scope.add_fragment(Fragment(("provider", name), [attributes]))


class AirbyteProvider(_Provider):
    """`provider "airbyte"`."""

    def __init__(self, scope: BodyStack, version: str, attributes: ProviderAttributes) -> None:
        super().__init__(scope, "airbyte", PROVIDER_SOURCE, version, attributes)


class RestfulProvider(_Provider):
    """`provider "restful"`, only in a stack with `backfills: true`."""

    def __init__(self, scope: BodyStack, attributes: Json) -> None:
        super().__init__(scope, "restful", RESTFUL_SOURCE, RESTFUL_VERSION, attributes)


class RestfulResource(TerraformDataSource):
    """`data "restful_resource"`, read with one request."""

    def __init__(self, scope: BodyStack, path: str, name: str, attributes: Json, *, beside: Mapping[str, Any]) -> None:
        super().__init__(scope, f"data.{name}", terraform_resource_type="restful_resource")
        self.override_logical_id(name)
        body = {**attributes, **_metadata(path)}
        scope.add_fragment(Fragment(("data", "restful_resource", name), body, beside))


class NamedResource(TerraformResource):
    """A resource that is not an entry's own, at `<type>.<name>`; `path` is the registry entry that it belongs to."""

    resource_type: ClassVar[str]

    def __init__(
        self, scope: BodyStack, path: str, name: str, attributes: Json, *, beside: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(scope, f"{self.resource_type}.{name}", terraform_resource_type=self.resource_type)
        self.override_logical_id(name)
        body = {**attributes, **_metadata(path)}
        scope.add_fragment(Fragment(("resource", self.resource_type, name), body, beside or {}))


class RestfulOperation(NamedResource):
    """`restful_operation`: a request that is sent when it is created."""

    resource_type = OPERATION


class TerraformData(NamedResource):
    """`terraform_data`, of Terraform itself: it keeps a value."""

    resource_type = "terraform_data"


class Variable(TerraformVariable):
    """`variable "NAME"`."""

    def __init__(self, scope: BodyStack, name: str, attributes: VariableAttributes) -> None:
        super().__init__(scope, f"variables.{name}")
        self.override_logical_id(name)
        scope.add_fragment(Fragment(("variable", name), attributes))


class AirbyteResource(TerraformResource):
    """An entry's resource at `<type>.<name>`, whatever the tree above it looks like.

    Args:
        scope: the stack.
        path: the registry entry, `sources.shopify`; it is the construct's id and the resource's `"//"` metadata.
        attributes: body of the resource, escaped.
        meta: lifecycle and the like, laid into the body.
        beside: blocks that go with it, see `Fragment`.
    """

    def __init__(
        self,
        scope: BodyStack,
        path: str,
        attributes: Mapping[str, Any],
        *,
        meta: Mapping[str, Any],
        beside: Mapping[str, Any],
    ) -> None:
        section, _, name = path.partition(".")
        super().__init__(scope, path, terraform_resource_type=RESOURCE_TYPES[section])
        self.override_logical_id(name)
        body = {**attributes, **meta, **_metadata(path)}
        scope.add_fragment(Fragment(("resource", RESOURCE_TYPES[section], name), body, beside))
