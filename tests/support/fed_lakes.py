"""Lakes on disk with a landing, and files in them under the names that their destination gives."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from infra.lake.files.feeds import Feed, feeds_of
from infra.lake.model.load import load_lake
from tests.support.lakes import Result, run, write_lake

DESTINATION = """\
destinations:
  files:
    connector: destination-s3
    configuration:
      s3_bucket_name: {bucket}
      s3_bucket_path: {prefix}raw
      s3_bucket_region: eu-central-1
      s3_path_format: ${{NAMESPACE}}/${{STREAM_NAME}}/day=${{YEAR}}-${{MONTH}}-${{DAY}}/
      file_name_pattern: "{{sync_id}}_{{part_number}}{{format_extension}}"
      format: {{format_type: Parquet}}
"""

ENTRIES = """\
sources:
  faker:
    connector: source-faker
    configuration: {count: 10}
connections:
  faker_to_files:
    source: faker
    destination: files
    namespace: {format: shop}
"""

FIELDS = '"fields": {"id": {"type": "integer"}, "name": {"type": "string"}}, "primary_key": [["id"]]'

STREAMS = {
    "dag/streams/faker/users.json": f'{{{FIELDS}, "sync_mode": "full_refresh", "destination_sync_mode": "append"}}\n',
    "dag/streams/faker/products.json": f'{{{FIELDS}, "sync_mode": "full_refresh"}}\n',
}

LOCAL = """\
  landings:
    here:
      catalog: {sqlite: .lake/catalog.sqlite}
      tables: .lake/tables/
      raw: .lake/raw/
"""


@dataclass(frozen=True)
class FedLake:
    """A lake whose landing is called `here`."""

    root: Path

    def run(self, *words: str) -> Result:
        """`lakeform landing WORDS`."""
        return run(self.root, "landing", *words)

    def rows(self, statement: str) -> str:
        """What `lakeform landing sql` prints, without its head."""
        result = self.run("sql", statement)
        assert result.code == 0, result.err
        return "\n".join(result.out.splitlines()[1:])

    def feed(self, stem: str, connection: str = "faker_to_files") -> Feed:
        feeds = feeds_of(load_lake(self.root).model, "here")
        return next(one for one in feeds if (one.stream.stem, one.connection.id) == (stem, connection))

    def key(self, stem: str, day: str, *, sync: int, part: int = 0) -> str:
        """The key that the destination gives to a file of a sync that began on a day."""
        started = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return self.feed(stem).files.key(started, sync_id=sync, part=part, now_ms=0, uuid="")

    def path(self, key: str, bucket: str = "lake") -> Path:
        """Where a file is in a landing whose `raw` is a folder."""
        return self.root / ".lake/raw" / bucket / key

    def write(self, stem: str, day: str, names: Mapping[int, str], *, sync: int, generation: int = 1) -> Path:
        """A file of a stream in such a folder, as the destination writes it."""
        path = self.path(self.key(stem, day, sync=sync))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(parquet(day, names, sync=sync, generation=generation))
        return path


def fed_lake(root: Path, stack: str, landings: str, destination: str, entries: str = ENTRIES) -> FedLake:
    """The lake of one stack."""
    head = f"version: 1\nlake:\n  name: shop\n  stacks:\n{stack}      landing: here\n"
    files = {"dag/registry/lake.yaml": head + landings + destination + entries, **STREAMS}
    return FedLake(write_lake(root, files))


def parquet(day: str, names: Mapping[int, str], *, sync: int, generation: int = 1) -> bytes:
    """A Parquet file of the rows (id -> name), extracted on that day."""
    rows = ", ".join(f"({number}::BIGINT, '{name}')" for number, name in names.items())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        duckdb.sql(
            f"COPY (SELECT uuid()::VARCHAR AS _airbyte_raw_id, TIMESTAMPTZ '{day} 00:00:00+00' AS _airbyte_extracted_at,"
            f" {generation}::BIGINT AS _airbyte_generation_id,"
            f" {{'sync_id': {sync}::BIGINT, 'changes': []::STRUCT(field VARCHAR, change VARCHAR, reason VARCHAR)[]}}"
            f" AS _airbyte_meta, id, name FROM (VALUES {rows}) t(id, name)) TO '{file}' (FORMAT parquet)"
        )
        return file.read_bytes()
