"""The tools of the end-to-end tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import tests.e2e.tools as e2e
from infra.lake.registry.lake import PROVIDER_VERSION
from tests.e2e.tools import AIRBYTE, FOLDER, RESTFUL, Provider, Tools
from tests.tools.build import ToolsMissing, give_up


@pytest.mark.network
def test_tofu_is_of_the_release_line_of_tofu_controller(tools: Tools) -> None:
    assert re.fullmatch(r"1\.12\.[0-9]+", e2e.tofu_version(tools.tofu))
    assert tools.versions[1].startswith(f"airbytehq/airbyte {PROVIDER_VERSION}: ")


def test_the_module_pins_the_release_line() -> None:
    assert re.search(r"github.com/opentofu/opentofu v1\.12\.[0-9]+\n", (FOLDER / "tofu/go.mod").read_text())


@pytest.mark.skipif(shutil.which("go") is None, reason="cannot run here: there is no Go")
@pytest.mark.network
@pytest.mark.parametrize("provider", [AIRBYTE, RESTFUL], ids=lambda provider: provider.module.name)
def test_a_stand_in_provider_is_formatted_and_vetted(provider: Provider) -> None:
    for command in (["gofmt", "-l", "."], ["go", "vet", "-mod=readonly", "./..."]):
        done = subprocess.run(command, cwd=provider.module, capture_output=True, text=True, check=False)
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
