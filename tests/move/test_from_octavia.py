"""What octavia's folders tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.airbyte.server.remote_settings import RemoteSettings, RemoteStream
from infra.base.errors import UserError
from infra.move.terraform.from_octavia import read_octavia
from infra.move.terraform.masked import MASK
from tests.move.states import WORKSPACE, uuid

SOURCE = """\
# Configuration for airbyte/source-pokeapi
resource_name: "poke"
definition_type: source
definition_id: 6371b14b-bc68-4236-bfbd-468e8df8e968
definition_image: airbyte/source-pokeapi
definition_version: 0.1.5
configuration:
  pokemon_name: "ditto"
"""
DESTINATION = """\
resource_name: "pg"
definition_type: destination
definition_id: 25c5221d-dce2-4163-ade9-739ef790f503
definition_image: airbyte/destination-postgres
definition_version: 0.3.19
configuration:
  ssl: False
  port: 5432
  since: 2024-01-01
  password: ${PG_PASSWORD}
  url: jdbc:${HOST}
"""
CONNECTION = """\
definition_type: connection
resource_name: "poke_to_pg"
source_configuration_path: sources/poke/configuration.yaml
destination_configuration_path: destinations/pg/configuration.yaml
configuration:
  status: active
  skip_reset: false
  namespace_definition: customformat
  namespace_format: "${SOURCE_NAMESPACE}"
  prefix: "p_"
  resource_requirements: {cpu_limit: ""}
  schedule_type: basic
  schedule_data: {basic_schedule: {time_unit: hours, units: 1}}
  operations: [{name: Normalization}]
  sync_catalog:
    streams:
      - config:
          cursor_field: []
          destination_sync_mode: append
          primary_key: []
          selected: true
          sync_mode: full_refresh
        stream:
          default_cursor_field: []
          json_schema: {type: object, properties: {id: {type: integer}}}
          name: pokemon
          namespace: null
          source_defined_primary_key: []
          supported_sync_modes: [full_refresh]
"""


def applied(number: int) -> str:
    return f"resource_id: {uuid(number)}\ngeneration_timestamp: 1650000000\nconfiguration_hash: abc\n"


def octavia(folder: Path, **changes: str) -> Path:
    """A folder of octavia's; `changes`: path with __ for / -> its text."""
    files = {
        "sources/poke/configuration.yaml": SOURCE,
        "destinations/pg/configuration.yaml": DESTINATION,
        "connections/poke_to_pg/configuration.yaml": CONNECTION,
        **{name.replace("__", "/"): text for name, text in changes.items()},
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def test_folders_are_a_workspace(tmp_path: Path) -> None:
    states = {
        f"{path}__state_{WORKSPACE}.yaml": applied(number)
        for number, path in enumerate(("sources__poke", "destinations__pg", "connections__poke_to_pg"), 1)
    }
    found = read_octavia(octavia(tmp_path, **states))
    pg, poke = found.actors
    assert (poke.id, poke.name, poke.connector, poke.version) == (uuid(1), "poke", "source-pokeapi", "0.1.5")
    assert poke.configuration == {"pokemon_name": "ditto"}
    assert pg.configuration == {
        "ssl": False,
        "port": 5432,
        "since": "2024-01-01",
        "password": {"secret": "pg_password"},
        "url": MASK,
    }
    (sync,) = found.connections
    assert (sync.id, sync.remote.source_id, sync.remote.destination_id) == (uuid(3), uuid(1), uuid(2))
    assert sync.remote.schedule == "every 1 hours"
    pokemon = RemoteStream("pokemon", None, "full_refresh_append", (), (), (), (), False, None)
    assert sync.remote.settings == RemoteSettings("custom_format", "${SOURCE_NAMESPACE}", "p_", "ignore", (pokemon,))
    assert sync.further == {}
    (offered,) = found.catalogs[uuid(1)]
    assert (offered.name, offered.supported_sync_modes) == ("pokemon", ("full_refresh",))
    assert found.workspace_id == WORKSPACE
    assert [f"{one.what}: {one.why}" for one in found.untold] == [
        "connections/poke_to_pg/configuration.yaml: it has operations (normalization, dbt), which Airbyte has no more",
        (
            "destinations/pg/configuration.yaml: configuration.url is put together from environment variables: give what comes out "
            "of it"
        ),
    ]


def test_what_was_never_applied_has_no_ids(tmp_path: Path) -> None:
    found = read_octavia(octavia(tmp_path))
    assert [one.id for one in found.actors] == [None, None]
    assert found.connections[0].remote.source_id == "sources/poke/configuration.yaml"


def test_the_one_state_of_old_is_read(tmp_path: Path) -> None:
    found = read_octavia(octavia(tmp_path, **{"sources__poke__state.yaml": applied(1)}))
    assert [one.id for one in found.actors] == [None, uuid(1)]


def test_a_broken_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    found = read_octavia(octavia(tmp_path, **{"destinations__pg__configuration.yaml": "a: [\n"}))
    assert [one.name for one in found.actors] == ["poke"]
    said = [one.what for one in found.untold]
    assert said == ["connections/poke_to_pg/configuration.yaml", "destinations/pg/configuration.yaml"]
    assert found.untold[0].why == (
        "nothing that was read is its destination_configuration_path (destinations/pg/configuration.yaml)"
    )
    assert found.connections == ()


def test_a_path_may_begin_with_a_dot(tmp_path: Path) -> None:
    text = CONNECTION.replace(" sources/poke/", " ./sources/poke/")
    assert text != CONNECTION
    found = read_octavia(octavia(tmp_path, **{"connections__poke_to_pg__configuration.yaml": text}))
    assert found.connections[0].remote.source_id == "sources/poke/configuration.yaml"


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no folder of octavia"):
        read_octavia(tmp_path)
