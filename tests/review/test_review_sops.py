"""What the real SOPS writes, and what the review makes of it without a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.review.test_reviews import commit, git
from tests.support.lakes import run, write_files, write_lake
from tests.support.review_lake import BASE, LAKE
from tests.support.review_texts import FLUX
from tests.support.sops import AgeKey, new_key, programs_or_skip, sops

SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: values, namespace: lake}
stringData:
  TF_VAR_shop_api_key: first
  TF_VAR_warehouse_password: second
  TF_VAR_airbyte_client_id: third
  TF_VAR_airbyte_client_secret: ""
"""
FILE = "secrets/values.yaml"


@pytest.fixture
def key(tmp_path: Path) -> AgeKey:
    programs_or_skip()
    return new_key(tmp_path / "key.txt")


@pytest.fixture
def lake(tmp_path: Path, key: AgeKey) -> Path:
    """A lake in git whose stack takes its values from a file that SOPS has encrypted."""
    flux = FLUX.replace(
        "namespace: lake}", f"namespace: lake, secrets: [{{name: values, file: {FILE}, key_prefix: TF_VAR_}}]}}"
    )
    text = BASE[LAKE].replace("      auth:", f"      {flux}\n      auth:")
    rules = f"creation_rules:\n  - {{path_regex: secrets/, encrypted_regex: ^stringData$, age: {key.recipient}}}\n"
    root = write_lake(tmp_path / "lake", {**BASE, LAKE: text, FILE: SECRET, ".sops.yaml": rules})
    sops(root, "encrypt", "--in-place", FILE, key=key)
    assert run(root, "synth").code == 0
    git(root, "init", "--quiet")
    commit(root)
    return root


def told(root: Path) -> list[str]:
    """What the review says of the file."""
    out = run(root, "review", "--base", "HEAD").out
    assert "first" not in out
    return [line.strip() for line in out.splitlines() if FILE in line]


def test_an_edit_leaves_the_ciphertext_of_other_values(lake: Path, key: AgeKey) -> None:
    sops(lake, "set", FILE, '["stringData"]["TF_VAR_shop_api_key"]', '"rotated"', key=key)
    assert told(lake) == [f"{FILE}: another value: TF_VAR_shop_api_key (used by sources.shop)"]


def test_a_rotation_of_the_data_key_writes_everything_anew(lake: Path, key: AgeKey) -> None:
    sops(lake, "rotate", "--in-place", FILE, key=key)
    (line,) = told(lake)
    assert line.startswith(f"{FILE}: encrypted again: TF_VAR_airbyte_client_id (used by lake.stacks.airbyte), TF_VAR_")
    assert "client_secret" not in line


def test_somebody_more_who_can_read_it_changes_no_value(lake: Path, key: AgeKey, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.txt").recipient
    write_files(
        lake, {".sops.yaml": (lake / ".sops.yaml").read_text().replace(key.recipient, f"'{key.recipient},{other}'")}
    )
    sops(lake, "updatekeys", "--yes", FILE, key=key)
    assert told(lake) == [f"{FILE}: changed, and the value of no key"]
