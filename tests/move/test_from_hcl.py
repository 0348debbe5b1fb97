"""What files of Terraform tell without being run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.base.errors import UserError
from infra.move.found import FoundActor, FoundConnection
from infra.move.found_terraform import FoundTerraform
from infra.move.terraform.from_hcl import read_hcl
from infra.move.terraform.masked import MASK
from tests.move.states import SECRET, WORKSPACE, connection, destination, resource, source, state, uuid

HEAD = """\
terraform {
  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "1.2.0"
    }
  }
}
variable "workspace_id" {}
variable "api_password" {
  type      = string
  sensitive = true
}
"""
LAKE = """\
resource "airbyte_destination" "lake" {
  name          = "Lake"
  workspace_id  = var.workspace_id
  definition_id = "4816b78f-1489-44c1-9060-4b19d5fa9362"
  configuration = jsonencode({ s3_bucket_name = "lake" })
}
"""
SHOP = """\
resource "airbyte_source" "shop" {
  name          = "Shop"
  workspace_id  = var.workspace_id
  definition_id = "9da77001-af33-4bcd-be46-6252bf9342b9"
  configuration = jsonencode({
    shop          = "acme" # a comment
    "start_date" : "2024-01-01",
    credentials   = { auth_method = "api_password", api_password = var.api_password }
  })
}
"""
SYNC = """\
resource "airbyte_connection" "shop_to_lake" {
  name           = "Shop to lake"
  source_id      = airbyte_source.shop.source_id
  destination_id = airbyte_destination.lake.destination_id
  schedule       = { schedule_type = "cron", cron_expression = "0 0 6 * * ?" }
  configurations = {
    streams = [for name in ["orders", "refunds"] : { name = name, sync_mode = "incremental_append" }]
  }
}
"""


ADDRESS = "airbyte_connection.shop_to_lake"


def read(folder: Path, text: str, **files: str) -> FoundTerraform:
    folder.mkdir(exist_ok=True)
    for name, inner in {"main.tf": text, **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(inner, "utf-8")
    return read_hcl(folder)


def actor(found: FoundTerraform, address: str) -> FoundActor:
    return next(one for one in found.workspace.actors if one.address == address)


def sync(found: FoundTerraform, address: str) -> FoundConnection:
    return next(one for one in found.workspace.connections if one.address == address)


def untold(found: FoundTerraform) -> list[str]:
    return [f"{one.what}: {one.why}" for one in found.workspace.untold]


def test_generic_resources_keep_their_addresses_and_variables(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + LAKE + SHOP + SYNC)
    shop = actor(found, "airbyte_source.shop")
    assert (shop.id, shop.key, shop.name) == (None, "airbyte_source.shop", "Shop")
    assert shop.configuration == {
        "shop": "acme",
        "start_date": "2024-01-01",
        "credentials": {"auth_method": "api_password", "api_password": {"secret": "api_password"}},
    }
    remote = sync(found, "airbyte_connection.shop_to_lake").remote
    assert (remote.source_id, remote.destination_id) == ("airbyte_source.shop", "airbyte_destination.lake")
    assert (remote.cron, remote.status) == ("0 0 6 * * ? UTC", "active")
    assert remote.settings is not None
    assert [(one.name, one.mode) for one in remote.settings.streams] == [
        ("orders", "incremental_append"),
        ("refunds", "incremental_append"),
    ]
    assert found.generic == dict.fromkeys(
        ["airbyte_destination.lake", "airbyte_source.shop", "airbyte_connection.shop_to_lake"], True
    )
    assert (found.removals, untold(found)) == ((), [])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("local.base.region", "eu"),
        ('"${local.base.region}-$${x}-\\u00e9\\n"', "eu-${x}-é\n"),
        ('merge(local.base, { "b" : 1 })', {"region": "eu", "b": 1}),
        ('[for k, v in local.base : upper(v) if k != "x"]', ["EU"]),
        ('{ for s in ["a", "b"] : s => length(s) }', {"a": 1, "b": 1}),
        ('local.base.region == "eu" ? 1 : 2', 1),
        ("-5 + 2 * 3", 1),
        ("!true", False),
        ("1.5", 1.5),
        ("null", "nothing"),
        ("<<-EOT\n  a\n    b\n  EOT\n", "a\n  b\n"),
        ("<<EOT\na ${var.plain} $${b}\nEOT\n", "a given ${b}\n"),
        ('jsondecode("{\\"a\\": [1]}").a[0]', 1),
        ('lookup(local.base, "none", "x")', "x"),
        ('split(",", "a,b")[1]', "b"),
        ('join("-", [for s in toset(["a"]) : s])', "a"),
        ('format("%s/%d", "a", 3)', "a/3"),
        ("var.plain", {"var": "plain"}),
        ('"${var.plain}"', {"var": "plain"}),
        ('"x-${var.plain}"', "x-given"),
        ("var.list[1]", "b"),
        ("airbyte_destination.lake.name", "Lake"),
        ("nonsensitive(var.api_password)", {"secret": "api_password"}),
    ],
)
def test_expressions_come_to_values(tmp_path: Path, expression: str, value: Any) -> None:
    text = (
        HEAD
        + LAKE
        + 'variable "plain" { default = "default" }\nvariable "list" { default = ["a", "b"] }\n'
        + 'locals {\n  base = { region = "eu" }\n}\n'
        + f'resource "airbyte_source" "s" {{\n name = "S"\n configuration = {{\n  option = {expression}\n }}\n}}\n'
    )
    (tmp_path / "terraform.tfvars").write_text('plain = "given"\n', "utf-8")
    found = read(tmp_path, text)
    configuration = actor(found, "airbyte_source.s").configuration
    assert configuration is not None
    option = configuration["option"]
    assert ("nothing" if option is None else option) == value


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ('file("key.json")', "it is made by the function file, which is not run here"),
        ('"x-${var.api_password}"', "it is made of the sensitive variable api_password"),
        ('"x-${var.workspace_id}"', "it is made of var.workspace_id, whose value is not in the files"),
        ("aws_s3_bucket.x.id", "it is made of aws_s3_bucket.x, which is known when Terraform runs"),
        ("data.aws_region.here.name", "it is made of data.aws_region.here, which is known when Terraform runs"),
        ("local.loop", "it is made of itself"),
        ("local.none", "there is no local.none"),
        ("module.none.x", "there is no module.none"),
        (
            "airbyte_destination.lake.created_at",
            "it is airbyte_destination.lake.created_at, which is known when Terraform runs",
        ),
        ("<<EOT\n${var.workspace_id}\nEOT\n", "it is made of var.workspace_id, whose value is not in the files"),
        ("<<EOT\n%{ if true }a%{ endif }\nEOT\n", "it is put together by a template, which is not run here"),
        ("path.module", "it is made of path.module, which is known when Terraform runs"),
    ],
)
def test_what_is_not_known_is_told_with_its_place(tmp_path: Path, expression: str, why: str) -> None:
    text = (
        HEAD
        + LAKE
        + "locals {\n  loop = local.loop2\n  loop2 = local.loop\n}\n"
        + f'resource "airbyte_source" "s" {{\n name = "S"\n configuration = {{\n  a = {{ b = {expression} }}\n }}\n}}\n'
    )
    found = read(tmp_path, text)
    assert actor(found, "airbyte_source.s").configuration == {"a": {"b": MASK}}
    assert untold(found) == [f"airbyte_source.s: configuration.a.b: {why}"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("prefix = var.workspace_id", "prefix: it is made of var.workspace_id, whose value is not in the files"),
        ("status = data.x.y.z", "status: it is made of data.x.y, which is known when Terraform runs"),
        (
            'schedule = { schedule_type = "cron", cron_expression = file("cron") }',
            "schedule.cron_expression: it is made by the function file, which is not run here",
        ),
        (
            "configurations = { streams = [{ name = var.workspace_id }] }",
            "configurations.streams[0].name: it is made of var.workspace_id, whose value is not in the files",
        ),
    ],
)
def test_a_setting_that_is_not_known_is_no_default(tmp_path: Path, setting: str, told: str) -> None:
    name = setting.partition(" ")[0]
    text = SYNC.replace(f"  {name} ", f"  {name}_before ").replace("  source_id ", f"  {setting}\n  source_id ")
    found = read(tmp_path, HEAD + LAKE + SHOP + text)
    assert sync(found, "airbyte_connection.shop_to_lake").remote.settings is None
    assert untold(found) == [f"airbyte_connection.shop_to_lake: {told}"]
    kept = state(resource("airbyte_connection", "shop_to_lake", connection(prefix="shop_")))
    settings = sync(read(tmp_path, HEAD + LAKE + SHOP + text, **{"terraform.tfstate": kept}), ADDRESS).remote.settings
    assert settings is not None
    assert settings.prefix == "shop_"


def test_a_name_that_is_not_known_is_not_made_up(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + SHOP.replace('"Shop"', "var.workspace_id"))
    assert actor(found, "airbyte_source.shop").configuration is None
    assert untold(found) == [
        "airbyte_source.shop: name: it is made of var.workspace_id, whose value is not in the files"
    ]


def test_json_in_a_long_text_keeps_its_variables(tmp_path: Path) -> None:
    json_text = (
        '{"shop": "${var.plain}", "count": ${local.count}, "token": "${var.api_password}", "url": "s3://${var.plain}"}'
    )
    text = (
        HEAD
        + 'variable "plain" { default = "p" }\nlocals {\n count = 3\n}\n'
        + f'resource "airbyte_source_custom" "s" {{\n name = "S"\n configuration = <<-EOF\n  {json_text}\n  EOF\n}}\n'
    )
    assert actor(read(tmp_path, text), "airbyte_source_custom.s").configuration == {
        "shop": {"var": "plain"},
        "count": 3,
        "token": {"secret": "api_password"},
        "url": "s3://p",
    }


def test_what_a_state_has_not_set_is_not_asked_for(tmp_path: Path) -> None:
    text = SHOP.replace('"2024-01-01"', 'file("date")')
    kept = state(resource("airbyte_source", "shop", source()))
    found = read(tmp_path, HEAD + LAKE + text, **{"terraform.tfstate": kept})
    configuration = actor(found, "airbyte_source.shop").configuration
    assert configuration is not None
    assert "start_date" not in configuration


def test_files_without_a_state_do_not_tell_namespaces(tmp_path: Path) -> None:
    block = f'import {{\n  to = {ADDRESS}\n  id = "{uuid(3)}"\n}}\n'
    assert untold(read(tmp_path, HEAD + LAKE + SHOP + SYNC + block)) == [
        (
            f"{ADDRESS}: no state is beside its files, which do not tell the namespaces of streams: discover its source, or "
            "import it from the server"
        )
    ]


@pytest.mark.parametrize(
    ("type_", "named"),
    [("airbyte_source", 'sourceType = "shopify"'), ("airbyte_source_custom", 'source_type = "shopify"')],
)
def test_a_configuration_may_name_its_connector(tmp_path: Path, type_: str, named: str) -> None:
    text = f'resource "{type_}" "s" {{\n name = "S"\n configuration = jsonencode({{ {named}, shop = "a" }})\n}}\n'
    found = actor(read(tmp_path, text), f"{type_}.s")
    assert (found.connector, found.configuration) == ("source-shopify", {"shop": "a"})


def test_a_value_of_a_variable_is_not_asked_for_in_clear(tmp_path: Path) -> None:
    text = 'variable "token" { default = "t" }\nresource "airbyte_source" "s" {\n name = "S"\n configuration = { key = var.token }\n}\n'
    assert untold(read(tmp_path, text)) == [
        (
            "the variable token: its value or default in these files is not carried over: write it as its default below "
            "lake.variables, or, if it is a secret, give it as TF_VAR_token"
        )
    ]


def test_count_for_each_and_modules_are_unrolled(tmp_path: Path) -> None:
    text = (
        HEAD
        + LAKE
        + """\
