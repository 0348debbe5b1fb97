"""`lakeform landing erase`."""

from __future__ import annotations

import argparse

from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded
from infra.commands.landing_options import add_streams, find_feeds, find_landing, mistakes_json
from infra.commands.progress import progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE STREAM --key --raw --apply --format`."""
    add_streams(parser, one=True)
    parser.add_argument(
        "--key",
        action="append",
        required=True,
        type=_pair,
        metavar="COLUMN=VALUE",
        help="what the rows have in a column, exactly; more than one: all of them",
    )
    parser.add_argument("--raw", action="store_true", help="read every raw file, and write those with such rows anew")
    parser.add_argument("--apply", action="store_true", help="erase; without it, only say what would be")
    add_format(parser)


def _pair(text: str) -> tuple[str, str]:
    """`id=42`. The error shows nothing that may be a value."""
    column, equals, value = text.partition("=")
    if not column or not equals:
        raise argparse.ArgumentTypeError("write COLUMN=VALUE, for example id=42")
    return column, value


def run(options: argparse.Namespace) -> int:
    """Print the plan, and do it with `--apply`; 1 if no row was found, or something stays that may hold one."""
    from infra.landing.feed.erase_plan import EraseWish  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.erase_render import erase_json, erase_text  # noqa: PLC0415
    from infra.landing.feed.landing_erase import Stream, erase_rows  # noqa: PLC0415

    loaded = read_loaded(find_root(options))
    settings = find_landing(loaded, options)
    feeds, chosen = find_feeds(loaded, settings.id, options)
    stream = Stream(loaded.model, settings, feeds, chosen)
    with progress(options, f"looking for rows of {chosen[0].table.name}") as shown:
        outcome = erase_rows(stream, EraseWish(tuple(options.key), options.raw), shown.tell, apply=options.apply)
    if options.format == "json":
        print_json({**mistakes_json(loaded), **erase_json(outcome)})
    else:
        show(erase_text(outcome))
    return 1 if outcome.failed else 0
