"""FileNames: what the files of streams are called, below dag/sources/ and dag/streams/.

A name can be read in every script, fits into every file system, and stays what it once was.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from infra.lake.catalog.discovered import StreamKey

# Bytes of a stem. File systems take 255 for a name, which also has an ending, and more around it while it is written.
LONGEST = 200
_LONGEST_NAMESPACE = 60
_DIGITS = 10

# Letters that cannot be seen (Hangul fillers, Unicode 15).
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")

# Names of devices, with whatever ending. Source: Microsoft, "Naming Files, Paths, and Namespaces".
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)


def file_names(keys: Iterable[StreamKey], kept: Mapping[StreamKey, str] | None = None) -> dict[StreamKey, str]:
    """(namespace, name) -> file stem: `orders`, `public.orders`, `Orders%20%26%20Co`, `売上`; a name that is too long is cut
    and ends in `~` and a hash of the whole.

    Where two stems are the same, or differ only by case, what could be taken for something else is encoded in all of them.
    `kept`: stems that streams have already, which they keep if they can be theirs.
    """
    names: dict[StreamKey, str] = {}
    taken: set[str] = set()
    wanted = sorted(set(keys))
    for key in wanted:
        stem = (kept or {}).get(key)
        if stem is not None and is_name_of(stem, key) and _folded(stem) not in taken:
            names[key] = stem
            taken.add(_folded(stem))
    stems = {key: _stem(key) for key in wanted if key not in names}
    counts = Counter([*map(_folded, stems.values()), *taken])
    for key, stem in stems.items():
        ways = (stem,) if counts[_folded(stem)] == 1 else ()
        names[key] = next(way for way in (*ways, _stem(key, apart=True), _cut(key)) if _folded(way) not in taken)
        taken.add(_folded(names[key]))
    return names


def is_name_of(stem: str, key: StreamKey) -> bool:
    """True if a file of that stem could have been written for the stream, by any release."""
    if len(stem.encode()) > LONGEST:
        return False
    return unquote(stem) == ".".join(filter(None, key)) or stem.endswith(_ending(key))


def _folded(stem: str) -> str:
    """The same text for stems that are one file where case does not count."""
    return unicodedata.normalize("NFC", stem.casefold())


def _stem(key: StreamKey, *, apart: bool = False) -> str:
    """The parts joined by a dot. `apart`: with everything encoded but small letters and digits of ASCII, `-` and `_`."""
    stem = _begun(".".join("".join(_units(part, apart=apart)) for part in key if part))
    return stem if len(stem.encode()) <= LONGEST else _cut(key)


def _begun(stem: str) -> str:
    """The stem with its first character encoded where the beginning means something."""
    return f"%{ord(stem[0]):02X}{stem[1:]}" if stem[0] in "_." or _DEVICE.match(stem) else stem


def _cut(key: StreamKey) -> str:
    """As much of the namespace and the name as has room, and what tells them from all others."""
    namespace, name = key
    head = f"{_start(namespace, _LONGEST_NAMESPACE)}." if namespace else ""
    ending = _ending(key)
    return _begun(head + _start(name, LONGEST - len((head + ending).encode()) - len("%5F"))) + ending


def _start(part: str, longest: int) -> str:
    """As many whole characters as have room."""
    start = ""
    for unit in _units(part):
        if len((start + unit).encode()) > longest:
            break
        start += unit
    return start


def _ending(key: StreamKey) -> str:
    return "~" + hashlib.sha256("\0".join(key).encode()).hexdigest()[:_DIGITS]


def _units(part: str, *, apart: bool = False) -> list[str]:
    """Each character as it is written: letters of every script as they are, percent-encoded whatever file systems, shells or
    readers do not agree about.
    """
    written, joins = [], False
    for one in part:
        if one.isascii():
            plain = (one.isalnum() or one in "-_.") and not (apart and (one.isupper() or one == "."))
            joins = one.isalpha()
        else:
            seen = one.isalnum() or (joins and unicodedata.category(one).startswith("M"))
            plain = joins = seen and not apart and one not in _UNSEEN
        written.append(one if plain else _percent(one))
    if unicodedata.is_normalized("NFC", "".join(written)):
        return written
    return [one if one.isascii() else _percent(one) for one in written]


def _percent(one: str) -> str:
    return "".join(f"%{byte:02X}" for byte in one.encode())
