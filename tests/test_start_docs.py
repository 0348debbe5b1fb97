"""The pages of the first hour are true: each is followed from its first command to its last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infra.commands.main import VERBS
from tests.support.docs_commands import Reader
from tests.support.lakes import REPOSITORY
from tests.support.start_page import PAGE, follow_start, reader_in, start_text
from tests.test_docs import DOCS, follow, lake_of_init, reader_of, synthesized


def test_start(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    reader = reader_in(tmp_path)
    told = follow_start(reader, start_text(), network=False)
    if request.config.getoption("--update-cases", default=False):
        PAGE.write_text(told, "utf-8")
        return
    assert told == start_text()
    assert reader.run("git status --short") == ()
    assert reader.run("lakeform synth --check") == ()


def test_monorepo(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "README.md").write_text("# A shop\n")
    follow(DOCS / "monorepo.md", reader_of(root, tmp_path / "home"), request)


def test_upgrade(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = synthesized(lake_of_init(tmp_path / "lake"))
    follow(DOCS / "upgrade.md", reader_of(root, tmp_path / "home"), request)


def test_the_readme_of_a_new_lake_names_what_is_there(tmp_path: Path) -> None:
    """Also where there is no workflow, and no branch main."""
    root = synthesized(lake_of_init(tmp_path / "lake"))
    text = (root / "README.md").read_text("utf-8")
    assert set(re.findall(r"lakeform (\w+)", text)) - {"in", "synth"} <= VERBS.keys()
    for place in re.findall(r"^\| `([^`<*]+)`", text, re.MULTILINE):
        assert (root / place).exists(), place
    reader = reader_of(root, tmp_path / "home")
    reader.run("git branch --move main trunk && rm dag/schema/registry.json")
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    for line in block.splitlines():
        reader.run(line)
    assert re.findall(r"^\| `dag/schema/` .*\| `lakeform (.+)` \|$", text, re.MULTILINE) == ["synth"]
    assert (root / "dag/schema/registry.json").is_file()
    assert all(
        line.startswith("4. ") or "there is a workflow" in line for line in text.splitlines() if "workflow" in line
    )
    assert not (root / ".github").exists()


def test_a_page_may_go_to_another_folder(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    reader = Reader(tmp_path, tmp_path / "home")
    reader.follow("```console\n$ cd a\n$ cd b\n$ touch c\n```\n")
    assert (tmp_path / "a/b/c").exists()


def test_the_glossary_has_every_word_once() -> None:
    words = re.findall(r"^\| ([^|]+) \|", (REPOSITORY / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)
    words = [word for word in words if word not in ("word", "---")]
    assert len(words) == len(set(words)) > 40
