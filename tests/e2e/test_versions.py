"""Every release of Airbyte's provider that can be run here: the one of the suite, and each real one on PATH.

A real one is a file `terraform-provider-airbyte_v<version>` in a folder of PATH, built from its tag.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from infra.lake.registry.lake import PROVIDER_VERSION
from tests.e2e.applied import STACK, Applied, values
from tests.e2e.edit import Edit, replace
from tests.e2e.edits import EDITS
from tests.e2e.engine import Engine, synthesize
from tests.e2e.proof import prove
from tests.e2e.servers import serve
from tests.e2e.shop import LAKE, SHOPIFY, Files, base
from tests.e2e.tools import AIRBYTE, Tools, releases, tools_or_skip
from tests.support.lakes import write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

RELEASES = releases(AIRBYTE)
OTHERS = [version for version in RELEASES if version != PROVIDER_VERSION]

# What releases could differ in: schedules, namespaces, sets of streams and fields, mappers, resources, addresses, ends.
NAMES = (
    "another schedule",
    "no schedule any more",
    "all fields",
    "a stream more",
    "a stream less",
    "another namespace",
    "another mapper",
    "another value of the configuration",
    "more memory",
    "a source renamed",
    "what exists and differs is adopted",
    "another destination",
)
CHOSEN = [edit for edit in EDITS if edit.name in NAMES]


def pinned(files: Files, version: str) -> Files:
    """The lake with that release."""
    return replace(LAKE, "  name: shop\n", f"  name: shop\n  provider: {{version: {version}}}\n")(files)


def with_release(*versions: str) -> Tools:
    return tools_or_skip(*(dataclasses.replace(AIRBYTE, version=version) for version in versions))


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


@pytest.fixture(scope="module")
def start(release: str, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    """The lake, applied once with the release."""
    return Applied(with_release(release), tmp_path_factory.mktemp("release"), pinned(base(), release))


def test_each_edit_that_tells_releases_apart_is_chosen() -> None:
    assert sorted(edit.name for edit in CHOSEN) == sorted(NAMES)


def test_a_lake_is_made_and_the_server_holds_what_was_meant(release: str, tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", pinned(base(), release))
    synthesize(lake)
    with serve(lake) as server:
        prove(with_release(release), lake, STACK, server, values(server), tmp_path / "tofu")


@pytest.mark.parametrize("edit", CHOSEN, ids=lambda edit: edit.name)
def test_an_edit_has_its_plan_and_settles(edit: Edit, release: str, start: Applied, tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", pinned(edit.change(base()), release))
    synthesize(lake)
    engine = start.engine(tmp_path / "tofu")
    with start.server() as server:
        edit.prepare(server)
        engine.take(lake, STACK, {**values(server), **edit.variables})
        assert engine.plan().actions == edit.actions
        engine.apply()
        assert engine.left() == ""


@pytest.mark.parametrize(
    "other",
    OTHERS
    or [pytest.param("", marks=pytest.mark.skip("cannot run here: no other release of the provider is on PATH"))],
)
def test_a_lake_goes_to_another_release_and_back(other: str, tmp_path: Path) -> None:
    """A state that one release wrote gives an empty plan with the other; a change applies in between."""
    engine = Engine(with_release(PROVIDER_VERSION, other), tmp_path / "tofu")
    later = replace(SHOPIFY, "0,20,40 *", "0,30 *")(base())
    steps = (
        (PROVIDER_VERSION, base(), 7),
        (other, base(), 0),
        (other, later, 1),
        (PROVIDER_VERSION, later, 0),
        (PROVIDER_VERSION, base(), 1),
    )
    with serve(write_lake(tmp_path / "lake", base())) as server:
        for version, files, changes in steps:
            synthesize(write_lake(tmp_path / "lake", pinned(files, version)))
            engine.take(tmp_path / "lake", STACK, values(server))
            engine.init(upgrade=True)
            assert len(engine.plan().actions) == changes
            engine.apply()
            assert engine.left() == ""
