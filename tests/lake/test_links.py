"""Links in a lake: told with their place, never followed, whatever command reads, writes or removes there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.lake.documents.files import remove_file, write_text
from tests.support.flux_lakes import GIT, SECRETS, flux_lake
from tests.support.lakes import MINIMAL, run, write_files, write_lake

SAID = "is a link, and links are not followed"
USERS = "dag/sources/faker/users.json"
LAKE = {
    **MINIMAL,
    USERS: '{"name": "users", "json_schema": {"properties": {"id": {}, "name": {}}}}\n',
    "dag/schema/registry.json": "{}\n",
    "dag/schema/stream.json": "{}\n",
}


def lake_with(root: Path) -> Path:
    """A lake with everything that commands write."""
    lake = write_lake(root / "lake", LAKE)
    assert run(lake, "synth").code == 0
    return lake


def linked(lake: Path, place: str, target: str | None = None) -> Path:
    """The folder or file at a place moved out of the lake, and a link put there; where it is now."""
    outside = lake.parent / "outside" / place
    outside.parent.mkdir(parents=True, exist_ok=True)
    if (lake / place).exists():
        shutil.move(lake / place, outside)
    else:
        outside.mkdir()
    (lake / place).parent.mkdir(parents=True, exist_ok=True)
    (lake / place).symlink_to(target or os.path.relpath(outside, (lake / place).parent))
    return outside


def state(folder: Path) -> dict[str, object]:
    """Every file and link below a folder with what it holds."""
    paths = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
    return {str(path): os.readlink(path) if path.is_symlink() else path.read_bytes() for path in paths}


PLACES = (
    *("dag", "dag/registry", "dag/streams", "dag/streams/faker", "dag/streams/faker/users.json", "dag/sources"),
    *("dag/sources/faker", USERS, "dag/connectors", "dag/connectors/source-faker.json", "dag/schema"),
    *("dag/schema/stream.json", "dag/registry/lake.yaml", "dag/processed", "dag/a/b/c/d"),
    *("cdktf.out", "cdktf.out/stacks", "cdktf.out/stacks/airbyte", "cdktf.out/stacks/airbyte/cdk.tf.json"),
    *("cdktf.out/manifest.json", "cdktf.out/stacks/airbyte/.terraform.lock.hcl", "cdktf.out/assets"),
    *("deploy", "deploy/airbyte", "deploy/airbyte/terraform/terraform.yaml"),
)


@pytest.mark.parametrize("place", PLACES)
def test_a_link_is_told_with_its_place_and_once(place: str, tmp_path: Path) -> None:
    lake = lake_with(tmp_path)
    linked(lake, place)
    result = run(lake, "check", "--format", "json")
    told = json.loads(result.out)["problems"]
    links = [(p["file"], p["line"], p["column"], p["message"]) for p in told if p["rule"] == "file-unreadable"]
    assert (result.code, links) == (1, [(place, 1, 1, SAID)])
    assert [p for p in told if p["rule"] != "file-unreadable"] == []


COMMANDS = (
    ["synth"],
    ["synth", "--check"],
    ["catalog"],
    ["check", "--synth"],
    ["schema"],
    ["schema", "--write"],
    ["lock", "source-x", "--from-spec", "spec.json", "--definition-id", "11111111-2222-3333-4444-555555555555"],
    ["discover", "faker", "--from", "offer.json"],
    ["discover", "faker", "--from", "offer.json", "--prune"],
    ["discover", "faker", "--from", "offer.json", "--diff"],
    ["add", "stream", "faker", "--all"],
    ["add", "connection", "second", "--source", "faker", "--destination", "lake"],
    ["backfill", "faker", "users"],
    ["secrets"],
    ["secrets", "--template"],
    ["flux"],
    ["flux", "--check"],
    ["explain", "airbyte_source.faker"],
    ["test", "faker"],
    ["status"],
    ["connections"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("place", ["dag/sources/faker", "cdktf.out", "deploy", "dag/processed"])
def test_no_command_reads_writes_or_removes_through_a_link(
    place: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = lake_with(tmp_path)
    linked(lake, place)
    write_files(tmp_path, {"offer.json": '{"streams": [{"name": "orders", "json_schema": {}}]}', "spec.json": "{}"})
    before = state(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = run(lake, *words)
    assert result.code in (1, 2)
    assert SAID in result.out + result.err
    assert f"{place}:1:1" in result.out + result.err
    assert state(tmp_path) == before


def test_the_message_leads_to_streams_from(tmp_path: Path) -> None:
    lake = lake_with(tmp_path)
    write_files(lake, {"dag/streams/shared/users.json": "{}"})
    shutil.rmtree(lake / "dag/streams/faker")
    (lake / "dag/streams/faker").symlink_to("shared")
    shutil.rmtree(lake / "dag/sources/faker")
    (lake / "dag/sources/faker").symlink_to("/etc")
    out = run(lake, "check").out
    fix = "    to use the files of another source, remove it and add to sources.faker: streams_from: "
    assert f"dag/streams/faker:1:1  file-unreadable  {SAID}\n{fix}shared\n" in out
    assert f"dag/sources/faker:1:1  file-unreadable  {SAID}\n{fix}<source>\n" in out


def test_folders_that_link_to_each_other_are_told_and_not_walked(tmp_path: Path) -> None:
    """Twice as many paths at each level: 2 ** 40 of them."""
    lake = lake_with(tmp_path)
    for level in range(40):
        folder = lake / f"dag/registry/f{level}"
        folder.mkdir()
        for name in ("a", "b"):
            (folder / name).symlink_to(f"../f{level + 1}")
    result = run(lake, "check")
    assert result.code == 1
    assert result.out.endswith("\n80 problems\n")


@pytest.mark.parametrize(
    "name", ["dag/.venv/bin/python", "cdktf.out/stacks/airbyte/.terraform/providers/x", "dag/dbt_packages/own"]
)
def test_what_other_tools_link_for_themselves_is_their_own(name: str, tmp_path: Path) -> None:
    lake = lake_with(tmp_path)
    (lake / name).parent.mkdir(parents=True)
    (lake / name).symlink_to("/usr")
    assert run(lake, "check").code == 0


def test_a_lake_that_is_reached_by_a_link_is_one(tmp_path: Path) -> None:
    lake = lake_with(tmp_path)
    (lake / "cdktf.out/stacks/airbyte/cdk.tf.json").unlink()
    (tmp_path / "way").symlink_to("lake")
    assert run(tmp_path / "way", "synth").code == 0
    assert (lake / "cdktf.out/stacks/airbyte/cdk.tf.json").exists()


@pytest.mark.parametrize("place", ["stacks", "stacks/airbyte", "manifest.json"])
def test_an_output_folder_of_another_name_holds_no_links_either(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = lake_with(tmp_path)
    monkeypatch.setenv("CDKTF_OUTDIR", "out")
    assert run(lake, "synth").code == 0
    outside = linked(lake, f"out/{place}")
    before = state(outside.parent)
    write_files(lake, {"dag/streams/faker/users.json": '{"fields": {"id": {"type": "integer"}}}'})
    assert f"out/{place}:1:1  file-unreadable  {SAID}\n" in run(lake, "synth", "--check").out
    result = run(lake, "synth")
    assert (result.code, result.err) == (2, f"lakeform synth: out/{place} {SAID}; replace it with what it leads to\n")
    assert state(outside.parent) == before


def test_manifests_in_another_folder_of_the_lake_are_not_written_through_a_link(tmp_path: Path) -> None:
    lake = flux_lake(tmp_path / "lake", GIT, SECRETS, "values: {workspace_id: x}")
    assert run(lake, "flux", "--output", str(lake / "clusters")).code == 0
    outside = linked(lake, "clusters/airbyte/terraform")
    for file in (outside / "terraform.yaml", outside / "kustomization.yaml"):
        file.unlink()
    result = run(lake, "flux", "--output", str(lake / "clusters"))
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(f"clusters/airbyte/terraform:1:1  file-unreadable  {SAID}\n")
    assert list(outside.iterdir()) == []


WRITES: dict[str, Callable[[Path, str], object]] = {
    "write": lambda root, file: write_text(root, file, "new"),
    "remove": remove_file,
}


@pytest.mark.parametrize("act", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("file", ["link/x", "link/deep/x", "inner/x", "../outside/x", "folder/../../outside/x"])
def test_what_writes_and_removes_looks_at_the_real_folder_first(
    act: Callable[[Path, str], object], file: str, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    write_files(tmp_path, {"outside/x": "old", "outside/deep/x": "old", "root/folder/x": "old"})
    (root / "link").symlink_to("../outside")
    (root / "inner").symlink_to("folder")
    before = state(tmp_path)
    with pytest.raises(UserError, match="leads elsewhere, and nothing is written or removed through it"):
        act(root, file)
    assert state(tmp_path) == before


def test_a_link_in_the_place_of_a_file_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    write_files(tmp_path, {"outside": "same", "root/folder/y": ""})
    (tmp_path / "root/x").symlink_to("../outside")
    assert write_text(tmp_path / "root", "x", "same")
    assert not (tmp_path / "root/x").is_symlink()
    (tmp_path / "root/z").symlink_to("../outside")
    remove_file(tmp_path / "root", "z")
    assert (tmp_path / "outside").read_text() == "same"
