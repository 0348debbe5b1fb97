"""`lakeform add`."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from pathlib import Path

from infra.base.errors import UserError
from infra.commands.add_flow import flow_arguments, plan_flow
from infra.commands.answer import Answer, tell, wrote
from infra.commands.common import add_format, definitions, find_root, read_model
from infra.commands.lock import write_locks
from infra.commands.pick import on_terminal
from infra.commands.pick_streams import pick_fields, pick_streams, split
from infra.commands.schema import write_kept_schemas
from infra.lake.connectors.definitions import PUBLIC_REGISTRY, connector_of, find_definition, locked
from infra.lake.connectors.lock import ConnectorLock, is_connector, lock_path, why_no_connector
from infra.lake.connectors.prose import Locked, read_prose, with_prose
from infra.lake.connectors.spec import prose_of_spec
from infra.lake.documents import did_you_mean, near_matches, question, read_json, write_texts
from infra.lake.documents.files import given_text
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.kinds import ACTORS, KIND_OF, SECTION_OF
from infra.scaffold.add_actor import NewActor, add_destination, add_source
from infra.scaffold.add_connection import add_connection, ends_of
from infra.scaffold.add_stream import add_streams, refuse_borrowed
from infra.scaffold.addable import read_addable
from infra.scaffold.added import Added
from infra.scaffold.airbyte_form import FormCopy, read_form
from infra.scaffold.described import Description, add_described
from infra.scaffold.registered import refuse_taken


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`source|destination|stream|flow|connection ...`."""
    common = argparse.ArgumentParser(add_help=False, parents=[parser])
    add_format(common)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind in map(KIND_OF.__getitem__, ACTORS):
        about = f"a {kind}, from the locked spec of its connector"
        _actor_arguments(kinds.add_parser(kind, help=about, parents=[common], add_help=False), kind)
    about = "streams that were discovered"
    _stream_arguments(kinds.add_parser("stream", help=about, parents=[common], add_help=False))
    about = "the dbt models of a stream that is fed into a landing"
    flow_arguments(kinds.add_parser("flow", help=about, parents=[common], add_help=False))
    about = "a connection, in a file of its own"
    _connection_arguments(kinds.add_parser("connection", help=about, parents=[common], add_help=False))


def _actor_arguments(parser: argparse.ArgumentParser, kind: str) -> None:
    parser.add_argument("name", metavar="NAME", help=f"id of the {kind}, such as shop")
    help_ = f"{kind}-x, locked first if needed; default: that of the id, source-stripe of stripe"
    parser.add_argument("--connector", metavar="CONNECTOR", help=help_.replace("source-", f"{kind}-"))
    parser.add_argument("--from-json", metavar="FILE", help="what Airbyte copies from its form; - for standard input")
    parser.add_argument("--registry", default=PUBLIC_REGISTRY, metavar="URL|FILE", help="default: %(default)s")
    _stack_argument(parser)
    if kind == "source":
        parser.add_argument(
            "--destination", metavar="DESTINATION", help="where its connection goes; default: the only one, if any"
        )


def _stream_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="id of the source")
    parser.add_argument("streams", nargs="*", metavar="STREAM", help="default: pick them on a terminal")
    parser.add_argument("--all", action="store_true", help="every stream that has no file yet")
    about = "fields of the one stream; default: all; of a stream that nobody discovered, each with its type: id:integer"
    parser.add_argument("--fields", metavar="A,B,C", help=about)
    parser.add_argument("--primary-key", metavar="A,B", help="of a stream that is described by its --fields")
    parser.add_argument("--cursor-field", metavar="FIELD", help="likewise; default: a guess, such as updated_at")
    parser.add_argument("--namespace", metavar="NAME", help="likewise: the schema of its table, public")


def _connection_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="id of the connection, such as shop_to_lake")
    for kind in map(KIND_OF.__getitem__, ACTORS):
        help_ = f"id of the {kind}; default: that in NAME, SOURCE_to_DESTINATION, or the only one"
        parser.add_argument(f"--{kind}", metavar=kind.upper(), help=help_)
    _stack_argument(parser)


def _stack_argument(parser: argparse.ArgumentParser) -> None:
    help_ = "only in this stack; may be repeated; default: what the lake says, else all"
    parser.add_argument("--stack", action="append", default=[], metavar="STACK", help=help_)


def run(options: argparse.Namespace) -> int:
    """Write new files, and say what to do next; 1 if something that was asked for was not done."""
    root = find_root(options)
    if options.kind in _OTHERS:
        added, locks = _OTHERS[options.kind](root, options), Answer()
    else:
        added, locks = _actor(root, options)
    changes = wrote(write_texts(root, {**added.files, **added.completed}))
    done = locks.and_(Answer(changes))
    schemas = write_kept_schemas(root) if done.changes else Answer()
    done = done.and_(schemas).and_(Answer(notes=added.notes))
    tell(options, replace(done, refused=added.refused, next=added.next))
    return 1 if added.refused else 0


def _actor(root: Path, options: argparse.Namespace) -> tuple[Added, Answer]:
    """The entry, and what became of the lock of its connector."""
    model, section = read_model(root), SECTION_OF[options.kind]
    # Before anything is fetched.
    refuse_taken(model, section, options.name)
    copied = _read_copied(options.from_json) if options.from_json else None
    lock, new = _lock(model, options, copied)
    prose = prose_of_spec(new.spec) if new else read_prose(root, lock.connector)
    shown = lock.model_copy(update={"spec": with_prose(lock.spec, prose)})
    actor = NewActor(section, options.name, shown, copied, tuple(options.stack))
    added = add_source(model, actor, options.destination) if section == "sources" else add_destination(model, actor)
    return added, write_locks(root, [new] if new else [])


