"""Lakes written from text, and the command line run on them in this process."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import tests
from infra.commands.main import main
from infra.lake.documents import Problem
from infra.lake.rules.check import check_lake

REPOSITORY = Path(tests.__file__).resolve().parents[1]

LAKE = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: none
"""

SOURCE = """\
sources:
  faker:
    connector: source-faker
    configuration: {count: 10}
"""

DESTINATION = """\
destinations:
  lake:
    connector: destination-s3
    configuration:
      s3_bucket_name: lake
      s3_bucket_path: raw
      s3_bucket_region: eu-central-1
      format: {format_type: Parquet}
"""

CONNECTION = """\
connections:
  faker_to_lake:
    source: faker
    destination: lake
"""

# One source without discovery, one destination, one connection, one stream: no problems once catalogs are written.
REGISTRY = LAKE + SOURCE + DESTINATION + CONNECTION

USERS = '{"fields": {"id": {"type": "integer"}, "name": {"type": "string"}}}\n'

Files = Mapping[str, str | bytes]

MINIMAL: dict[str, str | bytes] = {
    "dag/registry/lake.yaml": REGISTRY,
    "dag/streams/faker/users.json": USERS,
}


@dataclass(frozen=True)
class Result:
    """What a command gave: its exit code and what it printed."""

    code: int
    out: str
    err: str


def write_files(root: Path, files: Files) -> None:
    """Write texts (or bytes) below a folder; nothing is translated, line ends are what the text has."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def write_lake(root: Path, files: Files = MINIMAL) -> Path:
    """A lake of these files; a cdktf.json and the example lake's locks are added where `files` has none of its own."""
    root.mkdir(parents=True, exist_ok=True)
    if not any(name.startswith("dag/connectors/") for name in files):
        write_files(root, {f"dag/connectors/{lock.name}": lock.read_bytes() for lock in locks()})
    if "cdktf.json" not in files:
        write_files(root, {"cdktf.json": (REPOSITORY / "cdktf.json").read_bytes()})
    write_files(root, files)
    return root


def locks() -> list[Path]:
    """The locks of this repository's own lake."""
    return sorted((REPOSITORY / "dag/connectors").glob("*.json"))


def run(root: Path, *words: str) -> Result:
    """`lakeform VERB --root ROOT ...` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([words[0], "--root", str(root), *words[1:]])
        except SystemExit as stop:  # argparse: wrong usage, or --help
            code = stop.code if isinstance(stop.code, int) else 2
    return Result(code, out.getvalue(), err.getvalue())


def problems_of(root: Path, *, catalogs: bool = False) -> tuple[Problem, ...]:
    """The problems that `check` finds, sorted; with `catalogs`, also generated catalogs that are not current."""
    return tuple(check_lake(root, catalogs=catalogs).report.problems)
