"""Attaching a landing: credentials as secrets of DuckDB's, never in a statement that it shows again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.landing.settings import LandingSettings, PostgresAccess, S3Credentials
from infra.landing.types.sql import literal

# The lake's name in SQL, and the name that DuckLake gives to its catalog.
LAKE = "lake"
CATALOG = f"__ducklake_metadata_{LAKE}"

# Who holds a lock is told by this name in pg_stat_activity.
APPLICATION = "lakeform"


def secrets(settings: LandingSettings) -> Iterator[str]:
    """The statements that give DuckDB what it needs to reach files and catalog."""
    if settings.s3 is not None:
        yield _secret("lake_s3", "s3", _s3(settings.s3))
    if settings.postgres is not None:
        yield _secret("lake_postgres", "postgres", _postgres(settings.postgres))
        path = f"application_name={APPLICATION} connect_timeout=10"
        path += f" sslmode={settings.postgres.sslmode}" if settings.postgres.sslmode else ""
        more = ", METADATA_PARAMETERS MAP {'TYPE': 'postgres', 'SECRET': 'lake_postgres'}"
    else:
        path, more = f"sqlite:{settings.sqlite}", ""
    yield (
        f"CREATE SECRET lake (TYPE ducklake, METADATA_PATH {literal(path)}, DATA_PATH {literal(settings.tables)}{more})"
    )


def attach(settings: LandingSettings, *, migrate: bool = False, moved: bool = False, read_only: bool = False) -> str:
    """The statement that attaches the lake; `migrate`: a catalog of an older DuckLake is made one of this; `moved`: the
    tables are not where they were when the catalog was made.
    """
    options = [f"AUTOMATIC_MIGRATION {str(migrate).lower()}"]
    if settings.sqlite is not None:
        options.append("META_BUSY_TIMEOUT 5000")
    if moved:
        options.append("OVERRIDE_DATA_PATH true")
    if read_only:
        options.append("READ_ONLY")
    return f"ATTACH 'ducklake:lake' AS {LAKE} ({', '.join(options)})"


def _secret(name: str, kind: str, options: Mapping[str, str]) -> str:
    given = ", ".join(f"{key} {value}" for key, value in options.items())
    return f"CREATE SECRET {name} (TYPE {kind}{', ' if given else ''}{given})"


def _postgres(access: PostgresAccess) -> dict[str, str]:
    options = {
        "HOST": literal(access.host),
        "PORT": str(access.port),
        "DATABASE": literal(access.dbname),
        "USER": literal(access.user),
    }
    return {**options, "PASSWORD": literal(access.password)} if access.password is not None else options


def _s3(access: S3Credentials) -> dict[str, str]:
    texts = {
        "KEY_ID": access.access_key_id,
        "SECRET": access.secret_access_key,
        "SESSION_TOKEN": access.session_token,
        "REGION": access.region,
        "ENDPOINT": access.endpoint,
        "URL_STYLE": access.url_style,
    }
    options = {key: literal(value) for key, value in texts.items() if value}
    return options if access.use_ssl else {**options, "USE_SSL": "false"}
