"""`lakeform cache`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.airbyte.local.cache import cache_folder, clear, kept
from infra.base.columns import columns
from infra.base.errors import UserError
from infra.base.exit_codes import why_failed
from infra.base.printable import show
from infra.commands.common import add_format, print_json, say
from infra.lake.documents import did_you_mean
from infra.lake.documents.read import list_tree

_MEGABYTE = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[INSTALLED ...] --clear --format`."""
    parser.add_argument("names", nargs="*", metavar="INSTALLED", help="as listed, or how it begins; default: all")
    parser.add_argument(
        "--clear", action="store_true", help="remove them; they are installed again when they are needed"
    )
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """List the connectors that are installed in the user's cache, or remove them; 1 if one could not be removed."""
    chosen = _chosen(options.names)
    sizes = {folder.name: _size(folder) for folder in chosen}
    stay = [line for folder in chosen if options.clear for line in _cleared(folder, sizes)]
    if options.format == "json":
        listed = [{"name": name, "bytes": size} for name, size in sizes.items()]
        told = {"cleared": listed, "refused": stay} if options.clear else {"connectors": listed}
        print_json({"folder": str(cache_folder()), **told})
        return 1 if stay else 0
    for line in columns((_megabytes(size), name) for name, size in sizes.items()):
        show(f"removed {line.lstrip()}" if options.clear else line)
    for line in stay:
        show(line, to=sys.stderr)
    say(options, f"{_megabytes(sum(sizes.values()))} in {cache_folder()}{' removed' if options.clear else ''}")
    return 1 if stay else 0


def _cleared(folder: Path, sizes: dict[str, int]) -> Iterator[str]:
    """Remove it; where it cannot be, the line that says why, and its size goes."""
    try:
        clear(folder)
    except (UserError, OSError) as error:
        del sizes[folder.name]
        yield f"{folder.name} stays: {why_failed(error)}"


def _chosen(names: Sequence[str]) -> list[Path]:
    """The folders that are named, by their beginning. Raises UserError with the near matches for one that is none."""
    folders = kept()
    for name in names:
        if not any(folder.name.startswith(name) for folder in folders):
            near = did_you_mean(name, [folder.name for folder in folders], "in the cache")
            raise UserError(f'there is no "{name}" in {cache_folder()}' + (f"; {near}" if near else ""))
    return [folder for folder in folders if not names or any(folder.name.startswith(name) for name in names)]


def _size(folder: Path) -> int:
    """Bytes of the files below a folder, a link being a file of its own."""
    return sum(_bytes(folder / file) for file in list_tree(folder))


def _bytes(file: Path) -> int:
    try:
        return file.lstat().st_size
    except FileNotFoundError:  # another process is at work there
        return 0


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.0f} MB"
