"""The way to a discovery with Docker, of a connector that is published as an image only: lines that can be typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.walk import references_in
from infra.lake.documents import render_path
from infra.lake.registry.entries import Source
from infra.lake.registry.entry import Entry

_ANSWER = "catalog.jsonl"


def way_by_image(source: Entry[Source], lock: ConnectorLock | None) -> str:
    """Indented lines behind the reason why the connector does not run here; values are named, never shown."""
    return "".join(f"\n    {line}" for line in _lines(source, lock))


def _lines(source: Entry[Source], lock: ConnectorLock | None) -> Iterator[str]:
    folder = f"~/{source.id}"
    if lock is not None and "/" in lock.image:
        yield "where Docker runs, and the source can be reached:"
        yield f"1. write {folder}/config.json: {_configuration(source)}"
        discover = f"{shlex.quote(f'{lock.image}:{lock.tag}')} discover --config /config/config.json"
        yield f"2. docker run --rm -i -v {folder}:/config {discover} > {folder}/{_ANSWER}"
        yield f"3. lakeform discover {source.id} --from {folder}/{_ANSWER} --connector-version {shlex.quote(lock.tag)}"
    else:
        yield f"from what the connector prints elsewhere: lakeform discover {source.id} --from FILE"
    yield f"or describe a stream: lakeform add stream {source.id} NAME --fields id:integer,updated_at:timestamp"


def _configuration(source: Entry[Source]) -> str:
    """What the file holds: the configuration, and which value belongs in the place of each reference."""
    configuration = source.settings.configuration or {}
    places = [f"{render_path(path)} the value of {name}" for path, _, name in references_in(configuration)]
    filled = f", with {', '.join(places)}" if places else ""
    return f"the configuration of {source.path} as JSON{filled}"
