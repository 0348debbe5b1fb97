"""Registry files for new entries: a source with its connections, a destination by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.base.json_value import Json
from infra.lake.documents.yaml_block import block
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.declared import FOLDER
from infra.lake.registry.kinds import KIND_OF
from infra.move.entries.proposed import Proposed
from infra.scaffold.connection_text import SCHEMA


def registry_files(model: LakeModel, proposed: Iterable[Proposed]) -> dict[str, str]:
    """Path -> text; no path is that of a file that exists."""
    groups: dict[str, list[Proposed]] = {}
    new_sources: dict[str, str] = {}
    for one in sorted(proposed, key=_order):
        home = new_sources.get(str(next(iter(one.values.values())).get("source"))) if _is_connection(one) else None
        path = home or _free_path(model, one, groups)
        groups.setdefault(path, []).append(one)
        if one.section == "sources":
            new_sources[one.id] = path
    return {path: _text(model, entries) for path, entries in groups.items()}


def _order(one: Proposed) -> tuple[int, str]:
    return ("destinations", "sources", "connections").index(one.section), one.id


def _is_connection(one: Proposed) -> bool:
    return one.section == "connections"


def _free_path(model: LakeModel, one: Proposed, used: Mapping[str, object]) -> str:
    names = [one.id, f"{one.id}_{KIND_OF[one.section]}"]
    names += [f"{names[1]}_{number}" for number in range(2, len(used) + 1000)]
    paths = (f"{FOLDER}/{name}.yaml" for name in names)
    return next(path for path in paths if path not in used and not _exists(model, path))


def _exists(model: LakeModel, path: str) -> bool:
    return (model.root / path).is_symlink() or (model.root / path).exists()


def _text(model: LakeModel, entries: Iterable[Proposed]) -> str:
    lines = [SCHEMA]
    section = ""
    renamed: list[Json] = []
    for one in entries:
        if one.section != section:
            lines += [*([""] if section else []), f"{one.section}:"]
            section = one.section
        lines += [f"  {one.id}:", *block(one.entry(model), 4)]
        renamed += [{"from": old, "to": one.path} for old in one.renamed]
    if renamed:
        lines += ["", "renamed:", *(f"  - {flow(line)}" for line in renamed)]
    return "\n".join([*lines, ""])
