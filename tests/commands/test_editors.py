"""What an editor shows in the files of a lake: the language servers that editors use, asked over their protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.commands.main import main
from tests.support.lakes import REPOSITORY, run, write_files
from tests.support.language_server import LanguageServer
from tests.tools.build import ToolsMissing, give_up
from tests.tools.editors import program

pytestmark = pytest.mark.slow

HEAD = "# yaml-language-server: $schema=../schema/registry.json\n"
SHOP = """\
sources:
  shop:
    connector: source-postgres
    configuration:
"""
OPTIONS = (
    "database entra_client_id entra_service_principal_auth entra_tenant_id host jdbc_url_params "
    "password port replication_method schemas ssl_mode tunnel_method username"
)
PROSE = {
    "connector": "source-postgres",
    "tag": "3.7.2",
    "options": {"properties": {"port": {"description": "Port of the <b>database</b>."}}},
}


STAGING = """\
    staging:
      server_url: https://staging.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: none
"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new lake with two stacks and one more source, whose connector's words about one option are known."""
    root = tmp_path_factory.mktemp("lakes") / "lake"
    assert main(["init", "--quiet", "--landing", str(root)]) == 0
    registry = root / "dag/registry/lake.yaml"
    two = registry.read_text("utf-8").replace("  landings:\n", f"{STAGING}  landings:\n", 1)
    write_files(
        root,
        {
            "dag/registry/lake.yaml": two,
            "dag/registry/shop.yaml": f"{SHOP}      host: db\n",
            "dag/connectors/source-postgres.json": (REPOSITORY / "dag/connectors/source-postgres.json").read_bytes(),
            "dag/connectors/source-postgres.docs.json": json.dumps(PROSE),
        },
    )
    assert run(root, "schema", "--write").code == 0
    return root


def settings_of(root: Path) -> dict[str, Any]:
    """Those that `init` wrote, as the editor hands them to a language server: with whole addresses."""
    written = json.loads((root / ".vscode/settings.json").read_text("utf-8"))
    json_schemas = [{**one, "url": (root / one["url"]).as_uri()} for one in written["json.schemas"]]
    yaml_schemas = {(root / schema).as_uri(): files for schema, files in written["yaml.schemas"].items()}
    asked = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
    return {
        "json": {"validate": {"enable": True}, "schemas": json_schemas},
        "yaml": {**asked, "schemas": yaml_schemas},
    }


def started(name: str, root: Path) -> Iterator[LanguageServer]:
    server = LanguageServer(_command(name), root, settings_of(root))
    yield server
    server.close()


def _command(name: str) -> list[str]:
    try:
        return program(name)
    except ToolsMissing as missing:
        give_up(missing)


@pytest.fixture(scope="module")
def yaml(lake: Path) -> Iterator[LanguageServer]:
    """The server for registry files."""
    yield from started("yaml-language-server", lake)


@pytest.fixture(scope="module")
def json_server(lake: Path) -> Iterator[LanguageServer]:
    """The server for stream files."""
    yield from started("vscode-json-language-server", lake)


CONNECTION = """\
connections:
  shop_to_lake:
    source: faker
"""
BELOW = f"""\
{SHOP}      host: db
    overrides:
      staging:
        configuration:
"""
REFERENCES = "integer | SecretRef | VarRef | null"

COMPLETED = {
    "connectors": ("sources:\n  shop:\n    connector: ¦", "null source-faker source-postgres"),
    "options": (f"{SHOP}      ¦", OPTIONS),
    "options below overrides": (
        f"{BELOW}          ¦",
        OPTIONS,
    ),
    "a default": (f"{SHOP}      port: ¦", "5432 null"),
    "a secret": (f"{SHOP}      password: ¦", "null {secret: ...}"),
    "which way": (f"{SHOP}      tunnel_method:\n        ¦", "tunnel_method"),
    "the ways": (
        f"{SHOP}      tunnel_method:\n        tunnel_method: ¦",
        "NO_TUNNEL SSH_KEY_AUTH SSH_PASSWORD_AUTH null",
    ),
    "the options of one way": (
        f"{SHOP}      tunnel_method:\n        tunnel_method: SSH_KEY_AUTH\n        ¦",
        "ssh_key tunnel_host tunnel_port tunnel_user",
    ),
    "the options of another way": (
        f"{SHOP}      tunnel_method:\n        tunnel_method: NO_TUNNEL\n        ¦",
        "",
    ),
    "one way below overrides": (
        f"{BELOW}          tunnel_method:\n            tunnel_method: SSH_PASSWORD_AUTH\n            ¦",
        "tunnel_host tunnel_port tunnel_user tunnel_user_password",
    ),
    "sources": ("connections:\n  a:\n    source: ¦", "faker null shop"),
    "destinations": ("connections:\n  a:\n    destination: ¦", "data_lake null"),
    "stacks": (f"{CONNECTION}    stack: ¦", "airbyte null staging"),
    "one of several stacks": (f"{CONNECTION}    stack:\n      - airbyte\n      - ¦", "airbyte staging"),
    "the stacks of overrides": (f"{CONNECTION}    overrides:\n      ¦", "airbyte staging"),
    "streams": (f"{CONNECTION}    streams:\n      - ¦", "products users"),
    "streams with settings": (f"{CONNECTION}    streams:\n      ¦", "products users"),
    "the settings of a stream": (
        f"{CONNECTION}    streams:\n      users:\n        sync_mode: ¦",
        "full_refresh incremental null",
    ),
    "streams to leave out": (f"{CONNECTION}    exclude:\n      - ¦", "products users"),
    "streams below overrides": (
        f"{CONNECTION}    overrides:\n      prod:\n        streams:\n          - ¦",
        "products users",
    ),
    "another's streams": ("sources:\n  a:\n    streams_from: ¦", "faker null shop"),
    "landings": ("lake:\n  stacks:\n    prod:\n      landing: ¦", "local"),
    "a schedule": (f"{CONNECTION}    schedule: ¦", "manual null"),
}


