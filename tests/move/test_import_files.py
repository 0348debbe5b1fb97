"""What an import writes: entries, stream files and the report, with only what differs from the defaults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.airbyte.server.remote_settings import RemoteStream
from infra.base.errors import UserError
from infra.commands.common import read_model
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.documents import write_text
from infra.move.entries.connector_locks import ConnectorLocks
from infra.move.entries.import_lake import import_lake
from infra.move.entries.import_plan import ImportRequest
from infra.move.found import Untold
from infra.move.found_terraform import FoundTerraform
from tests.move.found_values import (
    KLAVIYO,
    SHOP,
    connection,
    destination,
    offered,
    source,
    stream,
    uuid,
    workspace,
)
from tests.move.importing import Done, do_import, do_import_terraform, empty_lake, text
from tests.support.lakes import problems_of

STACKS = """\
version: 1
lake:
  name: shop
  stacks:
    prod:
      server_url: https://airbyte.example.com/api/public/v1
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: none
      backend: {local: {path: prod.tfstate}}
    staging:
      server_url: https://staging.example.com/api/public/v1
      workspace_id: 22222222-2222-3333-4444-555555555555
      auth: none
      backend: {local: {path: staging.tfstate}}
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return empty_lake(tmp_path / "lake")


def errors(root: Path) -> list[str]:
    """What `check` has against the lake, catalogs too."""
    return [problem.to_text() for problem in problems_of(root, catalogs=True) if problem.severity == "error"]


def shop_entry(root: Path, path: str = "dag/registry/shop.yaml") -> str:
    """The connections in a registry file, as text."""
    return text(root, path).partition("connections:\n")[2]


def import_shop(root: Path, *streams: object, **settings: object) -> Done:
    """The shop's source, the lake's destination and one connection between them."""
    return do_import(root, airbyte=workspace(source(), destination(), connection(*streams, **settings)))  # type: ignore[arg-type]


def test_a_workspace_becomes_a_file_a_source_and_one_a_destination(lake: Path) -> None:
    done = import_shop(lake, schedule="0 0 6 * * ? UTC")
    assert errors(lake) == []
    assert done.written == (
        "dag/registry/lake_destination.yaml",
        "dag/registry/shop.yaml",
        "dag/sources/shop/orders.json",
        "dag/sources/shop/_discovery.json",
        "dag/streams/shop/orders.json",
        "dag/streams/shop/_catalog.json",
        "dag/import.json",
        "dag/import.md",
    )
    assert text(lake, "dag/registry/shop.yaml") == (
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "sources:\n"
        "  shop:\n"
        "    connector: source-klaviyo\n"
        "    adopt: a0000000-0000-4000-8000-000000000001\n"
        '    configuration: {api_key: {secret: shop_api_key}, start_date: "2026-01-01T00:00:00Z"}\n'
        "\n"
        "connections:\n"
        "  shop_to_lake:\n"
        "    adopt: c0000000-0000-4000-8000-000000000001\n"
        "    source: shop\n"
        "    destination: lake\n"
        '    schedule: {cron: "0 0 6 * * ?"}\n'
    )
    assert text(lake, "dag/streams/shop/orders.json") == "{}\n"


def test_the_report_says_what_the_first_apply_sends(lake: Path) -> None:
    found = workspace(
        source(), destination(), connection(), untold=(Untold('the source "Gone"', "the server answered 500"),)
    )
    do_import(lake, airbyte=found)
    assert text(lake, "dag/import.md") == (
        "# Import\n"
        "\n"
        "Written by `lakeform import`; `import.json` beside it says the same to programs.\n"
        "\n"
        "## airbyte: the server of the stack airbyte\n"
        "\n"
        "1 of 3 objects plan empty; the first apply updates 2; 1 not read.\n"
        "\n"
        "### What the first apply sends\n"
        "\n"
        '- `destinations.lake` "Lake": its whole configuration, once, as an import leaves it empty in Terraform\'s state\n'
        "  - `configuration.access_key_id`: is a secret. It sends the value that you give lake_access_key_id.\n"
        "  - `configuration.secret_access_key`: is a secret. It sends the value that you give lake_secret_access_key.\n"
        '- `sources.shop` "Shop": its whole configuration, once, as an import leaves it empty in Terraform\'s state\n'
        "  - `configuration.api_key`: is a secret. It sends the value that you give shop_api_key.\n"
        "\n"
        "### Not read\n"
        "\n"
        '- the source "Gone": the server answered 500.\n'
        "\n"
        "## Values to provide\n"
        "\n"
        "They are secrets: no file of the lake has them, and Airbyte does not give them back.\n"
        "\n"
        "- `lake_access_key_id`: destinations.lake: access_key_id\n"
        "- `lake_secret_access_key`: destinations.lake: secret_access_key\n"
        "- `shop_api_key`: sources.shop: api_key\n"
        "\n"
        "## What no entry says\n"
        "\n"
        "- Tags, notifications and data residency are not managed: the first apply leaves them as they are.\n"
        "- What has `adopt` is taken over by an import block; the first apply creates, replaces and deletes nothing that is"
        " here.\n"
    )


