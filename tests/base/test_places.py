"""Paths that lead nowhere: links to themselves, and homes of users that there are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infra.base.places import from_home, real
from tests.support.lakes import LAKE, REPOSITORY, run, write_files, write_lake

# Methods of pathlib that raise RuntimeError, which is no OSError, for what a user or a lake can name.
_RAISING = re.compile(r"\.resolve\(\)|\.expanduser\(\)|Path\.home\(")

FLUX = "      flux: {namespace: lake, git: {url: https://git.example.com/lake.git}, secrets: [{name: s, file: secrets.yaml}]}\n"


def test_a_link_to_itself_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert real(tmp_path / "loop") == real(tmp_path) / "loop"
    assert real(tmp_path / "link/file") == real(tmp_path) / "folder/file"
    assert from_home("~nobody-is-called-so/file") == Path("~nobody-is-called-so/file")
    assert from_home("~/file") == Path("~").expanduser() / "file"


def test_nothing_asks_pathlib_where_a_path_leads() -> None:
    files = [path for folder in ("infra", "stacks") for path in (REPOSITORY / folder).rglob("*.py")]
    assert [str(path) for path in files if _RAISING.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "--root", "{loop}"), "lakeform check: there is no folder {loop}\n"),
        (("init", "{loop}"), "lakeform init: {loop}: file exists\n"),
        (("lock", "source-x", "--registry", "{loop}"), "lakeform lock: {loop}: too many levels of symbolic links\n"),
        (
            ("lock", "source-x", "--registry", "~nobody-is-called-so/x"),
            "lakeform lock: ~nobody-is-called-so/x: no such file or directory\n",
        ),
        (
            ("import", "--from", "hcl", "{loop}"),
            "reading {loop}\nlakeform import: {loop}: too many levels of symbolic links\n",
        ),
    ],
)
def test_a_command_that_is_led_nowhere_says_so(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    lake, loop = write_lake(tmp_path / "lake"), tmp_path / "loop"
    loop.symlink_to(loop)
    result = run(lake, *(word.format(loop=loop) for word in words))
    assert (result.code, result.err) == (2, said.format(loop=loop))


@pytest.mark.parametrize("words", [("secrets",), ("secrets", "--check"), ("flux",), ("flux", "--check")])
def test_an_encrypted_file_that_is_a_link_to_itself_is_not_there(tmp_path: Path, words: tuple[str, ...]) -> None:
    lake = write_lake(tmp_path / "lake")
    registry = (lake / "dag/registry/lake.yaml").read_text()
    write_files(lake, {"dag/registry/lake.yaml": registry.replace(LAKE, LAKE + FLUX)})
    (lake / "secrets.yaml").symlink_to("secrets.yaml")
    result = run(lake, *words)
    if words == ("secrets",):
        assert (result.code, result.err) == (0, "")
    else:
        assert result.code == 1
        assert "there is no file secrets.yaml\n" in result.out


@pytest.mark.parametrize("words", [("check",), ("secrets", "--check"), ("flux",)])
def test_a_path_that_no_system_takes_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    lake = write_lake(tmp_path / "lake")
    registry = (lake / "dag/registry/lake.yaml").read_text()
    flux = FLUX.replace("secrets.yaml", '"a\\0b"')
    write_files(lake, {"dag/registry/lake.yaml": registry.replace(LAKE, LAKE + flux)})
    result = run(lake, *words)
    assert result.code == 1
    assert (
        "flux.secrets[0].file: contains U+0000, and no path does\n    write the path without it\n"
        in result.out + result.err
    )
