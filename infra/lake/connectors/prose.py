"""Prose: titles and descriptions of a connector's options, beside its lock, for editors and scaffolds alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from infra.lake.connectors.lock import FOLDER, PROSE, ConnectorLock, lock_path
from infra.lake.connectors.spec import Spec, prose_of_spec
from infra.lake.documents import render_json
from infra.lake.documents.mended_schema import Flaw
from infra.lake.documents.read import read_document

Prose = Mapping[str, Any]


def prose_path(connector: str) -> str:
    """The file of a connector's prose, from the project root."""
    return f"{FOLDER}/{connector}{PROSE}"


class Locked(NamedTuple):
    """A lock, and the whole spec that it was taken from; `flaws`: what was broken in that, and is left out."""

    lock: ConnectorLock
    spec: Spec
    flaws: tuple[Flaw, ...] = ()

    def files(self) -> dict[str, str]:
        """Path -> text of the lock and of the prose beside it."""
        lock, prose = self.lock, prose_of_spec(self.spec)
        texts = {lock_path(lock.connector): lock.to_text()}
        if prose:
            about = {"connector": lock.connector, "tag": lock.tag, "options": prose}
            texts[prose_path(lock.connector)] = render_json(about)
        return texts


def read_prose(root: Path, connector: str) -> Prose:
    """The titles and descriptions, in the shape of the spec; empty where the file is missing or broken: nothing hangs on it."""
    document = read_document(root, prose_path(connector))[0] if (root / prose_path(connector)).is_file() else None
    options = document.value.get("options") if document and isinstance(document.value, dict) else None
    return options if isinstance(options, dict) else {}


def with_prose(spec: Any, prose: Any) -> Any:
    """The spec with the titles and descriptions that stand at the same places in the prose."""
    if isinstance(spec, list):
        texts = prose if isinstance(prose, list) and len(prose) == len(spec) else [{}] * len(spec)
        return [with_prose(inner, text) for inner, text in zip(spec, texts, strict=True)]
    if not isinstance(spec, Mapping) or not isinstance(prose, Mapping):
        return spec
    said = {key: text for key, text in prose.items() if key in ("title", "description") and isinstance(text, str)}
    inside = {key: with_prose(inner, prose[key]) for key, inner in spec.items() if key in prose and key not in said}
    return {**spec, **inside, **said}
