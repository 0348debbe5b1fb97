"""Connectors of a generated workspace, as entries of a connector registry: those that are locked here, and some in short."""

from __future__ import annotations

import json
from typing import Any

from tests.support.lakes import REPOSITORY

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
SECRET: Json = {"type": "string", "airbyte_secret": True}
NUMBER: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
TEXTS: Json = {"type": "array", "items": TEXT}
MOMENT: Json = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}

BUILDER = "airbyte/source-declarative-manifest"


def constant(text: str) -> Json:
    """A discriminator."""
    return {"type": "string", "const": text}


def shape(required: str, **properties: Json) -> Json:
    """An object; `required` are names with spaces between."""
    return {"type": "object", "required": required.split(), "properties": properties}


def union(*shapes: Json) -> Json:
    """One of some objects."""
    return {"type": "object", "oneOf": list(shapes)}


TUNNEL = union(
    shape("tunnel_method", tunnel_method=constant("NO_TUNNEL")),
    shape(
        "tunnel_method tunnel_host tunnel_port tunnel_user ssh_key",
        tunnel_method=constant("SSH_KEY_AUTH"),
        tunnel_host=TEXT,
        tunnel_port=NUMBER,
        tunnel_user=TEXT,
        ssh_key=SECRET,
    ),
)

MYSQL = shape(
    "host port database username replication_method",
    host=TEXT,
    port=NUMBER,
    database=TEXT,
    username=TEXT,
    password=SECRET,
    jdbc_url_params=TEXT,
    tunnel_method=TUNNEL,
    ssl_mode=union(
        shape("mode", mode=constant("preferred")),
        shape("mode ca_certificate", mode=constant("verify_ca"), ca_certificate=SECRET, client_key=SECRET),
    ),
    replication_method=union(
        shape("method", method=constant("STANDARD")),
        shape("method", method=constant("CDC"), initial_load_timeout_hours=NUMBER),
    ),
)
STRIPE = shape(
    "account_id client_secret", account_id=TEXT, client_secret=SECRET, start_date=MOMENT, lookback_window_days=NUMBER
)
GITHUB = shape(
    "credentials repositories",
    repositories=TEXTS,
    start_date=MOMENT,
    credentials=union(
        shape("access_token", option_title=constant("OAuth Credentials"), access_token=SECRET, client_id=SECRET),
        shape("personal_access_token", option_title=constant("PAT Credentials"), personal_access_token=SECRET),
    ),
)
HUBSPOT = shape(
    "credentials",
    start_date=MOMENT,
    enable_experimental_streams=FLAG,
    credentials=union(
        shape(
            "client_id client_secret refresh_token credentials_title",
            credentials_title=constant("OAuth Credentials"),
            client_id=TEXT,
            client_secret=SECRET,
            refresh_token=SECRET,
        ),
        shape(
            "access_token credentials_title",
            credentials_title=constant("Private App Credentials"),
            access_token=SECRET,
        ),
    ),
)
SHEETS = shape(
    "spreadsheet_id credentials",
    spreadsheet_id=TEXT,
    batch_size=NUMBER,
    names_conversion=FLAG,
    credentials=union(
        shape(
            "auth_type client_id client_secret refresh_token",
            auth_type=constant("Client"),
            client_id=SECRET,
            client_secret=SECRET,
            refresh_token=SECRET,
        ),
        shape("auth_type service_account_info", auth_type=constant("Service"), service_account_info=SECRET),
    ),
)
ACME = shape("url", url=TEXT, token=SECRET, keys={"type": "array", "items": SECRET}, pages=NUMBER)
CRM = shape("url api_key", url=TEXT, api_key=SECRET)
WEATHER = shape("api_key", api_key=SECRET, cities=TEXTS)

POSTGRES = shape(
    "host port database schema username",
    host=TEXT,
    port=NUMBER,
    database=TEXT,
    schema=TEXT,
    username=TEXT,
    password=SECRET,
    tunnel_method=TUNNEL,
    drop_cascade=FLAG,
)
SNOWFLAKE = shape(
    "host role warehouse database schema username",
    host={"type": "string", "pattern": "snowflakecomputing\\.com$"},
    role=TEXT,
    warehouse=TEXT,
    database=TEXT,
    schema=TEXT,
    username=TEXT,
    credentials=union(
        shape(
            "auth_type private_key",
            auth_type=constant("Key Pair Authentication"),
            private_key=SECRET,
            private_key_password=SECRET,
        ),
        shape("auth_type password", auth_type=constant("Username and Password"), password=SECRET),
    ),
)
BIGQUERY = shape(
    "project_id dataset_id dataset_location",
    project_id=TEXT,
    dataset_id=TEXT,
    dataset_location=TEXT,
    credentials_json=SECRET,
)

