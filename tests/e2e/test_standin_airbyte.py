"""What airbytehq/airbyte does with an answer that is not the wanted one: the same with the stand-in and the real provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.applied import STACK, Applied, commit, values
from tests.e2e.edit import Change, replace
from tests.e2e.engine import Engine, TofuError, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import SHOPIFY, base
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.support.lakes import write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

Json = dict[str, Any]

TOKENS = "/api/public/v1/applications/token"
KEY = "c2VjcmV0LXZhbHVlLXNlY3JldA=="
ENCRYPTION = {
    "encryption": {
        "aes": {
            "algorithm": "AES",
            "mode": "CBC",
            "padding": "PKCS5Padding",
            "target_field": "status",
            "field_name_suffix": "_aes",
            "key": KEY,
        }
    }
}


@dataclass(frozen=True)
class Site:
    """A lake, what tofu has of it, and its server."""

    engine: Engine
    server: StandIn
    folder: Path

    def commit(self, change: Change) -> None:
        commit(self.folder / "lake", self.engine, self.server, change(base()))

    def rewrite(self, change: Callable[[Json], object]) -> None:
        """Change the connection from Postgres in what was synthesized."""
        path = self.engine.folder / "cdk.tf.json"
        stack = json.loads(path.read_text("utf-8"))
        change(stack["resource"]["airbyte_connection"]["postgres_to_lake"])
        path.write_text(json.dumps(stack))

    def asked(self, method: str, path: str) -> list[Any]:
        return [one for one in self.server.requests if one.method == method and one.path.startswith(path)]


@pytest.fixture
def fresh(tools: Tools, tmp_path: Path) -> Iterator[Site]:
    """The shop before its first apply."""
    lake = write_lake(tmp_path / "lake", base())
    synthesize(lake)
    site = Site(Engine(tools, tmp_path / "tofu"), serve(lake), tmp_path)
    with site.server as server:
        site.engine.take(lake, STACK, values(server))
        site.engine.init()
        yield site


@pytest.fixture
def site(applied: Applied, tmp_path: Path) -> Iterator[Site]:
    """The shop after its first apply."""
    with applied.server() as server:
        yield Site(applied.engine(tmp_path / "tofu"), server, tmp_path)


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("path", ["/sources", "/destinations", "/connections"])
def test_a_creation_that_is_refused_has_no_reason(fresh: Site, path: str, status: int) -> None:
    fresh.engine.plan()
    fresh.server.fail_next(f"POST .*{path}$", status)
    with pytest.raises(TofuError) as refused:
        fresh.engine.apply()
    said = str(refused.value)
    assert f"Got an unexpected response code {status}" in said
    assert "**Request**" in said
    assert "Authorization: (sensitive)" in said
    assert "injected by the test" not in said


CHANGES = {
    "PUT /sources": replace(SHOPIFY, "2026-01-01", "2026-02-01"),
    "PATCH /connections": replace(SHOPIFY, "0,20,40 *", "0,30 *"),
}


@pytest.mark.parametrize(("status", "has_reason"), [(400, True), (403, False), (404, False), (422, True)])
@pytest.mark.parametrize("request_", CHANGES)
def test_a_change_that_is_refused_has_a_reason_unless_it_is_a_403_or_404(
    site: Site, request_: str, status: int, *, has_reason: bool
) -> None:
    method, _, path = request_.partition(" ")
    site.commit(CHANGES[request_])
    site.engine.plan()
    site.server.fail_next(f"{method} .*{path}/", status)
    with pytest.raises(TofuError) as refused:
        site.engine.apply()
    said = str(refused.value)
    words = f"unknown status code returned: Status {status}" if has_reason else f"unexpected response code {status}"
    assert words in said
    assert ("injected by the test" in said) == has_reason


def test_a_source_whose_first_look_fails_is_made_twice(fresh: Site) -> None:
    fresh.engine.plan()
    fresh.server.fail_next("GET .*/sources/", 502)
    with pytest.raises(TofuError, match="unknown status code returned: Status 502"):
        fresh.engine.apply()
    assert len(fresh.server.state.living("sources")) == 2
    (again,) = (one for one, action in fresh.engine.plan().actions.items() if one.startswith("airbyte_source."))
    assert fresh.engine.plan().actions[again] == "create"
    fresh.engine.apply()
    assert len(fresh.server.state.living("sources")) == 3


def test_a_token_that_is_refused_fails_the_request_and_is_kept_until_the_next_run(site: Site) -> None:
    site.commit(lambda files: files)
    site.server.fail_next("GET .*/sources/", 401)
    with pytest.raises(TofuError, match="unknown status code returned: Status 401"):
        site.engine.plan("-parallelism=1")
    assert len(site.asked("GET", "/api/public/v1/")) > 1
    assert len(site.asked("POST", TOKENS)) == 1
    assert site.engine.left() == ""
    assert len(site.asked("POST", TOKENS)) == 2


@pytest.mark.parametrize(("lifetime", "kept"), [(900, True), (60, False)], ids=["kept", "asked for again"])
def test_a_token_is_kept_until_a_minute_before_it_expires(site: Site, lifetime: int, *, kept: bool) -> None:
    site.commit(lambda files: files)
    site.server.airbyte.authentication.lifetime = lifetime
    site.engine.plan("-parallelism=1")
    reads = len(site.asked("GET", "/api/public/v1/"))
    assert reads > 1
    assert len(site.asked("POST", TOKENS)) == (1 if kept else reads)


def the_mapper(connection: Json) -> Json:
    """The only one of the streams from Postgres."""
    (mapper,) = (mapper for stream in connection["configurations"]["streams"] for mapper in stream["mappers"])
    assert isinstance(mapper, dict)
    return mapper


def test_the_key_of_an_encryption_differs_in_every_plan(site: Site) -> None:
    site.commit(lambda files: files)
    site.rewrite(lambda found: the_mapper(found).update(type="encryption", mapper_configuration=ENCRYPTION))
    for _ in range(2):
        assert site.engine.plan().actions == {"airbyte_connection.postgres_to_lake": "update"}
        site.engine.apply()
    sent = [one.body["configurations"]["streams"] for one in site.asked("PATCH", "/api/public/v1/connections/")]
    mappers = [stream["mappers"][0] for streams in sent for stream in streams if stream.get("mappers")]
    assert [mapper["mapperConfiguration"]["key"] for mapper in mappers] == [KEY, KEY]


def two_kinds(connection: Json) -> None:
    the_mapper(connection)["mapper_configuration"]["field_filtering"] = {"target_field": "status"}


def no_type(connection: Json) -> None:
    del the_mapper(connection)["type"]


def a_residency(connection: Json) -> None:
    connection["data_residency"] = "auto"


@pytest.mark.parametrize(
    ("change", "severity", "said"),
    [
        (two_kinds, "error", "Invalid Attribute Combination"),
        (no_type, "error", "Missing Attribute Value"),
        (a_residency, "warning", "Attribute Deprecated"),
    ],
    ids=["two kinds of mapper in one", "a mapper without a type", "what is deprecated"],
)
def test_what_the_provider_notices_without_a_server(
    site: Site, change: Callable[[Json], None], severity: str, said: str
) -> None:
    site.commit(lambda files: files)
    assert site.engine.validate() == []
    site.rewrite(change)
    assert {(problem["severity"], problem["summary"]) for problem in site.engine.validate()} == {(severity, said)}


def test_a_kind_of_object_that_lakeform_does_not_write_is_unknown_to_the_stand_in(site: Site, tools: Tools) -> None:
    if tools.is_real:
        pytest.skip("cannot run here: the real provider has it")
    site.commit(lambda files: files)
    (site.engine.folder / "more.tf.json").write_text(
        json.dumps({"resource": {"airbyte_workspace": {"x": {"name": "X"}}}})
    )
    with pytest.raises(TofuError, match=r"does\s+not\s+support\s+resource\s+type\s+\"airbyte_workspace\""):
        site.engine.plan()
