"""Airbyte's own connectors, installed from the package index and run on this machine.

They stay in the user's cache, so that only the first run has to fetch them.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.local.cache import install
from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import discover_here, is_on_index, read_here, spec_here
from infra.airbyte.local.conversation import run_command
from infra.airbyte.local.program import with_manifest
from infra.base.errors import UserError
from infra.lake.catalog.discovery import discovery_files
from tests.support.lakes import MINIMAL, REPOSITORY, run, write_lake

pytestmark = [pytest.mark.network, pytest.mark.slow]

KLAVIYO = Configuration({"api_key": "dummy-key", "start_date": "2026-01-01T00:00:00Z"}, frozenset({"dummy-key"}))

MANIFEST = """\
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [things]}
streams:
  - type: DeclarativeStream
    name: things
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://example.com", path: /things, http_method: GET}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {id: {type: integer}}}
spec: {type: Spec, connection_specification: {type: object, properties: {}}}
"""


@pytest.fixture(autouse=True, scope="module")
def _index() -> None:
    try:
        reachable = is_on_index("source-faker")
    except UserError:
        reachable = False
    if not reachable:
        pytest.skip("cannot run here: there is no package index")


def tag(connector: str) -> str:
    """The version that the example lake has locked."""
    return str(json.loads((REPOSITORY / f"dag/connectors/{connector}.json").read_text("utf-8"))["tag"])


def committed(source: str) -> dict[str, str]:
    """Path -> text of the example's discovered schemas of a source."""
    files = (REPOSITORY / "dag/sources" / source).glob("[!_]*.json")
    return {path.relative_to(REPOSITORY).as_posix(): path.read_text("utf-8") for path in files}


@pytest.mark.parametrize(
    ("source", "configuration"),
    [("faker", Configuration({"count": 1000, "seed": 7})), ("klaviyo", KLAVIYO)],
    ids=["faker", "klaviyo with a dummy key"],
)
def test_the_committed_schemas_are_what_the_connector_offers(source: str, configuration: Configuration) -> None:
    connector = f"source-{source}"
    offered = discover_here(connector, tag(connector), configuration, tell=print, timeout=300)
    files = discovery_files(source, offered.streams, {})
    del files[f"dag/sources/{source}/_discovery.json"]
    assert files == committed(source)


def test_a_version_that_only_the_registry_has_is_replaced_by_the_newest_of_the_index() -> None:
    told: list[str] = []
    spec, version = spec_here("airbyte-source-klaviyo", None, tell=told.append, timeout=300)
    assert "api_key" in spec["connectionSpecification"]["properties"]
    offered = discover_here("source-klaviyo", "999.0.0", KLAVIYO, tell=told.append, timeout=300)
    assert offered.version == version
    assert f"airbyte-source-klaviyo 999.0.0 is not on the package index, using {version}" in told


def test_a_connector_that_is_an_image_only_is_not_on_the_index() -> None:
    assert not is_on_index("source-postgres")


def test_a_connectors_own_complaint_is_one_message_without_the_secret() -> None:
    with pytest.raises(UserError) as caught:
        discover_here(
            "source-faker",
            tag("source-faker"),
            Configuration({"count": "dummy-key"}, KLAVIYO.secrets),
            tell=print,
            timeout=300,
        )
    message = str(caught.value)
    assert message.startswith(f"source-faker {tag('source-faker')}: discover failed: Config validation error")
    assert "dummy-key" not in message
    assert message.isprintable()


def sync(catalog: Any, state: Any = ()) -> tuple[Counter[str], list[Any]]:
    """Stream -> number of records that Faker gave for a catalog, and the states to begin with next time."""
    options = Configuration({"count": 20, "seed": 7, "always_updated": False})
    files = {"catalog": catalog, "state": list(state)}
    messages = list(read_here("source-faker", tag("source-faker"), options, files, tell=print, timeout=300))
    records = Counter(message["record"]["stream"] for message in messages if message["type"] == "RECORD")
    states = [message["state"] for message in messages if message["type"] == "STATE"]
    return records, list({state["stream"]["stream_descriptor"]["name"]: state for state in states}.values())


def test_the_generated_catalog_syncs_exactly_the_selected_streams_and_then_what_is_new() -> None:
    catalog = json.loads((REPOSITORY / "dag/streams/faker/_catalog.json").read_text("utf-8"))
    assert {stream["sync_mode"] for stream in catalog["streams"]} == {"incremental"}
    records, states = sync(catalog)
    assert records == {"products": 20, "purchases": 20, "users": 20}
    assert sync(catalog, states)[0] == {}


def test_a_stream_that_is_not_selected_is_not_synced_and_a_full_refresh_knows_no_state(tmp_path: Path) -> None:
    streams = {"users": {}, "products": {"sync_mode": "full_refresh"}, "purchases": {"selected": False}}
    files = {f"dag/streams/faker/{name}.json": json.dumps(stream) for name, stream in streams.items()}
    root = write_lake(tmp_path, {**MINIMAL, **committed("faker"), **files})
    assert run(root, "catalog").code == 0
    catalog = json.loads((root / "dag/streams/faker/_catalog.json").read_text("utf-8"))
    records, states = sync(catalog)
    assert records == {"users": 20, "products": 20}
    incremental = [state for state in states if state["stream"]["stream_descriptor"]["name"] == "users"]
    assert sync(catalog, incremental)[0] == {"products": 20}


def test_airbytes_runner_runs_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(MANIFEST)
    klaviyo = install("airbyte-source-klaviyo", tag("source-klaviyo"), print)
    program = with_manifest(klaviyo, tmp_path / "manifest.yaml", "source-things")
    files = {"config": program.configuration({})}
    messages = list(run_command(program, "discover", Configuration({}), files, tell=print, timeout=300))
    ((stream,),) = [message["catalog"]["streams"] for message in messages if message["type"] == "CATALOG"]
    assert (stream["name"], stream["source_defined_primary_key"]) == ("things", [["id"]])
