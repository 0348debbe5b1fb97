"""Choices that Terraform would show as a change in every plan.

Source: how the provider compares its state with what the server reads back (facts in docs/rules.md, `drift-prone`).
What synthesis avoids by itself (cursors, keys, zones, namespaces) is no choice and not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.mapper import has_masked_key

_MASKED = (
    "Airbyte masks the key, so every plan changes all streams of the connection again, and shows them as (sensitive "
    "value): what else changes there cannot be seen in it"
)
_USE_RSA = "use rsa with its public key in plain text, which Airbyte returns unchanged"


def check_drift(model: LakeModel) -> Iterator[Problem]:
    """`drift-prone`, a warning."""
    yield from _schema_changes(model)
    yield from _masked_keys(model)


def _masked_keys(model: LakeModel) -> Iterator[Problem]:
    """Mappers of synced streams whose key comes back masked."""
    for stack in model.stacks.values():
        for stream in (stream for streams in stack.streams.values() for stream in streams):
            for index, mapper in enumerate(stream.mappers):
                if has_masked_key(mapper):
                    path = ("mappers", index, "mapper_configuration", "encryption", "aes")
                    yield stream.layers.problem("drift-prone", path, _MASKED, _USE_RSA, severity="warning", key=True)


def _schema_changes(model: LakeModel) -> Iterator[Problem]:
    for stack in model.stacks.values():
        for connection in stack.connections.values():
            choice = connection.settings.schema_changes
            selecting = [stream.name for stream in stack.streams.get(connection.id, ()) if stream.fields is not None]
            if choice == "propagate_fully":
                message = "Airbyte adds new streams to the connection on its own, and the next plan removes them again"
            elif choice == "propagate_columns" and selecting:
                message = f'Airbyte adds new columns to the selection of "{selecting[0]}", and the next plan removes them again'
            else:
                continue
            fix = "use ignore, or disable_connection to be notified"
            yield connection.layers.problem("drift-prone", ("schema_changes",), message, fix, severity="warning")
