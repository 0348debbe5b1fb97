"""Which catalog files a lake has, and their texts."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from infra.catalog.configured import ConfiguredStream, catalog_text
from infra.catalog.streams import FOLDER
from infra.documents import Location, Problem
from infra.documents.read import list_files, list_folders
from infra.model.lake_model import LakeModel

Catalogs = dict[str, str]


def catalogs_of(model: LakeModel) -> Catalogs:
    """Path from the root -> text of every catalog: one a source that has stream files, and one for each connection whose
    `streams` mapping changes a stream (one a stack, where the stacks differ).
    """
    texts = {
        folder.catalog_path: catalog_text(folder.streams[stem] for stem in folder.selected if stem in folder.streams)
        for folder in model.sources.values()
        if folder.files
    }
    for connection, variants in _changed(model):
        texts.update(_connection_catalogs(connection, variants))
    return dict(sorted(texts.items()))


def _changed(model: LakeModel) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """((source folder, connection id), stack -> text) of the connections that change streams somewhere."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for stack in model.stacks.values():
        for connection_id, streams in stack.streams.items():
            source = stack.entries.sources[stack.entries.connections[connection_id].entry.source]
            folder = model.sources[source.entry.streams_from or source.id]
            if any(_differs(stream, folder.streams.get(stream.stem)) for stream in streams):
                found.setdefault((folder.source, connection_id), {})[stack.id] = catalog_text(streams)
    yield from found.items()


def _differs(stream: ConfiguredStream, plain: ConfiguredStream | None) -> bool:
    return stream is not plain and (plain is None or stream.to_protocol() != plain.to_protocol())


def _connection_catalogs(connection: tuple[str, str], variants: dict[str, str]) -> Iterator[tuple[str, str]]:
    folder, connection_id = connection
    base = f"{FOLDER}/{folder}/_catalog.{connection_id}"
    if len(set(variants.values())) == 1:
        yield f"{base}.json", next(iter(variants.values()))
    else:
        for stack, text in variants.items():
            yield f"{base}.{stack}.json", text


def stale_catalogs(model: LakeModel, sources: Container[str] | None = None) -> list[Problem]:
    """A `catalog-stale` problem for every catalog that is missing, differs, or belongs to nothing any more."""
    texts = catalogs_of(model)
    reasons = {path: _stale(model.root / path, text) for path, text in texts.items() if _wanted(path, sources)}
    left_over = dict.fromkeys(left_over_catalogs(model, texts), "belongs to no source or connection")
    return [
        Problem("catalog-stale", Location(path), "", why, "run: lakeform catalog")
        for path, why in {**reasons, **left_over}.items()
        if why and _wanted(path, sources)
    ]


def left_over_catalogs(model: LakeModel, texts: Container[str]) -> list[str]:
    """Generated catalogs below dag/streams/ that are not among the texts that should be there."""
    return [
        path
        for folder in list_folders(model.root, FOLDER)
        for path in list_files(model.root, f"{FOLDER}/{folder}", (".json",))
        if Path(path).name.startswith("_catalog.") and path not in texts
    ]


def _wanted(path: str, sources: Container[str] | None) -> bool:
    return sources is None or path.split("/")[2] in sources


def _stale(path: Path, text: str) -> str:
    try:
        return "" if path.read_bytes() == text.encode() else "is not what the stream files give"
    except FileNotFoundError:
        return "has not been generated"
