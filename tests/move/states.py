"""States of Terraform as tests write them: resources of a version 4 state, or of what `show -json` prints."""

from __future__ import annotations

import json
from typing import Any

AIRBYTE = "airbytehq/airbyte"
WORKSPACE = "11111111-2222-3333-4444-555555555555"
SHOPIFY = "9da77001-af33-4bcd-be46-6252bf9342b9"
SECRET = "s3cr3t-that-nobody-may-see"  # a value to look for


def uuid(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def resource(type_: str, name: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A resource with one instance. `module`, `provider`, `index`, `status`: as in a state."""
    instance = {"schema_version": 0, "attributes": values}
    instance |= {"index_key": more["index"]} if "index" in more else {}
    instance |= {"status": more["status"]} if "status" in more else {}
    return {
        **({"module": more["module"]} if "module" in more else {}),
        "mode": more.get("mode", "managed"),
        "type": type_,
        "name": name,
        "provider": f'provider["registry.terraform.io/{more.get("provider", AIRBYTE)}"]',
        "instances": [instance],
    }


def state(*resources: dict[str, Any]) -> str:
    return json.dumps(
        {"version": 4, "terraform_version": "1.10.0", "serial": 3, "lineage": "x", "resources": resources}
    )


def shown(*resources: dict[str, Any], modules: tuple[dict[str, Any], ...] = ()) -> str:
    """The same resources as `tofu show -json` has them."""
    root = {"resources": [_shown(one) for one in resources], "child_modules": list(modules)}
    return json.dumps({"format_version": "1.0", "values": {"root_module": root}})


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    instance = one["instances"][0]
    return {
        "mode": one["mode"],
        "type": one["type"],
        "name": one["name"],
        "provider_name": one["provider"][10:-2],
        "values": instance["attributes"],
        **({"index": instance["index_key"]} if "index_key" in instance else {}),
    }


def source(number: int = 1, **values: Any) -> dict[str, Any]:
    """Attributes of a generic source, as the provider keeps them."""
    return {
        "source_id": uuid(number),
        "name": "Shop",
        "workspace_id": WORKSPACE,
        "definition_id": SHOPIFY,
        "source_type": "shopify",
        "configuration": json.dumps(
            {"shop": "acme", "credentials": {"auth_method": "api_password", "api_password": SECRET}}
        ),
        "resource_allocation": {"default": {"memory_limit": "2Gi", "cpu_limit": None}, "job_specific": None},
        "secret_id": None,
        **values,
    }


def destination(number: int = 2, **values: Any) -> dict[str, Any]:
    return {
        "destination_id": uuid(number),
        "name": "Lake",
        "workspace_id": WORKSPACE,
        "definition_id": "4816b78f-1489-44c1-9060-4b19d5fa9362",
        "configuration": json.dumps({"s3_bucket_name": "lake"}),
        **values,
    }


def connection(number: int = 3, **values: Any) -> dict[str, Any]:
    return {
        "connection_id": uuid(number),
        "name": "Shop to lake",
        "source_id": uuid(1),
        "destination_id": uuid(2),
        "workspace_id": WORKSPACE,
        "status": "active",
        "namespace_definition": "custom_format",
        "namespace_format": "shop",
        "prefix": "",
        "non_breaking_schema_updates_behavior": "ignore",
        "schedule": {"schedule_type": "cron", "cron_expression": "0 0 6 * * ? UTC", "basic_timing": None},
        "configurations": {"streams": [stream()]},
        "tags": [],
        **values,
    }


def stream(name: str = "orders", **values: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": None,
        "sync_mode": "incremental_append",
        "cursor_field": ["updated_at"],
        "primary_key": [["id"]],
        "selected_fields": [{"field_path": ["updated_at"]}, {"field_path": ["id"]}],
        "mappers": [],
        "include_files": None,
        "destination_object_name": None,
        **values,
    }
