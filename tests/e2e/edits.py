"""Edits of a lake as people make them, and what a plan does to which resource because of each.

A table for every test that looks at a change: `EDITS`. It starts from `tests.e2e.shop.base()`.
"""

from __future__ import annotations

import dataclasses

from tests.e2e.adopted import (
    ADOPTED_CONNECTION,
    ADOPTED_SOURCE,
    FAKER_FILES,
    faker_can_be_made,
    faker_differs,
    faker_exists,
)
from tests.e2e.edit import Change, Edit, each, keys, remove, replace, write
from tests.e2e.servers import rediscover
from tests.e2e.shop import (
    AUDIT,
    CUSTOMERS,
    DESTINATIONS,
    DISCOVERED,
    LAKE,
    ORDERS,
    POSTGRES,
    PUBLIC,
    SHOPIFY,
    Files,
    as_text,
    discovered_file,
    hashing,
    source_defined,
)
from tests.standin import StandIn
from tests.standin.state import Workspace

TO_LAKE = "airbyte_connection.shopify_to_lake"
TO_WAREHOUSE = "airbyte_connection.shopify_to_warehouse"
FROM_POSTGRES = "airbyte_connection.postgres_to_lake"

RSA = {
    "type": "encryption",
    "mapper_configuration": {
        "encryption": {
            "rsa": {"algorithm": "RSA", "target_field": "status", "field_name_suffix": "_rsa", "public_key": "MFww"}
        }
    },
}

# What appears at the source later.
REFUNDS = source_defined("refunds", "refund_id note processed_at", "processed_at", "refund_id")


def _refunds_appear(server: StandIn) -> None:
    server.offer("Shopify", [*DISCOVERED["shopify"], REFUNDS])
    (source,) = (source for source in server.state.living("sources") if source.name == "Shopify")
    rediscover(server, source.id)


OTHER_WORKSPACE = "99999999-0000-4000-8000-000000000001"
OTHER_DEFINITION = "99999999-0000-4000-8000-000000000002"


def _another_definition(server: StandIn) -> None:
    connectors = server.airbyte.connectors
    other = dataclasses.replace(connectors["destination-warehouse"], definition_id=OTHER_DEFINITION)
    connectors["destination-other"] = other


def _another_workspace(server: StandIn) -> None:
    server.state.workspaces[OTHER_WORKSPACE] = Workspace(OTHER_WORKSPACE, "Other", "editor")


RENAMED = "renamed: [{{from: {0}, to: {1}}}]\n"
RETIRED = "retired: [{{entry: connections.postgres_to_lake, date: 2026-11-23, reason: gone{0}}}]\n"
HISTORY = "dag/registry/history.yaml"


def _renamed(old: str, new: str) -> Change:
    return write(HISTORY, RENAMED.format(old, new))


def _without_postgres_connection(files: Files) -> Files:
    return {**files, POSTGRES: files[POSTGRES].partition("connections:")[0]}


RESOURCES = "    resource_allocation:\n"
DEFAULT = 'default: {memory_limit: 2Gi, cpu_limit: "1"}'
SYNC_JOB = '        - {job_type: sync, resource_requirements: {cpu_limit: "2"}}\n'
CHECK_JOB = "        - {job_type: check_connection, resource_requirements: {memory_limit: 3Gi}}\n"


def _other_resources(text: str) -> Change:
    """Other lines in the place of all that say what Postgres may use."""
    return replace(POSTGRES, f"{RESOURCES}      {DEFAULT}\n      job_specific:\n{SYNC_JOB}{CHECK_JOB}", text)


def _customers_have(fields: str) -> Change:
    """Another discovery of customers, of which everything is synced."""
    seen = source_defined("customers", fields, "changed_at", "id")
    return write(discovered_file("shopify", seen), as_text(seen))