variable "shops" { default = { eu = "acme-eu", us = "acme-us" } }
module "shop" {
  source   = "./modules/shop"
  for_each = var.shops
  shop     = each.value
  password = var.api_password
}
resource "airbyte_source" "many" {
  count         = length(["a", "b"])
  name          = "Many ${count.index}"
  definition_id = "9da77001-af33-4bcd-be46-6252bf9342b9"
  configuration = jsonencode({})
}
resource "airbyte_connection" "shops" {
  for_each       = module.shop
  name           = "To lake ${each.key}"
  source_id      = each.value.id
  destination_id = airbyte_destination.lake.destination_id
  configurations = { streams = [{ name = "orders" }] }
}
"""
    )
    module = """\
variable "shop" {}
variable "password" {}
variable "extra" { default = "d" }
resource "airbyte_source_shopify" "this" {
  name = "Shop ${var.shop}"
  configuration = {
    shop        = var.shop
    extra       = var.extra
    credentials = { api_password = { api_password = var.password } }
  }
}
output "id" { value = airbyte_source_shopify.this.source_id }
"""
    found = read(tmp_path, text, modules__shop__main=module, **{"modules__shop__main.tf": module})
    address = 'module.shop["eu"].airbyte_source_shopify.this'
    eu = actor(found, address)
    assert (eu.name, eu.connector) == ("Shop acme-eu", "source-shopify")
    assert eu.configuration == {
        "shop": "acme-eu",
        "extra": "d",
        "credentials": {"api_password": {"api_password": {"secret": "api_password"}}},
    }
    assert sync(found, 'airbyte_connection.shops["eu"]').remote.source_id == address
    assert actor(found, "airbyte_source.many[1]").name == "Many 1"
    assert found.typed == {address, 'module.shop["us"].airbyte_source_shopify.this'}
    assert "tofu state rm 'module.shop[\"eu\"].airbyte_source_shopify.this'" in found.removals


def test_how_many_there_are_may_be_unknown(tmp_path: Path) -> None:
    text = 'resource "airbyte_source" "s" {\n for_each = var.shops\n name = each.key\n}\nvariable "shops" {}\n'
    assert untold(read(tmp_path, text)) == [
        (
            "airbyte_source.s: how many there are is not known (it is made of var.shops, whose value is not in the files): "
            "import the state"
        )
    ]


def test_a_folder_without_resources_is_told(tmp_path: Path) -> None:
    assert untold(read(tmp_path / "infra", HEAD)) == ["infra: there is no resource in its files"]


def test_a_module_from_elsewhere_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + LAKE + 'module "x" {\n  source = "git::https://example.com/x"\n}\n')
    assert untold(found) == ["module.x: its files are not in this folder, so only a state tells what it makes"]


def test_the_data_source_that_checks_a_configuration_gives_it_back(tmp_path: Path) -> None:
    text = (
        HEAD
        + """\