@pytest.mark.parametrize(("text", "labels"), COMPLETED.values(), ids=COMPLETED)
def test_a_registry_file_is_completed(lake: Path, yaml: LanguageServer, text: str, labels: str) -> None:
    assert " ".join(sorted(yaml.completions(lake / "dag/registry/shop.yaml", HEAD + text))) == labels


MARKED = {
    "an unknown option": (f"{SHOP}      hots: db\n", ["5: db: The connector has no such option."]),
    "an option of another way": (
        f"{SHOP}      tunnel_method: {{tunnel_method: NO_TUNNEL, tunnel_host: x}}\n",
        ["5: x: The connector has no such option."],
    ),
    "an unknown option below overrides": (
        f"{SHOP}      host: x\n    overrides: {{prod: {{configuration: {{hots: db}}}}}}\n",
        ["6: db: The connector has no such option."],
    ),
    "an unknown key": ("connections:\n  a:\n    shedule: manual\n", ["3: shedule: Property shedule is not allowed."]),
    "a wrong type": (f"{SHOP}      port: many\n", [f'5: many: Incorrect type. Expected "{REFERENCES}".']),
    "no such choice": (
        f"{SHOP}      replication_method: {{method: CDX}}\n",
        ['5: CDX: Value is not accepted. Valid values: "CDC", "Xmin", "Standard".'],
    ),
    "a secret in clear": (
        f"{SHOP}      password: hunter2\n",
        ['5: hunter2: Incorrect type. Expected "SecretRef | null".'],
    ),
    "an option that the entry lists": (f"{SHOP}      hots: db\n    undeclared: [hots]\n", []),
    "an option that an override lists": (
        f"{SHOP}      host: db\n    overrides: {{prod: {{undeclared: [hots], configuration: {{hots: db}}}}}}\n",
        [],
    ),
    "an option that is taken back": (f"{SHOP}      start_date: null\n", []),
    "references": (f"{SHOP}      port: {{var: port}}\n      password: {{secret: shop_password}}\n", []),
    "ids that no file has yet": (f"{CONNECTION.replace('faker', 'new')}    stack: new\n    streams: [a, b_*]\n", []),
    "half a line": (f"{SHOP}      host:\n      tunnel_method:\n", []),
}


@pytest.mark.parametrize(("text", "marks"), MARKED.values(), ids=MARKED)
def test_a_registry_file_is_marked(lake: Path, yaml: LanguageServer, text: str, marks: list[str]) -> None:
    assert yaml.marks(lake / "dag/registry/shop.yaml", text) == marks


@pytest.mark.parametrize("file", sorted((REPOSITORY / "dag/registry").glob("*.yaml")), ids=lambda file: file.name)
def test_nothing_is_marked_in_the_example(yaml: LanguageServer, file: Path) -> None:
    assert yaml.marks(file, file.read_text("utf-8")) == []


HOVERED = {
    "an option": (f"{SHOP}      po¦rt: 1\n", "Port of the database. (whole number, 0 to 65536, default 5432)"),
    "an option below overrides": (
        f"{BELOW}          po¦rt: 1\n",
        "Port of the database. (whole number, 0 to 65536, default 5432)",
    ),
    "a secret": (f"{SHOP}      pass¦word: {{secret: x}}\n", "a secret, {secret: NAME}"),
    "a key": (f"{CONNECTION}    sche¦dule: manual\n", '{every: 6h}, {cron: "0 0 * * * ?"} or manual'),
}


