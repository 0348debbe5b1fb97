"""The plain HCL that docs/performance.md compares with is the same stack."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.bench.hcl import to_hcl
from tests.bench.lakes import Shape
from tests.bench.tofu import measure
from tests.e2e.applied import STACK, values
from tests.e2e.engine import Engine, synthesize
from tests.e2e.servers import serve
from tests.e2e.shop import base
from tests.e2e.tools import Tools
from tests.support.lakes import write_lake

pytestmark = [pytest.mark.network, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_plain_hcl_has_the_same_plan(tools: Tools, folder: Path) -> None:
    lake = write_lake(folder / "lake", base())
    synthesize(lake)
    ours, plain = Engine(tools, folder / "ours"), Engine(tools, folder / "plain")
    with serve(lake) as server:
        for engine in (ours, plain):
            engine.take(lake, STACK, values(server))
        document = plain.folder / "cdk.tf.json"
        (plain.folder / "main.tf").write_text(to_hcl(json.loads(document.read_text("utf-8"))), "utf-8")
        document.unlink()
        plans = []
        for engine in (ours, plain):
            engine.init()
            plans.append(engine.plan())
    assert plans[0] == plans[1]


def test_both_are_measured(tools: Tools, folder: Path) -> None:
    lines = measure(tools, Shape(sources=1, destinations=2, streams=1, fields=3), folder)
    number = r"\d+\.\d \(\d+\.\d\)"
    for way, line in zip(("lakeform", "plain HCL"), lines, strict=True):
        assert re.fullmatch(rf"\| 2 connections of 1 x 3 fields \| {way} (\| {number} ){{3}}(\| \d+ MB ){{2}}\|", line)
