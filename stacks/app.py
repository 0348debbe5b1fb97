"""The CDKTF app of a lake."""

from __future__ import annotations

from pathlib import Path

from infra.lake.model.lake_model import LakeModel
from infra.terraform.constructs.tf import App
from stacks.airbyte_stack import AirbyteStack


def build_app(lake: LakeModel, outdir: Path) -> tuple[App, list[AirbyteStack]]:
    """The app, whose `synth()` writes below `outdir`, and its stacks, one for each of the lake's, sorted by id."""
    app = App(outdir=str(outdir), stack_traces=False)
    return app, [AirbyteStack(app, lake, stack) for stack in lake.stacks.values()]
