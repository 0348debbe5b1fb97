"""Connections that have another id since the ledger wrote of them: by the registry's `renamed:`, now or once.

A line of `renamed:` may be deleted when it has been applied, and the ledger is never written anew; so what it said is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.landing.engine.engine import Engine
from infra.landing.feed.ledger import note_batch, noted_renames
from infra.landing.feed.state import now


def note_renames(engine: Engine) -> None:
    """Keep what the registry says of connections that have another id, once."""
    new = dict(engine.settings.renamed.items() - _noted(engine).items())
    if not new:
        return
    with engine.writing():
        for before, after in sorted(new.items() - noted_renames(engine).items()):
            note_batch(engine, {"written_at": now(), "event": "renamed", "connection": before, "note": after})


def _noted(engine: Engine) -> Mapping[str, str]:
    if not engine.settings.renamed:
        return {}
    with engine.reading():
        return noted_renames(engine)
