"""DocumentWriter: writes a stack's document from Python, pretty-printed for review."""

from __future__ import annotations

from pathlib import Path

from infra.lake.documents import render_json, write_text
from infra.terraform.constructs.resources import BodyStack
from infra.terraform.constructs.tf import IStackSynthesizer, ISynthesisSession, implements


@implements(IStackSynthesizer)
class DocumentWriter:
    """Takes the place of CDKTF's synthesizer, which would send every body to Node and sort keys only.

    It runs neither aspects nor annotations; the app uses none.
    """

    def __init__(self, stack: BodyStack) -> None:
        self._stack = stack

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write `cdk.tf.json` of the stack, if it changed."""
        manifest = session.manifest.for_stack(self._stack)
        write_text(Path(session.outdir), manifest.synthesized_stack_path, render_json(self._stack.to_terraform()))