def test_a_second_import_changes_no_file(lake: Path) -> None:
    import_shop(lake, schedule="every 6 hours")
    assert import_shop(lake, schedule="every 6 hours").written == ()


def test_a_later_import_adds_only_what_is_new(lake: Path) -> None:
    import_shop(lake)
    before = text(lake, "dag/registry/shop.yaml")
    second = connection(stream("customers"), id_=uuid("c", 2), name="Customers")
    catalogs = {SHOP: (offered(), offered("customers"))}
    done = do_import(lake, airbyte=workspace(source(), destination(), connection(), second, catalogs=catalogs))
    assert text(lake, "dag/registry/shop.yaml") == before
    assert done.written == (
        "dag/registry/customers.yaml",
        "dag/sources/shop/customers.json",
        "dag/streams/shop/customers.json",
        "dag/import.json",
        "dag/import.md",
    )
    assert shop_entry(lake, "dag/registry/customers.yaml").splitlines()[-1] == "    streams: [customers]"
    assert text(lake, "dag/streams/shop/customers.json") == '{\n  "selected": false\n}\n'
    assert errors(lake) == []


@pytest.mark.parametrize(
    ("there", "written"),
    [
        ("manual", ""),
        ("every 1 hours", "    schedule: {every: 1h}\n"),
        ("every 90 minutes", "    schedule: {every: 1h}\n"),
        ("every 2 days", "    schedule: {every: 24h}\n"),
        ("every 7 days", '    schedule: {cron: "0 0 0 ? * SUN"}\n'),
        ("every 1 months", '    schedule: {cron: "0 0 0 1 * ?"}\n'),
        ("0 15 8 * * ? Europe/Berlin", '    schedule: {cron: "0 15 8 * * ?"}\n'),
        ("0 15 8 ? * mon-fri UTC", '    schedule: {cron: "0 15 8 ? * MON-FRI"}\n'),
    ],
)
def test_schedules(lake: Path, there: str, written: str) -> None:
    done = import_shop(lake, schedule=there)
    assert shop_entry(lake).partition("    destination: lake\n")[2] == written
    told = [line for line in done.told("connections.shop_to_lake") if line.startswith("schedule")]
    assert len(told) == (there != "manual")
    assert errors(lake) == []


def test_a_schedule_that_differs_is_told(lake: Path) -> None:
    done = import_shop(lake, schedule="0 15 8 * * ? Europe/Berlin")
    assert done.told("connections.shop_to_lake") == [
        (
            'schedule: "0 15 8 * * ? Europe/Berlin", in the time zone Europe/Berlin -> "0 15 8 * * ? UTC": the provider has no '
            "time zones, so the same hours in UTC; write the hours that are meant"
        )
    ]


def test_what_is_set_is_written(lake: Path) -> None:
    given = {"namespace": "custom_format", "namespace_format": "raw_${SOURCE_NAMESPACE}", "prefix": "shop_"}
    import_shop(lake, status="inactive", name="Everything", schema_changes="propagate_columns", **given)
    assert shop_entry(lake).partition("everything:\n")[2] == (
        "    name: Everything\n"
        "    adopt: c0000000-0000-4000-8000-000000000001\n"
        "    source: shop\n"
        "    destination: lake\n"
        '    namespace: {format: "raw_${SOURCE_NAMESPACE}"}\n'
        "    prefix: shop_\n"
        "    status: inactive\n"
        "    schema_changes: propagate_columns\n"
    )
    assert errors(lake) == []