@pytest.mark.parametrize(("text", "shown"), HOVERED.values(), ids=HOVERED)
def test_a_key_is_described(lake: Path, yaml: LanguageServer, text: str, shown: str) -> None:
    said = yaml.hover(lake / "dag/registry/shop.yaml", HEAD + text)
    assert said.partition("\n")[0] == shown


USERS = (
    "academic_degree address age blood_type created_at email gender height id language name nationality occupation "
    "telephone title updated_at weight"
)
PRODUCTS = "created_at id make model price updated_at year"
BOTH = " ".join(sorted({*USERS.split(), *PRODUCTS.split()}))
ALL = " ".join(sorted({*BOTH.split(), "added_to_cart_at", "product_id", "purchased_at", "returned_at", "user_id"}))

STREAM = {
    "modes": ('{"sync_mode": ¦}', "full_refresh incremental null"),
    "the cursor": ('{"cursor_field": [¦]}', BOTH),
    "the cursor of one stream": ('{"stream": "products", "cursor_field": ["¦"]}', PRODUCTS),
    "the key": ('{"primary_key": [["¦"]]}', BOTH),
    "fields": ('{"stream": "users", "fields": ["id", "¦"]}', USERS),
    "fields with types": ('{"stream": "users", "fields": {¦}}', ALL),
    "fields to leave out": ('{"stream": "products", "exclude_fields": [¦]}', PRODUCTS),
    "streams": ('{"stream": "¦"}', "null products purchases users"),
    "mappers": ('{"mappers": [{"type": "¦"}]}', "encryption field-filtering field-renaming hashing row-filtering"),
}


@pytest.mark.parametrize(("text", "labels"), STREAM.values(), ids=STREAM)
def test_a_stream_file_is_completed(lake: Path, json_server: LanguageServer, text: str, labels: str) -> None:
    assert " ".join(sorted(json_server.completions(lake / "dag/streams/faker/users.json", text))) == labels


def test_a_field_says_which_streams_have_it(lake: Path, json_server: LanguageServer) -> None:
    offered = json_server.completions(lake / "dag/streams/faker/users.json", '{"cursor_field": [¦]}')
    assert (offered["updated_at"], offered["email"]) == ("in products, users", "in users")


def test_what_the_source_offers_is_described(lake: Path, json_server: LanguageServer) -> None:
    file = lake / "dag/streams/faker/users.json"
    text = '{"stream": "users", "sync_¦mode": "incremental", "cursor_field": ["updated_at"]}'
    assert json_server.hover(file, text) == "the source offers full_refresh and incremental"
    text = text.replace("¦", "").replace("cursor_field", "cursor¦_field")
    assert json_server.hover(file, text) == "the source's own cursor: updated_at"


LINK = '"$schema": "../../schema/streams/faker.json", '

STREAM_MARKS = {
    "an unknown key": ('{"cursor": ["id"]}', ['1: "cursor": Property cursor is not allowed.']),
    "no such mode": (
        '{"sync_mode": "incremental_append"}',
        ['1: "incremental_append": Value is not accepted. Valid values: "incremental", "full_refresh".'],
    ),
    "a name where a list belongs": (
        '{"cursor_field": "updated_at"}',
        ['1: "updated_at": Incorrect type. Expected "array".'],
    ),
    "a link to the schema": ("{" + LINK + '"cursor_field": ["updated_at"]}', []),
    "a field that nobody discovered": ('{"cursor_field": ["new"], "fields": {"new": {"type": "string"}}}', []),
    "nothing": ("{}", []),
}


@pytest.mark.parametrize(("text", "marks"), STREAM_MARKS.values(), ids=STREAM_MARKS)
def test_a_stream_file_is_marked(lake: Path, json_server: LanguageServer, text: str, marks: list[str]) -> None:
    assert json_server.marks(lake / "dag/streams/faker/users.json", text) == marks


def test_what_is_generated_beside_stream_files_has_no_schema(lake: Path, json_server: LanguageServer) -> None:
    catalog = lake / "dag/streams/faker/_catalog.json"
    assert json_server.marks(catalog, catalog.read_text("utf-8")) == []


def test_a_stream_file_with_a_link_needs_no_settings(lake: Path) -> None:
    server = LanguageServer(_command("vscode-json-language-server"), lake, {})
    text = "{" + LINK + '"stream": "products", "cursor_field": ["¦"]}'
    offered = server.completions(lake / "dag/streams/faker/users.json", text)
    server.close()
    assert " ".join(sorted(offered)) == PRODUCTS
