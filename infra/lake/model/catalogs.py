"""Which catalog files a lake has, and their texts."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.lake.catalog.configured import ConfiguredStream, catalog_text
from infra.lake.catalog.streams import FOLDER
from infra.lake.documents import Location, Problem
from infra.lake.documents.generated import GeneratedFiles
from infra.lake.documents.read import list_files, list_folders
from infra.lake.model.lake_model import LakeModel

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
    for base, variants in _changed(model):
        texts.update(_connection_catalogs(base, variants))
    return dict(sorted(texts.items()))


@dataclass
class _Variants:
    """A connection's catalog in the stacks where it changes a stream, and how many stacks it is in."""

    texts: dict[str, str] = field(default_factory=dict)
    stacks: int = 0


def _changed(model: LakeModel) -> Iterator[tuple[str, _Variants]]:
    """(base of the file name, variants) of the connections that change streams somewhere."""
    found: dict[str, _Variants] = {}
    for stack in model.stacks.values():
        for connection_id, streams in stack.streams.items():
            folder = model.source_of(stack.connections[connection_id])
            if folder is None:
                continue
            variants = found.setdefault(f"{FOLDER}/{folder.source}/_catalog.{connection_id}", _Variants())
            variants.stacks += 1
            if any(_differs(stream, folder.streams.get(stream.stem)) for stream in streams):
                variants.texts[stack.id] = catalog_text(streams)
    yield from ((base, variants) for base, variants in found.items() if variants.texts)


def _differs(stream: ConfiguredStream, plain: ConfiguredStream | None) -> bool:
    return stream is not plain and (plain is None or stream.to_protocol() != plain.to_protocol())


def _connection_catalogs(base: str, variants: _Variants) -> Iterator[tuple[str, str]]:
    texts = variants.texts
    if len(texts) == variants.stacks and len(set(texts.values())) == 1:
        yield f"{base}.json", next(iter(texts.values()))
    else:
        yield from ((f"{base}.{stack}.json", text) for stack, text in texts.items())


def stale_catalogs(model: LakeModel, sources: Container[str] | None = None) -> list[Problem]:
    """A `catalog-stale` problem for every catalog that is missing, differs, or belongs to nothing any more."""
    stale = _files(model, sources).stale()
    return [
        Problem("catalog-stale", Location(path), "", why, "run: lakeform catalog")
        for path, why in stale.items()
        if _wanted(path, sources)
    ]


def write_catalogs(model: LakeModel, sources: Container[str] | None = None) -> list[str]:
    """Make the generated catalogs what they should be; the lines to tell about it: `wrote PATH`, `removed PATH`."""
    files = _files(model, sources)
    return (files if sources is None else replace(files, left_over=())).write()


def _files(model: LakeModel, sources: Container[str] | None) -> GeneratedFiles:
    """The catalogs of some sources, with everything that is left over."""
    texts = catalogs_of(model)
    return GeneratedFiles(
        model.root,
        {path: text for path, text in texts.items() if _wanted(path, sources)},
        _left_over(model, texts),
        differs="is not what the stream files give",
        belongs_nowhere="belongs to no source or connection",
    )


def _left_over(model: LakeModel, texts: Container[str]) -> list[str]:
    """Generated catalogs below dag/streams/ that are not among the texts that should be there."""
    return [
        path
        for folder in list_folders(model.root, FOLDER)
        for path in list_files(model.root, f"{FOLDER}/{folder}", (".json",))
        if Path(path).name.startswith("_catalog.") and path not in texts
    ]


def _wanted(path: str, sources: Container[str] | None) -> bool:
    return sources is None or path.split("/")[2] in sources
