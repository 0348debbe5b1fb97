"""Which catalog files a lake has, and their texts."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from infra.lake.catalog.configured import ConfiguredStream, catalog_text
from infra.lake.catalog.streams import FOLDER
from infra.lake.documents import Problem
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
    return stream != plain and (plain is None or stream.to_protocol() != plain.to_protocol())


def _connection_catalogs(base: str, variants: _Variants) -> Iterator[tuple[str, str]]:
    texts = variants.texts
    if len(texts) == variants.stacks and len(set(texts.values())) == 1:
        yield f"{base}.json", next(iter(texts.values()))
    else:
        yield from ((f"{base}.{stack}.json", text) for stack, text in texts.items())


def generated_catalogs(model: LakeModel, sources: Container[str] | None = None) -> GeneratedFiles:
    """The catalogs of all sources or some, against those below dag/streams/."""
    texts = catalogs_of(model)
    known = [path for folder in list_folders(model.root, FOLDER) for path in _catalogs_in(model.root, folder)]
    return GeneratedFiles(
        model.root,
        {path: text for path, text in texts.items() if _wanted(path, sources)},
        [path for path in known if path not in texts and _wanted(path, sources)],
        differs="does not match the stream files",
        belongs_nowhere="belongs to no source or connection",
    )


def stale_catalogs(model: LakeModel, sources: Container[str] | None = None) -> list[Problem]:
    """A `catalog-stale` problem for every catalog that is missing, differs, or belongs to nothing any more."""
    return generated_catalogs(model, sources).problems("catalog-stale", "lakeform synth")


def _catalogs_in(root: Path, folder: str) -> list[str]:
    files = list_files(root, f"{FOLDER}/{folder}", (".json",))
    return [path for path in files if Path(path).name.startswith("_catalog.")]


def _wanted(path: str, sources: Container[str] | None) -> bool:
    return sources is None or path.split("/")[2] in sources
