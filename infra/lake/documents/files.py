"""Files: read as text, written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from infra.base.errors import UserError
from infra.base.places import from_home
from infra.lake.documents.limits import MAX_BYTES, size
from infra.lake.documents.lines import place_at
from infra.lake.documents.links import first_link, shown


class UnreadableError(Exception):
    """A file that cannot be read as UTF-8 text; the message says why.

    Attributes:
        line, column: where, 1-based.

    """

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def read_text(path: str, *, follow: bool = True, most: int = MAX_BYTES) -> str:
    """The text of a regular UTF-8 file, a leading byte order mark removed, line ends as they are.

    Raises UnreadableError for anything else: a pipe, a broken link, missing rights, another encoding, more than `most`
    bytes; unless `follow`, also for a link.
    """
    try:
        # O_NONBLOCK: opening a named pipe must not wait for a writer.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
        descriptor = os.open(path, flags)
        try:
            data = _read(descriptor, most)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnreadableError((error.strerror or "cannot be read").lower()) from None
    return _decode(data)


def text_of(path: str, shown: str = "", *, most: int = MAX_BYTES) -> str:
    """The same for a file that somebody asked for. Raises UserError, in which the file is called `shown`."""
    try:
        return read_text(path, most=most)
    except UnreadableError as error:
        raise UserError(f"{shown or path}: {error}") from None


def given_text(file: str, *, errors: str = "strict") -> str:
    """What a command is given: a file, with `~`, or for `-` standard input. Raises UserError as `text_of` does.

    `errors`: what becomes of bytes of standard input that are not UTF-8, as of `bytes.decode`.
    """
    if file != "-":
        return text_of(str(from_home(file)), file)
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UserError(f"standard input is larger than {size(MAX_BYTES)}, and is not read")
    try:
        return _decode(data, errors)
    except UnreadableError as error:
        raise UserError(f"standard input {error}") from None


def _read(descriptor: int, most: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("is not a regular file")
    if status.st_size > most:
        raise UnreadableError(f"is larger than {size(most)}, and is not read")
    data = b""
    # One read for almost every file; a file object would cost as much again.
    while part := os.read(descriptor, status.st_size + 1):
        data += part
        if len(data) == status.st_size:
            break
    return data


def _decode(data: bytes, errors: str = "strict") -> str:
    try:
        return data.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()  # without the byte order mark, unlike `data`
        raise UnreadableError("is not UTF-8 text; save it as UTF-8", *place_at(before, len(before))) from None


def write_text(root: Path, file: str, text: str) -> bool:
    """Make the file, a path from `root`, hold exactly `text` as UTF-8; True if that changed it.

    The text goes to a temporary name in the same folder and is renamed, so that no reader ever sees half a file.
    An existing file keeps its mode. Raises UserError if a link on the way would lead it elsewhere.
    """
    return write_bytes(root, file, text.encode())


def write_bytes(root: Path, file: str, data: bytes) -> bool:
    """The same for bytes."""
    return bool(_write_all(root, {file: data}))


def write_texts(root: Path, files: Mapping[str, str]) -> list[str]:
    """The same for several files that belong together, by path: all of them are written, or none. The paths that changed."""
    return _write_all(root, {file: text.encode() for file, text in files.items()})


def _write_all(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Everything that can fail comes first: then names are all that changes, and those that did are put back."""
    with ExitStack() as undo:
        ready = [
            (file, staged) for file, data in files.items() if (staged := _staged(undo, place_in(root, file), data))
        ]
        for _, staged in ready:
            staged.replace(undo)
        undo.pop_all()
    return [file for file, _ in ready]


@dataclass(frozen=True)
class _Staged:
    """A file under its temporary name.

    Attributes:
        before: what is there now; None if nothing is.
    """

    temporary: Path
    path: Path
    mode: int
    before: bytes | None

    def replace(self, undo: ExitStack) -> None:
        os.replace(self.temporary, self.path)
        undo.callback(self._put_back)

    def _put_back(self) -> None:
        if self.before is None:
            self.path.unlink(missing_ok=True)
        else:
            os.replace(_temporary(self.path, self.before, self.mode), self.path)


def _staged(undo: ExitStack, path: Path, data: bytes) -> _Staged | None:
    """The data beside the file that it will be; None if that holds it already."""
    mode, before = 0o644, None
    if path.exists() and not path.is_symlink():
        before = path.read_bytes()
        if before == data:
            return None
        mode = stat.S_IMODE(path.stat().st_mode)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path, data, mode)
    undo.callback(temporary.unlink, missing_ok=True)
    return _Staged(temporary, path, mode, before)


def remove_file(root: Path, file: str) -> None:
    """Remove a file, if it is there. Raises UserError if a link on the way would lead elsewhere."""
    place_in(root, file).unlink(missing_ok=True)


def place_in(root: Path, file: str) -> Path:
    """The path of a file that is to be written or removed below `root`, which may be reached by a link itself.

    Raises UserError if its folder is another one than the path says, because of a link or of `..`: it may be anywhere.
    """
    folder = os.path.dirname(file)
    if os.path.realpath(root / folder) != os.path.join(os.path.realpath(root), folder).rstrip("/"):
        link = first_link(root, folder) or folder
        raise UserError(
            f"{shown(link)} leads elsewhere, and nothing is written or removed through it; run: lakeform check"
        )
    return root / file


def is_temporary(path: str) -> bool:
    """True for the name of a file that a command had not finished when it was killed."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith(".tmp")


def _temporary(path: Path, data: bytes, mode: int) -> Path:
    """A file beside the one at `path`. Its name is short, whatever that of the other is."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:20]}.", suffix=".tmp", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, mode)
    except BaseException:
        os.unlink(name)
        raise
    return Path(name)
