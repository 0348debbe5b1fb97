"""`lakeform landing replay`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded, say
from infra.commands.landing_options import add_streams, find_feeds, find_landing, mistakes_json
from infra.commands.progress import progress
from infra.lake.documents import plural

_WHICH = ("file", "prefix", "since", "until", "epoch", "all")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE STREAM --file --prefix --since --until --epoch --all --drop-vanished --format`."""
    add_streams(parser, one=True)
    parser.add_argument("--file", action="append", default=[], metavar="PATH", help="this file; `*` for any characters")
    parser.add_argument("--prefix", default="", metavar="PATH", help="files whose path begins with it")
    parser.add_argument(
        "--since", type=_time, metavar="TIME", help="files written then or later, e.g. 2026-11-01 or 2026-11-01T06:00"
    )
    parser.add_argument("--until", type=_time, metavar="TIME", help="files written before, in UTC")
    parser.add_argument("--epoch", type=int, metavar="N", help="files that were fed in this epoch")
    parser.add_argument("--all", action="store_true", help="every file of the table")
    parser.add_argument(
        "--drop-vanished", action="store_true", help="take out the rows of those that are gone, and feed nothing"
    )
    add_format(parser)


def _time(text: str) -> int:
    """Microseconds since 1970."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def run(options: argparse.Namespace) -> int:
    """Feed the files anew; 1 if one could not be."""
    from infra.landing.feed.landing_replay import replay_stream  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.replay import Wanted  # noqa: PLC0415

    if not any(getattr(options, name) for name in _WHICH):
        raise UserError(f"say which files: {', '.join('--' + name for name in _WHICH)}")
    loaded = read_loaded(find_root(options))
    settings = find_landing(loaded, options)
    feeds, chosen = find_feeds(loaded, settings.id, options)
    wanted = Wanted(
        tuple(map(settings.path_of, options.file)),
        settings.path_of(options.prefix),
        options.since,
        options.until,
        options.epoch,
    )
    with progress(options, f"replaying {chosen[0].table.name}"):
        fed = replay_stream(settings, feeds, chosen, wanted, drop=options.drop_vanished)
    if options.format == "json":
        print_json({**mistakes_json(loaded), "tables": [fed.to_json()]})
        return 1 if fed.problems else 0
    for path, reason in sorted(fed.problems.items()):
        show(f"{path}: {reason}")
    say(
        options,
        f"{fed.table}: {plural(fed.files, 'file')} fed anew, {fed.deleted:,} rows taken out, {fed.rows:,} put in",
    )
    return 1 if fed.problems else 0
