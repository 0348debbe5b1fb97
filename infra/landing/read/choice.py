"""What a read is about: one connection of the source, and its streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.base.errors import UserError
from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.documents import not_found
from infra.lake.model.lake_model import LakeModel, Loaded
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection, Source
from infra.lake.registry.entry import Entry, streams_folder
from infra.lake.registry.landing import Landing
from infra.landing.settings import CHOICE, choose_landing


def likely_stack(model: LakeModel, source: str, landing: str | None) -> str | None:
    """The one stack of the source whose files are fed into the landing, or into any where none is named; else None."""
    found = [
        stack.id
        for stack in model.stacks.values()
        if source in stack.sources and stack.settings.landing is not None and landing in (None, stack.settings.landing)
    ]
    return found[0] if len(found) == 1 else None


def chosen_connection(stack: Stack, source: Entry[Source], name: str | None) -> Entry[Connection]:
    """The connection of that name, else the only one of the source. Raises UserError."""
    if external := source.settings.external:
        raise UserError(f"{source.path} is loaded by {external}: there is no connector to run")
    if source.settings.existing:
        raise UserError(f"only the server has the configuration of {source.path}: it cannot be read here")
    own = {key: entry for key, entry in stack.connections.items() if entry.settings.source == source.id}
    if name is not None:
        if name not in own:
            raise not_found(f"connection of {source.path}", name, own, "its connections")
        return own[name]
    if not own:
        raise UserError(f'{source.path} has no connection in the stack "{stack.id}"; run: lakeform check')
    if len(own) > 1:
        raise UserError(f"{source.path} has several connections: choose one with --connection: {', '.join(own)}")
    return next(iter(own.values()))


def sound_streams(loaded: Loaded, source: Entry[Source]) -> None:
    """Raise UserError where a file of the source's streams has a problem: what it says would be left out in silence."""
    folders = tuple(f"dag/{kind}/{streams_folder(source)}/" for kind in ("streams", "sources"))
    for problem in loaded.problems:
        if problem.severity == "error" and problem.location.file.startswith(folders):
            raise UserError(f"{problem.location}: {problem.message}; run: lakeform check")


def chosen_streams(
    streams: Sequence[ConfiguredStream], connection: Entry[Connection], stems: Sequence[str]
) -> tuple[ConfiguredStream, ...]:
    """The streams with these stems, else all. Raises UserError for those that only Airbyte can copy."""
    known = {stream.stem: stream for stream in streams}
    if not known:
        raise UserError(f"{connection.path} has no streams; run: lakeform check")
    for stem in stems:
        if stem not in known:
            raise not_found(f"stream of {connection.path}", stem, known, "its streams")
    found = tuple(stream for stream in streams if not stems or stream.stem in stems)
    for stream in found:
        if stream.mappers:
            raise UserError(
                f"{stream.stem} has mappers, which Airbyte itself applies: a read here would write the values as they"
                " are; name the other streams with --stream"
            )
        if stream.include_files:
            raise UserError(
                f"{stream.stem} copies files, which only Airbyte does; name the other streams with --stream"
            )
    return found


def chosen_landing(model: LakeModel, stack: Stack, name: str | None, environ: Mapping[str, str]) -> tuple[str, Landing]:
    """The landing of that name, else the stack's, else the one that LAKEFORM_LANDING names, with its id.

    Raises UserError, also where its files are not in a folder of the project.
    """
    lake = model.registry.lake
    wanted = name or stack.settings.landing or environ.get(CHOICE)
    if wanted is None and lake.landings:
        shown = ", ".join(sorted(lake.landings))
        raise UserError(
            f'nothing says into which landing the files of the stack "{stack.id}" are fed: write'
            f" lake.stacks.{stack.id}.landing, or choose one with --landing: {shown}"
        )
    chosen = choose_landing(lake, wanted, environ)
    landing = lake.landings[chosen]
    if "://" in landing.raw:
        raise UserError(
            f"the files of the landing {chosen} are in {landing.raw}, where Airbyte writes them; a read on this machine"
            " writes into a folder: use a landing with raw: .lake/raw/"
        )
    return chosen, landing
