"""The models of a lake with the tables that they read."""

from __future__ import annotations

from infra.lake.model.lake_model import LakeModel
from infra.lake.models.graph import ModelGraph, graph_of
from infra.lake.models.project import read_project
from infra.lake.models.tables import known_columns, stream_tables


def lake_graph(model: LakeModel) -> ModelGraph:
    """Every model of the lake, read. Raises UserError without the extra `flows`."""
    return graph_of(read_project(model.root), known_columns(stream_tables(model)))
