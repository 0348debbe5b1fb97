"""Who reads the log of which database, and what the position in it belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.model.load import load_lake
from infra.lake.replication.log_reader import LogReader, changed_places, log_reader
from tests.support.lakes import LAKE, write_lake

CDC = "replication_method: {method: CDC, replication_slot: airbyte, publication: shop}"
VALUES = """\
      flux:
        namespace: lake
        git: {url: "ssh://git@git.example.com/lake"}
        values: {db_host: db.example.com}
"""
MONGO = '"mongodb+srv://reader:word@B.example.com,a.example.com:27017/admin?ssl=true"'


def reader(root: Path, connector: str, configuration: str, *, stack: str = "") -> LogReader | None:
    text = f"{LAKE}{stack}sources:\n  shop:\n    connector: {connector}\n    configuration: {{{configuration}}}\n"
    found = load_lake(write_lake(root, {"dag/registry/lake.yaml": text})).model.stacks["airbyte"]
    return log_reader(found.sources["shop"], found)


@pytest.mark.parametrize(
    ("connector", "configuration", "place"),
    [
        (
            "source-postgres",
            f"host: DB.example.com., port: 5432, database: shop, {CDC}",
            {"host": "db.example.com", "port": "5432", "database": "shop", "slot": "airbyte", "publication": "shop"},
        ),
        (
            "source-mysql",
            "host: {secret: db_host}, port: {var: port}, database: shop, replication_method: {method: CDC}",
            {"host": "{secret: db_host}", "port": "{var: port}", "database": "shop"},
        ),
        (
            "source-mongodb-v2",
            f"database_config: {{connection_string: {MONGO}, databases: [shop, crm]}}",
            {"host": "a.example.com:27017, b.example.com", "database": "crm, shop"},
        ),
        (
            "source-mssql",
            "host: localhost, tunnel_method: {tunnel_host: jump}, database: {var: db}, replication_method: {method: CDC}",
            {"tunnel": "jump", "host": "localhost", "database": "{var: db}"},
        ),
        (
            "source-oracle-enterprise",
            "host: o, connection_data: {service_name: ORCL}, cursor: {cursor_method: cdc}",
            {"host": "o", "database": "ORCL"},
        ),
    ],
)
def test_a_position_belongs_to(tmp_path: Path, connector: str, configuration: str, place: dict[str, str]) -> None:
    found = reader(tmp_path, connector, configuration)
    assert found is not None
    assert (found.connector, found.method) == (connector, "cdc")
    assert {name: str(part) for name, part in found.place().items()} == place


@pytest.mark.parametrize("method", ["{method: Standard}", "{method: Xmin}", "STANDARD", "{method: {var: method}}"])
def test_who_reads_no_log(tmp_path: Path, method: str) -> None:
    assert reader(tmp_path, "source-postgres", f"host: a, database: cdc, replication_method: {method}") is None


def test_a_variable_is_known_where_the_registry_gives_its_value(tmp_path: Path) -> None:
    known = reader(tmp_path / "a", "source-postgres", f"host: {{var: db_host}}, {CDC}", stack=VALUES)
    assert known is not None
    assert known.host == "db.example.com"


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("host: a, database: x", "host: A, database: x", ()),
        ("host: {var: h}, database: x", "host: {var: h}, database: x", ()),
        ("host: {secret: h}, database: x", "host: {secret: other}, database: y", ("host", "database")),
        ("host: a, database: x", "host: {secret: h}, database: x", ("host",)),
    ],
)
def test_what_changed_for_a_position(tmp_path: Path, before: str, after: str, changed: tuple[str, ...]) -> None:
    one = reader(tmp_path / "before", "source-postgres", f"{before}, {CDC}")
    other = reader(tmp_path / "after", "source-postgres", f"{after}, {CDC}")
    assert one
    assert other
    assert changed_places(one, other) == changed
