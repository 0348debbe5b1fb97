"""Looking at the folders of a feed: which files are the stream's, which nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from infra.lake.files.feeds import Feed
from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import FoundFile, Listing
from infra.landing.feed.listing import list_files

# Names that writers give to what is not whole yet: ours, Hadoop's, Spark's, rsync's, rclone's.
_UNFINISHED = (".tmp", ".temp", ".partial", ".inprogress", ".crc", ".part~")


@dataclass(frozen=True)
class Folders:
    """Where the files of a landing are.

    Attributes:
        roots: bucket of a feed, as the layout has it -> its name and a slash, which the paths of its files begin with.
        feeds: every feed of the landing: a file is unknown if it is none of theirs.
    """

    roots: Mapping[object, str]
    feeds: Sequence[Feed]
    _filled: dict[object, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def root_of(self, feed: Feed) -> str:
        """What the paths of a feed's files begin with, before their key in the bucket."""
        return self.roots[feed.files.layout.bucket]

    def look(self, engine: Engine, feed: Feed, days: Sequence[date] | None) -> Listing:
        """The files of a feed, those of the folders of some days alone, else all. Raises UserError."""
        root = self.root_of(feed)
        prefixes = (feed.files.prefix,) if days is None else feed.files.recent(days)
        own: list[FoundFile] = []
        unfinished, unknown = list[str](), list[str]()
        for file in list_files(engine, [root + prefix for prefix in prefixes]):
            key = file.path[len(root) :]
            if _is_unfinished(key):
                unfinished.append(file.path)
            elif feed.files.match(key) is not None:
                own.append(file)
            elif not self._is_known(feed, key):
                unknown.append(file.path)
        others = () if days is not None else tuple(map(self._pattern, self._others(feed)))
        pattern, found = self._pattern(feed), (tuple(own), tuple(unfinished), tuple(unknown))
        return Listing(feed.connection.id, days is None, *found, pattern, others)

    def _pattern(self, feed: Feed) -> re.Pattern[str]:
        """What the whole path of each file of a feed matches."""
        return re.compile(re.escape(self.root_of(feed)) + feed.files.pattern.pattern, feed.files.pattern.flags)

    def _others(self, feed: Feed) -> Iterator[Feed]:
        return (one for one in self.feeds if one is not feed and one.table.name == feed.table.name)

    def has_files(self, engine: Engine, asking: Feed) -> bool:
        """True if there is a file of any stream in the feed's bucket; looked at once, to the first. Raises UserError."""
        bucket = asking.files.layout.bucket
        if bucket not in self._filled:
            own = (feed for feed in self.feeds if feed.files.layout.bucket == bucket)
            self._filled[bucket] = any(self.look(engine, feed, None).files for feed in own)
        return self._filled[bucket]

    def _is_known(self, asking: Feed, key: str) -> bool:
        return any(
            feed.files.match(key) is not None
            for feed in self.feeds
            if feed.files.layout.bucket == asking.files.layout.bucket and key.startswith(feed.files.prefix)
        )


def _is_unfinished(key: str) -> bool:
    name = key.rpartition("/")[2]
    return name.startswith((".", "_")) or name.endswith(_UNFINISHED)


def recent_days(today: date, back: int) -> tuple[date, ...]:
    """The days whose folders a tick looks at: some back, and tomorrow, since another clock may be ahead.

    `today`: in UTC, as Airbyte's paths have it.
    """
    return tuple(today + timedelta(days=number) for number in range(-back, 2))
