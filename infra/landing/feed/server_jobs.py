"""The jobs of the connections that feed a landing, as their servers tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.airbyte.server import AirbyteServer, open_server
from infra.airbyte.server.remote import RefreshJob
from infra.airbyte.workspace.matching import match_connections, read_workspace
from infra.base.errors import UserError
from infra.lake.files.feeds import Feed
from infra.lake.model.lake_model import LakeModel
from infra.landing.feed.ended import Ended, ended_jobs

# (stack, connection, stem of the stream file).
FeedKey = tuple[str, str, str]


def ask_servers(model: LakeModel, feeds: Sequence[Feed], environ: Mapping[str, str]) -> dict[FeedKey, Ended]:
    """What the server of each stack says of its connections' newest jobs. Raises UserError where one does not answer.

    A server without its Configuration API does not tell which streams a clear was about; then none is believed.
    """
    found: dict[FeedKey, Ended] = {}
    for name in sorted({feed.stack for feed in feeds}):
        stack = model.stacks[name]
        server = open_server(stack, environ)
        matched = {own.entry.id: own.remote for own in match_connections(stack, read_workspace(server), {})}
        for connection in sorted({feed.connection.id for feed in feeds if feed.stack == name}):
            if (remote := matched.get(connection)) is None:
                continue
            jobs, clears = server.jobs(remote.id, 100), _clears(server, remote.id)
            for feed in feeds:
                if (feed.stack, feed.connection.id) == (name, connection):
                    found[name, connection, feed.stream.stem] = ended_jobs(jobs, clears, feed.stream.key)
    return found


def _clears(server: AirbyteServer, connection_id: str) -> list[RefreshJob]:
    try:
        return server.refresh_jobs(connection_id)
    except UserError:
        return []
