"""The synthesis, broken on purpose: the same proof and the same edits as in the other tests notice it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from infra.lake.registry.sync_mode import COMBINED
from tests.e2e.applied import STACK, Applied, values
from tests.e2e.edits import EDITS
from tests.e2e.engine import TofuError, synthesize
from tests.e2e.proof import NotProvenError, prove
from tests.e2e.servers import serve
from tests.e2e.shop import base
from tests.e2e.tools import Tools
from tests.support.lakes import write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

Body = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    """A mistake in the synthesis.

    Attributes:
        name: what is wrong.
        target: the function or value of the library that is replaced, `module.name`.
        mistake: what takes its place.
        noticed: by the proof, with these words; by an edit, with these actions.
        refused: what the server says; the provider keeps it to itself.

    """

    name: str
    target: str
    mistake: Callable[[Any], Any]
    noticed: str | Mapping[str, str]
    refused: str = ""

    def make(self, patch: pytest.MonkeyPatch) -> None:
        import_module("stacks.app")  # all of the synthesis, before anything in it is replaced
        module, _, name = self.target.rpartition(".")
        patch.setattr(self.target, self.mistake(getattr(import_module(module), name)))


def then(change: Callable[[Body], Body]) -> Callable[[Any], Any]:
    """The body that a function gives, changed."""
    return lambda original: lambda *arguments: change(original(*arguments))


def without(key: str) -> Callable[[Any], Any]:
    return then(lambda body: {name: value for name, value in body.items() if name != key})


def instead(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


STREAM = "stacks.airbyte_stack.stream_body"
SOURCE = "infra.terraform.constructs.actor.actor_body"
CONNECTION = "infra.terraform.constructs.connection.connection_body"

NESTED = [{"field_path": ["customer", "id"]}, {"field_path": ["id"]}, {"field_path": ["updated_at"]}]
# Known after apply, whatever it is then.
COMPUTED = '${airbyte_destination.lake.destination_type == "" ? "" : "9da77001-af33-4bcd-be46-6252bf9342b9"}'

REFUSED = "Got an unexpected response code 400"

PROOF = [
    Mutation(
        "the zone of a schedule dropped",
        "infra.terraform.constructs.bodies._schedule",
        then(lambda body: {key: value.removesuffix(" UTC") for key, value in body.items()}),
        r'cron_expression = "0 0,20,40 \* \* \* \? UTC" -> "0 0,20,40 \* \* \* \?"',
    ),
    Mutation(
        "the namespace of streams dropped",
        STREAM,
        without("namespace"),
        REFUSED,
        "No streams found with name [orders]",
    ),
    Mutation(
        "a namespace for streams that have none",
        STREAM,
        then(lambda body: {"namespace": "public", **body}),
        r"- namespace +=|\+ namespace +=",
    ),
    Mutation(
        "text of a connection not escaped",
        "infra.terraform.constructs.bodies.escape",
        instead(lambda text: text),
        "Invalid reference",
    ),
    Mutation(
        "text of a configuration not escaped",
        "infra.terraform.constructs.expression.escape",
        instead(lambda text: text),
        "Invalid reference",
    ),
    Mutation(
        "a computed definition id",
        SOURCE,
        then(lambda body: {**body, "definition_id": COMPUTED} if "local.source_" in body["configuration"] else body),
        "definition_id that is unknown in the plan",
    ),
    Mutation("no definition id", SOURCE, without("definition_id"), "definition_id that is unknown in the plan"),
    Mutation("no primary key", STREAM, without("primary_key"), REFUSED, "No default primary key"),
    Mutation("no cursor", STREAM, without("cursor_field"), REFUSED, "No default cursor field"),
    Mutation(
        "a field inside a field selected",
        STREAM,
        then(lambda body: {**body, "selected_fields": NESTED}),
        REFUSED,
        "Nested field selection",
    ),
    Mutation(
        "dedup made append",
        "infra.terraform.constructs.bodies.COMBINED",
        instead({**COMBINED, ("incremental", "append_dedup"): "incremental_append"}),
        "incremental_append",
    ),
    Mutation("the prefix forgotten", CONNECTION, without("prefix"), "shop_"),
    Mutation("the format of a namespace forgotten", CONNECTION, without("namespace_format"), "SOURCE_NAMESPACE"),
    Mutation(
        "the token's address relative",
        "infra.terraform.constructs.bodies._token_url",
        instead(lambda _: "/v1/applications/token"),
        "failed to get token: unexpected status code: 40[45]:",
    ),
    Mutation(
        "a variable's value not taken",
        "infra.terraform.constructs.expression.variable",
        instead(lambda name: f"var.{name}"),
        "failed to get token: unexpected status code: 401:",
    ),
]

UNTOUCHED: Mapping[str, str] = {}

BY_EDIT = {
    "all fields": Mutation(
        "an empty selection left out",
        STREAM,
        then(lambda body: {key: value for key, value in body.items() if value != []}),
        UNTOUCHED,
    ),
    "no mapper any more": Mutation(
        "no mappers left out",
        STREAM,
        then(lambda body: {key: value for key, value in body.items() if value != []}),
        UNTOUCHED,
    ),
    "no schedule any more": Mutation(
        "a manual schedule left out",
        CONNECTION,
        then(
            lambda body: (
                body
                if "cron_expression" in body["schedule"]
                else {key: value for key, value in body.items() if key != "schedule"}
            )
        ),
        UNTOUCHED,
    ),
    "a source renamed": Mutation(
        "no moved block",
        "stacks.airbyte_stack.history_blocks",
        instead(lambda *_: {}),
        {
            "airbyte_connection.shopify_to_lake": "replace",
            "airbyte_connection.shopify_to_warehouse": "replace",
            "airbyte_source.shop": "create",
            "airbyte_source.shopify": "delete",
        },
    ),
    "a connection given up, not deleted": Mutation(
        "no removed block",
        "stacks.airbyte_stack.history_blocks",
        instead(lambda *_: {}),
        {"airbyte_connection.postgres_to_lake": "delete"},
    ),
    "what exists is adopted": Mutation(
        "no import block",
        "infra.terraform.constructs.actor.imports_of",
        instead(lambda _: {}),
        {"airbyte_connection.faker_to_lake": "import and replace", "airbyte_source.faker": "create"},
    ),
}


@pytest.mark.parametrize("mutation", PROOF, ids=lambda mutation: mutation.name)
def test_a_mistake_in_the_synthesis_is_noticed_by_the_proof(
    mutation: Mutation, tools: Tools, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = write_lake(folder / "lake", base())
    mutation.make(monkeypatch)
    synthesize(lake)
    with serve(lake) as server, pytest.raises((NotProvenError, TofuError), match=str(mutation.noticed)):
        prove(tools, lake, STACK, server, values(server), folder / "tofu")
    assert any(mutation.refused in said for said in server.refusals) or not mutation.refused


@pytest.mark.parametrize("name", BY_EDIT)
def test_a_mistake_in_the_synthesis_is_noticed_by_an_edit(
    name: str, applied: Applied, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (edit,) = (edit for edit in EDITS if edit.name == name)
    lake = write_lake(folder / "lake", edit.change(base()))
    BY_EDIT[name].make(monkeypatch)
    synthesize(lake)
    engine = applied.engine(folder / "tofu")
    with applied.server() as server:
        edit.prepare(server)
        engine.take(lake, STACK, {**values(server), **edit.variables})
        actions = engine.plan().actions
    assert actions != edit.actions
    assert actions == BY_EDIT[name].noticed


def test_the_lake_that_is_broken_is_right_before(tools: Tools, folder: Path) -> None:
    lake = write_lake(folder / "lake", base())
    synthesize(lake)
    with serve(lake) as server:
        prove(tools, lake, STACK, server, values(server), folder / "tofu")
