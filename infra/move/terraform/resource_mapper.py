"""A mapper of the Terraform provider as Airbyte's API has it: settings beside each other in camel case, keys masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.base.json_value import Json
from infra.lake.values.reference import reference_name
from infra.move.terraform.masked import MASK

# Provider -> OpenAPI, ConfiguredStreamMapper.
_KEYS = {
    "target_field": "targetField",
    "field_name_suffix": "fieldNameSuffix",
    "original_field_name": "originalFieldName",
    "new_field_name": "newFieldName",
    "public_key": "publicKey",
}


def api_mapper(mapper: Mapping[str, Any]) -> Json:
    """The mapper; its key is masked as the server masks it, so that nobody meets the one in the state. Raises KeyError,
    TypeError or AttributeError for what is none.
    """
    kind = str(mapper["type"])
    settings = mapper["mapper_configuration"][kind.replace("-", "_")]
    if kind == "encryption":
        settings = settings.get("aes") or settings.get("rsa")
    said = {_KEYS.get(key, key): value for key, value in settings.items() if value is not None}
    if "key" in said and reference_name(said["key"]) is None:
        said["key"] = MASK
    return {"type": kind, "mapperConfiguration": said}
