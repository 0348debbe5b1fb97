"""Terraform addresses, by hand: whoever changes one of these lines moves or destroys something that exists."""

from __future__ import annotations

import json

import pytest

from tests.support.lakes import REPOSITORY

ADDRESSES = """\
airbyte_connection.faker_to_lake
airbyte_connection.klaviyo_to_lake
airbyte_connection.postgres_to_lake
airbyte_connection.shopify_to_lake
airbyte_destination.s3_data_lake
airbyte_source.faker
airbyte_source.klaviyo
airbyte_source.postgres
airbyte_source.shopify
local.destination_s3_data_lake
local.source_faker
local.source_klaviyo
local.source_postgres
local.source_shopify
output.faker_to_lake
output.klaviyo_to_lake
output.postgres_to_lake
output.shopify_to_lake
var.airbyte_client_id
var.airbyte_client_secret
var.klaviyo_api_key
var.postgres_password
var.s3_access_key_id
var.s3_secret_access_key
var.shopify_api_password
var.shopify_store
"""

OF_ONE_STACK = {"prod": "var.prod_workspace_id\n", "staging": "var.staging_workspace_id\n"}


@pytest.mark.parametrize("stack", OF_ONE_STACK)
def test_the_addresses_of_the_example_are_these(stack: str) -> None:
    document = json.loads((REPOSITORY / f"cdktf.out/stacks/{stack}/cdk.tf.json").read_text("utf-8"))
    found = [f"{type_}.{name}" for type_, named in document["resource"].items() for name in named]
    for block, prefix in (("locals", "local"), ("output", "output"), ("variable", "var")):
        found += [f"{prefix}.{name}" for name in document[block]]
    assert sorted(found) == sorted((ADDRESSES + OF_ONE_STACK[stack]).splitlines())


def test_every_stack_of_the_example_has_a_list() -> None:
    assert {folder.name for folder in (REPOSITORY / "cdktf.out/stacks").iterdir()} == OF_ONE_STACK.keys()
