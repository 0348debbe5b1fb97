"""A reach in words, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from infra.base.columns import columns
from infra.lake.models.graph import ModelGraph
from infra.lake.models.named import Start
from infra.lake.models.reach import Hit, Reach
from infra.lake.models.shape import SOME

_WAYS = {
    "value": "its values",
    "rows": "its rows, by a model before it",
    "filter": "used to choose rows",
    "join": "used to join",
    "group": "used to group",
    "window": "used in a window",
    "order": "used to order rows",
    "key": "part of its key",
    "exclude": "named to be left out",
}


def to_text(found: Sequence[tuple[Start, Reach]], graph: ModelGraph) -> str:
    """A paragraph for each start; then what was not read at all."""
    parts = ["\n".join(_paragraph(start, reach, graph)) for start, reach in found]
    troubles = [f"    {file}: {why}" for file, why in graph.troubles]
    return "\n\n".join([*parts, *(["\n".join(["not looked at:", *troubles])] if troubles else [])])


def to_json(found: Sequence[tuple[Start, Reach]], graph: ModelGraph) -> dict[str, Any]:
    """The object of `--format json`."""
    return {
        "impact": [_object(start, reach, graph) for start, reach in found],
        "not_read": [{"file": file, "why": why} for file, why in graph.troubles],
    }


def _paragraph(start: Start, reach: Reach, graph: ModelGraph) -> Iterator[str]:
    if not (reach.hits or reach.unknown or reach.exposures):
        yield f"{start.subject} ({start.table}) reaches no model"
        return
    yield f"{start.subject} ({start.table}) reaches {'no model for certain' if not reach.hits else ''}".rstrip()
    for model in reach.models:
        yield f"    {model}  {graph.models[model].file}"
        rows = [(_column(hit), _way(hit)) for hit in reach.hits if hit.model == model]
        yield from (f"        {line}" for line in columns(rows))
    if reach.exposures:
        yield "    exposures"
        yield from (f"        {name}{'' if sure else '  perhaps'}  {file}" for name, file, sure in reach.exposures)
    if reach.unknown:
        yield "cannot be known"
        yield from (f"    {graph.models[name].file}: {why}" for name, why in reach.unknown)


def _column(hit: Hit) -> str:
    return {"": "(the model)", SOME: "(some column)"}.get(hit.column, hit.column)


def _way(hit: Hit) -> str:
    return _WAYS[hit.way] + (f", somewhere in {hit.somewhere}" if hit.somewhere else "")


def _object(start: Start, reach: Reach, graph: ModelGraph) -> dict[str, Any]:
    return {
        "subject": start.subject,
        "table": start.table,
        "path": list(start.path),
        "reached": [
            {
                "model": hit.model,
                "file": graph.models[hit.model].file,
                "column": hit.column or None,
                "how": hit.way,
                "somewhere_in": hit.somewhere or None,
            }
            for hit in reach.hits
        ],
        "exposures": [{"name": name, "file": file, "certain": sure} for name, file, sure in reach.exposures],
        "unknown": [{"model": name, "file": graph.models[name].file, "why": why} for name, why in reach.unknown],
    }
