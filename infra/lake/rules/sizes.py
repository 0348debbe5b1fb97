"""Stacks that grow out of what tofu-controller and Kubernetes carry."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Iterator

from infra.lake.documents import Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import DOCUMENT, OUTPUT
from infra.lake.model.stack import Stack

_MIB = 2**20
# The runner takes an artifact as one gRPC message of 4 MiB (chart of tofu-controller, runner.grpc.maxMessageSize).
_ARTIFACT = 4 * _MIB
# OpenTofu's kubernetes backend keeps the gzipped state in one Secret, and a Secret holds 1 MiB.
_STATE = _MIB
# A warning has to come while there is time to split.
_NEAR = 0.75


def check_sizes(model: LakeModel) -> Iterator[Problem]:
    """`stack-too-large`, a warning: the committed folder of a stack, or its likely state, nears a limit."""
    for stack in model.stacks.values():
        sizes = _gzipped(model, stack)
        state, artifact = sizes.get(DOCUMENT, 0), sum(sizes.values())
        if state > _NEAR * _STATE and _in_a_secret(stack):
            yield _problem(stack, f"its state will be about {_shown(state)} when gzipped, and 1 MiB is the most")
        elif artifact > _NEAR * _ARTIFACT:
            folder = f"{OUTPUT}/stacks/{stack.id}"
            yield _problem(stack, f"{folder} is about {_shown(artifact)} when gzipped, and 4 MiB is the most")


def _gzipped(model: LakeModel, stack: Stack) -> dict[str, int]:
    """Bytes of the committed files when compressed, fast and so 20 % too large; the state holds a little more than the
    document does. Files too small to matter are taken as they are.
    """
    folder = model.root / OUTPUT / "stacks" / stack.id
    try:
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(folder) if entry.is_file()}
    except OSError:
        return {}
    if sum(sizes.values()) <= _NEAR * _STATE:
        return sizes
    return {name: len(zlib.compress((folder / name).read_bytes(), 1)) for name in sizes}


def _in_a_secret(stack: Stack) -> bool:
    backend = stack.settings.backend
    return backend is None or "kubernetes" in backend


def _shown(size: int) -> str:
    return f"{size / _MIB:.1f} MiB"


def _problem(stack: Stack, message: str) -> Problem:
    fix = f"{_split(stack)}\nsee docs/gitops.md, splitting a stack"
    return stack.layers.problem("stack-too-large", (), message, fix, key=True, severity="warning")


def _split(stack: Stack) -> str:
    """The heaviest sources that make up about half of the stack."""
    weights = Counter[str]()
    for id_, streams in stack.streams.items():
        fields = (len(stream.fields or stream.json_schema.get("properties", ())) for stream in streams)
        weights[stack.connections[id_].settings.source] += sum(fields) + len(streams)
    if len(weights) < 2:
        return "move streams of it into a second stack, with a connection of their own"
    left, moved = sum(weights.values()) / 2, list[str]()
    for source, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if not moved or weight <= left:
            moved.append(source)
            left -= weight
    return (
        f"move sources with their connections into a stack of their own, for example: {', '.join(sorted(moved)[:12])}"
    )
