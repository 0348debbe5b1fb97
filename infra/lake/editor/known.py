"""Known: the names of a lake that an editor completes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.lake.catalog.streams import SourceStreams
from infra.lake.documents import Written
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.kinds import ACTORS, KIND_OF


@dataclass(frozen=True)
class Known:
    """Names as the files have them, also of entries with problems; sorted.

    Attributes:
        entries: section of the registry -> the ids in it.
        streams: id of a source -> the folder of its stream files, if it has a schema.
        open: connectors with an entry that lists options which their spec lacks.
        lax: `source` or `destination`, where a default or override of the lake lists such options.
    """

    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stacks: tuple[str, ...] = ()
    landings: tuple[str, ...] = ()
    streams: Mapping[str, str] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    lax: frozenset[str] = frozenset()


def known_of(model: LakeModel) -> Known:
    """The names of a lake."""
    lake = model.declared.lake
    return Known(
        {section: tuple(sorted(ids)) for section, ids in model.declared.entries.items()},
        _ids(lake, "stacks"),
        _ids(lake, "landings"),
        dict(sorted(_streams(model))),
        frozenset(_open(model)),
        frozenset(_lax(lake)),
    )


def described_sources(model: LakeModel) -> dict[str, SourceStreams]:
    """Folder -> the streams of those that have any, or that were discovered: each has a schema of its own."""
    return {name: folder for name, folder in model.sources.items() if folder.files or folder.discovery.stems}


def _ids(lake: Written | None, key: str) -> tuple[str, ...]:
    return tuple(sorted(_below(lake.value, key))) if lake else ()


def _streams(model: LakeModel) -> Iterator[tuple[str, str]]:
    described = described_sources(model)
    for source, piece in model.declared.entries["sources"].items():
        folder = str(_said(piece).get("streams_from") or source)
        if folder in described:
            yield source, folder


def _open(model: LakeModel) -> Iterator[str]:
    for section in ACTORS:
        for piece in model.declared.entries[section].values():
            entry = _said(piece)
            if any("undeclared" in layer for layer in (entry, *_mappings(entry, "overrides"))):
                yield str(entry.get("connector"))


def _lax(lake: Written | None) -> Iterator[str]:
    whole = lake.value if lake else {}
    for place in (whole, *_mappings(whole, "stacks")):
        for shared in (_below(place, "defaults"), _below(place, "overrides")):
            yield from (KIND_OF[section] for section in ACTORS if "undeclared" in _below(shared, KIND_OF[section]))


def _mappings(place: Any, key: str) -> list[Mapping[str, Any]]:
    """Those one level below a key: of each stack."""
    return [said for said in _below(place, key).values() if isinstance(said, dict)]


def _below(place: Any, key: str) -> Mapping[str, Any]:
    """The mapping at a key, empty where there is none."""
    said = place.get(key) if isinstance(place, dict) else None
    return said if isinstance(said, dict) else {}


def _said(piece: Written) -> Mapping[str, Any]:
    return piece.value if isinstance(piece.value, dict) else {}
