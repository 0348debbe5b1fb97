"""The tools of the end-to-end tests, and what the provider's schema says to the attributes that lakeform writes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

import tests.e2e.tools as e2e
from infra.airbyte.attributes import ActorAttributes, ConnectionAttributes, ProviderAttributes
from infra.registry.lake import PROVIDER_VERSION
from tests.e2e.engine import BACKEND, NO_REGISTRY
from tests.e2e.tools import AIRBYTE, FOLDER, Tools
from tests.lakes import REPOSITORY
from tests.tools.build import ToolsMissing, give_up

STAGING = REPOSITORY / "cdktf.out/stacks/staging/cdk.tf.json"


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    shutil.copyfile(STAGING, tmp_path / "cdk.tf.json")
    (tmp_path / "backend_override.tf").write_text(BACKEND)
    return tmp_path


@pytest.mark.network
def test_tofu_is_of_the_release_line_of_tofu_controller(tools: Tools) -> None:
    assert re.fullmatch(r"1\.12\.[0-9]+", e2e.tofu_version(tools.tofu))
    assert tools.versions[1].startswith(f"airbytehq/airbyte {PROVIDER_VERSION}: ")


@pytest.mark.network
def test_the_provider_has_every_attribute_that_lakeform_writes(tools: Tools, staging: Path) -> None:
    said = run(tools, staging, "init", "-input=false", "-no-color")
    assert f"Installed airbytehq/airbyte v{PROVIDER_VERSION}" in said
    schemas = json.loads(run(tools, staging, "providers", "schema", "-json"))
    ((_, schema),) = schemas["provider_schemas"].items()
    resources = schema["resource_schemas"]
    assert missing(ActorAttributes, resources["airbyte_source"]["block"]) == []
    assert missing(ActorAttributes, resources["airbyte_destination"]["block"]) == []
    assert missing(ConnectionAttributes, resources["airbyte_connection"]["block"]) == []
    assert missing(ProviderAttributes, schema["provider"]["block"]) == []


def test_an_attribute_that_the_provider_lacks_is_named_at_any_depth() -> None:
    streams: Any = {
        "attributes": {name: {} for name in ("name", "sync_mode", "primary_key", "selected_fields", "mappers")}
    }
    block: Any = {
        "attributes": {
            **{name: {} for name in get_type_hints(ConnectionAttributes) if name != "prefix"},
            "schedule": {"nested_type": {"attributes": {"schedule_type": {}}}},
            "configurations": {"nested_type": {"attributes": {"streams": {"nested_type": streams}}}},
        }
    }
    assert missing(ConnectionAttributes, block) == [
        "configurations.streams.cursor_field",
        "configurations.streams.namespace",
        "prefix",
        "schedule.cron_expression",
    ]


def test_the_module_pins_the_release_line() -> None:
    assert re.search(r"github.com/opentofu/opentofu v1\.12\.[0-9]+\n", (FOLDER / "tofu/go.mod").read_text())


@pytest.mark.skipif(shutil.which("go") is None, reason="cannot run here: there is no Go")
@pytest.mark.network
def test_the_stand_in_provider_is_formatted_and_vetted() -> None:
    for command in (["gofmt", "-l", "."], ["go", "vet", "-mod=readonly", "./..."]):
        done = subprocess.run(command, cwd=AIRBYTE.module, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_without_go_and_binaries_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolsMissing, match=r"install Go 1\.26 or tofu"):
        e2e.tofu.__wrapped__()


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_without_tools_a_test_skips_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="cannot run here: install it"):
        give_up(ToolsMissing("install it"))


@pytest.mark.network
def test_a_provider_on_path_in_the_pinned_version_is_the_one_that_is_used(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / AIRBYTE.program
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(e2e, "cache", lambda: tmp_path)
    monkeypatch.setattr(e2e, "tofu", lambda: tools.tofu)
    found = e2e.tools.__wrapped__()
    assert found.is_real
    assert found.versions[1] == f"airbytehq/airbyte {PROVIDER_VERSION}: {binary}"
    assert [path.read_text() for path in tmp_path.rglob(f"mirror-*/**/{binary.name}")] == ["#!/bin/sh\n"]


def run(tools: Tools, folder: Path, *arguments: str) -> str:
    command, environment = [str(tools.tofu), *arguments], {**tools.environment, **NO_REGISTRY}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def missing(written: Any, schema: Mapping[str, Any]) -> list[str]:
    """Paths of the attributes that a TypedDict has and a schema lacks."""
    return sorted(".".join(path) for path in _missing(written, schema, ()))


def _missing(written: Any, schema: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, kind in get_type_hints(written).items():
        path = (*above, name)
        if name not in schema["attributes"]:
            yield path
            continue
        inner = get_args(kind)[0] if get_origin(kind) is list else kind
        if is_typeddict(inner):
            yield from _missing(inner, schema["attributes"][name]["nested_type"], path)
