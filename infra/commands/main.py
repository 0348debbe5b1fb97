"""The command line: `lakeform VERB`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from keyword import iskeyword
from types import ModuleType

from infra import __version__
from infra.base.errors import UserError
from infra.base.exit_codes import begin, exit_code
from infra.commands.common_options import add_common
from infra.commands.examples import EXAMPLES

# Verb -> what it does; its code is the module of the same name, imported only when it is asked for.
VERBS = {
    "check": "everything that can be known offline, all problems at once",
    "catalog": "the part of synth that needs no Node.js: catalogs, and what models stand on",
    "synth": "after every edit: check, then write all that is generated",
    "lock": "lock connector definitions",
    "schema": "JSON Schema of registry and stream files, for editors",
    "discover": "write dag/sources/ from what a source offers",
    "add": "scaffold a source, destination, stream or connection",
    "remove": "take an entry or a stream out, with the line that says that it was meant",
    "rename": "give an entry or a stream file another name, everywhere",
    "test": "Airbyte's own connection check of a source or destination, on the server",
    "review": "what this change does to the data, for the pull request",
    "explain": "what a rule is for; the registry lines behind a Terraform address or a plan's errors",
    "secrets": "which values come from where; whether encrypted files contain them",
    "flux": "Flux and tofu-controller manifests for each stack",
    "status": "what is applied, what runs, and what went wrong",
    "reconcile": "let Flux fetch and tofu-controller apply now, and wait",
    "suspend": "stop tofu-controller for a stack, so that Flux does not undo it",
    "resume": "let tofu-controller continue with a stack",
    "drift": "what in Airbyte differs from the files, also as a patch",
    "connections": "every connection of the workspace: ours, missing, or orphaned",
    "sync": "start a connection's sync, and wait for it to end",
    "backfill": "read a stream again from the beginning, once",
    "landing": "files to tables: feed, status, replay, maintain, sql, ddl",
    "impact": "which models and columns stand on a stream or a field",
    "read": "run a source's connector here, and write its records as files for the landing",
    "import": "what is in Airbyte, a Terraform state or HCL, as files of this lake, with a report",
    "cache": "connectors that are installed on this machine, and how much they take",
    "completion": "a script with which bash, zsh and fish complete verbs, options and ids",
    "init": "create a new lake repository",
}


# Set by the script of `lakeform completion`.
ASKED = "_ARGCOMPLETE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    begin()
    if ASKED in os.environ:
        return _complete()
    words = list(sys.argv[1:] if arguments is None else arguments)
    verb = next((word for word in words if word in VERBS), "")
    return exit_code(f"lakeform {verb}".rstrip(), lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    """Most of the time of a short command is that of its imports, here and in the parser."""
    if not words:
        _parser(words).print_help(sys.stderr)
        return 2
    _refuse_unknown(words)
    options = _parser(words).parse_args(words)
    try:
        return int(_module(options.verb).run(options))
    except (UserError, OSError) as error:
        if getattr(options, "format", "text") == "json" and not isinstance(error, BrokenPipeError):
            from infra.commands.common import print_fault  # noqa: PLC0415  # not every verb needs it

            print_fault(error)
        raise


def _refuse_unknown(words: Sequence[str]) -> None:
    """Raises UserError for a first word that is no verb, where no other is one."""
    given = [word for before, word in pairwise(["", *words]) if not word.startswith("-") and before != "--root"]
    if given and not VERBS.keys() & set(words):
        from infra.lake.documents import not_found  # noqa: PLC0415  # most calls need not load it here

        raise not_found("verb", given[0], VERBS)


def _complete() -> int:
    from infra.commands.complete import complete, words_so_far  # noqa: PLC0415  # loads what no other call needs

    complete(_parser(words_so_far(os.environ)))
    return 0


def _module(verb: str) -> ModuleType:
    """The verb's code; behind a word of Python's own stands a `_`."""
    return import_module(f"infra.commands.{verb}{'_' if iskeyword(verb) else ''}")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lakeform", description="Airbyte as code.")
    parser.add_argument("--version", action="version", version=f"lakeform {__version__}")
    add_common(parser, root=None, quiet=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, summary in VERBS.items():
        sub = verbs.add_parser(
            verb,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=EXAMPLES[verb].epilog(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_common(sub, root=argparse.SUPPRESS, quiet=argparse.SUPPRESS)
        if verb in words:
            _module(verb).add_arguments(sub)
    return parser
