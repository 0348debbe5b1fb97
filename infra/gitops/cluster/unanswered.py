"""What nobody has answered: a commit or a change that tofu-controller should have taken up by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from infra.gitops.cluster.objects import SourceState, TerraformState
from infra.gitops.cluster.revision import short

# tofu-controller takes up a change within a second, or when one of its workers is free.
_PATIENCE = timedelta(minutes=2)

# What a runner may take for one of its steps, by default (tofu-controller: `--runner-rpc-timeout`).
_STEP = timedelta(minutes=30)

_QUESTION = "does tofu-controller run?"


def unanswered(terraform: TerraformState, source: SourceState | None, now: datetime) -> str:
    """What should have happened by now, and since when; empty if nothing is missing."""
    if terraform.suspended:
        return ""
    patience = _STEP if terraform.working else _PATIENCE
    late = (text for moment, text in _awaited(terraform, source) if _is_before(moment, now - patience))
    return next(late, "")


def _awaited(terraform: TerraformState, source: SourceState | None) -> Iterator[tuple[str, str]]:
    """(moment, what is said if too much time has gone by since)."""
    ready = terraform.ready
    if ready.reason == "Progressing":
        yield ready.since, f"at work since {ready.since}, which is long: {_QUESTION}"
    if source is not None and source.ready.status == "True" and terraform.attempted not in ("", source.revision):
        what = f"{short(source.revision)} was fetched at {source.fetched}"
        yield source.fetched, f"{what}, and nobody has taken it up: {_QUESTION}"
    if not ready.settled and ready.reason != "Progressing":
        what = f"the object was {'deleted' if terraform.deleted else 'written'} at {terraform.written}"
        yield terraform.written, f"{what}, and nobody has taken it up: {_QUESTION}"


def _is_before(moment: str, limit: datetime) -> bool:
    """False too for what is no moment."""
    try:
        return datetime.fromisoformat(moment) < limit
    except (ValueError, TypeError):
        return False
