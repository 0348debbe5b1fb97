"""The construct tree decides what exists, and none of CDKTF's traps reaches the document (docs and facts of cdktf)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from infra.lake.rules.check import check_lake
from infra.terraform.constructs.actor import Actor
from infra.terraform.constructs.bodies import variable_body
from infra.terraform.constructs.resources import AirbyteProvider, AirbyteResource, Variable
from stacks.airbyte_stack import AirbyteStack
from stacks.app import build_app
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, MINIMAL, REPOSITORY, SOURCE, problems_of, run, write_lake

constructs = pytest.importorskip("constructs")

FILE = "dag/registry/lake.yaml"
CUSTOM = """\
sources:
  faker:
    connector: source-own
    definition_id: 33333333-4444-5555-6666-777777777777
    configuration: """


def stack_of(root: Path, name: str = "airbyte") -> AirbyteStack:
    """A stack of a lake, not written anywhere."""
    checked = check_lake(root, catalogs=False)
    assert checked.report.errors == ()
    stacks = build_app(checked.model, root / "cdktf.out")[1]
    return next(stack for stack in stacks if stack.name == name)


def small(root: Path, **files: str) -> Path:
    return write_lake(root, {**MINIMAL, **files})


def local_of(root: Path, written: str) -> Any:
    """The source's configuration in the text that synth writes, from `written` in the registry."""
    write_lake(root, {**MINIMAL, FILE: LAKE + CUSTOM + written + "\n" + DESTINATION + CONNECTION})
    result = run(root, "synth", "--quiet")
    assert result.code == 0, result.err
    text = (root / "cdktf.out/stacks/airbyte/cdk.tf.json").read_text("utf-8")
    return json.loads(text)["locals"]["source_faker"]


@pytest.fixture
def example(tmp_path: Path) -> AirbyteStack:
    """The production stack of this repository's lake, for one test to change."""
    model = check_lake(REPOSITORY, catalogs=False).model
    return next(stack for stack in build_app(model, tmp_path)[1] if stack.name == "prod")


def tree_of(stack: AirbyteStack) -> set[tuple[str, str]]:
    """(type, path below the stack) of every construct in a stack."""
    return {(type(child).__name__, child.node.path.partition("/")[2]) for child in stack.node.find_all()[1:]}


# What exists


def test_the_tree_of_the_example_is_one_construct_for_each_block(example: AirbyteStack) -> None:
    assert tree_of(example) == {
        ("AirbyteProvider", "provider.airbyte"),
        *(
            ("Variable", f"variables.{name}")
            for name in [
                "airbyte_client_id",
                "airbyte_client_secret",
                "klaviyo_api_key",
                "postgres_password",
                "prod_workspace_id",
                "s3_access_key_id",
                "s3_secret_access_key",
                "shopify_api_password",
                "shopify_store",
            ]
        ),
        *(("Actor", f"sources.{name}") for name in ["faker", "klaviyo", "postgres", "shopify"]),
        ("Actor", "destinations.s3_data_lake"),
        *(("Connection", f"connections.{name}_to_lake") for name in ["faker", "klaviyo", "postgres", "shopify"]),
    }


def test_every_block_of_the_document_is_a_construct(example: AirbyteStack) -> None:
    document = example.to_terraform()
    blocks = {
        *((type_, name) for type_, named in document["resource"].items() for name in named),
        *(("variable", name) for name in document["variable"]),
        *(("provider", name) for name in document["provider"]),
    }
    found = set()
    for construct in example.node.find_all()[1:]:
        if isinstance(construct, AirbyteResource):
            found.add((construct.terraform_resource_type, construct.friendly_unique_id))
        elif isinstance(construct, Variable):
            found.add(("variable", construct.friendly_unique_id))
        elif isinstance(construct, AirbyteProvider):
            found.add(("provider", construct.terraform_resource_type))
    assert found == blocks


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        ("sources.shopify", ["resource.airbyte_source.shopify", "locals.source_shopify"]),
        ("destinations.s3_data_lake", ["resource.airbyte_destination", "locals.destination_s3_data_lake"]),
        ("connections.faker_to_lake", ["resource.airbyte_connection.faker_to_lake", "output.faker_to_lake"]),
        ("variables.shopify_store", ["variable.shopify_store"]),
    ],
)
def test_a_construct_that_is_removed_takes_its_blocks_along_and_nothing_else(
    example: AirbyteStack, path: str, gone: list[str]
) -> None:
    before = leaves(example.to_terraform())
    assert example.node.try_remove_child(path)
    after = leaves(example.to_terraform())
    assert after == {k: v for k, v in before.items() if not any(k == g or k.startswith(f"{g}.") for g in gone)}
    assert len(after) < len(before)


