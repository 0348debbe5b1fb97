"""Gathering a list of the public API of which one item may be in the way of the others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from infra.airbyte.server.api import MOST_ITEMS, PAGE, Api
from infra.airbyte.server.api_errors import RefusedError
from infra.base.errors import UserError

T = TypeVar("T")

# A hundred connections come with all of their streams.
SECONDS = 300.0
# A server that fails at so many items fails at all of them.
_MOST_GAPS = 10


@dataclass(frozen=True)
class Gap:
    """An item that could not be read.

    Attributes:
        number: in the server's list, from 1.
        name: what it is called there; None where nobody could tell.
        why: the reason, a sentence without a full stop.
    """

    number: int
    name: str | None
    why: str


@dataclass(frozen=True)
class Gathered(Generic[T]):
    """A list, in the server's order, and what of it could not be read."""

    items: tuple[T, ...]
    gaps: tuple[Gap, ...] = ()


def gather(api: Api, doing: str, path: str, read: Callable[[Any], T]) -> Gathered[T]:
    """Every item of a list. Where the server fails at a page it is asked in ever smaller pieces, until it is known for
    which item; an item that is not what it should be is a gap too.

    Raises UserError where the server refuses the list, or fails at many of its items.
    """
    return sift(api, doing, _items(api, doing, path), read)


def sift(api: Api, doing: str, items: Iterable[tuple[int, Any]], read: Callable[[Any], T]) -> Gathered[T]:
    """What `read` makes of each (number, item); an item that is an error, or not what it should be, is a gap. Raises
    UserError for many gaps.
    """
    found: list[T] = []
    gaps: list[Gap] = []
    for number, item in items:
        try:
            found.append(api.read(doing, read, _no_error(item)))
        except UserError as error:
            name = item.get("name") if isinstance(item, dict) else None
            gaps.append(Gap(number, name if isinstance(name, str) else None, str(error)))
            if len(gaps) > _MOST_GAPS:
                raise
    return Gathered(tuple(found), tuple(gaps))


def _no_error(item: Any) -> Any:
    if isinstance(item, UserError):
        raise item
    return item


def _items(api: Api, doing: str, path: str) -> Iterator[tuple[int, Any]]:
    """(number, item) of everything; the error in the place of an item at which the server fails."""
    offset = 0
    while True:
        count = 0
        for count, item in enumerate(_piece(api, doing, path, offset, PAGE, patient=True), 1):
            yield offset + count, item
        if count < PAGE:
            return
        offset += PAGE
        if offset >= MOST_ITEMS:
            raise api.endless(doing)


def _piece(
    api: Api, doing: str, path: str, offset: int, limit: int, *, patient: bool = False
) -> Generator[Any, None, bool]:
    """The items, one by one, so that nobody asks on who has seen enough; True if there are as many as were asked for."""
    try:
        items = api.slice(doing, path, offset, limit, patient=patient, seconds=SECONDS)
    except RefusedError as error:
        if error.status < 500:
            raise
        if limit > 1:
            half = limit // 2
            return (yield from _piece(api, doing, path, offset, half)) and (
                yield from _piece(api, doing, path, offset + half, limit - half)
            )
        items = [error]
    yield from items
    return len(items) == limit
