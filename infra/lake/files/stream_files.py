r"""StreamFiles: the names that a destination gives to the files of one stream, as a prefix and an anchored pattern.

Source: airbytehq/airbyte, bulk CDK, `ObjectStoragePathFactory` and `ObjectStorageDestinationState`:

- bucket path and path format are joined as paths, so that `//` becomes `/`; path and file name are joined as texts, without a
  slash that the format does not end in;
- months, days, hours have two digits; before, months and days had as few as they need, and hours were counted from 1970;
- the time in the path is the sync's start, in UTC; `{timestamp}` is the moment of the file, in milliseconds, and was a date and time
  with colons before; `{date}` was written with `-` before;
- a name that is taken gets `-1` behind everything, also behind the extension.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from infra.lake.catalog.configured import ConfiguredStream
from infra.lake.files.layout import NAME_VARIABLES, PATH_VARIABLES, FileLayout, layout_of
from infra.lake.files.names import s3_safe
from infra.lake.files.namespace import namespace_of
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry

# What a variable may have become, in the destination of today and in older ones.
_PATTERNS: Mapping[str, str] = {
    "YEAR": r"\d{4,}",
    "MONTH": r"\d{1,2}",
    "DAY": r"\d{1,2}",
    "HOUR": r"\d+",
    "MINUTE": r"\d+",
    "SECOND": r"\d+",
    "MILLISECOND": r"\d+",
    "EPOCH": r"\d+",
    "UUID": r"[a-fA-F0-9\-]{36}",
    "date": r"\d{4}[_-]\d{2}[_-]\d{2}",
    "date:yyyy_MM": r"\d{4}_\d{2}",
    "timestamp": r"(?:\d+|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)",
    "part_number": r"\d+",
    "sync_id": r"\d+",
}
# In the shape of a key: something without a slash.
VARIES = "\0"

_PATH_MACRO = re.compile(r"\$\{(" + "|".join(PATH_VARIABLES) + r")\}")
_NAME_MACRO = re.compile(r"\{(" + "|".join(re.escape(name) for name in NAME_VARIABLES) + r")\}")


@dataclass(frozen=True)
class FileName:
    """What the name of a file says.

    Attributes:
        part: its number in the sync; None where the pattern has none.
        suffix: what stands behind a name that was taken; 0 for nothing.
        sync_id: id of the sync's job; None where the pattern has none.
    """

    part: int | None
    suffix: int
    sync_id: int | None


@dataclass(frozen=True)
class StreamFiles:
    """The files of one stream of one connection.

    Attributes:
        namespace, name: as the destination gets them, uncleaned.
    """

    layout: FileLayout
    namespace: str
    name: str

    @cached_property
    def path_format(self) -> str:
        """Bucket path and path format, joined as the destination joins them, the stream's names put in."""
        values = {"NAMESPACE": s3_safe(self.namespace), "STREAM_NAME": s3_safe(self.name)}
        joined = _join(self.layout.prefix, self.layout.path_format)
        return _normal(_PATH_MACRO.sub(lambda found: values.get(found[1], found[0]), joined))

    @cached_property
    def prefix(self) -> str:
        """What the keys of all files begin with, as far as nothing varies."""
        found = _PATH_MACRO.search(self.path_format)
        if found:
            return self.path_format[: found.start()]
        name = _NAME_MACRO.search(self.layout.file_pattern)
        return self.path_format + (self.layout.file_pattern[: name.start()] if name else self.layout.file_pattern)

    @property
    def home(self) -> str:
        """What the keys of everything begin with that the destination writes, as far as nothing varies; "" for any key."""
        path = _normal(f"{self.layout.prefix}/").lstrip("/")
        found = _PATH_MACRO.search(path)
        return path[: found.start()] if found else path

    @property
    def written(self) -> str:
        """The whole key with its variables, as the destination's options have them."""
        return self.path_format + self.layout.file_pattern.replace("{format_extension}", self.layout.extension)

    @cached_property
    def shape(self) -> str:
        """The whole key, with VARIES for each variable and for what stands behind a name that was taken."""
        name = _NAME_MACRO.sub(
            lambda found: self.layout.extension if found[1] == "format_extension" else VARIES, self.layout.file_pattern
        )
        return _PATH_MACRO.sub(VARIES, self.path_format) + name + VARIES

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the whole key of each file matches."""
        path = _matching(self.path_format, _PATH_MACRO, {})
        # A part number is the last number of a name; so `{sync_id}{part_number}` is cut where it has to be.
        name = _matching(self.layout.file_pattern, _NAME_MACRO, {"format_extension": re.escape(self.layout.extension)})
        return re.compile(f"{path}{name}(?:-(?P<suffix>[0-9]+))?", re.ASCII)

    def match(self, key: str) -> FileName | None:
        """What a key in the bucket says; None if no file of this stream is called so."""
        found = self.pattern.fullmatch(key)
        if found is None:
            return None
        said = found.groupdict()
        return FileName(_number(said.get("part_number")), int(said["suffix"] or 0), _number(said.get("sync_id")))

    def key(self, started: datetime, *, sync_id: int, part: int, now_ms: int, uuid: str) -> str:
        """How the destination of today names a file; `started`: of the sync, in UTC; `now_ms`: since 1970."""
        epoch = int(started.timestamp() * 1000)
        times = {
            "YEAR": f"{started.year}",
            "MONTH": f"{started.month:02d}",
            "DAY": f"{started.day:02d}",
            "HOUR": f"{started.hour:02d}",
            "MINUTE": f"{started.minute:02d}",
            "SECOND": f"{started.second:02d}",
            "MILLISECOND": f"{started.microsecond // 1000:04d}",
            "EPOCH": f"{epoch}",
            "UUID": uuid,
        }
        names = {
            "date": f"{started:%Y_%m_%d}",
            "date:yyyy_MM": f"{started:%Y_%m}",
            "timestamp": f"{now_ms}",
            "part_number": f"{part}",
            "sync_id": f"{sync_id}",
            "format_extension": self.layout.extension,
        }
        path = _PATH_MACRO.sub(lambda found: times[found[1]], self.path_format)
        return path + _NAME_MACRO.sub(lambda found: names[found[1]], self.layout.file_pattern)

    def recent(self, days: Sequence[date]) -> tuple[str, ...]:
        """The prefixes to list for files of syncs that started on these days (UTC), in old and new writing; the constant
        prefix alone where the path does not begin with the day.
        """
        found = {prefix for day in days for prefix in self._of_day(day)}
        return tuple(sorted(one for one in found if not any(one != other and one.startswith(other) for other in found)))

    def _of_day(self, day: date) -> set[str]:
        writings: Sequence[Callable[[str], str]] = (
            lambda name: {"YEAR": f"{day.year}", "MONTH": f"{day.month:02d}", "DAY": f"{day.day:02d}"}[name],
            lambda name: {"YEAR": f"{day.year}", "MONTH": f"{day.month}", "DAY": f"{day.day}"}[name],
        )
        return {self._up_to_day(write) for write in writings}

    def _up_to_day(self, write: Callable[[str], str]) -> str:
        """The path as far as the day decides it."""
        done = ""
        rest = self.path_format
        while (found := _PATH_MACRO.search(rest)) and found[1] in ("YEAR", "MONTH", "DAY"):
            done += rest[: found.start()] + write(found[1])
            rest = rest[found.end() :]
        return done + (rest[: found.start()] if found else rest)


def files_of(stack: Stack, connection: Entry[Connection], stream: ConfiguredStream) -> StreamFiles | None:
    """The files of a connection's stream; None where its destination does not write such files."""
    destination = stack.destinations.get(connection.settings.destination)
    layout = layout_of(destination) if destination else None
    return None if layout is None else files_in(layout, connection, stream)


