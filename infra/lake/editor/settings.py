"""Settings of Visual Studio Code: which of a lake's files has which schema."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from infra.lake.catalog.streams import FOLDER as STREAM_FILES
from infra.lake.documents import read_json, render_json
from infra.lake.editor.files import FOLDER, REGISTRY, STREAM, STREAMS
from infra.lake.registry.declared import FOLDER as REGISTRY_FILES

SETTINGS = ".vscode/settings.json"
EXTENSIONS = ".vscode/extensions.json"

_JSON, _YAML = "json.schemas", "yaml.schemas"


def extensions_text() -> str:
    """The extension that reads schemas for YAML; for JSON the editor has its own."""
    return render_json({"recommendations": ["redhat.vscode-yaml"]})


def settings_text(sources: Iterable[str], there: str = "{}") -> str | None:
    """Settings with the schemas of a lake, everything else as it is `there`; None if that is not plain JSON.

    `sources`: folders that have a schema of their own.
    """
    document, problems = read_json(SETTINGS, there)
    settings = document.value if document and not problems else None
    others = settings.get(_JSON, []) if isinstance(settings, dict) else None
    yaml = settings.get(_YAML, {}) if isinstance(settings, dict) else None
    if not isinstance(settings, dict) or not isinstance(others, list) or not isinstance(yaml, dict):
        return None
    said = {
        _JSON: [*(other for other in others if not _is_ours(other)), *_json_schemas(sources)],
        _YAML: {**yaml, f"./{REGISTRY}": [f"/{REGISTRY_FILES}/**/*.yaml", f"/{REGISTRY_FILES}/**/*.yml"]},
    }
    if said.items() <= settings.items():
        return there
    return json.dumps({**settings, **said}, indent=2, ensure_ascii=False) + "\n"


def _json_schemas(sources: Iterable[str]) -> list[dict[str, Any]]:
    """The more particular first: what it says of a key is what is shown."""
    places = [*((f"{STREAMS}/{source}.json", source) for source in sorted(sources)), (STREAM, "*")]
    return [{"fileMatch": _stream_files(folder), "url": f"./{schema}"} for schema, folder in places]


def _stream_files(folder: str) -> list[str]:
    """What is generated beside them begins with `_`."""
    return [f"/{STREAM_FILES}/{folder}/*.json", f"!/{STREAM_FILES}/{folder}/_*.json"]


def _is_ours(entry: Any) -> bool:
    return isinstance(entry, dict) and str(entry.get("url", "")).startswith(f"./{FOLDER}/")