def test_defaults_of_the_lake_are_not_repeated_and_are_taken_back(tmp_path: Path) -> None:
    lake = STACKS.partition("    staging:")[0].replace("version: 1\n", "version: 1\n")
    lake += "  defaults:\n    connection: {status: inactive, schedule: {every: 6h}, prefix: a_}\n"
    root = empty_lake(tmp_path / "lake", lake)
    found = workspace(source(), destination(), connection(prefix="a_"))
    do_import(root, prod=found)
    assert shop_entry(root).partition("    destination: lake\n")[2] == "    schedule: manual\n    status: active\n"
    assert errors(root) == []


@pytest.mark.parametrize(
    ("there", "catalog", "file"),
    [
        (stream(), offered(), "{}\n"),
        (stream(mode="full_refresh_overwrite"), offered(), '{\n  "sync_mode": "full_refresh"\n}\n'),
        (
            stream(mode="full_refresh_append"),
            offered(),
            '{\n  "sync_mode": "full_refresh",\n  "destination_sync_mode": "append"\n}\n',
        ),
        (
            stream(cursor=("name",)),
            offered(),
            '{\n  "cursor_field": ["name"]\n}\n',
        ),
        (
            stream(fields=(("id",), ("updated_at",))),
            offered(),
            '{\n  "fields": ["id", "updated_at"]\n}\n',
        ),
        (
            stream(namespace="public", fields=(("id",), ("updated_at",))),
            offered(namespace="public"),
            '{\n  "stream": "orders",\n  "namespace": "public",\n  "fields": ["id", "updated_at"]\n}\n',
        ),
        (
            stream(mappers=({"type": "field-filtering", "mapperConfiguration": {"targetField": "name"}},)),
            offered(),
            (
                '{\n  "mappers": [{"type": "field-filtering", "mapper_configuration": {"field_filtering": {"target_field": '
                '"name"}}}]\n}\n'
            ),
        ),
    ],
)
def test_stream_files_hold_what_differs(lake: Path, there: RemoteStream, catalog: DiscoveredStream, file: str) -> None:
    do_import(lake, airbyte=workspace(source(), destination(), connection(there), catalogs={SHOP: (catalog,)}))
    stem = "public.orders" if there.namespace else "orders"
    assert text(lake, f"dag/streams/shop/{stem}.json") == file
    assert errors(lake) == []


def test_without_a_catalog_a_stream_file_says_everything(lake: Path) -> None:
    given = stream(fields=(("id",), ("updated_at",)))
    do_import(lake, airbyte=workspace(source(), destination(), connection(given), catalogs={}))
    assert text(lake, "dag/streams/shop/orders.json") == (
        '{\n  "cursor_field": ["updated_at"],\n  "fields": ["id", "updated_at"]\n}\n'
    )
    assert errors(lake) == []


def test_connections_of_one_source_share_its_files(lake: Path) -> None:
    other = connection(
        stream(mode="full_refresh_overwrite", fields=(("id",),)), id_=uuid("c", 2), name="Small", prefix="small_"
    )
    do_import(lake, airbyte=workspace(source(), destination(), connection(), other))
    assert text(lake, "dag/streams/shop/orders.json") == "{}\n"
    assert shop_entry(lake).partition("  small:\n")[2] == (
        "    name: Small\n"
        f"    adopt: {uuid('c', 2)}\n"
        "    source: shop\n"
        "    destination: lake\n"
        "    prefix: small_\n"
        "    streams:\n"
        "      orders: {sync_mode: full_refresh, fields: [id]}\n"
    )
    assert errors(lake) == []


def test_parts_of_fields_are_told_and_become_whole_fields(lake: Path) -> None:
    given = stream(fields=(("id",), ("updated_at",), ("address", "city")))
    catalogs = {SHOP: (offered("orders", "id", "updated_at", "address"),)}
    done = do_import(lake, airbyte=workspace(source(), destination(), connection(given), catalogs=catalogs))
    assert done.told("connections.shop_to_lake") == [
        (
            "streams.orders.fields: parts of fields are selected: address.city -> the whole of address: Airbyte's API takes no "
            "field inside of another one"
        )
    ]
    assert errors(lake) == []


