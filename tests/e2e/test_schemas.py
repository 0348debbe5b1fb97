"""The schemas of the providers that the end-to-end tests run with are those of the real ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from infra.lake.model.attributes import ActorAttributes, ConnectionAttributes, ProviderAttributes
from tests.e2e.engine import Engine
from tests.e2e.schemas import Facts, Place, differences, facts, read_table
from tests.e2e.tools import AIRBYTE, RESTFUL, Provider, tools_or_skip
from tests.support.lakes import REPOSITORY

Json = dict[str, Any]

PROVIDERS = [pytest.param(provider, id=provider.module.name) for provider in (AIRBYTE, RESTFUL)]
FIXTURES = REPOSITORY.parent / "shared/fixtures"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> dict[Provider, Facts]:
    """What tofu says of the providers that it runs here."""
    engine = Engine(tools_or_skip(AIRBYTE, RESTFUL), tmp_path_factory.mktemp("schemas"))
    wanted = {one.module.name: {"source": one.source, "version": one.version} for one in (AIRBYTE, RESTFUL)}
    (engine.folder / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": wanted}}))
    engine.init()
    schemas = engine.schemas()
    return {one: facts(schemas[f"registry.opentofu.org/{one.source}"]) for one in (AIRBYTE, RESTFUL)}


@pytest.mark.network
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_attribute_is_that_of_the_real_provider(provider: Provider, running: dict[Provider, Facts]) -> None:
    name = f"provider-schema-{provider.source.rpartition('/')[2]}-{provider.version}.json"
    if not (FIXTURES / name).exists():
        pytest.skip(f"cannot run here: the schema of the real provider is not here: {FIXTURES / name}")
    real = facts(json.loads((FIXTURES / name).read_text("utf-8")))
    assert differences(real, running[provider]) == []
    assert differences(within(real, table(provider)), table(provider)) == []


@pytest.mark.network
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_attribute_that_lakeform_writes_is_as_the_table_says(
    provider: Provider, running: dict[Provider, Facts]
) -> None:
    assert differences(table(provider), within(running[provider], table(provider))) == []


def test_the_table_has_every_attribute_that_lakeform_writes() -> None:
    known = table(AIRBYTE)
    owners = {
        "provider": ProviderAttributes,
        "resource airbyte_source": ActorAttributes,
        "resource airbyte_destination": ActorAttributes,
        "resource airbyte_connection": ConnectionAttributes,
    }
    for owner, written in owners.items():
        assert [path for path in paths(written) if Place(owner, path) not in known] == []


def table(provider: Provider) -> Facts:
    """The attributes that lakeform writes or reads, as the real provider has them."""
    return read_table((provider.module / "written.txt").read_text("utf-8"))


def within(whole: Facts, known: Facts) -> Facts:
    return {place: said for place, said in whole.items() if place in known}


def paths(written: Any) -> Iterator[str]:
    """The attributes of a TypedDict, and of those inside it."""
    for name, kind in get_type_hints(written).items():
        yield name
        inner = get_args(kind)[0] if get_origin(kind) is list else kind
        if is_typeddict(inner):
            yield from (f"{name}.{path}" for path in paths(inner))


REAL: Json = {
    "provider": {"version": 0, "block": {"attributes": {"url": {"type": "string", "required": True}}}},
    "resource_schemas": {
        "shop_order": {
            "version": 1,
            "block": {
                "attributes": {
                    "note": {"type": ["list", ["list", "string"]], "optional": True, "computed": True},
                    "key": {"type": "string", "optional": True, "sensitive": True},
                    "lines": {
                        "optional": True,
                        "nested_type": {
                            "nesting_mode": "set",
                            "attributes": {"count": {"type": "number", "required": True}},
                        },
                    },
                }
            },
        },
        "shop_customer": {"version": 0, "block": {"attributes": {}}},
    },
    "data_source_schemas": {"shop_order": {"version": 0, "block": {"attributes": {"id": {"type": "string"}}}}},
}
ORDER = "resource shop_order"


def attributes(schema: Json) -> Json:
    found: Json = schema["resource_schemas"]["shop_order"]["block"]["attributes"]
    return found


def lines(schema: Json) -> Json:
    found: Json = attributes(schema)["lines"]
    return found


MUTATIONS: dict[str, tuple[Callable[[Json], object], list[str]]] = {
    "the same": (lambda _: None, []),
    "an object that only the real one has": (lambda ours: ours["resource_schemas"].pop("shop_customer"), []),
    "an object of ours": (
        lambda ours: ours["resource_schemas"].update(shop_x={"version": 0, "block": {}}),
        ["resource shop_x: nothing, and here version 0"],
    ),
    "the version": (
        lambda ours: ours["resource_schemas"]["shop_order"].update(version=0),
        [f"{ORDER}: version 1, and here version 0"],
    ),
    "a block": (
        lambda ours: ours["resource_schemas"]["shop_order"]["block"].update(block_types={"timeouts": {}}),
        [f"{ORDER}: version 1, and here version 1, block timeouts"],
    ),
    "a type": (
        lambda ours: attributes(ours)["note"].update(type=["list", "string"]),
        [f"{ORDER}: note: list(list(string)) optional computed, and here list(string) optional computed"],
    ),
    "not computed": (
        lambda ours: attributes(ours)["note"].pop("computed"),
        [f"{ORDER}: note: list(list(string)) optional computed, and here list(list(string)) optional"],
    ),
    "not sensitive": (
        lambda ours: attributes(ours)["key"].update(sensitive=False),
        [f"{ORDER}: key: string optional sensitive, and here string optional"],
    ),
    "write-only": (
        lambda ours: attributes(ours)["key"].update(write_only=True),
        [f"{ORDER}: key: string optional sensitive, and here string optional sensitive write_only"],
    ),
    "deprecated": (
        lambda ours: attributes(ours)["key"].update(deprecated=True),
        [f"{ORDER}: key: string optional sensitive, and here string optional sensitive deprecated"],
    ),
    "optional instead of required": (
        lambda ours: ours["provider"]["block"]["attributes"].update(url={"type": "string", "optional": True}),
        ["provider: url: string required, and here string optional"],
    ),
    "an attribute left out": (
        lambda ours: ours["data_source_schemas"]["shop_order"]["block"]["attributes"].pop("id"),
        ["data shop_order: id: string, and here nothing"],
    ),
    "an attribute too many": (
        lambda ours: attributes(ours).update(extra={"type": "bool"}),
        [f"{ORDER}: extra: nothing, and here bool"],
    ),
    "another nesting": (
        lambda ours: lines(ours)["nested_type"].update(nesting_mode="list"),
        [f"{ORDER}: lines: nested(set) optional, and here nested(list) optional"],
    ),
    "no nesting": (
        lambda ours: attributes(ours).update(lines={"type": "string", "optional": True}),
        [
            f"{ORDER}: lines: nested(set) optional, and here string optional",
            f"{ORDER}: lines.count: number required, and here nothing",
        ],
    ),
    "inside a nested one": (
        lambda ours: lines(ours)["nested_type"]["attributes"]["count"].update(required=False),
        [f"{ORDER}: lines.count: number required, and here number"],
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_kind_of_difference_is_told_with_its_path(name: str) -> None:
    change, told = MUTATIONS[name]
    ours = copy.deepcopy(REAL)
    change(ours)
    assert differences(facts(REAL), facts(ours)) == told


def test_a_table_is_read() -> None:
    text = "provider  version 0\n  url  string required\ndata x  version 1\n  a.b    bool\n"
    assert read_table(text) == {
        Place("provider"): "version 0",
        Place("provider", "url"): "string required",
        Place("data x"): "version 1",
        Place("data x", "a.b"): "bool",
    }