data "airbyte_connector_configuration" "db" {
  connector_name = "source-postgres"
  configuration  = { host = "db", ssl_mode = { mode = "require" } }
  configuration_secrets = { password = var.api_password }
}
resource "airbyte_source" "db" {
  name          = "DB"
  definition_id = data.airbyte_connector_configuration.db.definition_id
  configuration = data.airbyte_connector_configuration.db.configuration_json
}
"""
    )
    db = actor(read(tmp_path, text), "airbyte_source.db")
    assert (db.connector, db.definition_id) == ("source-postgres", None)
    assert db.configuration == {"host": "db", "ssl_mode": {"mode": "require"}, "password": {"secret": "api_password"}}


def test_a_resource_may_name_its_provider(tmp_path: Path) -> None:
    """The name before the dot is the one of `required_providers`; another provider's resources leave the old state."""
    other = HEAD.replace("    airbyte = {", '    oss = { source = "aballiet/airbyte-oss" }\n    airbyte = {')
    shop = SHOP.replace('  name          = "Shop"\n', '  provider      = PROVIDER\n  name          = "Shop"\n')
    ours = read(tmp_path / "ours", other + LAKE + shop.replace("PROVIDER", "airbyte.eu"))
    theirs = read(tmp_path / "theirs", other + LAKE + shop.replace("PROVIDER", "oss"))
    assert [ours.carries_over("airbyte_source.shop"), ours.removals] == [True, ()]
    assert not theirs.carries_over("airbyte_source.shop")