def test_streams_and_fields_that_are_gone_are_told(lake: Path) -> None:
    given = (stream(fields=(("id",), ("updated_at",), ("old",))), stream("gone"))
    done = import_shop(lake, *given)
    assert done.told("connections.shop_to_lake") == [
        (
            "streams.gone: the source no longer offers it -> the connection without it: Airbyte takes no stream that the source "
            "does not offer"
        ),
        "streams.orders.fields: the source no longer offers some of them -> the selection without them: old",
    ]
    assert errors(lake) == []


def test_keys_of_encryption_become_secrets(lake: Path) -> None:
    aes = {
        "algorithm": "AES",
        "mode": "CBC",
        "padding": "PKCS5Padding",
        "targetField": "name",
        "fieldNameSuffix": "_encrypted",
        "key": "**********",
    }
    done = import_shop(lake, stream(mappers=({"type": "encryption", "mapperConfiguration": aes},)))
    assert '"key": {"secret": "shop_to_lake_key"}' in text(lake, "dag/streams/shop/orders.json")
    assert done.imported.record.secrets["shop_to_lake_key"] == (
        "connections.shop_to_lake: orders: the key that encrypts name"
    )
    assert [line.partition(" -> ")[0] for line in done.told("connections.shop_to_lake")] == [
        "streams.orders.mappers: the key of a mapper that encrypts is masked"
    ]
    assert errors(lake) == []


def test_a_mapper_that_nobody_knows_keeps_the_connection_out(lake: Path) -> None:
    done = import_shop(lake, stream(mappers=({"type": "magic", "mapperConfiguration": {}},)))
    assert done.left() == [
        (
            'the connection "Shop → Lake": it has a mapper that lakeform does not know, magic: '
            "without it the data would arrive unchanged"
        )
    ]
    assert errors(lake) == []


def test_tags_and_notifications_stay_and_are_told(lake: Path) -> None:
    given = replace(connection(), further={"tags": ["daily"], "notifySchemaChanges": True, "breakingChange": True})
    done = do_import(lake, airbyte=workspace(source(), destination(), given))
    assert done.told("connections.shop_to_lake") == [
        "tags: it has the tags daily -> nothing, which keeps it",
        "notifications: somebody is notified of schema changes -> nothing, which keeps it",
    ]
    (record,) = [one for one in done.imported.record.stacks["airbyte"].objects.values() if "connections" in one.entry]
    assert record.plans_empty


def test_a_source_that_check_refuses_is_left_as_it_is(lake: Path) -> None:
    wrong = source(configuration={"api_key": "**********", "start_date": "yesterday"})
    done = do_import(lake, airbyte=workspace(wrong, destination(), connection()))
    assert text(lake, "dag/registry/shop.yaml").partition("\n\n")[0] == (
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "sources:\n"
        "  shop:\n"
        "    connector: source-klaviyo\n"
        "    existing: a0000000-0000-4000-8000-000000000001"
    )
    assert [line.partition(":")[0] for line in done.told("sources.shop")] == ["configuration"]
    assert errors(lake) == []


def test_options_that_the_spec_lacks_are_told_without_their_values(lake: Path) -> None:
    given = source(configuration={"api_key": "**********", "old_password": "hunter2"})
    done = do_import(lake, airbyte=workspace(given, destination(), connection()))
    assert done.told("sources.shop")[0].startswith("configuration.old_password: the spec of source-klaviyo ")
    assert not any("hunter2" in path.read_text("utf-8") for path in lake.rglob("*") if path.is_file())


def test_ids_read_well_and_stay_apart(lake: Path) -> None:
    actors = [
        source(uuid("a", number), name) for number, name in enumerate(("Größe (EU)", "Größe (EU)", "仓库", "1st"), 1)
    ]
    do_import(lake, airbyte=workspace(destination(), *actors, catalogs={}))
    names = sorted(path.stem for path in (lake / "dag/registry").glob("*.yaml"))
    assert names == ["grosse_eu", "grosse_eu_2", "klaviyo", "klaviyo_1st", "lake", "lake_destination"]
    assert errors(lake) == []


def test_two_that_may_be_one_entry_are_told_and_never_guessed(lake: Path) -> None:
    do_import(lake, airbyte=workspace(source(), catalogs={}))
    entry = lake / "dag/registry/shop.yaml"
    entry.write_text(text(lake, "dag/registry/shop.yaml").replace(f"    adopt: {SHOP}\n", ""), "utf-8")
    (lake / "dag/import.json").unlink()
    done = do_import(lake, airbyte=workspace(source(uuid("a", 8)), source(uuid("a", 9)), catalogs={}))
    assert done.left() == ['the source "Shop": 2 of this name are there, for shop'] * 2