def files_in(layout: FileLayout, connection: Entry[Connection], stream: ConfiguredStream) -> StreamFiles:
    """The files of a connection's stream, where the destination's layout is known already."""
    namespace = namespace_of(connection.settings, stream)
    return StreamFiles(layout, namespace, connection.settings.prefix + stream.name)


def _join(prefix: str, path: str) -> str:
    """As `Paths.get(prefix, path)` of Java does, but for a slash at the end, which the destination puts back."""
    before = prefix.removesuffix("/")
    return _normal(f"{before}/{path}" if before else path)


def _normal(path: str) -> str:
    """No empty parts; a slash at the beginning and at the end stays."""
    text = "/".join(part for part in path.split("/") if part)
    return ("/" if path.startswith("/") else "") + text + ("/" if path.endswith("/") else "")


def _matching(text: str, macro: re.Pattern[str], values: Mapping[str, str]) -> str:
    """A pattern for what a text with variables becomes; each variable is a group of its name, the first time it stands."""
    done, at, named = "", 0, set[str]()
    for found in macro.finditer(text):
        name = found[1]
        pattern = values.get(name) or _PATTERNS[name]
        group = name.replace(":", "_")
        done += re.escape(text[at : found.start()])
        done += f"(?:{pattern})" if name in values or group in named else f"(?P<{group}>{pattern})"
        named.add(group)
        at = found.end()
    return done + re.escape(text[at:])


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
