"""Servers: the Airbyte servers of a landing's stacks, for those whose login the environment holds.

A tick asks for one page of jobs a connection; which connection is which there is remembered for a while, and so is that a
server does not answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.airbyte.server import AirbyteServer, Job, answers, open_server
from infra.airbyte.workspace.matching import match_connections, read_workspace
from infra.base.errors import UserError
from infra.lake.model.lake_model import LakeModel

# How long what a server said of its workspace is believed, and that it does not answer, in seconds.
WORKSPACE_SECONDS = 600.0
AWAY_SECONDS = 300.0

# Jobs that are looked at: more than a connection ends between two ticks.
JOBS = 20


class AwayError(UserError):
    """A server that is not asked: its login is not here, or it does not answer."""


@dataclass
class Servers:
    """The servers, asked as late as possible.

    Attributes:
        clock: seconds that only go forward.
    """

    model: LakeModel
    environ: Mapping[str, str] = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, _Known | str]] = field(default_factory=dict, init=False, repr=False)

    def is_configured(self, stack: str) -> bool:
        """True if the environment holds what it takes to log in. Nothing is asked."""
        try:
            open_server(self.model.stacks[stack], self.environ)
        except UserError:
            return False
        return True

    def jobs(self, stack: str, connection: str) -> list[Job]:
        """The connection's newest jobs, newest first. Raises UserError; AwayError where there is nobody to ask."""
        known = self._workspace(stack)
        remote = known.remotes.get(connection)
        try:
            return known.server.jobs(remote, JOBS) if remote else []
        except UserError as error:
            self._known.pop(stack, None)
            raise AwayError(str(error)) from None

    def _workspace(self, stack: str) -> _Known:
        until, known = self._known.get(stack, (0.0, ""))
        if self.clock() >= until:
            until, known = self._look(stack)
            self._known[stack] = until, known
        if isinstance(known, str):
            raise AwayError(known)
        return known

    def _look(self, stack: str) -> tuple[float, _Known | str]:
        try:
            return self.clock() + WORKSPACE_SECONDS, self._ask(stack)
        except UserError as error:
            return self.clock() + AWAY_SECONDS, str(error)

    def _ask(self, stack: str) -> _Known:
        """Raises UserError."""
        own = self.model.stacks[stack]
        server = open_server(own, self.environ)
        if not answers(own, self.environ):
            raise UserError(f'stack "{stack}": nobody answers at its server_url')
        matched = match_connections(own, read_workspace(server), {})
        return _Known(server, {one.entry.id: one.remote.id for one in matched if one.remote is not None})


@dataclass(frozen=True)
class _Known:
    """A server, and what connections of the registry are there: id -> Airbyte's id."""

    server: AirbyteServer
    remotes: Mapping[str, str]
