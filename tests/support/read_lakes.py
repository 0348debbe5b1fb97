"""A lake with a source that does what it is told, and its reads on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.lakes import LAKE, REPOSITORY, Result, run, write_lake

SECRET = "s3cr3t"

# Behind LAKE, whose last lines are those of the stack.
LANDINGS = """\
      landing: local
  landings:
    local:
      catalog: {sqlite: .lake/catalog.sqlite}
      tables: .lake/tables/
      raw: .lake/raw/
"""

REGISTRY = """\
sources:
  shop:
    connector: source-fake
    configuration: {do: DO, count: 3, key: {secret: shop_key}}
destinations:
  files:
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      format: FORMAT
connections:
  shop_to_files:
    source: shop
    destination: files
"""

LOCK = {
    "connector": "source-fake",
    "definition_id": "11111111-1111-1111-1111-111111111111",
    "image": "example/source-fake",
    "tag": "1.0.0",
    "supports_refreshes": True,
    "spec": {
        "type": "object",
        "properties": {
            "do": {"type": "string"},
            "count": {"type": "integer"},
            "key": {"type": "string", "airbyte_secret": True},
            "nested": {"type": "object", "properties": {"deep": {"type": "boolean"}}},
        },
    },
}

# Sends `count` records behind those that the state tells of, and a state after every second one.
SEND = """
streams = [s["stream"]["name"] for s in option("--catalog")["streams"]]
known = option("--state") if "--state" in sys.argv else []
for name in streams:
    own = [s["stream"] for s in known if s["stream"]["stream_descriptor"]["name"] == name]
    first = own[0]["stream_state"]["next"] if own else 0
    for number in range(first, first + config["count"]):
        say(type="RECORD", record={"stream": name, "emitted_at": 1700000000000, "data": {"id": number, "key": config["key"]}})
        if number % 2:
            reached = {"stream_descriptor": {"name": name}, "stream_state": {"next": number + 1}}
            say(type="STATE", state={"type": "STREAM", "stream": reached})
"""
FAIL = "say(type='TRACE', trace={'type': 'ERROR', 'error': {'message': 'no quota for ' + config['key']}})"

INCREMENTAL = {
    "sync_mode": "incremental",
    "destination_sync_mode": "append",
    "cursor_field": ["id"],
    "fields": {"id": {"type": "integer"}, "key": {"type": "string"}},
}
OVERWRITE = {
    "sync_mode": "full_refresh",
    "destination_sync_mode": "overwrite",
    "fields": {"id": {"type": "integer"}, "key": {"type": "string"}},
}
PARQUET = "{format_type: Parquet}"
JSONL = "{format_type: JSONL, flattening: Root level flattening, compression: {compression_type: No Compression}}"
CSV = "{format_type: CSV, flattening: No flattening, compression: {compression_type: GZIP}}"


class Shop:
    """A lake whose source does what it is told."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, *words: str) -> Result:
        return run(self.root, "read", "shop", *words)

    def state(self) -> Any:
        return json.loads((self.root / ".lake/state/local/airbyte/shop_to_files.json").read_text())

    def files(self, stream: str = "users") -> list[Path]:
        return sorted(
            path
            for path in (self.root / ".lake/raw/lake/raw").rglob("*")
            if path.is_file() and f"{stream}/" in path.as_posix()
        )

    def rows(self, stream: str = "users") -> list[dict[str, Any]]:
        found = []
        for file in self.files(stream):
            if ".jsonl" in file.name:
                found += [json.loads(line) for line in file.read_text().splitlines()]
            else:
                import duckdb  # noqa: PLC0415

                with duckdb.connect() as connection:
                    rows = connection.execute(f"SELECT to_json(t)::VARCHAR FROM read_parquet('{file}') t").fetchall()
                found += [json.loads(row) for (row,) in rows]
        return found

    def ids(self, stream: str = "users") -> list[int]:
        return [row["id"] for row in self.rows(stream)]


MakeShop = Callable[..., Shop]


def shop_in(root: Path, do: str = SEND, file_format: str = JSONL, **streams: Any) -> Shop:
    """A lake whose source runs the code `do`; stem -> its stream file."""
    registry = REGISTRY.replace("DO", json.dumps(do)).replace("FORMAT", file_format)
    destination = REPOSITORY / "dag/connectors/destination-s3.json"
    files = {
        "dag/registry/lake.yaml": LAKE + LANDINGS + registry,
        "dag/connectors/source-fake.json": json.dumps(LOCK),
        "dag/connectors/destination-s3.json": destination.read_text("utf-8"),
    }
    for stem, stream in (streams or {"users": INCREMENTAL}).items():
        files[f"dag/streams/shop/{stem}.json"] = json.dumps(stream)
    return Shop(write_lake(root, files))
