"""What the verbs share: the project folder, and how a report is printed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

from infra.base.errors import UserError
from infra.base.exit_codes import why_failed
from infra.base.json_value import Json
from infra.base.printable import json_visible, show
from infra.lake.connectors.definitions import Definition
from infra.lake.documents import ProblemsError, Report
from infra.lake.documents.links import link_problems
from infra.lake.model.lake_model import LakeModel, Loaded
from infra.lake.model.load import load_lake
from infra.lake.model.root import project_root
from infra.lake.registry.declared import FOLDER, Declared, collect, read_registry_files
from infra.lake.rules.links import LINK_FREE


def find_root(options: argparse.Namespace) -> Path:
    """`--root`, else the lake that one stands in. Raises UserError if there is none."""
    return project_root(options.root)


def refuse_links(root: Path) -> None:
    """Raise ProblemsError for a link where lakeform reads or writes: for commands that do not `check_lake` first."""
    if problems := list(link_problems(root, LINK_FREE)):
        raise ProblemsError.about(problems[0], problems)


def read_declared(root: Path) -> Declared:
    """The registry as written. Raises ProblemsError if a file of it cannot be read: what seems to be missing may be in it."""
    refuse_links(root)
    documents, problems = read_registry_files(root)
    if problems:
        raise ProblemsError.about(problems[0], problems)
    return collect(documents)


def read_model(root: Path) -> LakeModel:
    """The lake, also one with problems. Raises ProblemsError if a registry file cannot be read: what is asked for may be in it."""
    return read_loaded(root).model


def read_loaded(root: Path) -> Loaded:
    """The same with the problems."""
    refuse_links(root)
    loaded = load_lake(root)
    if not loaded.model.declared.complete:
        first = next(p for p in loaded.problems if p.location.file.startswith(f"{FOLDER}/"))
        raise ProblemsError.about(first, loaded.problems)
    return loaded


def add_format(parser: argparse.ArgumentParser, *others: str, about: str = "output") -> None:
    """The option `--format`; `others`: forms beside text and JSON."""
    parser.add_argument("--format", choices=("text", *others, "json"), default="text", help=f"{about}; default: text")


def print_report(report: Report, *, as_json: bool = False, to: TextIO | None = None) -> None:
    """The problems as text (nothing if there are none) or as one JSON object."""
    if as_json:
        print_json(report.to_json())
    elif text := report.to_text():
        show(text, to=to)


def refuse(options: argparse.Namespace, report: Report) -> int:
    """Print why nothing is done, on stderr or as the JSON that was asked for; the exit code of that."""
    as_json = options.format == "json"
    print_report(report, as_json=as_json, to=None if as_json else sys.stderr)
    return 1


def print_json(value: Json) -> None:
    """For programs: one object, the problems first, then its other keys in the order of their making."""
    text = json.dumps({"problems": [], **value}, indent=2, ensure_ascii=False)
    sys.stdout.write(f"{json_visible(text)}\n")


def print_fault(error: UserError | OSError) -> None:
    """What ends a command, for programs: `fault` says why, beside the problems where it is for those."""
    told = error.report.to_json() if isinstance(error, ProblemsError) else {}
    print_json({**told, "fault": why_failed(error)})


def definitions(options: argparse.Namespace) -> dict[str, Definition]:
    """The connector registry that `--registry` names. Raises UserError."""
    from infra.airbyte.server.connector_registry import read_definitions  # noqa: PLC0415  # loads what talks to servers

    return read_definitions(options.registry, lambda text: None if options.quiet else show(text, to=sys.stderr))


def say(options: argparse.Namespace, text: str) -> None:
    """A line for people; not with `--quiet`, and not where the output is for programs."""
    if not options.quiet and getattr(options, "format", "text") != "json":
        show(text)
