"""Gaps: objects of a workspace of which an origin could not tell that they are, or how."""

from __future__ import annotations

import re

from infra.move.found import FoundWorkspace, Untold

_OBJECT = re.compile(r'(the )?(source|destination|connection) ("|[0-9])')


def gaps_of(workspace: FoundWorkspace) -> tuple[Untold, ...]:
    """What is untold of whole objects; that a detail of one is untold is no gap."""
    return tuple(one for one in workspace.untold if _OBJECT.match(one.what))
