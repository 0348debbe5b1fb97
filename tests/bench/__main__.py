"""`python -m tests.bench [PART...] [--runs N]`."""

from __future__ import annotations

import argparse

from tests.bench.dagster import FULL as DAGSTER
from tests.bench.dagster import dagster_parts
from tests.bench.landing import FULL as LANDING
from tests.bench.landing import landing_parts
from tests.bench.measures import FULL, parts
from tests.bench.server import FULL as SERVER
from tests.bench.server import server_parts
from tests.bench.table import render


def main() -> None:
    known = {**parts(FULL), **landing_parts(LANDING), **dagster_parts(DAGSTER), **server_parts(SERVER)}
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Time and memory against baselines.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these; default: all of {', '.join(known)}")
    parser.add_argument("--runs", type=int, default=5, help="runs of each process; the median counts; default: 5")
    options = parser.parse_args()
    for name in options.parts:
        if name not in known:
            parser.error(f'there is no part "{name}"; parts: {", ".join(known)}')
    print(f"Whole cold processes, seconds, {options.runs} runs; memory: peaks of all processes of a kind, added\n")
    for name, part in known.items():
        if not options.parts or name in options.parts:
            print(render(part(options.runs)), flush=True)


if __name__ == "__main__":
    main()
