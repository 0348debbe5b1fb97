"""`lakeform landing feed`."""

from __future__ import annotations

import argparse
import os

from infra.base.columns import columns
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_loaded, say
from infra.commands.landing_options import add_streams, find_feeds, find_landing, has_mistakes, mistakes_json
from infra.commands.progress import progress
from infra.lake.documents import plural


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE [STREAM]] --recent --retry --server --format`."""
    add_streams(parser)
    parser.add_argument("--recent", action="store_true", help="look at the folders of the last days only")
    parser.add_argument("--retry", action="store_true", help="try what is in quarantine again")
    parser.add_argument("--server", action="store_true", help="ask Airbyte which syncs and clears have succeeded")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Feed; 1 if a file, a table or the registry needs somebody's eyes."""
    from infra.landing.feed.landing_feed import Wish, feed_landing  # noqa: PLC0415  # needs the extra
    from infra.landing.feed.server_jobs import ask_servers  # noqa: PLC0415

    loaded = read_loaded(find_root(options))
    settings = find_landing(loaded, options)
    feeds, chosen = find_feeds(loaded, settings.id, options)
    with progress(options, f"feeding {plural(len({feed.table.name for feed in chosen}), 'table')}") as shown:
        ended = ask_servers(loaded.model, chosen, os.environ) if options.server else {}
        wish = Wish(not options.recent, options.retry, ended)
        done = feed_landing(settings, feeds, chosen, wish, shown.tell)
    if options.format == "json":
        print_json({**mistakes_json(loaded), **done.to_json()})
    else:
        _show(done, options)
    return 1 if done.failed or has_mistakes(loaded) else 0


def _show(done: object, options: argparse.Namespace) -> None:
    from infra.landing.feed.landing_feed import Done  # noqa: PLC0415

    assert isinstance(done, Done), "what was fed"
    rows = [("table", "files", "rows", "deleted")]
    fed_now = [fed for fed in done.tables if fed.files or fed.deleted]
    rows += [(fed.table, f"{fed.files:,}", f"{fed.rows:,}", f"{fed.deleted:,}") for fed in fed_now]
    if fed_now:
        say(options, "\n".join(columns(rows)))
    else:
        say(options, f"nothing new for {plural(len(done.tables), 'table')}")
    for line in done.lines():
        show(line)
