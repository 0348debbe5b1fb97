"""DbtProject: the files of the user's dbt models, read as text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.read import list_files, read_document
from infra.lake.models.budget import MAX_BYTES, MAX_MODELS

FOLDER = "dag"
PROJECT = f"{FOLDER}/dbt_project.yml"
PROFILES = f"{FOLDER}/profiles.yml"
_DEFAULT_PATHS = ("processed", "enriched")
_GENERATED = "models"
_YAML = (".yml", ".yaml")


@dataclass(frozen=True)
class ModelFile:
    """The file of a model.

    Attributes:
        name: what `ref` calls it, in lower case.
        trouble: why it was not read; then the text is empty.
    """

    name: str
    file: str
    text: str
    trouble: str = ""


@dataclass(frozen=True)
class Exposure:
    """What is made of models outside of the lake: a dashboard, a report.

    Attributes:
        on: what it says it depends on, `ref('x')`.
    """

    name: str
    file: str
    on: tuple[str, ...]


@dataclass(frozen=True)
class DbtProject:
    """What the files of a dbt project say.

    Attributes:
        models: sorted by file.
        sources: `<source>.<table>` -> the schema and name of its table.
        seeds: names of tables that come from CSV files.
        variables: what `var` gives.
        dialect: of the SQL, by its adapter's name.
        troubles: (file, why) of YAML files that were not read.
    """

    models: tuple[ModelFile, ...] = ()
    sources: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    exposures: tuple[Exposure, ...] = ()
    seeds: frozenset[str] = frozenset()
    variables: Mapping[str, Any] = field(default_factory=dict)
    dialect: str = "duckdb"
    troubles: tuple[tuple[str, str], ...] = ()


def has_models(root: Path) -> bool:
    """True if there is a file that may be a model; nothing but the project's own settings is read."""
    return any(True for _ in _model_files(root, _paths(root, _read(root, PROJECT)[0])))


def read_project(root: Path) -> DbtProject:
    """The models below the paths of dag/dbt_project.yml, by default dag/processed/ and dag/enriched/."""
    settings, troubles = _read(root, PROJECT)
    paths = _paths(root, settings)
    files = list(_model_files(root, paths))
    models = tuple(_model(root, file) for file in files[:MAX_MODELS])
    if len(files) > MAX_MODELS:
        troubles.append((f"{FOLDER}/", f"only the first {MAX_MODELS} models were looked at"))
    sources: dict[str, tuple[str, str]] = {}
    exposures: list[Exposure] = []
    for file in _yaml_files(root, paths):
        value, found = _read(root, file)
        troubles += found
        sources.update(_sources(value))
        exposures += _exposures(value, file)
    seeds = frozenset(_stem(file) for file in list_files(root, f"{FOLDER}/seeds", (".csv",), deep=True))
    variables = dict(_variables(settings))
    return DbtProject(models, sources, tuple(exposures), seeds, variables, _dialect(root), tuple(troubles))


def _paths(root: Path, settings: Mapping[str, Any]) -> list[str]:
    """Folders of models, as paths from the root; those that lead out of dag/ are left out."""
    said = settings.get("model-paths")
    words = said if isinstance(said, list) else _DEFAULT_PATHS
    inside = (os.path.normpath(f"{FOLDER}/{word}") for word in words if isinstance(word, str))
    return [path for path in dict.fromkeys(inside) if path.startswith(f"{FOLDER}/") and (root / path).is_dir()]


def _model_files(root: Path, paths: list[str]) -> Iterator[str]:
    found = {file for path in paths for file in list_files(root, path, (".sql", ".py"), deep=True)}
    yield from sorted(file for file in found if not file.endswith("/__init__.py"))


def _yaml_files(root: Path, paths: list[str]) -> list[str]:
    folders = dict.fromkeys([*paths, f"{FOLDER}/{_GENERATED}"])
    return sorted({file for folder in folders for file in list_files(root, folder, _YAML, deep=True)})


def _model(root: Path, file: str) -> ModelFile:
    name = _stem(file)
    if file.endswith(".py"):
        return ModelFile(name, file, "", "it is a Python model")
    try:
        text = read_text(str(root / file), follow=False) if _size(root, file) <= MAX_BYTES else None
    except UnreadableError as error:
        return ModelFile(name, file, "", f"its file {error}")
    return ModelFile(name, file, "", "it is larger than what is read") if text is None else ModelFile(name, file, text)


def _size(root: Path, file: str) -> int:
    try:
        return os.stat(root / file, follow_symlinks=False).st_size
    except OSError:
        return 0  # reading it tells why


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0].lower()


def _read(root: Path, file: str) -> tuple[Mapping[str, Any], list[tuple[str, str]]]:
    if not os.path.lexists(root / file):
        return {}, []
    document, problems = read_document(root, file)
    value = document.value if document else None
    return value if isinstance(value, dict) else {}, [(file, problem.message) for problem in problems[:1]]


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))


def _sources(value: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for source in _mappings(value.get("sources")):
        for table in _mappings(source.get("tables")):
            name, own = str(source.get("name")), str(table.get("name"))
            place = str(source.get("schema") or name), str(table.get("identifier") or own)
            yield f"{name}.{own}".lower(), place


def _exposures(value: Mapping[str, Any], file: str) -> Iterator[Exposure]:
    for exposure in _mappings(value.get("exposures")):
        on = exposure.get("depends_on")
        yield Exposure(str(exposure.get("name")), file, tuple(map(str, on if isinstance(on, list) else ())))


def _variables(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Global ones, then those of the project itself, which win in dbt."""
    said = settings.get("vars")
    found = said if isinstance(said, dict) else {}
    own = found.get(settings.get("name"))
    for level in (found, own if isinstance(own, dict) else {}):
        yield from ((name, value) for name, value in level.items() if not isinstance(value, dict))


def _dialect(root: Path) -> str:
    """The adapter that all outputs of dag/profiles.yml have in common; DuckDB where there is none."""
    profiles, _ = _read(root, PROFILES)
    outputs = [profile.get("outputs") for profile in profiles.values() if isinstance(profile, dict)]
    types = {
        str(target.get("type"))
        for targets in outputs
        if isinstance(targets, dict)
        for target in targets.values()
        if isinstance(target, dict)
    }
    return types.pop() if len(types) == 1 else "duckdb"
