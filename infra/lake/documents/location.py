"""Where something stands in a file, and how a key path is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from infra.base.json_value import Json

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Location:
    """A place in a text file.

    Attributes:
        file: path from the project root, with `/`.
        line: 1-based.
        column: 1-based, in characters.

    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def to_json(self) -> Json:
        """`{"file": ..., "line": ..., "column": ...}`."""
        return asdict(self)


def render_path(path: KeyPath) -> str:
    """The path as a person writes it: `connections.x.streams[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
