"""DiscoveredStream: what a source offers, one committed JSON file a stream, as the source reported it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from infra.documents import Layers, Problem, Strict, Written, parse, render_json
from infra.documents.read import list_files, read_document
from infra.documents.types import Items

FOLDER = "dag/sources"

StreamKey = tuple[str, str]


class DiscoveredStream(Strict):
    """The Airbyte protocol's AirbyteStream, snake_case."""

    name: str
    namespace: str | None = None
    json_schema: dict[str, Any] = Field(default={})
    supported_sync_modes: Annotated[Items[str], Field(min_length=1)] = ("full_refresh",)
    source_defined_cursor: bool | None = None
    default_cursor_field: Items[str] | None = None
    source_defined_primary_key: Items[Items[str]] | None = None
    is_resumable: bool | None = None
    is_file_based: bool | None = None

    @property
    def key(self) -> StreamKey:
        """(namespace or "", name): what identifies a stream in its source."""
        return self.namespace or "", self.name

    def to_text(self) -> str:
        """The file's text: what the source did not say is left out."""
        return render_json(self.model_dump(mode="json", exclude_none=True))


def read_discovered(root: Path, source: str) -> tuple[dict[StreamKey, DiscoveredStream], list[Problem]]:
    """The discovered streams of a source by (namespace, name), and what is wrong with the files."""
    streams: dict[StreamKey, DiscoveredStream] = {}
    problems: list[Problem] = []
    for file in list_files(root, f"{FOLDER}/{source}", (".json",)):
        if Path(file).name.startswith("_"):
            continue
        document, found = read_document(root, file)
        problems += found
        if document is None:
            continue
        stream, found = parse(DiscoveredStream, Layers.single(Written(document, (), document.value)))
        problems += found
        if stream is not None:
            streams[stream.key] = stream
    return streams, problems
