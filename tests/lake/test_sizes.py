"""Stacks that near the limits of tofu-controller and Kubernetes are told in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, USERS, run, write_lake
from tests.support.rules_page import random_letters

FILE = "dag/registry/lake.yaml"
TWO = LAKE + SOURCE + SOURCE.replace("sources:\n", "").replace("faker:", "small:") + DESTINATION
CONNECTIONS = CONNECTION + "  small_to_lake: {source: small, destination: lake, prefix: small_}\n"


def warned(root: Path, *, backend: str = "", **files: int) -> str:
    """What `check` says of a lake with a heavy source and a small one; `files`: sizes in the synthesized folder."""
    registry = TWO.replace("      auth: none\n", f"      auth: none\n{backend}")
    lake = write_lake(
        root,
        {
            FILE: registry + CONNECTIONS,
            "dag/streams/faker/users.json": USERS,
            "dag/streams/faker/orders.json": USERS,
            "dag/streams/small/users.json": USERS,
            **{f"cdktf.out/stacks/airbyte/{name.replace('_', '.')}": random_letters(files[name]) for name in files},
        },
    )
    assert run(lake, "catalog").code == 0
    result = run(lake, "check", "--quiet")
    assert (result.code, result.err) == (0, "")
    return result.out


def test_a_state_that_nears_a_megabyte_is_told_with_what_to_move(tmp_path: Path) -> None:
    assert warned(tmp_path, cdk_tf_json=1_200_000) == (
        f"{FILE}:5:5  stack-too-large  warning: lake.stacks.airbyte: its state will be about 0.9 MiB when gzipped, and 1 MiB is the most\n"
        "    move sources with their connections into a stack of their own, for example: faker\n"
        "    see docs/gitops.md, splitting a stack\n"
        "1 warning\n"
    )


@pytest.mark.parametrize("size", [0, 1000, 900_000])
def test_a_smaller_one_is_not(tmp_path: Path, size: int) -> None:
    assert warned(tmp_path, cdk_tf_json=size) == ""


def test_a_document_that_compresses_well_is_small(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    assert warned(root, cdk_tf_json=10) == ""
    (root / "cdktf.out/stacks/airbyte/cdk.tf.json").write_bytes(b'{"name": "orders"},\n' * 500_000)
    assert run(root, "check", "--quiet").out == ""


def test_a_state_elsewhere_has_no_such_limit_but_the_artifact_has(tmp_path: Path) -> None:
    backend = "      backend: {s3: {bucket: x, key: y}}\n"
    assert warned(tmp_path / "state", backend=backend, cdk_tf_json=2_000_000) == ""
    told = warned(tmp_path / "artifact", backend=backend, cdk_tf_json=2_000_000, big_bin=2_500_000)
    assert "cdktf.out/stacks/airbyte is about 3.3 MiB when gzipped, and 4 MiB is the most\n" in told


def test_a_lake_that_was_never_synthesized_is_no_matter(tmp_path: Path) -> None:
    assert warned(tmp_path) == ""
