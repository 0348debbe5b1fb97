"""docs/secrets.md is true, with the real sops and age where it uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.docs_commands import Reader, blocks_of
from tests.support.lakes import run
from tests.support.sops import programs_or_skip
from tests.test_docs import DOCS, follow, lake_of_init

PAGE = DOCS / "secrets.md"
REGISTRY = "dag/registry/lake.yaml"

# Gives every key a value, and where all have one, another one.
EDITOR = """\
#!/bin/sh
sed -i -e 's/^\\( *[a-z].*\\): hunter2marker$/\\1: hunter3marker/' -e 's/: ""$/: hunter2marker/' "$1"
"""


def test_the_page(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    follow(PAGE, Reader(lake_of_init(tmp_path / "lake"), tmp_path / "home"), request)


@pytest.mark.network
def test_the_page_with_the_real_sops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = programs_or_skip()
    page = PAGE.read_text("utf-8")
    lake = lake_of_init(tmp_path / "lake")
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("SOPS_DISABLE_VERSION_CHECK", "1")
    monkeypatch.setenv("PATH", f"{programs.sops.parent}:{programs.keygen.parent}", prepend=":")
    reader = Reader(lake, tmp_path / "home")
    change = next(block for block in blocks_of(page) if block.language == "diff")
    reader._edit(lake / REGISTRY, change.text)
    assert reader.follow(page, network=True) == page
    assert run(lake, "secrets", "--check").code == 0
    assert "hunter" not in (lake / "secrets/airbyte.yaml").read_text("utf-8")
    assert "hunter3marker" in "".join(reader.run("SOPS_AGE_KEY_FILE=~/lake.agekey sops decrypt secrets/airbyte.yaml"))