def leaves(document: Any) -> dict[str, Any]:
    """Key path -> value, three levels deep."""
    found = {}
    for block, named in document.items():
        for name, value in named.items():
            if block == "resource":
                found.update({f"resource.{name}.{id_}": body for id_, body in value.items()})
            else:
                found[f"{block}.{name}"] = value
    return found


def test_an_import_goes_with_its_construct(tmp_path: Path) -> None:
    registry = LAKE + SOURCE + DESTINATION + CONNECTION + "    adopt: 33333333-4444-5555-6666-777777777777\n"
    stack = stack_of(small(tmp_path, **{FILE: registry}))
    assert "import" in stack.to_terraform()
    stack.node.try_remove_child("connections.faker_to_lake")
    assert "import" not in stack.to_terraform()


def test_a_construct_can_be_added_by_a_subclass_of_the_app(example: AirbyteStack) -> None:
    Variable(example, "region", {"type": "string", "description": "where"})
    assert example.to_terraform()["variable"]["region"] == {"type": "string", "description": "where"}


def test_a_second_construct_at_the_same_place_is_refused(example: AirbyteStack) -> None:
    with pytest.raises(Exception, match="already a Construct with name"):
        Variable(example, "shopify_store", {"type": "string"})


def test_a_block_that_nothing_describes_is_refused(example: AirbyteStack) -> None:
    from infra.terraform.constructs.tf import TerraformVariable  # noqa: PLC0415  # only here a construct of CDKTF's own is wanted

    TerraformVariable(example, "stray", type="string")
    with pytest.raises(KeyError, match="stray"):
        example.to_terraform()


def test_an_address_does_not_depend_on_the_constructs_around_it(example: AirbyteStack) -> None:
    stack = check_lake(REPOSITORY, catalogs=False).model.stacks["prod"]
    shopify = stack.sources["shopify"]
    before = example.to_terraform()
    assert example.node.try_remove_child("sources.shopify")
    uuid = before["resource"]["airbyte_source"]["shopify"]["definition_id"]
    team = constructs.Construct(constructs.Construct(example, "teams"), "commerce")
    team.add_fragment = example.add_fragment
    moved = Actor(cast("Any", team), shopify, stack.settings, uuid)
    assert moved.node.path == "prod/teams/commerce/sources.shopify"
    assert example.to_terraform() == before


def test_two_apps_in_one_process_give_the_same_document(tmp_path: Path) -> None:
    root = small(tmp_path)
    assert stack_of(root).to_terraform() == stack_of(root).to_terraform()


# Names: CDKTF drops characters and merges what is left


@pytest.mark.parametrize("id_", ["a b", "a.b", "Ab", "aé", "1x", "a/b", "a-b", "_a", "a$", "ａ", ""])
@pytest.mark.parametrize("section", ["sources", "destinations", "connections"])
def test_an_id_that_cdktf_would_change_is_refused(tmp_path: Path, section: str, id_: str) -> None:
    pieces = {"sources": SOURCE, "destinations": DESTINATION, "connections": CONNECTION}
    old = {"sources": "  faker:", "destinations": "  lake:", "connections": "  faker_to_lake:"}[section]
    pieces[section] = pieces[section].replace(old, f'  "{id_}":', 1)
    found = problems_of(small(tmp_path, **{FILE: LAKE + "".join(pieces.values())}))
    assert f"{section}.{id_}" in [problem.path for problem in found if problem.rule == "bad-name"]


@pytest.mark.parametrize("name", ["Api-Key", "api key", "api.key", "1st", "version", "for_each", "é"])
@pytest.mark.parametrize("kind", ["secret", "var"])
def test_a_variable_that_terraform_cannot_have_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    source = SOURCE.replace("count: 10", f'count: {{{kind}: "{name}"}}')
    found = problems_of(small(tmp_path, **{FILE: LAKE + source + DESTINATION + CONNECTION}))
    assert "bad-name" in [problem.rule for problem in found]


def test_one_id_may_be_a_source_a_destination_a_connection_and_a_variable(tmp_path: Path) -> None:
    registry = LAKE + SOURCE.replace("count: 10", "count: {var: faker}") + DESTINATION + CONNECTION
    registry = registry.replace("  lake:\n    connector", "  faker:\n    connector").replace(
        "  faker_to_lake:", "  faker:"
    )
    document = stack_of(
        small(tmp_path, **{FILE: registry.replace("destination: lake", "destination: faker")})
    ).to_terraform()
    assert {type_: list(named) for type_, named in document["resource"].items()} == {
        "airbyte_source": ["faker"],
        "airbyte_destination": ["faker"],
        "airbyte_connection": ["faker"],
    }
    assert set(document["locals"]) == {"source_faker", "destination_faker"}
    assert list(document["variable"]) == ["faker"]