def test_an_earlier_import_and_a_name_are_enough_to_recognize(lake: Path) -> None:
    import_shop(lake)
    for path in ("dag/registry/shop.yaml", "dag/registry/lake_destination.yaml"):
        kept = [line for line in text(lake, path).splitlines(keepends=True) if "adopt:" not in line]
        (lake / path).write_text("".join(kept), "utf-8")
    assert import_shop(lake).written == ()
    (lake / "dag/import.json").unlink()
    done = import_shop(lake)
    assert done.written == ("dag/import.json", "dag/import.md")


def test_what_was_retired_keeps_its_id(lake: Path) -> None:
    (lake / "dag/registry/gone.yaml").write_text(
        "retired:\n  - {entry: sources.shop, date: 2026-11-01, reason: no longer used, keep: true}\n", "utf-8"
    )
    do_import(lake, airbyte=workspace(source(), catalogs={}))
    assert "  shop_2:\n" in text(lake, "dag/registry/shop_2.yaml")


def test_staging_and_prod_are_one_set_of_entries(tmp_path: Path) -> None:
    root = empty_lake(tmp_path / "lake", STACKS)
    ids = (uuid("a", 2), uuid("b", 2), uuid("c", 2))
    prod = workspace(source(), destination(), connection(schedule="0 0 6 * * ? UTC"), stack="prod")
    options = {"api_key": "**********", "start_date": "2026-06-01T00:00:00Z"}
    staging = workspace(
        source(ids[0], configuration=options),
        destination(ids[1]),
        connection(id_=ids[2], ends=ids[:2]),
        catalogs={ids[0]: (offered(),)},
        stack="staging",
    )
    done = do_import(root, prod=prod, staging=staging)
    assert text(root, "dag/registry/shop.yaml") == (
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "sources:\n"
        "  shop:\n"
        "    connector: source-klaviyo\n"
        "    stack: [prod, staging]\n"
        '    configuration: {api_key: {secret: shop_api_key}, start_date: "2026-01-01T00:00:00Z"}\n'
        "    overrides:\n"
        f"      prod: {{adopt: {SHOP}}}\n"
        f'      staging: {{adopt: {ids[0]}, configuration: {{start_date: "2026-06-01T00:00:00Z"}}}}\n'
        "\n"
        "connections:\n"
        "  shop_to_lake:\n"
        "    source: shop\n"
        "    destination: lake\n"
        "    stack: [prod, staging]\n"
        '    schedule: {cron: "0 0 6 * * ?"}\n'
        "    overrides:\n"
        "      prod: {adopt: c0000000-0000-4000-8000-000000000001}\n"
        f"      staging: {{adopt: {ids[2]}, schedule: manual}}\n"
    )
    assert done.left() == []
    assert errors(root) == []


def test_two_stacks_of_one_workspace_do_not_adopt_the_same_object(tmp_path: Path) -> None:
    root = empty_lake(tmp_path / "lake", STACKS.replace("staging.example.com", "airbyte.example.com"))
    one = workspace(source(), destination(), connection())
    done = do_import(root, prod=one, staging=one)
    assert sorted(done.imported.record.stacks["prod"].objects) == sorted([SHOP, uuid("b", 1), uuid("c", 1)])
    assert done.imported.record.stacks["staging"].objects == {}
    assert errors(root) == []


def test_what_a_stack_overrides_is_told(tmp_path: Path) -> None:
    lake = STACKS.partition("    staging:")[0]
    root = empty_lake(tmp_path / "lake", lake + "      overrides: {connection: {schedule: manual}}\n")
    done = do_import(root, prod=workspace(source(), destination(), connection(schedule="0 0 6 * * ? UTC")))
    assert done.told("connections.shop_to_lake", "prod") == ['schedule: {"cron": "0 0 6 * * ?"} -> manual']


