"""How Airbyte's destination for object storage names files, written down apart from the code that is tested.

Source: airbytehq/airbyte, bulk CDK, `ObjectStoragePathFactory.kt`: the release of today, and the first one of it, in which
months and days had as few digits as they need, and hours, minutes and so on were counted from 1970.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/!_.*')(&$@=;:+,?-")
UUID = "01234567-89ab-cdef-0123-456789abcdef"


@dataclass(frozen=True)
class Sync:
    """One sync, and one of its files."""

    started: datetime
    now_ms: int = 1_700_000_000_123
    sync_id: int = 42
    part: int = 0

    @property
    def epoch(self) -> int:
        """Milliseconds since 1970."""
        return (self.started - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution * 1000)

    def path_values(self, *, older: bool) -> Mapping[str, str]:
        """Variable of the path -> text."""
        at = self.started
        if older:
            seconds = self.epoch // 1000
            numbers = {"MONTH": at.month, "DAY": at.day, "HOUR": seconds // 3600, "MINUTE": seconds // 60}
            numbers |= {"SECOND": seconds, "MILLISECOND": self.epoch, "EPOCH": self.epoch, "YEAR": at.year}
            return {**{name: str(number) for name, number in numbers.items()}, "UUID": UUID}
        two = {"MONTH": at.month, "DAY": at.day, "HOUR": at.hour, "MINUTE": at.minute, "SECOND": at.second}
        return {
            **{name: str(number).zfill(2) for name, number in two.items()},
            "YEAR": str(at.year),
            "MILLISECOND": str(at.microsecond // 1000).zfill(4),
            "EPOCH": str(self.epoch),
            "UUID": UUID,
        }

    def name_values(self, extension: str, *, older: bool) -> Mapping[str, str]:
        """Variable of the file name -> text."""
        at = self.started
        year, month, day = str(at.year).zfill(4), str(at.month).zfill(2), str(at.day).zfill(2)
        iso = f"{year}-{month}-{day}T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond // 1000:03}Z"
        return {
            "date": f"{year}-{month}-{day}" if older else f"{year}_{month}_{day}",
            "date:yyyy_MM": f"{year}_{month}",
            "timestamp": iso if older else str(self.now_ms),
            "part_number": str(self.part),
            "sync_id": str(self.sync_id),
            "format_extension": extension,
        }


def clean(text: str) -> str:
    """Decomposed, without marks, `_` for the unsafe."""
    letters = (
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.category(letter).startswith("M")
    )
    return "".join(letter if letter in SAFE else "_" for letter in letters)


def joined(*parts: str) -> str:
    """`Paths.get(...)`, and the slash at the end that the destination keeps."""
    whole = "/".join(part for part in parts if part)
    path = re.sub("/+", "/", whole)
    return (path.rstrip("/") or path[:1]) + ("/" if "".join(parts).endswith("/") else "")


def written(options: Mapping[str, str], namespace: str, name: str, sync: Sync, *, extension: str, older: bool) -> str:
    """The key of a file. `options`: prefix, path and pattern of the destination."""
    path = joined(options["prefix"].removesuffix("/"), options["path"])
    values = {"NAMESPACE": clean(namespace), "STREAM_NAME": clean(name), **sync.path_values(older=older)}
    for variable, value in values.items():
        path = path.replace("${" + variable + "}", value)
    pattern = options["pattern"]
    for variable, value in sync.name_values(extension, older=older).items():
        pattern = pattern.replace("{" + variable + "}", value)
    return joined(path) + pattern