# Values: CDKTF drops, rounds, renames or dies


def test_null_deletes_a_key_and_stays_in_a_list(tmp_path: Path) -> None:
    written = "{a: null, b: {c: ~}, d: [null, {e: null}], f: [], g: {}}"
    assert local_of(tmp_path, written) == {"b": {}, "d": [None, {"e": None}], "f": [], "g": {}}


@pytest.mark.parametrize("number", [2**53 + 1, 2**60 + 1, -(2**63) - 1, 10**40, 0.1, 1e300, 5e-324])
def test_a_number_keeps_its_digits(tmp_path: Path, number: float) -> None:
    assert local_of(tmp_path, f"{{n: {number}}}") == {"n": number}


@pytest.mark.parametrize("word", [".nan", ".inf", "-.inf", "1e999"])
def test_a_number_that_json_does_not_have_is_refused_before_node_sees_it(tmp_path: Path, word: str) -> None:
    root = small(tmp_path, **{FILE: LAKE + CUSTOM + f"{{n: {word}}}\n" + DESTINATION + CONNECTION})
    result = run(root, "synth")
    assert result.code == 1
    assert "yaml-syntax" in result.err
    assert run(small(tmp_path / "next"), "synth").code == 0


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_refused_in_stream_files_too(tmp_path: Path, word: str) -> None:
    root = small(tmp_path, **{"dag/streams/faker/users.json": f'{{"fields": {{"id": {{"minimum": {word}}}}}}}'})
    assert {problem.rule for problem in problems_of(root)} >= {"json-syntax"}


def test_keys_keep_their_dots_and_capitals(tmp_path: Path) -> None:
    written = '{"a.b": 1, camelCase: {"X-Abc": [1, {"Ünï.Key": 2}]}, "l.0.n": 3, A_b: 4}'
    assert local_of(tmp_path, written) == {
        "a.b": 1,
        "camelCase": {"X-Abc": [1, {"Ünï.Key": 2}]},
        "l.0.n": 3,
        "A_b": 4,
    }


def test_keys_of_a_backend_keep_their_dots_and_capitals(tmp_path: Path) -> None:
    backend = {
        "http": {"address": "https://state.example.com", "headers": {"X-Abc": "1", "a.b": "2", "camelCase": "3"}}
    }
    lake = LAKE.replace("auth: none", f"auth: none\n      backend: {json.dumps(backend)}")
    stack = stack_of(small(tmp_path, **{FILE: lake + SOURCE + DESTINATION + CONNECTION}))
    assert stack.to_terraform()["terraform"]["backend"] == backend


def test_dates_and_words_of_yaml_stay_the_text_that_was_typed(tmp_path: Path) -> None:
    assert local_of(tmp_path, "{a: 2026-01-01, b: on, c: 010, d: 1:30, e: 0x1F, f: 1_000}") == {
        "a": "2026-01-01",
        "b": "on",
        "c": "010",
        "d": "1:30",
        "e": "0x1F",
        "f": "1_000",
    }


def test_text_in_any_script_is_written_as_it_is(tmp_path: Path) -> None:
    text = "Größe 日本語 مرحبا 👩‍👩‍👧 →"
    assert local_of(tmp_path, json.dumps({text: text}, ensure_ascii=False)) == {text: text}
    assert "日本語 مرحبا 👩‍👩‍👧 →" in (tmp_path / "cdktf.out/stacks/airbyte/cdk.tf.json").read_text("utf-8")


def test_text_that_looks_like_a_token_of_cdktf_is_text(tmp_path: Path) -> None:
    text = "${TfToken[TOKEN.0]} #{Token[x.1]} TfToken[TOKEN.2]"
    assert local_of(tmp_path, json.dumps({"k": [text]})) == {"k": [text.replace("${", "$${")]}


def test_a_description_of_a_variable_may_hold_anything(tmp_path: Path) -> None:
    description = 'Rows: ${n} "quoted" 日本\nand %{more}'
    lake = LAKE.replace("  stacks:", f"  variables: {{rows: {{description: {json.dumps(description)}}}}}\n  stacks:")
    source = SOURCE.replace("count: 10", "count: {var: rows}")
    model = check_lake(small(tmp_path, **{FILE: lake + source + DESTINATION + CONNECTION}), catalogs=False).model
    # Descriptions are literals in Terraform's JSON syntax: an escape there would be shown.
    assert variable_body(model.stacks["airbyte"].variables["rows"])["description"] == description
