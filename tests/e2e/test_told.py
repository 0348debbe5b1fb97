"""What lakeform tells of an apply, held against what the engine and the provider do: refusals, twins, masked keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.applied import STACK, Applied, values
from tests.e2e.edit import Change, each, keys, replace
from tests.e2e.engine import Engine, TofuError, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import LAKE, ORDERS, PUBLIC, SHOPIFY, Files, base
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.support.kube import cluster_on_path, state_of
from tests.support.lakes import run, write_files, write_lake
from tests.support.remote import without_pauses

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

FLUX = """\
      backend: {kubernetes: {namespace: lake, secret_suffix: lake-state}}
      flux: {git: {url: "ssh://git@git.example.com/team/lake"}}
"""
KEY = {"mapper_key": "c2VjcmV0LXZhbHVlLXNlY3JldA=="}


def encryption(algorithm: str, **settings: Any) -> dict[str, Any]:
    """A mapper in a stream file."""
    inside = {"algorithm": algorithm.upper(), "target_field": "email", "field_name_suffix": "_encrypted", **settings}
    return {"type": "encryption", "mapper_configuration": {"encryption": {algorithm: inside}}}


AES = encryption("aes", key={"secret": "mapper_key"}, mode="GCM", padding="NoPadding")
RSA = encryption("rsa", public_key="30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
TWO = {"airbyte_connection.shopify_to_lake": "update", "airbyte_connection.shopify_to_warehouse": "update"}


def started(tools: Tools, folder: Path, files: Files) -> tuple[Path, Engine, StandIn]:
    """A lake, what tofu will do with it, and its server, before the first apply."""
    lake = write_lake(folder / "lake", files)
    synthesize(lake)
    return lake, Engine(tools, folder / "tofu"), serve(lake)


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_connection_is_explained_by_the_rule_that_fires_for_it(
    tools: Tools, tmp_path: Path, status: int
) -> None:
    lake, engine, server = started(tools, tmp_path, base())
    with server:
        engine.take(lake, STACK, values(server))
        engine.init()
        engine.plan()
        server.fail_next("POST .*/connections$", status, times=9)
        with pytest.raises(TofuError) as refused:
            engine.apply()
    write_files(lake, keys(ORDERS, cursor_field=["nope"])(base()))
    write_files(tmp_path, {"said.txt": str(refused.value)})
    out = run(lake, "explain", "--diagnostics", str(tmp_path / "said.txt"), "--format", "json").out
    found = {one["address"]: one for one in json.loads(out)["diagnostics"] if one["severity"] == "error"}
    assert {address: [rule["rule"] for rule in one["rules"]] for address, one in found.items()} == {
        "airbyte_connection.shopify_to_lake": ["cursor-unknown-field"],
        "airbyte_connection.shopify_to_warehouse": ["cursor-unknown-field"],
        "airbyte_connection.postgres_to_lake": [],
    }
    hidden = {address: "leaves out Airbyte's reason" in (one["hint"] or "") for address, one in found.items()}
    assert set(hidden.values()) == {status == 400}


def test_a_refused_login_is_explained_by_the_stacks_auth(tools: Tools, tmp_path: Path) -> None:
    lake, engine, server = started(tools, tmp_path, base())
    with server:
        engine.take(lake, STACK, values(server))
        engine.init()
        engine.plan()
        server.fail_next("POST .*/applications/token", 401, times=99)
        with pytest.raises(TofuError) as refused:
            engine.apply()
    write_files(tmp_path, {"said.txt": str(refused.value)})
    out = run(lake, "explain", "--diagnostics", str(tmp_path / "said.txt"), "--format", "json").out
    (first, *_) = (one for one in json.loads(out)["diagnostics"] if one["severity"] == "error")
    assert first["hint"] == "Airbyte rejected the login, not this entry: see the stack's auth"
    assert (first["places"][0]["file"], first["places"][0]["path"]) == (LAKE, "lake.stacks.airbyte.auth.client_secret")


def test_a_source_that_was_made_twice_is_a_twin(tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First what the failed apply left is told, before the next apply makes another one; then the twin."""
    without_pauses(monkeypatch)
    lake, engine, server = started(tools, tmp_path, replace(LAKE, "      auth:\n", f"{FLUX}      auth:\n")(base()))
    cluster = cluster_on_path(tmp_path, monkeypatch)
    with server:
        engine.take(lake, STACK, values(server))
        engine.init()
        engine.plan()
        for name, value in values(server).items():
            monkeypatch.setenv(f"TF_VAR_{name}", value)
        server.fail_next("GET .*/sources/", 502)
        with pytest.raises(TofuError, match="502"):
            engine.apply()

        def twins() -> list[Any]:
            cluster.put(state_of(json.loads((engine.folder / "terraform.tfstate").read_text())))
            found = json.loads(run(lake, "connections", "--quiet", "--format", "json").out)["stacks"][0]
            assert found["fault"] is None
            return [(one["case"], one["entry"], len(one["ids"])) for one in found["twins"]]

        ((case, entry, ids),) = twins()
        assert (case, ids, entry in ("sources.postgres", "sources.shopify")) == ("unclaimed", 1, True)
        engine.plan()
        engine.apply()
        assert len(server.state.living("sources")) == 3
        assert twins() == [("twin", entry, 1)]


@pytest.mark.parametrize(("mapper", "settles"), [(AES, False), (RSA, True)], ids=["aes", "rsa"])
def test_a_masked_key_differs_in_every_plan_and_hides_the_streams(
    applied: Applied, tmp_path: Path, mapper: dict[str, Any], *, settles: bool
) -> None:
    engine = applied.engine(tmp_path / "tofu")
    change: Change = each(keys(ORDERS, mappers=[mapper]))
    with applied.server() as server:
        lake = write_lake(tmp_path / "lake", change(base()))
        assert run(lake, "synth", "--quiet").code == 0
        told = [problem for problem in run(lake, "check", "--quiet").out.splitlines() if "drift-prone" in problem]
        assert bool(told) is not settles
        engine.take(lake, STACK, {**values(server), **KEY})
        assert engine.plan().actions == TWO
        engine.apply()
        again = engine.plan()
        assert again.actions == ({} if settles else TWO)
        assert ("(sensitive value)" in again.text) is not settles
        other = tmp_path / "other"
        files = each(change, keys(PUBLIC, mappers=None), replace(SHOPIFY, "0,20,40 *", "0,30 *"))(base())
        write_lake(other, files)
        assert run(other, "synth", "--quiet").code == 0
        engine.take(other, STACK, {**values(server), **KEY})
        assert ("(sensitive value)" in engine.plan().text) is not settles