DEDUP = ["overwrite", "append", "append_dedup"]


def entry(connector: str, definition_id: str, title: str, tag: str, spec: Json, **more: Any) -> Json:
    """An entry of a connector registry."""
    kind = connector.partition("-")[0]
    modes = more.pop("modes", None)
    whole = {"connectionSpecification": spec, **({"supported_destination_sync_modes": modes} if modes else {})}
    return {
        f"{kind}DefinitionId": definition_id,
        "name": title,
        "dockerRepository": f"airbyte/{connector}",
        "dockerImageTag": tag,
        "spec": whole,
        **more,
    }


IN_SHORT: dict[str, Json] = {
    "source-mysql": entry("source-mysql", "435bb9a5-7887-4809-aa58-28c27df0d7ad", "MySQL", "3.51.5", MYSQL),
    "source-stripe": entry("source-stripe", "e094cb9a-26de-4645-8761-65c0c425d1de", "Stripe", "5.15.22", STRIPE),
    "source-github": entry("source-github", "ef69ef6e-aa7f-4af1-a01d-ef775033524e", "GitHub", "2.1.14", GITHUB),
    "source-hubspot": entry("source-hubspot", "36c891d9-4bd9-43ac-bad2-10e12756272c", "HubSpot", "6.3.1", HUBSPOT),
    "source-google-sheets": entry(
        "source-google-sheets", "71607ba1-c0ac-4799-8049-7f4b90dd50f7", "Google Sheets", "0.12.22", SHEETS
    ),
    "destination-postgres": entry(
        *("destination-postgres", "25c5221d-dce2-4163-ade9-739ef790f503", "Postgres", "3.0.11", POSTGRES),
        modes=DEDUP,
        supportsRefreshes=True,
    ),
    "destination-snowflake": entry(
        *("destination-snowflake", "424892c4-daac-4491-b35d-c6688ba547ba", "Snowflake", "4.0.39", SNOWFLAKE),
        modes=[*DEDUP, "overwrite_dedup"],
        supportsRefreshes=True,
    ),
    "destination-bigquery": entry(
        *("destination-bigquery", "22f6c74f-5699-40ff-833c-4a879ea40133", "BigQuery", "3.0.17", BIGQUERY),
        modes=DEDUP,
        supportsRefreshes=True,
    ),
}

# No connectors of Airbyte's own: images of somebody's, and one of the connector builder, which has no image of its own.
OWN: dict[str, Json] = {
    "source-acme": entry(
        *("source-acme", "ac3eac3e-0000-4000-8000-000000000001", "Acme", "1.4.0", ACME),
        dockerRepository="registry.example.com/acme/source-acme",
        custom=True,
    ),
    "destination-crm": entry(
        *("destination-crm", "ac3eac3e-0000-4000-8000-000000000003", "CRM", "0.9.1", CRM),
        dockerRepository="registry.example.com/acme/destination-crm",
        modes=["append", "update", "soft_delete"],
        custom=True,
    ),
    "source-weather": entry(
        *("source-weather", "ac3eac3e-0000-4000-8000-000000000002", "Weather", "7.10.1", WEATHER),
        dockerRepository=BUILDER,
        custom=True,
    ),
}


def locked() -> dict[str, Json]:
    """The connectors of dag/connectors, whose locks keep the whole spec."""
    names = ("source-faker", "source-klaviyo", "source-postgres", "source-shopify", "destination-s3")
    return {name: _of_lock(name) for name in names}


def _of_lock(name: str) -> Json:
    lock = json.loads((REPOSITORY / f"dag/connectors/{name}.json").read_text("utf-8"))
    title = name.partition("-")[2].replace("-", " ").title()
    more = {"supportsRefreshes": lock["supports_refreshes"], "modes": lock["destination_sync_modes"]}
    return entry(name, lock["definition_id"], title, lock["tag"], lock["spec"], **more)


def registry_text(connectors: dict[str, Json]) -> str:
    """A connector registry of these, but for those that Airbyte does not publish."""
    published = {name: one for name, one in sorted(connectors.items()) if not one.get("custom")}
    sections = {"sources": "source-", "destinations": "destination-"}
    return json.dumps(
        {key: [one for name, one in published.items() if name.startswith(start)] for key, start in sections.items()}
    )
