"""Edits of a lake whose files are fed into a landing."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.review_lake import BASE, EVENTS, LAKE, REFUNDS, SHOP, Edit, lock
from tests.support.review_texts import GONE_SCHEMAS, GONE_STREAMS

S3_LOCK = "dag/connectors/destination-s3.json"
TABLES = "s3://tables/prod/"
PROD = f"""\
    prod:
      catalog: {{postgres: {{host: db.example.com, dbname: ducklake, user: ducklake}}}}
      tables: {TABLES}
"""
OTHER = PROD.replace("prod", "other").replace("dbname: ducklake", "dbname: other")
PATH = "${NAMESPACE}/${STREAM_NAME}/"
FILES = f"{{s3_bucket_name: lake, s3_bucket_path: raw, s3_path_format: '{PATH}', format: {{format_type: Parquet}}}}"
WAREHOUSE = "{host: db.example.com, schema: raw, password: {secret: warehouse_password}}"
NAMESPACE = "namespace: {format: shop}"
FLAT = '{"sync_mode": "full_refresh", "destination_sync_mode": "append", "landing": LANDING}\n'
FIELDS = {
    key: {"type": "string"} for key in ("s3_bucket_name", "s3_bucket_path", "s3_path_format", "file_name_pattern")
}
SPEC = {"type": "object", "properties": {**FIELDS, "format": {"type": "object"}}}

# A lake whose destination writes files, first without a landing, then with one.
WITHOUT: Edit = {
    SHOP: [("destination-warehouse", "destination-s3"), (WAREHOUSE, FILES)],
    EVENTS: BASE[REFUNDS],
    S3_LOCK: lock(
        "destination-s3",
        "aaaaaaaa-0000-4000-8000-000000000003",
        SPEC,
        supports_refreshes=True,
        destination_sync_modes=["append", "overwrite"],
    ),
}
LANDED = [
    ("      backfills: true\n", "      backfills: true\n      landing: prod\n"),
    ("  variables:\n", f"  landings:\n{PROD}{OTHER}  variables:\n"),
]
WITH: Edit = {**WITHOUT, LAKE: LANDED}


def _landed(text: str) -> str:
    return FLAT.replace("LANDING", text)


LANDING_EDITS: dict[str, Edit] = {
    "a-stack-gets-a-landing": {LAKE: LANDED},
    "a-stack-loses-its-landing": {LAKE: [("      landing: prod\n", "")]},
    "a-stack-gets-another-landing": {LAKE: [("      landing: prod\n", "      landing: other\n")]},
    "a-landing-gets-another-catalog": {LAKE: [("dbname: ducklake", "dbname: lake")]},
    "a-landing-keeps-its-tables-elsewhere": {LAKE: [(TABLES, "s3://tables/production/")]},
    "a-landing-looks-for-files-elsewhere": {LAKE: [(TABLES, f"{TABLES}\n      raw: .lake/raw/")]},
    "a-landing-has-more-memory": {LAKE: [(TABLES, f"{TABLES}\n      memory: 4GB")]},
    "files-of-a-landing-are-in-another-namespace": {SHOP: [(NAMESPACE, "namespace: {format: store}")]},
    "files-of-a-landing-have-a-prefix": {SHOP: [(NAMESPACE, f"{NAMESPACE}\n    prefix: shop_")]},
    "files-of-a-landing-are-in-another-bucket": {SHOP: [("s3_bucket_name: lake", "s3_bucket_name: pond")]},
    "files-of-a-landing-have-another-format": {
        SHOP: [("format: {format_type: Parquet}", "format: {format_type: JSONL, flattening: Root level flattening}")]
    },
    "files-of-a-landing-are-compressed-otherwise": {
        SHOP: [("{format_type: Parquet}", "{format_type: Parquet, compression_codec: ZSTD}")]
    },
    "a-stream-file-with-a-landing-table-is-renamed": {
        REFUNDS: None,
        "dag/streams/shop/returns.json": BASE[REFUNDS].replace("{", '{"stream": "refunds", ', 1),
    },
    "a-stream-with-a-landing-table-is-gone": {
        REFUNDS: None,
        "dag/registry/retired.yaml": "retired:\n  - {entry: connections.shop_to_warehouse.streams.refunds, "
        "date: 2026-11-25, reason: closed}\n",
    },
    "a-source-with-landing-tables-is-renamed": {
        SHOP: [
            ("sources:\n  shop:\n", "renamed:\n  - {from: sources.shop, to: sources.webshop}\nsources:\n  webshop:\n"),
            ("    source: shop\n", "    source: webshop\n"),
        ],
        **GONE_STREAMS,
        **GONE_SCHEMAS,
        **{
            path.replace("/shop/", "/webshop/"): BASE[path] for path in (*GONE_STREAMS, *GONE_SCHEMAS) if path != EVENTS
        },
        "dag/streams/webshop/events.json": BASE[REFUNDS],
    },
    "a-connection-that-feeds-tables-is-replaced": {
        LAKE: [("11111111-2222-3333-4444-555555555555", "22222222-2222-3333-4444-555555555555")]
    },
    "a-connection-that-feeds-tables-has-another-id": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  shop_again:\n"),
            (
                NAMESPACE,
                f"{NAMESPACE}\nretired:\n  - {{entry: connections.shop_to_warehouse, date: 2026-11-25, reason: closed}}",
            ),
        ]
    },
    "a-connection-that-feeds-tables-is-renamed": {
        SHOP: [
            ("  shop_to_warehouse:\n", "  shop_again:\n"),
            (
                NAMESPACE,
                f"{NAMESPACE}\nrenamed:\n  - {{from: connections.shop_to_warehouse, to: connections.shop_again}}",
            ),
        ]
    },
    "a-table-reads-its-files-where-they-are": {
        LAKE: [(TABLES, f"{TABLES}\n      raw_retention: none")],
        REFUNDS: _landed('{"mode": "register"}'),
    },
    "columns-of-a-table-get-types": {REFUNDS: _landed('{"types": {"total": "DECIMAL(18,2)"}, "nested": "json"}')},
    "a-lake-without-a-landing-writes-files-elsewhere": {SHOP: [("s3_bucket_path: raw", "s3_bucket_path: files")]},
}

LANDING_BASES: Mapping[str, Edit] = {
    name: WITHOUT if name in ("a-stack-gets-a-landing", "a-lake-without-a-landing-writes-files-elsewhere") else WITH
    for name in LANDING_EDITS
}
