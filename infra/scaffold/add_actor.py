"""A new source or destination, from the spec of its connector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.base.environment import PREFIX
from infra.base.errors import UserError
from infra.lake.connectors.lock import ConnectorLock
from infra.lake.connectors.spec import flat
from infra.lake.connectors.walk import references_in
from infra.lake.documents import read_yaml, render_path
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entries import title_of
from infra.lake.registry.kinds import KIND_OF
from infra.lake.registry.placeholder import MARK
from infra.lake.rules.placeholders import undecided_options
from infra.scaffold.add_connection import new_connection
from infra.scaffold.added import Added
from infra.scaffold.airbyte_form import FormCopy, Translation
from infra.scaffold.configuration_text import configuration_lines
from infra.scaffold.connection_text import SCHEMA, NewConnection, stack_lines
from infra.scaffold.names import Names
from infra.scaffold.placeholder import Placeholders
from infra.scaffold.registered import (
    chosen_stacks,
    default_stacks,
    free_file,
    known_stacks,
    refuse_taken,
    refuse_unknown,
    stacks_of,
    variable_names,
)


@dataclass(frozen=True)
class NewActor:
    """A source or destination that somebody asked for.

    Attributes:
        section: `sources` or `destinations`.
        copied: what Airbyte has of it; None to begin with placeholders.
        stacks: those that were named.
    """

    section: str
    id: str
    lock: ConnectorLock
    copied: FormCopy | None = None
    stacks: tuple[str, ...] = ()


def add_source(model: LakeModel, source: NewActor, destination: str | None) -> Added:
    """A file with the source, and with its connection in comments until it has a stream.

    Without one, and a note that says why, where nobody can tell the destination, or where there is the connection already.
    Raises UserError if an id or the file is taken, or if there cannot be a connection to the destination that was named.
    """
    steps = (f"lakeform discover {source.id}", f"lakeform add stream {source.id}")
    try:
        chosen = _destination(model, source.id, destination)
        stacks = _stacks(model, source, stacks_of(model, "destinations", chosen))
        connection = f"{source.id}_to_{chosen}"
        refuse_taken(model, "connections", connection)
        waiting = new_connection(model, connection, source.id, chosen, stacks)
    except UserError as why:
        if destination is not None:
            raise
        stacks = _stacks(model, source, known_stacks(model))
        added = _add(model, source, stacks, None, steps)
        return replace(added, notes=(*added.notes, f"without a connection: {why}"))
    return _add(model, source, stacks, waiting, steps)


def add_destination(model: LakeModel, destination: NewActor) -> Added:
    """A file with the destination. Raises UserError if its id or the file is taken."""
    stacks = _stacks(model, destination, known_stacks(model))
    sources = list(model.declared.entries["sources"])
    source = sources[0] if len(sources) == 1 else "SOURCE"
    step = f"lakeform add connection {source}_to_{destination.id} --source {source} --destination {destination.id}"
    return _add(model, destination, stacks, None, (step,))


def _destination(model: LakeModel, source: str, wanted: str | None) -> str:
    """Raises UserError where nobody can tell it, with the way to a connection."""
    known = sorted(model.declared.entries["destinations"])
    if wanted is None and len(known) > 1:
        way = f"lakeform add connection {source}_to_{known[0]}"
        raise UserError(f"there are several destinations ({', '.join(known)}); when it has a stream: {way}")
    chosen = wanted or (known[0] if known else "")
    refuse_unknown(model, "destinations", chosen)
    return chosen


def _stacks(model: LakeModel, actor: NewActor, otherwise: Sequence[str]) -> tuple[str, ...]:
    default = default_stacks(model, KIND_OF[actor.section])
    return chosen_stacks(model, actor.stacks) or default or tuple(otherwise)


def _add(
    model: LakeModel, actor: NewActor, stacks: tuple[str, ...], connection: NewConnection | None, steps: Iterable[str]
) -> Added:
    placeholders = Placeholders(Names(actor.id, variable_names(model)))
    value, left_out = _configuration(actor, placeholders)
    default = default_stacks(model, KIND_OF[actor.section])
    lines = [
        SCHEMA,
        f"{actor.section}:",
        f"  {actor.id}:",
        *_name(actor),
        f"    connector: {actor.lock.connector}",
        *stack_lines(() if set(stacks) == set(default) else stacks),
        *configuration_lines(flat(actor.lock.spec), value, placeholders, 4),
        *(["", *connection.waiting_lines()] if connection else []),
        "",
    ]
    path = free_file(model, actor.section, actor.id)
    version = f"{actor.lock.connector} {actor.lock.tag}"
    notes = tuple(
        f"left out {option}: {version} has no such option, or takes another kind of value for it" for option in left_out
    )
    following = _next(actor, path, "\n".join(lines), placeholders.names, steps)
    return Added({path: "\n".join(lines)}, notes=notes, next=tuple(following))


def _configuration(actor: NewActor, placeholders: Placeholders) -> tuple[dict[str, Any], list[str]]:
    if actor.copied is None:
        value = placeholders.value(actor.lock.spec)
        return (value if isinstance(value, dict) else {}), []
    translation = Translation(placeholders)
    return translation.configuration(actor.lock.spec, actor.copied.configuration), translation.left_out


def _name(actor: NewActor) -> list[str]:
    name = actor.copied.name if actor.copied else None
    return [f"    name: {flow(name)}"] if name and name != title_of(actor.id) else []


def _next(actor: NewActor, path: str, text: str, names: Names, steps: Iterable[str]) -> Iterator[str]:
    """What is left to decide, with its place, then the values of secrets, those in comments too, then what else there is to do."""
    document, _ = read_yaml(path, text)
    assert document is not None, "what is written can be read"
    at = (actor.section, actor.id, "configuration")
    value = document.value[actor.section][actor.id]["configuration"]
    left = list(undecided_options(actor.lock.spec, value))
    if left:
        yield f"fill in {path}: {len(left)} x {MARK}, and the options in comments that you need"
        yield from (f"    {document.locate((*at, *option))}  {render_path(option)}: {words}" for option, words in left)
    exports = list(dict.fromkeys(name for _, _, name in references_in(value)))
    if exports:
        yield f"export {_values(exports)}"
    commented = [name for option, name in names.given.items() if len(option) == 1 and name not in exports]
    if commented:
        yield f"for options in comments: export {_values(commented)}"
    yield from steps


def _values(names: Iterable[str]) -> str:
    return " ".join(f"{PREFIX}{name}=..." for name in names)
