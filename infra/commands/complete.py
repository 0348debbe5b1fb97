"""What a shell offers for a word that is not finished: verbs and options, and the ids of the lake that one stands in."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import argcomplete

from infra.base.errors import UserError
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.documents.read import list_files
from infra.lake.model.root import project_root
from infra.lake.registry.declared import SECTIONS, Declared, collect, read_registry_files
from infra.lake.registry.draft import stack_ids

Words = Callable[[Path, Declared, argparse.Namespace], Sequence[str]]


def words_so_far(environ: Mapping[str, str]) -> list[str]:
    """The words of the line that is being written."""
    return environ.get("COMP_LINE", "").split()[1:]


def complete(parser: argparse.ArgumentParser) -> None:
    """Print what the shell may offer, and end the process."""
    for action in _actions(parser):
        words = _WORDS.get(str(action.metavar))
        if words:
            action.completer = _completer(words)  # type: ignore[attr-defined]  # where argcomplete looks for it
    argcomplete.autocomplete(parser)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to list them
        yield action
        for sub in (action.choices or {}).values() if isinstance(action, argparse._SubParsersAction) else ():  # noqa: SLF001
            yield from _actions(sub)


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


def _stems(root: Path, source: str) -> list[str]:
    names = (Path(file).stem for file in list_files(root, f"{STREAMS}/{source}", (".json",)))
    return [name for name in names if not name.startswith("_")]


# How an argument is called in `--help` -> what may stand there.
_WORDS: Mapping[str, Words] = {
    "CONNECTION": _entries("connections"),
    "ENTRY|STREAM": _paths,
    "SOURCE": _entries("sources"),
    "SOURCE|DESTINATION": _entries("sources", "destinations"),
    "STACK": _stacks,
    "STREAM": _streams,
}
