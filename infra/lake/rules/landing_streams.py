"""What stream files say of their landing tables."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.catalog.columns import columns_of
from infra.lake.documents import KeyPath, Problem, did_you_mean
from infra.lake.files.feeds import Feed, feeds_of
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.landing import Landing
from infra.lake.rules.streams import synced_streams

_AT: KeyPath = ("landing", "mode")


def check_landing_streams(model: LakeModel) -> Iterator[Problem]:
    """`landing-unknown-column`, and `landing-register` for tables that cannot read files where they are."""
    yield from _check_columns(model)
    for name, landing in model.registry.lake.landings.items():
        for feed in feeds_of(model, name):
            if feed.stream.landing.mode == "register":
                yield from _check_registered(name, landing, feed)


def _check_columns(model: LakeModel) -> Iterator[Problem]:
    """Columns are the fields that arrive; where nobody knows which, any may be one."""
    for stream, offered, _ in synced_streams(model):
        known = columns_of(stream, offered) if stream.landing.types else ()
        for column in stream.landing.types if known else ():
            if column not in known:
                fix = did_you_mean(column, known, "fields")
                message = f'the stream has no field "{column}", so its table has no such column'
                path = ("landing", "types", column)
                yield stream.layers.problem("landing-unknown-column", path, message, fix, key=True)


def _check_registered(name: str, landing: Landing, feed: Feed) -> Iterator[Problem]:
    """All reasons at once; of one stream that several connections sync, each is one problem."""
    stream = feed.stream
    copy = "write mode: copy, which reads the files into the table"
    if stream.destination_sync_mode.startswith("overwrite"):
        message = "each sync replaces the stream, and Airbyte deletes files that the table would still read"
        yield stream.layers.problem("landing-register", _AT, message, copy)
    if feed.files.layout.file_format != "parquet":
        message = f"its files are {feed.files.layout.file_format.upper()}: only Parquet can be read where it is"
        yield stream.layers.problem("landing-register", _AT, message, copy)
    if landing.raw_retention != "none":
        after = landing.raw_retention
        deletes = f"deletes files after {after}" if after else "may delete files: its raw_retention is missing"
        message = f'the bucket of the landing "{name}" {deletes}, and the table would go on reading them'
        fix = f"{copy}; or raw_retention: none in the landing, if nothing deletes files there"
        yield stream.layers.problem("landing-register", _AT, message, fix)
    for key in ("types", "nested"):
        if key in stream.landing.model_fields_set:
            message = f'"{key}" has no meaning beside mode: register: columns have the types of the files'
            yield stream.layers.problem("landing-register", ("landing", key), message, copy, key=True)