def _streams(root: Path, options: argparse.Namespace) -> Added:
    model = read_model(root)
    refuse_borrowed(model, options.source)
    if ":" in (options.fields or ""):
        return _described(model, options)
    fields = _named_fields(options)
    offer = read_addable(root, options.source)
    if options.streams and options.all:
        raise UserError("--all means every stream: leave STREAM out")
    if options.all:
        stems = [stem for stem in offer.streams if not offer.is_added(stem)]
    elif options.streams:
        stems = offer.find(options.streams)
    elif on_terminal():
        stems = pick_streams(offer)
        fields = fields or (pick_fields(offer, stems[0]) if len(stems) == 1 else [])
    else:
        raise UserError(f"name a STREAM, or use --all; {did_you_mean('', offer.streams, 'streams')}")
    if fields and len(stems) != 1:
        raise UserError("--fields needs exactly one STREAM")
    if not stems:
        return Added({}, notes=(f"every stream of {options.source} has a file",))
    return add_streams(model, offer, stems, fields)


def _named_fields(options: argparse.Namespace) -> list[str]:
    """The fields without types. Raises UserError where there are none behind `--fields`, and for what needs types."""
    for name in ("primary_key", "cursor_field", "namespace"):
        if getattr(options, name) is not None:
            option = name.replace("_", "-")
            raise UserError(f"--{option} describes a stream, and so needs --fields with types: id:integer")
    fields = split(options.fields or "")
    if options.fields is not None and not fields:
        raise UserError(
            "--fields is empty: name fields, or, of a stream that nobody discovered, with types: id:integer"
        )
    return fields


def _described(model: LakeModel, options: argparse.Namespace) -> Added:
    if len(options.streams) != 1 or options.all:
        raise UserError("--fields with types describe one STREAM: name it")
    words = (options.streams[0], split(options.fields), options.namespace, split(options.primary_key or ""))
    return add_described(model, options.source, Description(*words, options.cursor_field))


def _connection(root: Path, options: argparse.Namespace) -> Added:
    model = read_model(root)
    source, destination = ends_of(model, options.name, options.source, options.destination)
    return add_connection(model, options.name, source, destination, options.stack)


_OTHERS = {"stream": _streams, "connection": _connection, "flow": plan_flow}


def _read_copied(file: str) -> FormCopy:
    document, problems = read_json(file, given_text(file))
    if document is None:
        raise UserError(f"{problems[0].location} is not JSON")
    return read_form(document.value, file)


def _lock(
    model: LakeModel, options: argparse.Namespace, copied: FormCopy | None
) -> tuple[ConnectorLock, Locked | None]:
    """The lock of the connector that is meant; from the registry, with its whole spec, if there is none yet."""
    connector = _named(options) if options.connector else _connector_of(model, options, copied)
    lock, new = model.locks.get(connector), None
    if lock is None:
        if (model.root / lock_path(connector)).exists():
            raise UserError(f"{lock_path(connector)} is broken; write it again: lakeform lock {shlex.quote(connector)}")
        new = locked(find_definition(connector, definitions(options)))
        lock = new.lock
    if copied and copied.definition_id and copied.definition_id.lower() != lock.definition_id:
        raise UserError(
            f"{options.from_json} is for the definition {copied.definition_id}; that of {connector} is {lock.definition_id}"
        )
    return lock, new


def _named(options: argparse.Namespace) -> str:
    """The connector of `--connector`, also without `source-` before it. Raises UserError if it is one for the other kind."""
    named = str(options.connector)
    other = next(KIND_OF[section] for section in ACTORS if KIND_OF[section] != options.kind)
    if named.startswith(f"{other}-"):
        run = f"lakeform add {other} {shlex.quote(options.name)} --connector {shlex.quote(named)}"
        raise UserError(f'"{named}" is a connector for {other}s, not for {options.kind}s; run: {run}')
    connector = named if named.startswith(f"{options.kind}-") else f"{options.kind}-{named}"
    if not is_connector(connector):
        why = why_no_connector(options.kind, connector)
        raise UserError(f'"{named}" is not the name of a {options.kind} connector: {why}')
    return connector


def _connector_of(model: LakeModel, options: argparse.Namespace, copied: FormCopy | None) -> str:
    """The connector that the copied JSON names; without one that of the id, if there is such a connector."""
    wanted = (copied.definition_id or "").lower() if copied else ""
    for lock in model.locks.values():
        if wanted and lock.definition_id == wanted:
            return lock.connector
    if copied and copied.type:
        return f"{options.kind}-{copied.type}"
    if wanted:
        for entry in definitions(options).values():
            if wanted in (entry.get("sourceDefinitionId"), entry.get("destinationDefinitionId")):
                return connector_of(entry)
        raise UserError(f"the definition {wanted} is not known; add --connector {options.kind}-x")
    return _alike(model, options)


def _alike(model: LakeModel, options: argparse.Namespace) -> str:
    """The connector that is called as the entry is. Raises UserError with those that may be meant."""
    words = options.name.split("_")
    wanted = f"{options.kind}-{'-'.join(words)}"
    if wanted in model.locks:
        return wanted
    missing = f"name the connector: --connector {options.kind}-x"
    try:
        known = definitions(options)
    except UserError as why:
        raise UserError(f"{missing}; {why}") from None
    if wanted in known:
        return wanted
    names = {name.removeprefix(f"{options.kind}-") for name in known if name.startswith(f"{options.kind}-")}
    begun = ["-".join(words[:count]) for count in range(len(words) - 1, 0, -1)]
    close = [name for name in begun if name in names][:1] or near_matches("-".join(words), names)
    fix = question([f"{options.kind}-{name}" for name in close])
    raise UserError("; ".join(filter(None, (missing, fix))))
