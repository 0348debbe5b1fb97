"""Lakes that nobody wrote: whatever `check` passes, the server takes, and keeps as it was meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.engine import synthesize
from tests.e2e.proof import prove
from tests.e2e.servers import serve
from tests.e2e.tools import Tools
from tests.standin import StandIn
from tests.support.generated_lakes import PASSWORD, Generated, generate
from tests.support.lakes import run, write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

SERVERS: Mapping[str, Mapping[str, Any]] = {
    "basic": {"basic": ("airbyte", PASSWORD)},
    "none": {"require_auth": False},
}


@pytest.mark.parametrize("seed", range(10))
def test_a_generated_lake_applies_settles_and_tells_no_secret(seed: int, tools: Tools, folder: Path) -> None:
    made = generate(seed)
    lake = write_lake(folder / "lake", made.files)
    synthesize(lake)
    checked = run(lake, "check", "--synth", "--quiet")
    assert (checked.code, checked.err) == (0, ""), checked
    with serve(lake, **SERVERS.get(made.auth, {})) as server:
        engine, plan = prove(tools, lake, "airbyte", server, variables(made, server), folder / "tofu")
    for secret in made.variables.values():
        if "s3cr3t" in secret:
            assert secret not in plan.text
            assert secret not in (engine.folder / "cdk.tf.json").read_text("utf-8")


def variables(made: Generated, server: StandIn) -> Mapping[str, str]:
    return {
        **made.variables,
        "server_url": server.url,
        "workspace_id": server.workspace_id,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "password": PASSWORD,
        "bearer": server.issue_token(),
    }
