"""The choice of streams on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from infra.base.errors import UserError
from infra.commands.pick import show_numbered, write
from infra.lake.catalog.fields import properties_of
from infra.scaffold.addable import Addable


def pick_streams(offer: Addable) -> list[str]:
    """The stems that the user chooses among those without a file. Raises UserError if there are none, or if nobody chooses."""
    stems = [stem for stem in offer.streams if not offer.is_added(stem)]
    if not stems:
        raise UserError(f"every stream of {offer.source} has a file")
    show_numbered([f"{stem}{_about(offer, stem)}" for stem in stems])
    while True:
        answer = _ask("streams (numbers such as 1,3-5, names, or all): ")
        try:
            chosen = chosen_stems(answer, stems, offer)
        except UserError as error:
            write(f"{error}\n")
            continue
        if chosen:
            return chosen


def pick_fields(offer: Addable, stem: str) -> list[str]:
    """The fields of a stream that the user chooses; none for all of them."""
    fields = sorted(properties_of(offer.streams[stem].json_schema))
    if not fields:
        return []
    write(f"fields of {stem}: {', '.join(fields)}\n")
    return split(_ask("fields (names, or nothing for all): "))


def chosen_stems(answer: str, stems: Sequence[str], offer: Addable) -> list[str]:
    """What an answer means; a name counts before a number. Raises UserError for a part that means nothing."""
    if answer.strip() == "all" and "all" not in stems:
        return list(stems)
    numbers = {str(number): stem for number, stem in enumerate(stems, 1)}
    found: list[str] = []
    for part in split(answer):
        first, _, last = part.partition("-")
        if part in numbers and part not in stems:
            found.append(numbers[part])
        elif first in numbers and last in numbers and part not in stems:
            found += stems[int(first) - 1 : int(last)]
        else:
            found += offer.find([part])
    return list(dict.fromkeys(found))


def split(text: str) -> list[str]:
    """The words between commas."""
    return [word for word in (part.strip() for part in text.split(",")) if word]


def _about(offer: Addable, stem: str) -> str:
    modes = offer.streams[stem].supported_sync_modes
    return "  incremental" if "incremental" in modes else ""


def _ask(question: str) -> str:
    write(question)
    answer = sys.stdin.readline()
    if not answer:
        write("\n")
        raise UserError("nothing was chosen")
    return answer
