"""Filters: lists that name what a source reads, such as its projects, accounts or repositories."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.lake.documents import KeyPath, render_path, some
from infra.review.details.change import Detail
from infra.review.details.configuration_diff import ComparedOption, ConfigurationSide, lists_in
from infra.review.details.detail_kind import DetailKind

# Nouns in the names of such lists, over all source specs of Airbyte's registry. What one of them means, only the connector knows.
_PARTS = re.compile(
    "(.*_)?(account|advertiser|board|branch|bucket|campaign|channel|collection|customer|database|folder|form|glob|group"
    "|marketplace|organi[sz]ation|page|profile|project|propert|repo|repositor|schema|shop|site|space|store|table|team|tenant"
    "|workspace)(s|es|y|ies)?(_.*)?",
    re.IGNORECASE,
)
_NOT = re.compile("exclude|ignore|skip|except", re.IGNORECASE)

# Members that a text names.
_SHOWN = 8

# Path of a list -> its members before and after.
Filters = Mapping[KeyPath, tuple[Sequence[ComparedOption], Sequence[ComparedOption]]]


def changed_filters(before: ConfigurationSide, after: ConfigurationSide) -> Filters:
    """The lists that name other things than before; not those that only have another order, or a secret in them."""
    old, new = lists_in(before), lists_in(after)
    pairs = {path: (old.get(path, ()), new.get(path, ())) for path in sorted({*old, *new}, key=str) if _is_filter(path)}
    return {
        path: pair for path, pair in pairs.items() if _compared(pair[0]) != _compared(pair[1]) and not _secret(pair)
    }


def filter_details(
    entry: str, path: KeyPath, before: Sequence[ComparedOption], after: Sequence[ComparedOption]
) -> Iterator[Detail]:
    """What a list has more, and what it has less. None at all mostly means everything, so that a list which comes takes away."""
    at, old, new = render_path(path), _compared(before), _compared(after)
    more = [one for one in after if one.compared not in old] if before and after else before
    less = [one for one in before if one.compared not in new] if before and after else after
    sides: tuple[tuple[DetailKind, Sequence[ComparedOption], str], ...] = (
        ("filter-opened", more if before else (), "also" if after else "no longer only"),
        ("filter-narrowed", less if after else (), "no longer" if before else "only"),
    )
    where = f"{entry}.{render_path(('configuration', *path))}"
    for kind, members, what in sides:
        if members:
            yield Detail(kind, where, _shown(before), _shown(after), f"{at}: {what} {_named(members)}")


def _shown(members: Sequence[ComparedOption]) -> list[Any] | None:
    return [one.shown for one in members] or None


def _is_filter(path: KeyPath) -> bool:
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    return _PARTS.fullmatch(key) is not None and not _NOT.search(key)


def _compared(members: Sequence[ComparedOption]) -> set[str]:
    return {one.compared for one in members}


def _secret(pair: tuple[Sequence[ComparedOption], Sequence[ComparedOption]]) -> bool:
    return any(one.secret and one.reference for members in pair for one in members)


def _named(members: Sequence[ComparedOption]) -> str:
    return some([one.shown if isinstance(one.shown, str) else json.dumps(one.shown) for one in members], _SHOWN)
