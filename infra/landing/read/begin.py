"""The state as a read begins: its sync id, new generations where everything is read again, and what is begun anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from infra.base.errors import UserError
from infra.lake.catalog.configured import ConfiguredStream
from infra.landing.read.state import ReadState, StreamId, stream_of


def begun(
    state: ReadState, streams: Sequence[ConfiguredStream], all_streams: Collection[StreamId], *, full_refresh: bool
) -> ReadState:
    """The state of a read of these of all streams of the connection.

    Raises UserError for a part of the streams where the source keeps one state for all.
    """
    chosen = {stream.key for stream in streams}
    if state.shared is not None:
        state = replace(state, shared=_shared(state.shared, chosen, chosen >= set(all_streams), anew=full_refresh))
    for stream in streams:
        memory = state.of(stream.key)
        if full_refresh or stream.sync_mode == "full_refresh":
            remove = full_refresh or stream.destination_sync_mode.startswith("overwrite")
            memory = memory.renewed(remove=remove)
        state = state.having(stream.key, memory)
    return replace(state, sync_id=state.sync_id + 1)


def _shared(shared: Any, chosen: Collection[StreamId], whole: bool, *, anew: bool) -> Any:
    if anew and whole:
        return None
    of_all = shared.get("global")
    if whole:
        return shared
    if not anew or not isinstance(of_all, dict):
        raise UserError("the source keeps one state for all its streams: read them together, without --stream")
    states = of_all.get("stream_states")
    kept = [one for one in (states if isinstance(states, list) else ()) if _id(one) not in chosen]
    return {**shared, "global": {**of_all, "stream_states": kept}}


def _id(one: Any) -> StreamId:
    namespace, name = stream_of(one)
    return str(namespace or ""), str(name)
