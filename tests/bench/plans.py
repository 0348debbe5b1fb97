"""`python -m tests.bench.plans SHAPE...`: what a later plan takes, for the model in `infra/lake/model/plan_cost.py`.

A shape is `<connections>x<streams>`, and streams are the fields that each of them selects: `5,80` for two streams, `20*10`
for ten of 20 fields, `0` for one that selects none. `s<number>` behind it: so many fields have the same name in every
stream (at least three have). `m<number>` behind that: so many mappers of every stream. Each stack is applied to a stand-in server, and the plan after that is measured.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.lake.documents import render_json
from infra.lake.model.catalogs import generated_catalogs
from infra.lake.rules.check import check_lake
from tests.bench.lakes import Shape, with_variable, write_lake
from tests.bench.tofu import _values
from tests.e2e.engine import BACKEND, NO_REGISTRY, SHORT_LIVED, synthesize
from tests.e2e.servers import serve
from tests.e2e.tools import Tools, tools
from tests.support.plan_lakes import hiding

_SHAPE = re.compile(r"(?P<connections>\d+)x(?P<streams>[\d*,]+)(s(?P<shared>\d+))?(m(?P<mappers>\d+))?")
_COMMON = ("id", "created_at", "updated_at")


@dataclass(frozen=True)
class Selection:
    """Connections that are all alike; each has a source of its own.

    Attributes:
        fields: how many each stream selects; 0: none, so that all are synced.
        shared: how many of a stream's fields have the same names in the other streams.
        mappers: how many each stream has; each hides the same field once more.

    """

    connections: int
    fields: tuple[int, ...]
    shared: int = len(_COMMON)
    mappers: int = 0

    def names(self, stream: int) -> tuple[str, ...]:
        """The selected fields of a stream, by its number."""
        own = range(self.fields[stream])
        found = (*_COMMON, *(f"attribute_{n}" if n < self.shared else f"own_{stream}_{n}" for n in own[len(_COMMON) :]))
        return found[: self.fields[stream]]


def parse(text: str) -> Selection:
    """Raises ValueError for what is no shape."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    parts = [part.partition("*") for part in found["streams"].split(",")]
    fields = tuple(size for part, _, times in parts for size in [int(part)] * int(times or 1))
    return Selection(
        int(found["connections"]), fields, int(found["shared"] or len(_COMMON)), int(found["mappers"] or 0)
    )


def main(shapes: Sequence[str]) -> None:
    found = tools()
    print(*found.versions, sep="\n", flush=True)
    print("\nSeconds of processor time of tofu and the provider: first plan, apply, later plan\n")
    for shape in shapes:
        with tempfile.TemporaryDirectory(prefix="lakeform-bench-") as folder:
            steps = measure(found, parse(shape), Path(folder))
            print(f"{shape:16}", *(f"{seconds:8.2f}" for seconds in steps), flush=True)


def write(lake: Path, wanted: Selection) -> None:
    """A lake of that selection, without a problem."""
    write_lake(lake, Shape(sources=wanted.connections, destinations=1, streams=len(wanted.fields), fields=3))
    registry = lake / "dag/registry/lake.yaml"
    registry.write_text(with_variable(registry.read_text("utf-8")), "utf-8")
    for path, selected in _streams(lake, "streams", wanted):
        file = json.loads(path.read_text("utf-8"))
        del file["fields"]
        more = {"fields": list(selected)} if selected else {}
        mappers = (
            {"mappers": [hiding("created_at", number) for number in range(wanted.mappers)]} if wanted.mappers else {}
        )
        path.write_text(render_json({**file, **more, **mappers}), "utf-8")
    for path, selected in _streams(lake, "sources", wanted):
        stream = json.loads(path.read_text("utf-8"))
        known = stream["json_schema"]["properties"]
        stream["json_schema"]["properties"] = {
            name: known.get(name, {"type": "string"}) for name in {*known, *selected}
        }
        path.write_text(render_json(stream), "utf-8")
    model = check_lake(lake, catalogs=False).model
    assert model is not None
    generated_catalogs(model).write()


def _streams(lake: Path, kind: str, wanted: Selection) -> Iterator[tuple[Path, Sequence[str]]]:
    for folder in sorted((lake / "dag" / kind).iterdir()):
        files = [path for path in sorted(folder.glob("*.json")) if not path.name.startswith("_")]
        for number, path in enumerate(files):
            yield path, wanted.names(number)


def measure(found: Tools, wanted: Selection, folder: Path) -> list[float]:
    """Seconds of the first plan, the apply, and the plan after it, which finds nothing to do."""
    lake, stack = folder / "lake", folder / "stack"
    write(lake, wanted)
    synthesize(lake)
    document = (lake / "cdktf.out/stacks/prod/cdk.tf.json").read_text("utf-8")
    stack.mkdir()
    (stack / "backend_override.tf").write_text(BACKEND)
    (stack / "cdk.tf.json").write_text(document, "utf-8")
    with serve(lake, openapi=None) as server:
        values = _values(server, json.loads(document)["variable"])
        (stack / "generated.auto.tfvars.json").write_text(json.dumps(values))
        _seconds(found, stack, {}, "init")
        first = _seconds(found, stack, {}, "plan", "-out=tfplan")
        apply = _seconds(found, stack, SHORT_LIVED, "apply", "tfplan")
        return [first, apply, _seconds(found, stack, {}, "plan", "-detailed-exitcode")]


def _seconds(found: Tools, folder: Path, more: Mapping[str, str], *step: str) -> float:
    environment: dict[str, Any] = {**found.environment, **NO_REGISTRY, **more}
    before = os.times()
    done = subprocess.run(
        [str(found.tofu), *step], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    after = os.times()
    if done.returncode != 0:
        raise RuntimeError(f"tofu {step[0]}: {(done.stdout + done.stderr)[-2000:]}")
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main(sys.argv[1:])
