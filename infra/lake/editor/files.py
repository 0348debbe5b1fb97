"""The schemas of a lake as files below dag/schema/."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.connectors.lock import specs_of
from infra.lake.connectors.prose import read_prose, with_prose
from infra.lake.documents import Problem, render_json
from infra.lake.documents.generated import GeneratedFiles
from infra.lake.documents.read import list_files
from infra.lake.editor.known import described_sources, known_of
from infra.lake.editor.models import Schema
from infra.lake.editor.registry_schema import registry_schema
from infra.lake.editor.stream_schema import source_schema, stream_schema
from infra.lake.model.lake_model import LakeModel

FOLDER = "dag/schema"
REGISTRY, STREAM = f"{FOLDER}/registry.json", f"{FOLDER}/stream.json"
STREAMS = f"{FOLDER}/streams"


def generated_schemas(model: LakeModel) -> GeneratedFiles:
    """The schemas of a lake, against those below dag/schema/."""
    texts = {path: render_json(schema) for path, schema in _schemas(model)}
    there = list_files(model.root, STREAMS, (".json",))
    return GeneratedFiles(
        model.root,
        texts,
        [path for path in there if path not in texts],
        differs="does not match the lake",
        belongs_nowhere="belongs to no source",
    )


def kept_schemas(model: LakeModel) -> GeneratedFiles:
    """The same for a lake that keeps them; none for one that does not."""
    return generated_schemas(model) if (model.root / FOLDER).is_dir() else GeneratedFiles(model.root, {})


def stale_schemas(model: LakeModel) -> list[Problem]:
    """A `synth-stale` problem for every schema that is missing, differs, or belongs to no source any more."""
    return kept_schemas(model).problems("synth-stale", "lakeform synth; the schemas alone: lakeform schema --write")


def _schemas(model: LakeModel) -> Iterator[tuple[str, Schema]]:
    """Path -> schema: of registry files, of stream files, and of those of each source."""
    specs = {name: with_prose(spec, read_prose(model.root, name)) for name, spec in specs_of(model.locks).items()}
    yield REGISTRY, registry_schema(specs, known_of(model))
    yield STREAM, stream_schema()
    for source, folder in described_sources(model).items():
        yield f"{STREAMS}/{source}.json", source_schema(folder)
