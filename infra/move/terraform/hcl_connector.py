"""The data source of Airbyte's provider that a configuration goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.move.terraform.hcl_values import ConnectorDefinition, Unknown, known, whole


@dataclass(frozen=True)
class ConnectorConfiguration:
    """The data source that checks a configuration: it gives back what it was given.

    Source: airbytehq/terraform-provider-airbyte, connector_configuration_data_source.go: objects merge, secrets win.
    """

    values: Mapping[str, Any]

    def at(self, key: Any) -> Any:
        """Its definition's id, and the configuration."""
        if key == "definition_id":
            name = whole(self.values.get("connector_name"))
            return ConnectorDefinition(name) if isinstance(name, str) else Unknown("the connector is not known")
        if key == "configuration_json":
            parts = [known(self.values.get(part)) or {} for part in ("configuration", "configuration_secrets")]
            return _merged(*parts)
        return Unknown("it is known when Terraform runs")


def _merged(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
