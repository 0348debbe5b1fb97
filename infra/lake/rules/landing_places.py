"""Where landings keep what is theirs: not where Airbyte writes files, and no two of them in one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from infra.lake.documents import KeyPath, Layers, Problem, Related
from infra.lake.files.stream_files import files_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.landing import Landing
from infra.lake.rules.collisions import written_objects
from infra.lake.values.reference import SecretRef, VarRef

_ELSEWHERE = "give it a place of its own"


@dataclass(frozen=True)
class _Place:
    """A place of a landing, and the key that says it.

    Attributes:
        what: as a message says it.
        path: a file, or a folder that ends in a slash.
    """

    landing: str
    key: KeyPath
    what: str
    path: str

    def meets(self, prefix: str) -> bool:
        """True if something with this prefix may be in the place, or the place is among what has the prefix."""
        return self.path.startswith(prefix) or prefix.startswith(self.folder)

    @property
    def folder(self) -> str:
        """The path, as that of a folder."""
        return self.path.removesuffix("/") + "/"

    @property
    def at(self) -> KeyPath:
        return ("landings", self.landing, *self.key)


def check_landing_places(model: LakeModel) -> Iterator[Problem]:
    """`landing-overlap`: of a landing's places with raw files, with another landing's, and with its own tables."""
    landings = model.registry.lake.landings
    if not landings or model.declared.lake is None:
        return
    layers = Layers.single(model.declared.lake)
    places = [place for name, landing in landings.items() for place in _places(name, landing)]
    yield from _with_raw(model, layers, places)
    for one, other in combinations(places, 2):
        if "tables" in (one.what, other.what) and (one.meets(other.folder) or other.meets(one.folder)):
            yield _between(layers, one, other)
    yield from _shared_catalogs(layers, landings)


def _places(name: str, landing: Landing) -> Iterator[_Place]:
    yield _Place(name, ("tables",), "tables", landing.tables)
    yield _Place(name, ("spill",), "spill folder", landing.spill)
    if landing.catalog.sqlite:
        yield _Place(name, ("catalog", "sqlite"), "catalog", landing.catalog.sqlite)


def _with_raw(model: LakeModel, layers: Layers, places: list[_Place]) -> Iterator[Problem]:
    told: set[tuple[str, KeyPath, str, str]] = set()
    for target in written_objects(model):
        landing = model.registry.lake.landings.get(target.stack.settings.landing or "")
        files = files_of(target.stack, target.connection, target.stream) if landing else None
        if landing is None or files is None:
            continue
        # Of a whole bucket, only what has streams in it: there are other folders, and they may be ours.
        raw = _raw_place(landing.raw, files.layout.bucket, files.home or files.prefix)
        for place in places if raw else ():
            mark = (place.landing, place.key, target.stack.id, target.destination.id)
            if mark not in told and place.meets(raw):
                told.add(mark)
                destination = target.destination
                message = (
                    f'the {place.what} and files that the stack "{target.stack.id}" writes are in one place: {raw}'
                )
                related = (Related(destination.layers.locate(key=True), f"the destination {destination.id}"),)
                quoted = (target.stream.name,)
                yield layers.problem("landing-overlap", place.at, message, _ELSEWHERE, related=related, quoted=quoted)


def _raw_place(raw: str, bucket: str | SecretRef | VarRef, prefix: str) -> str:
    """Where a destination's files are; all of a folder where only Terraform knows the bucket, and "" in S3."""
    if isinstance(bucket, str):
        return raw + bucket + "/" + prefix.lstrip("/")
    return "" if raw == "s3://" else raw


def _between(layers: Layers, one: _Place, other: _Place) -> Problem:
    whose = "" if one.landing == other.landing else f' of the landing "{one.landing}"'
    message = f"the {other.what} and the {one.what}{whose} are in one place, where maintenance deletes files"
    related = (Related(layers.locate(one.at), "the other place"),)
    return layers.problem("landing-overlap", other.at, message, _ELSEWHERE, related=related)


def _shared_catalogs(layers: Layers, landings: dict[str, Landing]) -> Iterator[Problem]:
    first: dict[Any, str] = {}
    for name, landing in landings.items():
        other = first.setdefault(_identity(landing), name)
        if other != name:
            message = f'the landing "{other}" has the same catalog: the maintenance of one deletes files of the other'
            related = (Related(layers.locate(("landings", other, "catalog"), key=True), "the other landing"),)
            path = ("landings", name, "catalog")
            fix = "give each a catalog of its own, or let the stacks share one landing"
            yield layers.problem("landing-overlap", path, message, fix, key=True, related=related)


def _identity(landing: Landing) -> Any:
    """What tells one catalog from another."""
    postgres = landing.catalog.postgres
    return (postgres.host, postgres.port, postgres.dbname) if postgres else landing.catalog.sqlite
