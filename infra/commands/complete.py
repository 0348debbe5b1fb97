"""What a shell offers for a word that is not finished: verbs and options, and the ids of the lake that one stands in."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import argcomplete

from infra.airbyte.local.cache import kept
from infra.base.errors import UserError
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.connectors.lock import FOLDER as LOCKS
from infra.lake.connectors.lock import PROSE, is_connector
from infra.lake.documents.read import list_files
from infra.lake.documents.rule_id import RULE_IDS
from infra.lake.model.root import project_root
from infra.lake.registry.declared import SECTIONS, Declared, collect, read_registry_files
from infra.lake.registry.draft import stack_ids
from infra.lake.registry.kinds import ACTORS

Words = Callable[[Path, Declared, argparse.Namespace], Sequence[str]]


def words_so_far(environ: Mapping[str, str]) -> list[str]:
    """The words of the line that is being written."""
    return environ.get("COMP_LINE", "").split()[1:]


def complete(parser: argparse.ArgumentParser) -> None:
    """Print what the shell may offer, and end the process."""
    for action in _actions(parser):
        completer = _completer_of(str(action.metavar))
        if completer:
            action.completer = completer  # type: ignore[attr-defined]  # where argcomplete looks for it
    argcomplete.autocomplete(parser)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to list them
        yield action
        for sub in (action.choices or {}).values() if isinstance(action, argparse._SubParsersAction) else ():  # noqa: SLF001
            yield from _actions(sub)


def _completer_of(metavar: str) -> Callable[..., Sequence[str]] | None:
    return _installed if metavar == "INSTALLED" else _completer(_WORDS[metavar]) if metavar in _WORDS else None


def _installed(**_: object) -> Sequence[str]:
    """The connectors of the user's cache, also outside of a lake."""
    try:
        return [folder.name for folder in kept()]
    except (UserError, OSError):
        return ()


def _completer(words: Words) -> Callable[..., Sequence[str]]:
    def offer(parsed_args: argparse.Namespace, **_: object) -> Sequence[str]:
        try:
            root = project_root(getattr(parsed_args, "root", None))
            declared = collect(read_registry_files(root)[0])
        except (UserError, OSError):
            return ()
        return words(root, declared, parsed_args)

    return offer


def _entries(*sections: str) -> Words:
    return lambda _root, declared, _parsed: [id_ for section in sections for id_ in declared.entries[section]]


def _stacks(_root: Path, declared: Declared, _parsed: argparse.Namespace) -> Sequence[str]:
    return stack_ids(declared.lake)


def _streams(root: Path, _declared: Declared, parsed: argparse.Namespace) -> Sequence[str]:
    """The stream files of the source that is written before."""
    return _stems(root, str(getattr(parsed, "source", None) or ""))


def _paths(root: Path, declared: Declared, _parsed: argparse.Namespace) -> Sequence[str]:
    """`sources.shop`, and streams as `streams.shop.orders`."""
    entries = [f"{section}.{id_}" for section in SECTIONS for id_ in declared.entries[section]]
    return [
        *entries,
        *(f"streams.{source}.{stem}" for source in declared.entries["sources"] for stem in _stems(root, source)),
    ]


def _sources_and_streams(root: Path, declared: Declared, _parsed: argparse.Namespace) -> Sequence[str]:
    """`shop`, and `shop.orders`."""
    sources = declared.entries["sources"]
    return [*sources, *(f"{source}.{stem}" for source in sources for stem in _stems(root, source))]


def _explained(root: Path, declared: Declared, parsed: argparse.Namespace) -> Sequence[str]:
    return [*RULE_IDS, *_paths(root, declared, parsed)]


def _connectors(root: Path, declared: Declared, parsed: argparse.Namespace) -> Sequence[str]:
    """Those that are locked and those that entries name, of the kind that is written before."""
    files = list_files(root, LOCKS, (".json",))
    locked = {Path(file).stem for file in files if not file.endswith(PROSE)}
    written = (piece.value for section in ACTORS for piece in declared.entries[section].values())
    named = {str(value.get("connector", "")) for value in written if isinstance(value, dict)}
    kind = str(getattr(parsed, "kind", None) or "")
    return sorted(name for name in locked | named if is_connector(name) and name.startswith(kind))


def _schemas(root: Path, declared: Declared, _parsed: argparse.Namespace) -> Sequence[str]:
    """What `schema` prints: one for each source that has stream files or was discovered, beside those of every lake."""
    folders = [
        source
        for source in declared.entries["sources"]
        if any(list_files(root, f"{folder}/{source}", (".json",)) for folder in (STREAMS, DISCOVERED))
    ]
    return ["registry", "stream", "settings", *(f"streams/{source}" for source in folders)]


def _stems(root: Path, source: str) -> list[str]:
    names = (Path(file).stem for file in list_files(root, f"{STREAMS}/{source}", (".json",)))
    return [name for name in names if not name.startswith("_")]


# How an argument is called in `--help` -> what may stand there.
_WORDS: Mapping[str, Words] = {
    "ADDRESS|RULE": _explained,
    "CONNECTION": _entries("connections"),
    "CONNECTOR": _connectors,
    "DESTINATION": _entries("destinations"),
    "ENTRY|STREAM": _paths,
    "SCHEMA": _schemas,
    "SOURCE": _entries("sources"),
    "SOURCE[.STREAM[.FIELD]]": _sources_and_streams,
    "SOURCE|DESTINATION": _entries("sources", "destinations"),
    "STACK": _stacks,
    "STREAM": _streams,
}