EDITS = [
    Edit("nothing", lambda files: files, {}),
    Edit("a comment", replace(LAKE, "  name: shop\n", "  # ours\n  name: shop\n"), {}),
    Edit("an owner", replace(SHOPIFY, "    name: Shopify\n", "    name: Shopify\n    owner: commerce\n"), {}),
    Edit("a column is discovered that nothing leaves out", _customers_have("id email changed_at passport_number"), {}),
    Edit("a column is gone at the source", _customers_have("id changed_at"), {}),
    Edit("protection", replace(SHOPIFY, "    name: Shopify\n", "    name: Shopify\n    protect: true\n"), {}),
    Edit("another schedule", replace(SHOPIFY, "0,20,40 *", "0,30 *"), {TO_LAKE: "update"}),
    Edit(
        "no schedule any more", replace(SHOPIFY, '    schedule: {cron: "0 0,20,40 * * * ?"}\n', ""), {TO_LAKE: "update"}
    ),
    Edit(
        "a schedule where there was none",
        replace(
            SHOPIFY, "    destination: warehouse\n", '    destination: warehouse\n    schedule: {cron: "0 0 4 ? * 2"}\n'
        ),
        {TO_WAREHOUSE: "update"},
    ),
    Edit(
        "a field more",
        keys(ORDERS, fields=["id", "email", "updated_at", "total_price", "customer"]),
        {TO_LAKE: "update", TO_WAREHOUSE: "update"},
    ),
    Edit("a field less", keys(ORDERS, fields=["id", "updated_at"]), {TO_LAKE: "update", TO_WAREHOUSE: "update"}),
    Edit("all fields", keys(ORDERS, fields=None), {TO_LAKE: "update", TO_WAREHOUSE: "update"}),
    Edit(
        "fields chosen where all were",
        keys(CUSTOMERS, fields=["id", "changed_at"]),
        {TO_LAKE: "update", TO_WAREHOUSE: "update"},
    ),
    Edit("a stream more", write("dag/streams/shopify/products.json", "{}\n"), {TO_LAKE: "update"}),
    Edit(
        "a stream that is new at the source",
        each(
            write(discovered_file("shopify", REFUNDS), as_text(REFUNDS)),
            write("dag/streams/shopify/refunds.json", '{"fields": ["refund_id", "processed_at"]}\n'),
        ),
        {TO_LAKE: "update"},
        _refunds_appear,
    ),
    Edit("a stream less", each(remove(AUDIT)), {FROM_POSTGRES: "update"}),
    Edit("a stream not selected", keys(PUBLIC, selected=False), {FROM_POSTGRES: "update"}),
    Edit(
        "a stream left out of one connection",
        replace(SHOPIFY, "    destination: lake\n", "    destination: lake\n    exclude: [customers]\n"),
        {TO_LAKE: "update"},
    ),
    Edit("full refresh instead of incremental", keys(PUBLIC, sync_mode="full_refresh"), {FROM_POSTGRES: "update"}),
    Edit(
        "incremental instead of full refresh",
        keys(AUDIT, sync_mode="incremental", cursor_field=["changed_at"]),
        {FROM_POSTGRES: "update"},
    ),
    Edit("append instead of overwrite", keys(AUDIT, destination_sync_mode="append"), {FROM_POSTGRES: "update"}),
    Edit(
        "append instead of append and dedup",
        replace(SHOPIFY, "      customers: {destination_sync_mode: append_dedup}", "      customers: {}"),
        {TO_WAREHOUSE: "update"},
    ),
    Edit(
        "another cursor",
        keys(ORDERS, cursor_field=["created_at"], fields=["id", "email", "created_at", "total_price"]),
        {TO_LAKE: "update", TO_WAREHOUSE: "update"},
    ),
    Edit("another primary key", keys(ORDERS, primary_key=[["id"], ["email"]]), {TO_WAREHOUSE: "update"}),
    Edit("another namespace", replace(SHOPIFY, "shopify_$", "shop_$"), {TO_LAKE: "update"}),
    Edit(
        "the destination's namespace instead of a format",
        replace(SHOPIFY, '    namespace: {format: "shopify_${SOURCE_NAMESPACE}"}\n', ""),
        {TO_LAKE: "update"},
    ),
    Edit(
        "a format instead of the source's namespace",
        replace(POSTGRES, "namespace: source", 'namespace: {format: "db_${SOURCE_NAMESPACE}"}'),
        {FROM_POSTGRES: "update"},
    ),
    Edit("another prefix", replace(POSTGRES, "prefix: shop_", 'prefix: "100%{x}_"'), {FROM_POSTGRES: "update"}),
    Edit("no prefix", replace(POSTGRES, "    prefix: shop_\n", ""), {FROM_POSTGRES: "update"}),
    Edit("inactive", replace(POSTGRES, "    prefix:", "    status: inactive\n    prefix:"), {FROM_POSTGRES: "update"}),
    Edit(
        "other schema changes",
        replace(POSTGRES, "    prefix:", "    schema_changes: disable_connection\n    prefix:"),
        {FROM_POSTGRES: "update"},
    ),
    Edit(
        "a mapper",
        keys(ORDERS, mappers=[hashing("email")]),
        {TO_LAKE: "update", TO_WAREHOUSE: "update"},
    ),
    Edit("another mapper", keys(PUBLIC, mappers=[hashing("customer_id")]), {FROM_POSTGRES: "update"}),
    Edit("another kind of mapper", keys(PUBLIC, mappers=[RSA]), {FROM_POSTGRES: "update"}),
    Edit("no mapper any more", keys(PUBLIC, mappers=None), {FROM_POSTGRES: "update"}),
    Edit(
        "another secret value",
        lambda files: files,
        {"airbyte_source.shopify": "update"},
        variables={"shopify_api_password": "rotated-secret-value"},
    ),
    Edit(
        "another variable's value",
        lambda files: files,
        {"airbyte_source.postgres": "update"},
        variables={"postgres_port": "5433"},
    ),
    Edit(
        "another value of the configuration",
        replace(SHOPIFY, "2026-01-01", "2026-02-01"),
        {"airbyte_source.shopify": "update"},
    ),
    Edit(
        "another value of a destination's configuration",
        replace(DESTINATIONS, "path: raw", "path: raw/v2"),
        {"airbyte_destination.lake": "update"},
    ),
    Edit(
        "a secret under another name",
        replace(SHOPIFY, "shopify_api_password", "shopify_token"),
        {},
        variables={"shopify_token": "shopify-secret-value"},
    ),
    Edit(
        "another display name",
        replace(SHOPIFY, "name: Shopify\n", "name: Shop\n"),
        {"airbyte_source.shopify": "update"},
    ),
    Edit(
        "more memory",
        replace(
            SHOPIFY,
            "    name: Shopify\n",
            "    name: Shopify\n    resource_allocation: {default: {memory_limit: 2Gi}}\n",
        ),
        {"airbyte_source.shopify": "update"},
    ),
    # What is not written any more stays: the attributes are optional and computed.
    Edit("no resources any more", _other_resources(""), {}),
    Edit("no resources for jobs any more", _other_resources(f"{RESOURCES}      {DEFAULT}\n"), {}),
    Edit(
        "one quantity less and the other one changed",
        replace(POSTGRES, DEFAULT, "default: {memory_limit: 4Gi}"),
        {"airbyte_source.postgres": "update"},
    ),
    Edit("one quantity less", replace(POSTGRES, DEFAULT, "default: {memory_limit: 2Gi}"), {}),
    Edit("empty resources", _other_resources(f"{RESOURCES}      default: {{}}\n"), {}),
    Edit("the last of the jobs less", replace(POSTGRES, CHECK_JOB, ""), {"airbyte_source.postgres": "update"}),
    Edit("the first of the jobs less", replace(POSTGRES, SYNC_JOB, ""), {"airbyte_source.postgres": "update"}),
    Edit(
        "an empty list of jobs",
        _other_resources(f"{RESOURCES}      {DEFAULT}\n      job_specific: []\n"),
        {"airbyte_source.postgres": "update"},
    ),
    Edit(
        "no resources any more, and another display name",
        each(_other_resources(""), replace(POSTGRES, "    name: Postgres\n", "    name: Database\n")),
        {"airbyte_source.postgres": "update"},
    ),
    Edit(
        "a source renamed",
        each(
            replace(SHOPIFY, "  shopify:\n", "  shop:\n"),
            lambda files: {**files, SHOPIFY: files[SHOPIFY].replace("source: shopify", "source: shop")},
            lambda files: {name.replace("/shopify/", "/shop/"): text for name, text in files.items()},
            _renamed("sources.shopify", "sources.shop"),
        ),
        {"airbyte_source.shop": "move"},
    ),
    Edit(
        "a destination renamed",
        each(
            replace(DESTINATIONS, "  warehouse:\n", "  dwh:\n"),
            replace(SHOPIFY, "destination: warehouse", "destination: dwh"),
            _renamed("destinations.warehouse", "destinations.dwh"),
        ),
        {"airbyte_destination.dwh": "move"},
    ),
    Edit(
        "a connection renamed, with another schedule",
        each(
            replace(POSTGRES, "  postgres_to_lake:\n", "  shop_db_to_lake:\n"),
            replace(POSTGRES, "0 30 *", "0 45 *"),
            _renamed("connections.postgres_to_lake", "connections.shop_db_to_lake"),
        ),
        {"airbyte_connection.shop_db_to_lake": "move and update"},
    ),
    Edit(
        "what exists is adopted",
        FAKER_FILES,
        {"airbyte_source.faker": "import and update", "airbyte_connection.faker_to_lake": "import"},
        faker_exists,
    ),
    Edit(
        "what exists and differs is adopted",
        each(
            FAKER_FILES,
            replace("dag/registry/faker.yaml", "    namespace:", '    schedule: {cron: "0 0 4 * * ?"}\n    namespace:'),
        ),
        {"airbyte_source.faker": "import and update", "airbyte_connection.faker_to_lake": "import and update"},
        faker_differs,
    ),
    Edit(
        "a new source and connection",
        each(
            FAKER_FILES,
            replace("dag/registry/faker.yaml", f"    adopt: {ADOPTED_SOURCE}\n", ""),
            replace("dag/registry/faker.yaml", f"    adopt: {ADOPTED_CONNECTION}\n", ""),
        ),
        {"airbyte_source.faker": "create", "airbyte_connection.faker_to_lake": "create"},
        faker_can_be_made,
    ),
    Edit(
        "a connection deleted",
        each(_without_postgres_connection, write(HISTORY, RETIRED.format(""))),
        {FROM_POSTGRES: "delete"},
    ),
    Edit(
        "a connection given up, not deleted",
        each(_without_postgres_connection, write(HISTORY, RETIRED.format(", keep: true"))),
        {FROM_POSTGRES: "forget"},
    ),
    Edit(
        "a source deleted with its connection",
        lambda files: {name: text for name, text in files.items() if name != POSTGRES and "/postgres/" not in name},
        {"airbyte_source.postgres": "delete", FROM_POSTGRES: "delete"},
    ),
    Edit(
        "another destination",
        each(replace(POSTGRES, "destination: lake", "destination: warehouse")),
        {FROM_POSTGRES: "replace"},
    ),
    Edit(
        "another source",
        replace(POSTGRES, "    source: postgres\n", "    source: shopify\n"),
        {FROM_POSTGRES: "replace"},
    ),
    Edit(
        "another definition of a destination's connector",
        replace(
            DESTINATIONS,
            "    connector: destination-warehouse\n",
            f"    connector: destination-warehouse\n    definition_id: {OTHER_DEFINITION}\n",
        ),
        {"airbyte_destination.warehouse": "replace", TO_WAREHOUSE: "replace"},
        _another_definition,
    ),
    Edit(
        "another workspace",
        replace(LAKE, "workspace_id: {var: workspace_id}", f"workspace_id: {OTHER_WORKSPACE}"),
        {
            "airbyte_source.shopify": "replace",
            "airbyte_source.postgres": "replace",
            "airbyte_destination.lake": "replace",
            "airbyte_destination.warehouse": "replace",
            TO_LAKE: "replace",
            TO_WAREHOUSE: "replace",
            FROM_POSTGRES: "replace",
        },
        _another_workspace,
    ),
    Edit(
        "another definition of a connector",
        replace(
            POSTGRES,
            "    connector: source-postgres\n",
            "    connector: source-postgres\n    definition_id: dfd88b22-b603-4c3d-aad7-3701784586b1\n",
        ),
        {"airbyte_source.postgres": "replace", FROM_POSTGRES: "replace"},
    ),
    Edit("a newer version of a connector", replace("dag/connectors/source-shopify.json", '"tag": "', '"tag": "9.'), {}),
    Edit(
        "the provider's token address",
        replace(LAKE, "        client_secret:", "        token_url: {var: token_url}\n        client_secret:"),
        {},
    ),
]
