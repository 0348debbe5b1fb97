"""A lake with its catalog in PostgreSQL, files and tables in S3."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fed_lakes import DESTINATION, ENTRIES, FedLake, fed_lake, parquet
from tests.support.postgres import Database
from tests.support.s3 import Store

STACK = """\
    airbyte:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: none
"""
LANDINGS = """\
  landings:
    here:
      catalog:
        postgres: {{host: {host}, port: {port}, dbname: {dbname}, user: {user}, password: {{secret: catalog_password}}}}
      tables: {place}tables/
      s3:
        endpoint: "{endpoint}"
        access_key_id: {{secret: s3_key}}
        secret_access_key: {{secret: s3_secret}}
        url_style: path
        use_ssl: {use_ssl}
"""


def store_lake(root: Path, database: Database, s3: Store, monkeypatch: pytest.MonkeyPatch) -> FedLake:
    """The lake, and its values in the environment."""
    server = database.server
    landings = LANDINGS.format(
        host=server.host,
        port=server.port,
        dbname=database.name,
        user=server.user,
        place=s3.place,
        endpoint=s3.endpoint,
        use_ssl=str(s3.use_ssl).lower(),
    )
    monkeypatch.setenv("TF_VAR_catalog_password", server.password)
    monkeypatch.setenv("TF_VAR_s3_key", s3.access_key_id)
    monkeypatch.setenv("TF_VAR_s3_secret", s3.secret_access_key)
    return fed_lake(root, STACK, landings, DESTINATION.format(bucket=s3.bucket, prefix=s3.prefix), ENTRIES)


def put(
    lake: FedLake,
    s3: Store,
    stem: str,
    day: str,
    names: dict[int, str],
    *,
    sync: int,
    generation: int = 1,
    suffix: str = "",
) -> str:
    """A file of a stream; its path, as the ledger has it."""
    key = lake.key(stem, day, sync=sync) + suffix
    s3.put(key.removeprefix(s3.prefix), parquet(day, names, sync=sync, generation=generation))
    return f"{s3.bucket}/{key}"
