"""`lakeform discover` of a connector that is no package: the lines that lead to its answer, and a version that is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import DESTINATION, LAKE, REPOSITORY, run, write_lake
from tests.support.packages import CATALOG, place, use_index, write_wheel

SHOP = """\
sources:
  shop_db:
    connector: source-postgres
    configuration: {host: db.acme.io, password: {secret: shop_db_password}}
"""
SPEC = {
    "type": "object",
    "properties": {
        "host": {"type": "string"},
        "password": {"type": "string", "airbyte_secret": True},
    },
}
LOCK = {
    "connector": "source-postgres",
    "definition_id": "11111111-2222-3333-4444-555555555555",
    "image": "airbyte/source-postgres",
    "tag": "3.7.2",
    "spec": SPEC,
}
ANSWERING = f"""\
import json

def run():
    print(json.dumps({CATALOG!r}))
"""
WAY = """\
    where Docker runs, and the source can be reached:
    1. write ~/shop_db/config.json: the configuration of sources.shop_db as JSON, with password \
the value of shop_db_password
    2. docker run --rm -i -v ~/shop_db:/config airbyte/source-postgres:3.7.2 discover --config /config/config.json > \
~/shop_db/catalog.jsonl
    3. lakeform discover shop_db --from ~/shop_db/catalog.jsonl --connector-version 3.7.2
    or describe a stream: lakeform add stream shop_db NAME --fields id:integer,updated_at:timestamp
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index without packages."""
    folder = tmp_path / "index"
    folder.mkdir()
    use_index(monkeypatch, folder, tmp_path / "cache")
    monkeypatch.setenv("TF_VAR_shop_db_password", "s3cr3t-of-the-shop")
    return folder


@pytest.fixture
def lake(tmp_path: Path, index: Path) -> Path:
    assert list(index.iterdir()) == []
    files = {"dag/registry/lake.yaml": LAKE + SHOP, "dag/connectors/source-postgres.json": json.dumps(LOCK)}
    return write_lake(tmp_path / "lake", files)


def test_the_lines_can_be_typed_and_show_no_value(lake: Path) -> None:
    result = run(lake, "discover", "shop_db", "--from", "connector", "--quiet")

    why = "airbyte-source-postgres is not on the package index; Airbyte publishes some connectors as images only"
    assert (result.code, result.out, result.err) == (2, "", f"lakeform discover: {why}\n{WAY}")
    assert result.err in (REPOSITORY / "docs/adding-a-source.md").read_text("utf-8")


def test_they_stand_behind_the_reasons_where_no_way_is_named(lake: Path) -> None:
    write_lake(lake, {"dag/registry/lake.yaml": LAKE.replace("auth: none", "auth: {bearer_token: {secret: t}}") + SHOP})

    result = run(lake, "discover", "shop_db", "--quiet")

    assert result.code == 2
    assert result.err.endswith(f"source-postgres is not on the package index\n{WAY}")


def test_a_custom_connector_has_no_image_that_is_known(lake: Path) -> None:
    custom = {**LOCK, "image": "source-postgres", "tag": "custom"}
    write_lake(lake, {"dag/connectors/source-postgres.json": json.dumps(custom)})

    assert run(lake, "discover", "shop_db", "--from", "connector", "--quiet").err.splitlines()[1:] == [
        "    from what the connector prints elsewhere: lakeform discover shop_db --from FILE",
        "    or describe a stream: lakeform add stream shop_db NAME --fields id:integer,updated_at:timestamp",
    ]


def test_another_version_is_remembered_and_no_warning_that_nobody_can_clear(
    tmp_path: Path, lake: Path, index: Path
) -> None:
    write_wheel(index, "airbyte-source-postgres", "3.7.0")
    files = {"airbyte_source_postgres/__init__.py": ANSWERING}
    place(tmp_path / "cache", "airbyte-source-postgres", "3.7.0", files)
    write_lake(lake, {"dag/registry/lake.yaml": LAKE + SHOP + DESTINATION, "dag/streams/shop_db/users.json": "{}"})

    result = run(lake, "discover", "shop_db", "--from", "connector")

    assert (result.code, result.err.splitlines()[1:-1]) == (
        0,
        ["airbyte-source-postgres 3.7.2 is not on the package index, using 3.7.0"],
    )
    assert json.loads((lake / "dag/sources/shop_db/_discovery.json").read_text()) == {
        "connector": "source-postgres",
        "version": "3.7.0",
        "instead_of": "3.7.2",
        "from": "connector",
        "method": "standard",
    }
    assert "discovery-version" not in run(lake, "check").out
    write_lake(lake, {"dag/connectors/source-postgres.json": json.dumps({**LOCK, "tag": "3.8.0"})})
    assert "discovered with 3.7.0, and the lock is for 3.8.0" in run(lake, "check").out
