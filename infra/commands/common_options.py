"""Options of every verb, in a module that is loaded even where nothing else is."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_common(parser: argparse.ArgumentParser, *, root: object, quiet: object) -> None:
    """`--root` and `--quiet`, which may stand before and after the verb."""
    about = "project folder; default: the nearest one, from here upwards, with a cdktf.json"
    parser.add_argument("--root", type=Path, default=root, metavar="DIR", help=about)
    parser.add_argument("--quiet", action="store_true", default=quiet, help="print problems only")