def test_import_blocks_tell_ids(tmp_path: Path) -> None:
    block = f'import {{\n  to = airbyte_source.shop\n  id = "{uuid(1)}"\n}}\n'
    found = read(tmp_path, HEAD + LAKE + SHOP + SYNC + block)
    assert actor(found, "airbyte_source.shop").id == uuid(1)
    assert sync(found, "airbyte_connection.shop_to_lake").remote.source_id == uuid(1)


def test_a_state_beside_the_files_tells_values_and_the_files_references(tmp_path: Path) -> None:
    kept = state(
        resource("airbyte_source", "shop", source()),
        resource("airbyte_destination", "lake", destination()),
        resource("airbyte_connection", "shop_to_lake", connection()),
    )
    found = read(tmp_path, HEAD + LAKE + SHOP + SYNC, **{"terraform.tfstate": kept})
    shop = actor(found, "airbyte_source.shop")
    assert (shop.id, shop.connector) == (uuid(1), "source-shopify")
    assert shop.configuration == {
        "shop": "acme",
        "start_date": "2024-01-01",
        "credentials": {"auth_method": "api_password", "api_password": {"secret": "api_password"}},
    }
    settings = sync(found, "airbyte_connection.shop_to_lake").remote.settings
    assert settings is not None
    assert [one.name for one in settings.streams] == ["orders"]
    assert found.workspace.workspace_id == WORKSPACE
    assert SECRET not in json.dumps([one.configuration for one in found.workspace.actors])


