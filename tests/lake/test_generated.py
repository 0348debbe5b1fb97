"""Files that a command writes, against what is there: one answer for catalogs, documents, manifests, locks and schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.lake.documents.generated import GeneratedFiles, why_stale

TEXTS = {"a/current.json": "ä\n", "a/changed.json": "new\n", "a/missing.json": "x\n", "a/folder.json": "x\n"}


def generated(root: Path, **words: str) -> GeneratedFiles:
    (root / "a/folder.json").mkdir(parents=True)
    (root / "a/current.json").write_text("ä\n", "utf-8")
    (root / "a/changed.json").write_text("old\n")
    (root / "a/gone.json").write_text("old\n")
    return GeneratedFiles(root, TEXTS, ["a/gone.json"], **words)


def test_why_each_file_is_not_current(tmp_path: Path) -> None:
    assert generated(tmp_path).stale() == {
        "a/changed.json": "does not match the registry",
        "a/missing.json": "has not been generated",
        "a/folder.json": "cannot be read: is a directory",
        "a/gone.json": "no longer belongs to anything",
    }


def test_the_words_are_those_of_the_command(tmp_path: Path) -> None:
    words = {
        "shown": "../out",
        "missing": "is to be drawn",
        "differs": "is an old map",
        "belongs_nowhere": "is of no town",
    }
    assert generated(tmp_path, **words).stale() == {
        "../out/a/changed.json": "is an old map",
        "../out/a/missing.json": "is to be drawn",
        "../out/a/folder.json": "cannot be read: is a directory",
        "../out/a/gone.json": "is of no town",
    }


def test_line_ends_and_a_byte_order_mark_make_another_file(tmp_path: Path) -> None:
    for other in (b"x\r\n", b"\xef\xbb\xbfx\n", b"x"):
        (tmp_path / "file").write_bytes(other)
        assert why_stale(tmp_path / "file", b"x\n", "missing", "differs") == "differs"


def test_writing_makes_everything_current_and_tells_what_it_did(tmp_path: Path) -> None:
    files = generated(tmp_path)
    (tmp_path / "a/folder.json").rmdir()
    assert [change.to_text() for change in files.write()] == [
        "wrote a/changed.json",
        "wrote a/missing.json",
        "wrote a/folder.json",
        "removed a/gone.json",
    ]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(path[2:] for path in TEXTS)
    after = GeneratedFiles(tmp_path, TEXTS)
    assert (after.stale(), after.write()) == ({}, [])


def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/b.json").write_text("mine\n")
    (tmp_path / "a").symlink_to("elsewhere")
    for files in (GeneratedFiles(tmp_path, {"a/b.json": "x\n"}), GeneratedFiles(tmp_path, {}, ["a/b.json"])):
        with pytest.raises(UserError, match="leads elsewhere"):
            files.write()
    assert (tmp_path / "elsewhere/b.json").read_text() == "mine\n"
