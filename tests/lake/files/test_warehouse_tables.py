"""Which table a stream becomes in a destination that lands tables itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.lake.files.warehouse_tables import WarehouseTable
from infra.lake.model.load import load_lake
from tests.lake.files.warehouses import only_table, warehouse_lake, where
from tests.support.lakes import LAKE

LONG = "a" * 70
ODD = "Ärzte & Co. (2024)"


@pytest.mark.parametrize(
    ("warehouse", "stream", "place"),
    [
        ("snowflake", "users", ("RAW", "SALES", "USERS")),
        ("snowflake", ODD, ("RAW", "SALES", "ÄRZTE & CO. (2024)")),
        ("snowflake", "a${b}", ("RAW", "SALES", "A__B_")),
        ("snowflake", "2024", ("RAW", "SALES", "2024")),
        ("bigquery", "users", ("my-project", "Sales", "users")),
        ("bigquery", ODD, ("my-project", "Sales", "Arzte___Co___2024_")),
        ("bigquery", "2024", ("my-project", "Sales", "_2024")),
        ("bigquery", "Users", ("my-project", "Sales", "Users")),
        ("postgres", "Users", ("raw", "Sales", "Users")),
        ("postgres", ODD, ("raw", "Sales", "Arzte___Co___2024_")),
        ("postgres", "2024", ("raw", "Sales", "_2024")),
        ("postgres", "a" * 63, ("raw", "Sales", "a" * 63)),
        # What `"a".repeat(70).hashCode()` of Java is: -1420717984.
        ("postgres", LONG, ("raw", "Sales", f"{'a' * 54}_20717984")),
        ("redshift", "Users", ("raw", "sales", "users")),
        ("redshift", ODD, ("raw", "sales", "arzte___co___2024_")),
        ("redshift", "2024", ("raw", "sales", "_2024")),
        # And of 128 of them, in hexadecimal.
        ("redshift", "a" * 128, ("raw", "sales", f"{'a' * 118}_13940800")),
        ("s3-data-lake", "Users", (None, "sales", "users")),
        ("s3-data-lake", ODD, (None, "sales", "arzte___co___2024_")),
    ],
)
def test_the_name_of_a_table(warehouse: str, stream: str, place: tuple[str | None, str, str], tmp_path: Path) -> None:
    assert where(warehouse_lake(tmp_path, warehouse, stream={"stream": stream})) == place


@pytest.mark.parametrize("catalog", ["REST", "NESSIE", "POLARIS"])
def test_catalogs_other_than_glue_keep_names(catalog: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {"catalog_type": {"catalog_type": catalog, "namespace": "Sales-EU"}}
    assert where(warehouse_lake(tmp_path, "s3-data-lake", stream={"stream": ODD}, **options)) == (None, "Sales-EU", ODD)


@pytest.mark.parametrize(
    ("warehouse", "schema"),
    [
        ("snowflake", "2024-EU"),
        ("bigquery", "2024_EU"),
        ("postgres", "_2024_EU"),
        ("redshift", "_2024_eu"),
        ("s3-data-lake", "2024_eu"),
    ],
)
def test_the_name_of_a_schema(warehouse: str, schema: str, tmp_path: Path) -> None:
    """A dataset of BigQuery may begin with a digit."""
    found = only_table(warehouse_lake(tmp_path, warehouse, connection="namespace: {format: 2024-EU}"))
    assert isinstance(found, WarehouseTable)
    assert found.schema == schema


def test_a_hidden_dataset_gets_a_letter(tmp_path: Path) -> None:
    lake = warehouse_lake(tmp_path, "bigquery", dataset_id="_hidden")
    assert where(lake) == ("my-project", "n_hidden", "users")


@pytest.mark.parametrize(
    ("connection", "namespace", "place"),
    [
        ("", "public", ("raw", "Sales", "users")),
        ("prefix: Shop-", "public", ("raw", "Sales", "Shop_users")),
        ("namespace: source", "public", ("raw", "public", "users")),
        # A stream without namespace goes where the destination says.
        ("namespace: source", None, ("raw", "Sales", "users")),
        ("namespace: {format: 'shop_${SOURCE_NAMESPACE}'}", "public", ("raw", "shop_public", "users")),
        ("namespace: {format: '${SOURCE_NAMESPACE}'}", None, ("raw", "Sales", "users")),
    ],
)
def test_namespace_and_prefix(
    connection: str, namespace: str | None, place: tuple[str, str, str], tmp_path: Path
) -> None:
    stream = {"stream": "users"} if namespace is None else {"stream": "users", "namespace": namespace}
    assert where(warehouse_lake(tmp_path, "postgres", connection=connection, stream=stream)) == place


@pytest.mark.parametrize(
    ("warehouse", "options", "place"),
    [
        ("snowflake", {}, ("RAW", "airbyte_internal", "Sales_raw___stream_my__users")),
        ("snowflake", {"raw_data_schema": "Raw"}, ("RAW", "Raw", "Sales_raw___stream_my__users")),
        ("bigquery", {"raw_data_dataset": "Raw"}, ("my-project", "Raw", "Sales_raw___stream_my__users")),
        ("postgres", {"raw_data_schema": "Raw"}, ("raw", "raw", "sales_raw___stream_my__users")),
        # Redshift has none any more: the option is left over.
        ("redshift", {}, ("raw", "sales", "my__users")),
    ],
)
def test_raw_tables(warehouse: str, options: dict[str, Any], place: tuple[str, str, str], tmp_path: Path) -> None:
    lake = warehouse_lake(tmp_path, warehouse, stream={"stream": "my__users"}, disable_type_dedupe=True, **options)
    assert where(lake) == place


@pytest.mark.parametrize(
    ("warehouse", "tag", "stream", "found"),
    [
        ("snowflake", "3.15.2", "Users", ("RAW", "SALES", "USERS")),
        ("bigquery", "2.10.1", "2024", ("my-project", "Sales", "_2024")),
        ("postgres", "2.4.5", "2024", ("raw", "Sales", "2024")),
        ("postgres", "2.4.5", LONG, f'what destination-postgres makes of the name "{LONG}" is not known'),
        ("redshift", "3.5.3", "Users (old)", ("raw", "sales", "users__old_")),
        ("redshift", "3.5.3", "2024", 'what destination-redshift makes of the name "2024" is not known'),
        ("redshift", "3.5.3", "Ärzte", 'what destination-redshift makes of the name "Ärzte" is not known'),
        ("redshift", "3.5.3", LONG * 2, f'what destination-redshift makes of the name "{LONG * 2}" is not known'),
        ("snowflake", "4.0.39", "localtime", 'what destination-snowflake makes of the name "localtime" is not known'),
        ("s3-data-lake", "0.3.1", "users", "how destination-s3-data-lake 0.3.1 names tables is not known"),
        ("postgres", "0.4.0", "users", "how destination-postgres 0.4.0 names tables is not known"),
        ("postgres", "4.0.0", "users", "how destination-postgres 4.0.0 names tables is not known"),
        ("postgres", "dev", "users", "how destination-postgres dev names tables is not known"),
    ],
)
def test_the_locked_version_decides(
    warehouse: str, tag: str, stream: str, found: tuple[str, str, str] | str, tmp_path: Path
) -> None:
    assert where(warehouse_lake(tmp_path, warehouse, tag=tag, stream={"stream": stream})) == found


VALUES = LAKE + "      flux: {values: {schema: from_flux}}\n  variables:\n    schema: {default: from_default}\n"
DEFAULTS = LAKE + "  variables:\n    schema: {default: from_default}\n"


@pytest.mark.parametrize(
    ("lake", "found"),
    [
        (VALUES, ("raw", "from_flux", "users")),
        (DEFAULTS, ("raw", "from_default", "users")),
        (LAKE, "the option schema of destinations.wh is {var: schema}, whose value is not in the files"),
    ],
)
def test_a_schema_that_is_a_variable(lake: str, found: object, tmp_path: Path) -> None:
    assert where(warehouse_lake(tmp_path, "postgres", lake=lake, schema={"var": "schema"})) == found


@pytest.mark.parametrize(
    ("warehouse", "options", "why"),
    [
        (
            "postgres",
            {"database": {"secret": "db"}},
            "the option database of destinations.wh is {secret: db}, whose value is not in the files",
        ),
        ("postgres", {"database": None}, "destinations.wh has no text as the option database"),
        ("postgres", {"schema": ""}, "destinations.wh has no text as the option schema"),
        (
            "bigquery",
            {"dataset_id": "other:sales"},
            'what destination-bigquery makes of the name "other:sales" is not known',
        ),
        (
            "bigquery",
            {"streams": [{"name": "users"}]},
            "what the option streams of destinations.wh does to names is not known",
        ),
        (
            "snowflake",
            {"disable_type_dedupe": {"var": "raw"}},
            "whether the option disable_type_dedupe of destinations.wh is set is not in the files",
        ),
        (
            "snowflake",
            {"disable_type_dedupe": True, "raw_data_schema": {"var": "raw"}},
            "the option raw_data_schema of destinations.wh is {var: raw}, whose value is not in the files",
        ),
        (
            "s3-data-lake",
            {"catalog_type": {"var": "catalog"}},
            "the files do not say which catalog_type destinations.wh has",
        ),
        (
            "s3-data-lake",
            {"namespace_delimiter": "."},
            "what the option namespace_delimiter of destinations.wh does to names is not known",
        ),
    ],
)
def test_what_cannot_be_known_is_said(warehouse: str, options: dict[str, Any], why: str, tmp_path: Path) -> None:
    assert where(warehouse_lake(tmp_path, warehouse, **options)) == why


def test_a_default_that_is_not_needed_may_be_unknown(tmp_path: Path) -> None:
    lake = warehouse_lake(tmp_path, "postgres", connection="namespace: {format: shop}", schema={"secret": "schema"})
    assert where(lake) == ("raw", "shop", "users")


@pytest.mark.parametrize("connector", ["s3", "clickhouse", "of-our-own"])
def test_other_destinations_have_no_such_table(connector: str, tmp_path: Path) -> None:
    assert where(warehouse_lake(tmp_path, connector, s3_bucket_name="lake")) is None


def test_a_destination_that_is_not_managed_here(tmp_path: Path) -> None:
    lake = warehouse_lake(tmp_path, "postgres")
    file = tmp_path / "dag/registry/lake.yaml"
    written = file.read_text().split("destinations:")[0]
    wh = "destinations:\n  wh: {connector: destination-postgres, existing: 11111111-2222-3333-4444-555555555555}\n"
    file.write_text(written + wh + "connections:\n  faker_to_lake: {source: faker, destination: wh}\n")
    assert where(lake) == ("raw", "Sales", "users")
    assert where(load_lake(tmp_path).model) == (
        "destinations.wh is not managed here, so that its options are not known"
    )


FIELDS = {name: {"type": "string"} for name in ("id", "Order ID", "order_id", "_ab_cdc_deleted_at", "2nd", "ID2")}
META = ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id")
RENAMING = {"field_renaming": {"original_field_name": "id", "new_field_name": "Key-Id"}}
RENAMES = [{"type": "field-renaming", "mapper_configuration": RENAMING}]
HASHING = {"hashing": {"target_field": "id", "method": "SHA-256", "field_name_suffix": "_hashed"}}
HASHES = [{"type": "hashing", "mapper_configuration": HASHING}]


@pytest.mark.parametrize(
    ("warehouse", "columns"),
    [
        ("snowflake", {"id": "ID", "Order ID": "ORDER ID", "order_id": "ORDER_ID", "2nd": "2ND", "localtime": None}),
        ("bigquery", {"id": "id", "Order ID": None, "order_id": None, "2nd": "_2nd", "ID2": "ID2", "x" * 301: None}),
        ("postgres", {"id": "id", "Order ID": None, "order_id": None, "2nd": "_2nd", "ID2": "ID2"}),
        ("redshift", {"id": "id", "Order ID": None, "order_id": None, "2nd": "_2nd", "ID2": "id2"}),
        ("s3-data-lake", {"id": "id", "Order ID": "Order ID", "2nd": "2nd", "_airbyte_raw_id": None}),
    ],
)
def test_columns(warehouse: str, columns: dict[str, str | None], tmp_path: Path) -> None:
    """Of two fields that become one column, one gets a number: which one, nobody knows from here."""
    found = only_table(warehouse_lake(tmp_path, warehouse, stream=_stream(FIELDS)))
    assert isinstance(found, WarehouseTable)
    assert {field: found.column(field) for field in columns} == columns


@pytest.mark.parametrize(
    ("warehouse", "stream", "said"),
    [
        ("snowflake", {}, ((), None, False)),
        ("snowflake", {"primary_key": [["id"]], "destination_sync_mode": "append_dedup"}, (("ID",), None, True)),
        ("postgres", {"primary_key": [["id"], ["2nd"]]}, (("id", "_2nd"), None, False)),
        ("postgres", {"primary_key": [["order_id"]]}, (None, None, False)),
        ("postgres", {"primary_key": [["id"]], "mappers": RENAMES}, (("Key_Id",), None, False)),
        ("postgres", {"primary_key": [["id"]], "mappers": HASHES}, (("id_hashed",), None, False)),
        ("redshift", {"sync_mode": "incremental", "cursor_field": ["ID2"]}, ((), "id2", False)),
    ],
)
def test_key_cursor_and_deduplication(
    warehouse: str, stream: dict[str, Any], said: tuple[tuple[str, ...] | None, str | None, bool], tmp_path: Path
) -> None:
    found = only_table(warehouse_lake(tmp_path, warehouse, stream={**_stream(FIELDS), **stream}))
    assert isinstance(found, WarehouseTable)
    assert (found.key, found.cursor, found.deduplicates) == said


@pytest.mark.parametrize(
    ("warehouse", "raw", "columns"),
    [
        ("postgres", False, (META, ("_ab_cdc_deleted_at",), "_airbyte_extracted_at")),
        ("snowflake", False, (tuple(name.upper() for name in META), ("_AB_CDC_DELETED_AT",), "_AIRBYTE_EXTRACTED_AT")),
        ("snowflake", True, ((*META, "_airbyte_loaded_at", "_airbyte_data"), (), "_airbyte_extracted_at")),
    ],
)
def test_what_every_row_has(warehouse: str, raw: bool, columns: object, tmp_path: Path) -> None:
    found = only_table(warehouse_lake(tmp_path, warehouse, stream=_stream(FIELDS), disable_type_dedupe=raw))
    assert isinstance(found, WarehouseTable)
    assert (found.meta_columns, found.cdc_columns, found.extracted_at) == columns


def test_a_raw_table_has_no_columns_of_fields(tmp_path: Path) -> None:
    keyed = {**_stream(FIELDS), "primary_key": [["id"]], "destination_sync_mode": "append_dedup"}
    found = only_table(warehouse_lake(tmp_path, "snowflake", stream=keyed, disable_type_dedupe=True))
    assert isinstance(found, WarehouseTable)
    assert (found.key, found.deduplicates, found.column("id")) == (None, False, None)


def _stream(fields: dict[str, Any]) -> dict[str, Any]:
    return {"fields": fields}
