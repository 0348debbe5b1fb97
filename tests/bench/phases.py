"""Synthesize a lake and print the seconds of each phase, so that reading files can be told from synthesizing."""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from infra.lake.rules.check import check_lake


def main(root: Path) -> None:
    gc.disable()  # as the command line does
    times = [perf_counter()]
    lake = check_lake(root, catalogs=False).model
    times.append(perf_counter())
    assert lake is not None
    build_app = import_module("stacks.app").build_app  # starts Node
    times.append(perf_counter())
    app, _ = build_app(lake, root / "cdktf.out")
    times.append(perf_counter())
    app.synth()
    times.append(perf_counter())
    spent = [after - before for before, after in pairwise(times)]
    print(json.dumps(dict(zip(("load", "start Node", "construct", "write"), spent, strict=True))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
