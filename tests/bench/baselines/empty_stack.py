"""Synthesize one CDKTF stack with nothing in it, without any of lakeform's code."""

from __future__ import annotations

import sys

from cdktf import App, TerraformStack


def main(outdir: str) -> None:
    app = App(outdir=outdir)
    TerraformStack(app, "empty")
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1])