def test_a_state_keeps_its_addresses(lake: Path) -> None:
    found = workspace(
        replace(source(name="Old Shop"), address="airbyte_source.crm"),
        replace(destination(), address="airbyte_destination.lake"),
        connection(address="airbyte_connection.daily", name="Nightly"),
    )
    generic = dict.fromkeys(("airbyte_source.crm", "airbyte_destination.lake", "airbyte_connection.daily"), True)
    done = do_import_terraform(lake, FoundTerraform(found, generic))
    assert text(lake, "dag/registry/crm.yaml") == (
        "# yaml-language-server: $schema=../schema/registry.json\n"
        "sources:\n"
        "  crm:\n"
        "    name: Old Shop\n"
        "    connector: source-klaviyo\n"
        '    configuration: {api_key: {secret: crm_api_key}, start_date: "2026-01-01T00:00:00Z"}\n'
        "\n"
        "connections:\n"
        "  daily:\n"
        "    name: Nightly\n"
        "    source: crm\n"
        "    destination: lake\n"
    )
    assert "3 of 3 objects plan empty" in text(lake, "dag/import.md")
    assert done.left() == []
    assert errors(lake) == []
    assert do_import_terraform(lake, FoundTerraform(found, generic)).written == ()


def test_an_address_whose_id_another_entry_has_is_not_taken_over(lake: Path) -> None:
    do_import(lake, airbyte=workspace(source(uuid("a", 7), "CRM"), catalogs={}))
    found = workspace(replace(source(name="Other"), address="airbyte_source.crm"), catalogs={})
    done = do_import_terraform(lake, FoundTerraform(found, {"airbyte_source.crm": True}))
    (said,) = done.told("sources.crm_2")
    assert said == (
        "configuration: renamed[0].from: sources.crm still exists (bad-renamed) -> nothing: connections use it, and lakeform "
        "does not change it (existing)"
    )
    assert f"    existing: {SHOP}\n" in text(lake, "dag/registry/crm_2.yaml")


def test_commands_for_the_old_state_are_in_the_report(lake: Path) -> None:
    found = replace(source(), address="airbyte_source_klaviyo.shop")
    line = "tofu state rm airbyte_source_klaviyo.shop"
    do_import_terraform(lake, FoundTerraform(workspace(found, catalogs={}), removals=(line,)))
    assert (
        f"## Before the first plan\n\nTake these out of the old state; Airbyte keeps them.\n\n```sh\n{line}\n```\n"
        in text(lake, "dag/import.md")
    )


def test_a_registry_that_cannot_be_had_is_a_fault_where_nobody_else_knows_the_connector(lake: Path) -> None:
    (lake / "dag/connectors/source-klaviyo.json").unlink()
    model = read_model(lake)

    def unreachable() -> dict[str, dict[str, object]]:
        raise UserError("cannot fetch the registry")

    locks = ConnectorLocks(model, unreachable)
    request = ImportRequest(model, {"airbyte": FoundTerraform(workspace(source(), catalogs={}))}, locks)
    with pytest.raises(UserError, match="cannot fetch the registry"):
        import_lake(request)


def test_a_broken_definition_stops_nothing(lake: Path) -> None:
    (lake / "dag/connectors/source-klaviyo.json").unlink()
    definition = {
        "dockerRepository": "registry.example.com/acme/source-klaviyo",
        "dockerImageTag": "no tag",
        "sourceDefinitionId": KLAVIYO,
        "spec": {"connectionSpecification": {"type": "object"}},
    }
    model = read_model(lake)
    found = {"airbyte": FoundTerraform(workspace(source(), destination(), catalogs={}))}

    imported = import_lake(ImportRequest(model, found, ConnectorLocks(model, lambda: {"source-klaviyo": definition})))

    written = imported.write(ImportRequest(model, found, ConnectorLocks(model, dict)))
    assert (imported.left, "dag/connectors/source-klaviyo.json" in written) == ((), False)
    assert f'definition_id: "{KLAVIYO}"\n' in text(lake, "dag/registry/shop.yaml")


def test_what_is_no_longer_there_is_no_longer_left_out(lake: Path) -> None:
    import_shop(lake, stream(mappers=({"type": "magic", "mapperConfiguration": {}},)))
    assert "### Left out" in text(lake, "dag/import.md")
    do_import(lake, airbyte=workspace(source(), destination()))
    assert "### Left out" not in text(lake, "dag/import.md")


