"""`lakeform init`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from infra.commands.catalog import write_catalogs
from infra.commands.common import say
from infra.commands.schema import write_schemas
from infra.documents import write_text
from infra.rules.check import check_lake

# Git and packaging tools treat dotfiles specially, so the template has them without the dot.
_DOTFILES = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}

# Server -> where it looks for workflows.
_WORKFLOWS = {"github": ".github/workflows", "forgejo": ".forgejo/workflows"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`DIR --ci`."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="new or empty folder")
    parser.add_argument("--ci", choices=_WORKFLOWS, help="also a workflow that checks and reviews pull requests")


def run(options: argparse.Namespace) -> int:
    """Write a small lake that passes `check` and `synth`; refuse a folder that holds anything."""
    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(entry.name != ".git" for entry in folder.iterdir())):
        print(f"lakeform init: {folder} is not empty; name a new folder", file=sys.stderr)
        return 1
    root = folder.resolve()
    for path, text in _template():
        write_text(root, path, text)
    if options.ci:
        workflow = files("infra.scaffold") / "ci" / f"{options.ci}.yaml"
        write_text(root, f"{_WORKFLOWS[options.ci]}/lakeform.yaml", workflow.read_text("utf-8"))
    model = check_lake(root, catalogs=False).model
    write_catalogs(model)
    write_schemas(root)
    say(options, f"made a lake in {folder}: sample data into an S3 data lake\n")
    say(
        options,
        f"  cd {folder}\n  lakeform check   # after every edit\n  lakeform synth   # writes cdktf.out/, commit it",
    )
    return 0


def _template() -> Iterator[tuple[str, str]]:
    return _files(files("infra.scaffold") / "lake", "")


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + _DOTFILES.get(entry.name, entry.name), entry.read_text("utf-8")
