"""DiscoveredStream: what a source offers, one committed JSON file a stream, as the source reported it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from infra.base.printable import spelled
from infra.lake.catalog.fields import properties_of
from infra.lake.documents import Layers, Problem, Strict, Written, parse, render_json
from infra.lake.documents.read import list_files, read_document
from infra.lake.documents.types import Items, JsonSchema

FOLDER = "dag/sources"

StreamKey = tuple[str, str]

# `from` of streams that nobody discovered: somebody has described them.
DESCRIBED = "description"


def look_of(key: StreamKey) -> StreamKey:
    """The same for keys that look alike: letters with their accents as one code point (Unicode NFC), as Terraform writes them."""
    return unicodedata.normalize("NFC", key[0]), unicodedata.normalize("NFC", key[1])


def twins(one: StreamKey, other: StreamKey) -> str:
    """What is to be said of two keys that look alike, with their code points."""
    names = (spelled(".".join(filter(None, key))) for key in (one, other))
    return f"the streams {' and '.join(names)} look the same"


class DiscoveredStream(Strict):
    """The Airbyte protocol's AirbyteStream, snake_case."""

    name: str = Field(min_length=1)
    namespace: str | None = None
    json_schema: JsonSchema = Field(default={})
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


def as_offered(described: DiscoveredStream, offered: DiscoveredStream) -> DiscoveredStream:
    """A stream that somebody has described, with what its source says of the same fields, and of all but fields."""
    real = properties_of(offered.json_schema)
    fields = {name: real.get(name, schema) for name, schema in properties_of(described.json_schema).items()}
    return offered.model_copy(update={"json_schema": {**offered.json_schema, "properties": fields}})


class Provenance(Strict):
    """`_discovery.json`: where the files beside it come from.

    Attributes:
        instead_of: the locked version, which the package index did not have, so that another one was asked.
        method: how the source found changes then (cdc, standard, xmin, ...), which decides fields and cursors.
    """

    connector: str | None = None
    version: str | None = None
    instead_of: str | None = None
    from_: str = Field(alias="from")
    method: str | None = None


@dataclass(frozen=True)
class Discovery:
    """The folder of a source below dag/sources/.

    Attributes:
        streams: what the source offers, by (namespace, name); empty if it was never discovered.
        provenance: where that comes from, and the place where it says so.
        complete: False if a file could not be read: then a stream that seems to be missing may be in it.
        stems: names of the streams' files, without `.json`.
    """

    streams: Mapping[StreamKey, DiscoveredStream]
    provenance: tuple[Provenance, Layers] | None = None
    complete: bool = True
    stems: Mapping[StreamKey, str] = field(default_factory=dict)

    @property
    def is_described(self) -> bool:
        """True if no source has said this, but somebody who knows it."""
        return self.provenance is not None and self.provenance[0].from_ == DESCRIBED

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[DiscoveredStream]]:
        """Streams by their name alone; several where only namespaces tell them apart."""
        named: dict[str, list[DiscoveredStream]] = {}
        for stream in self.streams.values():
            named.setdefault(stream.name, []).append(stream)
        return named


def read_discovery(root: Path, source: str) -> tuple[Discovery, list[Problem]]:
    """What was discovered of a source, and what is wrong with the files."""
    streams: dict[StreamKey, DiscoveredStream] = {}
    stems: dict[StreamKey, str] = {}
    provenance: tuple[Provenance, Layers] | None = None
    problems: list[Problem] = []
    for file in list_files(root, f"{FOLDER}/{source}", (".json",)):
        document, found = read_document(root, file)
        problems += found
        if document is None:
            continue
        layers = Layers.single(Written(document, (), document.value))
        if file.endswith("/_discovery.json"):
            said, found = parse(Provenance, layers)
            provenance = (said, layers) if said else None
        else:
            stream, found = parse(DiscoveredStream, layers)
            if stream is not None:
                streams[stream.key] = stream
                stems[stream.key] = file.rpartition("/")[2].removesuffix(".json")
        problems += found
    return Discovery(streams, provenance, complete=not problems, stems=stems), problems
