"""The files of octavia-cli: one folder an object, with its configuration and, for each workspace, what it was applied as.

Source: airbytehq/airbyte before 2023, octavia-cli/octavia_cli/apply/resources.py and generate/templates/*.yaml.j2.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.lake.documents import KeyPath, render_path
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.yaml_11 import load_yaml_11
from infra.lake.documents.yaml_document import read_yaml
from infra.lake.registry.kinds import SECTION_OF
from infra.move.terraform.masked import MASK
from infra.move.untold import Notes
from infra.scaffold.names import snake

MAX_BYTES = 16 * 1024 * 1024


# Before 0.39 there was one state.yaml, of any workspace.
_STATE = re.compile(r"state(?:_([0-9a-f-]{36}))?\.ya?ml")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class OctaviaObject:
    """An object's folder.

    Attributes:
        path: of its configuration from octavia's root, as connections name it.
        ids: id of a workspace -> its id there; "" for a workspace that nobody tells.
        values: the file.
    """

    path: str
    ids: Mapping[str, str]
    values: Mapping[str, Any] = field(repr=False)

    def id_in(self, workspace: str | None) -> str | None:
        """Its id in Airbyte; None where it was not applied there."""
        return self.ids.get(workspace or "") or self.ids.get("")


def read_objects(root: Path, kind: str, notes: Notes) -> list[OctaviaObject]:
    """The sources, destinations or connections of an octavia folder, by name; one that cannot be read is noted."""
    folder = root / SECTION_OF[kind]
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"{folder}: {(error.strerror or 'cannot be read').lower()}") from None
    found = (_read_object(root, f"{SECTION_OF[kind]}/{name}", notes) for name in names)
    return [one for one in found if one is not None]


def _read_object(root: Path, folder: str, notes: Notes) -> OctaviaObject | None:
    path = f"{folder}/configuration.yaml"
    values = _read(root, path, notes)
    if values is None:
        return None
    states = ((_STATE.fullmatch(name), name) for name in sorted(os.listdir(root / folder)))
    ids = {}
    for match, name in states:
        said = _read(root, f"{folder}/{name}", notes) if match else None
        if match and said and isinstance(said.get("resource_id"), str):
            ids[match[1] or ""] = said["resource_id"]
    return OctaviaObject(path, ids, values)


def _read(root: Path, path: str, notes: Notes) -> Mapping[str, Any] | None:
    try:
        text = read_text(str(root / path), most=MAX_BYTES)
    except UnreadableError as error:
        notes.note(path, str(error))
        return None
    document, problems = read_yaml(path, text)
    if document is None or not isinstance(document.value, dict):
        notes.note(path, problems[0].message if problems else "it is no mapping")
        return None
    return _as_octavia_reads(text)


def _as_octavia_reads(text: str) -> Mapping[str, Any]:
    try:
        loaded = load_yaml_11(text)
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def references(value: Any, notes: Notes, what: str, path: KeyPath = ()) -> Any:
    """The value with octavia's `${NAME}` as references to secrets, which they were for. A text with more in it is noted, and a
    mask stands for it, as somebody has to give it.

    Source: octavia-cli's README: environment variables in configurations, for secrets.
    """
    if isinstance(value, dict):
        return {key: references(inner, notes, what, (*path, str(key))) for key, inner in value.items()}
    if isinstance(value, list):
        return [references(inner, notes, what, (*path, index)) for index, inner in enumerate(value)]
    if not isinstance(value, str) or not _VARIABLE.search(value):
        return value
    whole = _VARIABLE.fullmatch(value)
    if whole is None or not snake(whole[1])[:1].isalpha():
        notes.note(what, f"{render_path(path)} is put together from environment variables: give what comes out of it")
        return MASK
    return {"secret": snake(whole[1])}
