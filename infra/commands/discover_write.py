"""What `lakeform discover` does to the files of a source, as lines and as JSON."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from infra.airbyte.discover.origins import DiscoveryAnswer
from infra.base.printable import show
from infra.commands.common import say
from infra.lake.catalog.discovery import discovery_files
from infra.lake.catalog.discovery_folder import LeftOver, left_over
from infra.lake.documents import plural, remove_file, write_texts
from infra.lake.model.lake_model import LakeModel
from infra.lake.replication.method import method_behind


@dataclass(frozen=True)
class Settled:
    """A file in the folder of a source that is not of this discovery.

    Attributes:
        removed: False if it stays.
        why: it does not belong there.
        uses: places of stream files that sync its stream.
    """

    path: str
    why: str
    removed: bool = False
    uses: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """For people."""
        head = f"removed {self.path}: {self.why}" if self.removed else f"{self.path}: {self.why}"
        return [head, *(f"    {place}  uses it" for place in self.uses)]


@dataclass(frozen=True)
class Written:
    """The files of a source, made what it offers now."""

    source: str
    offer: DiscoveryAnswer
    written: tuple[str, ...]
    settled: tuple[Settled, ...]

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        return {
            "source": self.source,
            "from": self.offer.origin,
            "connector": self.offer.connector,
            "version": self.offer.version,
            "streams": len(self.offer.streams),
            "written": list(self.written),
            "removed": [one.path for one in self.settled if one.removed],
            "left": [
                {"path": one.path, "why": one.why, "uses": list(one.uses)} for one in self.settled if not one.removed
            ],
        }


def write_offer(model: LakeModel, name: str, offer: DiscoveryAnswer, stack: str | None, *, prune: bool) -> Written:
    """Make the files of a source what it offers now; `prune`: also remove those of streams that are gone."""
    places = [
        entry for (_, id_, _), entry in model.registry.entries.items() if entry.section == "sources" and id_ == name
    ]
    method = method_behind(offer.streams, [place.settings for place in places if stack in (None, place.stack)])
    provenance = {
        "connector": offer.connector,
        "version": offer.version,
        "instead_of": offer.instead_of,
        "from": offer.origin,
        "method": method,
    }
    files = discovery_files(name, offer.streams, provenance, model.sources[name].discovery.stems)
    written = tuple(write_texts(model.root, files))
    settled = tuple(_settle(model, name, file, offer, prune=prune) for file in left_over(model.root, name, files))
    return Written(name, offer, written, settled)


def tell_written(options: argparse.Namespace, done: Written) -> None:
    """Print it for people; what is left over also with `--quiet`."""
    for path in done.written:
        say(options, f"wrote {path}")
    for one in done.settled:
        show("\n".join(one.lines()))
    by = f", according to {done.offer.told_by}" if done.offer.told_by else ""
    say(options, f"{done.source} offers {plural(len(done.offer.streams), 'stream')}{by}")


def _settle(model: LakeModel, name: str, file: LeftOver, offer: DiscoveryAnswer, *, prune: bool) -> Settled:
    """Remove a file whose stream vanished, if it is to be `prune`d; and the stream files that use the stream."""
    if file.stream is None:
        return Settled(file.path, "is not a file that discovery writes; it stays")
    key = file.stream.key
    is_offered = key in {stream.key for stream in offer.streams}
    why = "the stream now has another file" if is_offered else "the source no longer offers this stream"
    streams = model.sources[name].streams.values() if not is_offered else ()
    uses = tuple(str(stream.layers.locate(("stream",))) for stream in streams if stream.key == key)
    if prune:
        remove_file(model.root, file.path)
        return Settled(file.path, why, removed=True, uses=uses)
    return Settled(file.path, f"{why}; remove the file with --prune", uses=uses)