def test_what_is_left_out_is_told_reason_by_reason(lake: Path) -> None:
    same = connection(id_=uuid("c", 2), name="Second")
    unknown = connection(
        stream(mappers=({"type": "magic", "mapperConfiguration": {}},)), id_=uuid("c", 3), name="Third", status="paused"
    )
    do_import(lake, airbyte=workspace(source(), destination(), connection(), same, unknown))
    assert text(lake, "dag/import.md").partition("### Left out\n")[2].partition("## ")[0] == (
        "\n"
        "Where a reason ends in a name in parentheses, `lakeform check` would refuse an entry by the rule of that name.\n"
        "\n"
        '- the connection "Shop → Lake"\n'
        '  - "orders" lands where connections.second writes "orders" (table-collision).\n'
        "  - What to do: change it in Airbyte, then import again; until then it stays as it is there.\n"
        '- the connection "Third"\n'
        "  - its status is paused, and an entry is active or inactive.\n"
        "  - it has a mapper that lakeform does not know, magic: without it the data would arrive unchanged.\n"
        "  - What to do: change it in Airbyte, then import again; until then it stays as it is there.\n"
        "\n"
    )


def test_a_stack_that_is_imported_later_says_how_both_become_one(tmp_path: Path) -> None:
    root = empty_lake(tmp_path / "lake", STACKS)
    ids = (uuid("a", 2), uuid("b", 2), uuid("c", 2))
    prod = workspace(source(), destination(), connection(), stack="prod")
    staging = workspace(
        source(ids[0]),
        destination(ids[1]),
        connection(id_=ids[2], ends=ids[:2]),
        catalogs={ids[0]: (offered(),)},
        stack="staging",
    )
    first = do_import(root, staging=staging).written
    assert "## Entries that could be one" not in text(root, "dag/import.md")
    later = do_import(root, prod=prod).written
    assert text(root, "dag/import.md").partition("## Entries that could be one\n")[2].partition("## ")[0] == (
        "\n"
        "They have the same name in several stacks, which were not imported in one run, and no file that is there is changed. To "
        "make one entry of each, undo the later import, delete `dag/import.json` and the registry files of the earlier one, and "
        "import these stacks in one run. By hand: `stack` names all stacks, and what differs, `adopt` too, stands below "
        "`overrides`.\n"
        "\n"
        "- `connections.shop_2_to_lake_2` (prod) and `connections.shop_to_lake` (staging)\n"
        "- `destinations.lake_2` (prod) and `destinations.lake` (staging)\n"
        "- `sources.shop_2` (prod) and `sources.shop` (staging)\n"
        "\n"
    )
    for path in [*later, *(one for one in first if one.startswith("dag/registry/"))]:
        (root / path).unlink(missing_ok=True)
    do_import(root, prod=prod, staging=staging)
    assert "    stack: [prod, staging]\n" in text(root, "dag/registry/shop.yaml")
    assert "## Entries that could be one" not in text(root, "dag/import.md")
    assert errors(root) == []


def test_an_import_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = connection(stream("customers"), id_=uuid("c", 2), name="Customers")
    catalogs = {SHOP: (offered(), offered("customers"), offered("other"))}
    found = workspace(source(), destination(), connection(), second, catalogs=catalogs)
    whole = empty_lake(tmp_path / "whole")
    count = len(do_import(whole, airbyte=found).written)
    for number in range(count):
        root = empty_lake(tmp_path / f"lake{number}")
        left = iter(range(number))

        def write(at: Path, path: str, text: str, left: Iterator[int] = left) -> bool:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return write_text(at, path, text)

        with monkeypatch.context() as patched:
            patched.setattr("infra.move.entries.import_lake.write_text", write)
            with pytest.raises(KeyboardInterrupt):
                do_import(root, airbyte=found)
        do_import(root, airbyte=found)
        assert errors(root) == []
        for path in sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file()):
            assert (number, path, text(root, str(path))) == (number, path, text(whole, str(path)))


def test_what_is_unclear_is_told_only_where_it_is_wanted(lake: Path) -> None:
    do_import(lake, airbyte=workspace(source(), catalogs={}))
    entry = lake / "dag/registry/shop.yaml"
    entry.write_text(text(lake, "dag/registry/shop.yaml").replace(f"    adopt: {SHOP}\n", ""), "utf-8")
    (lake / "dag/import.json").unlink()
    found = workspace(source(uuid("a", 8)), source(uuid("a", 9)), destination(), catalogs={})
    assert do_import(lake, "Lake", airbyte=found).left() == []
    assert len(do_import(lake, airbyte=found).left()) == 2