def test_names_of_variables_are_made_to_fit(tmp_path: Path) -> None:
    text = 'variable "API-Key" { sensitive = true }\nresource "airbyte_source" "s" {\n name = "S"\n configuration = { key = var.API-Key }\n}\n'
    found = read(tmp_path, text)
    assert actor(found, "airbyte_source.s").configuration == {"key": {"secret": "api_key"}}
    assert untold(found) == ["the variable API-Key: names have lower-case letters, digits and _ here, so it is api_key"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("resource {\n", "{path}:2:1 is not understood as Terraform's language"),
        (
            'resource "airbyte_source" "s" {\n name = ' + "[" * 3000 + "]" * 3000 + "\n}\n",
            "{folder}: the files of Terraform are nested too deeply",
        ),
        (
            "locals {\n a0 = [1, 1]\n"
            + "".join(f" a{n + 1} = concat(local.a{n}, local.a{n})\n" for n in range(40))
            + '}\nresource "airbyte_source" "s" {\n name = local.a40\n}\n',
            "the files of Terraform make a value that is too large",
        ),
        ('resource "airbyte_source" "s" {\n count = 100000000\n}\n', "{path}:1 makes more than 20000 objects"),
        ('module "m" {\n source = "./"\n}\n', "{path}:1: modules call each other without end"),
    ],
)
def test_files_without_end_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == said.format(path=tmp_path / "main.tf", folder=tmp_path)


def test_without_its_parser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        one
        for one in sys.modules
        if one.startswith("infra.move.terraform.hcl_") or one == "infra.move.terraform.from_hcl"
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hcl2", None)
    with pytest.raises(UserError, match="install lakeform with its extra `hcl`"):
        __import__("infra.move.terraform.from_hcl")
