"""Texts of files as a patch that `git apply` takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from pathlib import Path

from infra.base.git import top_of
from infra.base.places import real
from infra.lake.documents.files import UnreadableError, read_text

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PLAIN = re.compile(r"[ -!#-\[\]-~]*")
_NO_LINE_BREAK = "\\ No newline at end of file"


def patch_of(root: Path, texts: Mapping[str, str | None]) -> str:
    """What makes the files below `root` hold these texts; None removes one. Paths are from the top of the git repository."""
    prefix = _from_top(root)
    return "".join(line for file in sorted(texts) for line in _file_patch(prefix, file, _old(root, file), texts[file]))


def is_passed_over(root: Path, files: Iterable[str], here: Path) -> bool:
    """True if `git apply` in that folder would leave out some of these files.

    Source: git-apply(1): below the top of a repository it passes over what is outside of the folder, and says nothing.
    """
    outside = any(not (real(root) / file).is_relative_to(here) for file in files)
    return outside and here.is_relative_to(top_of(root))


def _from_top(root: Path) -> str:
    """Where the lake is in its repository: `infra/airbyte/`; empty at its top, and where there is none."""
    inside = real(root).relative_to(top_of(root)).as_posix()
    return "" if inside == "." else f"{inside}/"


def _old(root: Path, file: str) -> str | None:
    try:
        return read_text(str(root / file), follow=False)
    except UnreadableError:
        return None


def _file_patch(prefix: str, file: str, old: str | None, new: str | None) -> Iterator[str]:
    if old == new:
        return
    before, after = _quoted(f"a/{prefix}{file}"), _quoted(f"b/{prefix}{file}")
    yield f"diff --git {before} {after}\n"
    if old is None:
        yield "new file mode 100644\n"
    if new is None:
        yield "deleted file mode 100644\n"
    if not old and not new:
        return
    names = ("/dev/null" if old is None else before, "/dev/null" if new is None else after)
    yield from (f"{mark} {name}{_tab(name)}\n" for mark, name in zip(("---", "+++"), names, strict=True))
    lines = unified_diff(_LINE.findall(old or ""), _LINE.findall(new or ""))
    for number, line in enumerate(lines):
        if number > 1:
            yield line if line.endswith("\n") else f"{line}\n{_NO_LINE_BREAK}\n"


def _tab(name: str) -> str:
    """What ends a name with a space."""
    return "\t" if " " in name and not name.startswith('"') else ""


def _quoted(path: str) -> str:
    """The path as git writes it: in quotes where it has anything but printable ASCII."""
    if _PLAIN.fullmatch(path):
        return path
    return '"' + "".join(_escaped(byte) for byte in path.encode()) + '"'


def _escaped(byte: int) -> str:
    if byte in b'"\\':
        return f"\\{chr(byte)}"
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
