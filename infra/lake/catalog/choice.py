"""Which stream files a connection syncs: those that it names, in full or by a pattern, or all but some."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any


def is_pattern(name: str) -> bool:
    """True for a name with `*` (any text, dots too) or `?` (one letter)."""
    return "*" in name or "?" in name


def matching(name: str, stems: Iterable[str]) -> list[str]:
    """The stems that a name or a pattern means, in their order; upper and lower case differ."""
    # Python's own translation never tries a `*` again once what follows it was found: twenty of them take no longer than one.
    pattern = re.compile(fnmatch.translate(name.replace("[", "[[]")))
    return [stem for stem in stems if pattern.match(stem)]


def chosen_by(written: Mapping[str, Any], selected: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Stem -> the names below `streams` that choose it: its own, which is stronger than any pattern, else each pattern that it
    fits; none where the connection names none and takes what it does not exclude.

    `written`: the connection, merged. `selected`: the stems that are synced unless something else is said; only they are
    found by a pattern.
    """
    named = written.get("streams")
    if not isinstance(named, (dict, list)):
        excluded = {stem for name in _texts(written.get("exclude") or ()) for stem in matching(name, selected)}
        return {stem: () for stem in sorted(selected) if stem not in excluded}
    off = {name for name, over in named.items() if _is_off(over)} if isinstance(named, dict) else set()
    chosen: dict[str, tuple[str, ...]] = {name: (name,) for name in _texts(named) if not is_pattern(name)}
    exact = set(chosen)
    for name in filter(is_pattern, _texts(named)):
        for stem in matching(name, sorted(selected)):
            if stem not in exact:
                chosen[stem] = (*chosen.get(stem, ()), name)
    return {stem: names for stem, names in chosen.items() if not off.issuperset(names)}


def finds_nothing(name: str, selected: Collection[str]) -> bool:
    """True for a pattern that no selected stream file fits."""
    return is_pattern(name) and not matching(name, selected)


def _is_off(settings: Any) -> bool:
    return isinstance(settings, dict) and settings.get("selected") is False


def _texts(names: Iterable[Any]) -> list[str]:
    return [name for name in names if isinstance(name, str)]
