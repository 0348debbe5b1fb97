"""Choices that Terraform would show as a change in every plan.

Source: how the provider compares its state with what the server reads back (facts in docs/rules.md, `drift-prone`).
What synthesis avoids by itself (cursors, keys, zones, namespaces) is no choice and not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.documents import Problem
from infra.model.lake_model import LakeModel


def check_drift(model: LakeModel) -> Iterator[Problem]:
    """`drift-prone`, a warning."""
    for stack in model.stacks.values():
        for connection in stack.entries.connections.values():
            choice = connection.entry.schema_changes
            selecting = [stream.name for stream in stack.streams.get(connection.id, ()) if stream.fields is not None]
            if choice == "propagate_fully":
                message = "Airbyte adds new streams to the connection by itself, the next plan takes them out again"
            elif choice == "propagate_columns" and selecting:
                message = (
                    f'Airbyte adds new columns to the selection of "{selecting[0]}", the next plan takes them out again'
                )
            else:
                continue
            fix = "use ignore, or disable_connection to be told"
            yield connection.layers.problem("drift-prone", ("schema_changes",), message, fix, severity="warning")
