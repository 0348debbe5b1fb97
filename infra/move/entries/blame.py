"""Blame: the new entries that a problem of a tried out import may be about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.documents import Location, Problem, plural
from infra.lake.documents.lines import lines_of
from infra.lake.registry.kinds import KIND_OF
from infra.move.entries.import_plan import ImportPlan

_SHOWN = 3
_ENTRY = re.compile(r"\b(sources|destinations|connections)\.([a-z][a-z0-9_]*)")
_SECTION = re.compile(r"\w+:$")
_KEY = re.compile(r"  (\w+):$")


def blamed(plan: ImportPlan, problem: Problem) -> frozenset[str]:
    """The entries of the plan that the problem may be about, by its place, its related places and what it names: connections
    where there are any, else sources and destinations. Empty where it is about none of them.
    """
    new = {one.path for one in plan.proposed}
    found = {*_placed(plan, problem), *_named(problem.message)} & new
    found |= {path for other in problem.related for path in _at(plan, other.location)} & new
    connections = {path for path in found if path.startswith("connections.")}
    return frozenset(connections or found)


def reasons(path: str, problems: Iterable[Problem]) -> tuple[str, ...]:
    """Why an entry is refused, each reason once and the first few of them: `streams.orders.cursor_field: ... (cursor-unknown)`."""
    different = list(dict.fromkeys(_reason(path, problem) for problem in problems))
    more = len(different) - _SHOWN
    return (*different[:_SHOWN], *([f"and {plural(more, 'more problem')}"] if more > 0 else []))


def _reason(path: str, problem: Problem) -> str:
    kind = KIND_OF[path.partition(".")[0]]
    said = re.sub(rf"\b{re.escape(path)}\b", f"this {kind}", problem.as_reason)
    where = re.sub(rf"^{re.escape(path)}\b\.?", "", problem.path)
    if problem.location.file.startswith(f"{STREAMS}/") and where:
        where = f"streams.{problem.location.file.split('/')[3].removesuffix('.json')}.{where}"
    return f"{where}: {said}" if where and not _names_another(path, problem) else said


def _names_another(path: str, problem: Problem) -> bool:
    """True where the problem stands in another entry, which the message compares with this one."""
    named = _ENTRY.match(problem.path)
    return named is not None and named[0] != path


def _placed(plan: ImportPlan, problem: Problem) -> Iterator[str]:
    """The entry that the problem stands in, else those that its file is about."""
    named = _ENTRY.match(problem.path)
    if named:
        yield named[0]
    else:
        yield from _at(plan, problem.location)


def _at(plan: ImportPlan, place: Location) -> Iterator[str]:
    if place.file.startswith((f"{STREAMS}/", f"{DISCOVERED}/")):
        source = place.file.split("/")[2]
        yield from plan.users.get(place.file) or plan.users.get(source, ())
    elif place.file in plan.files:
        yield from _in_registry(lines_of(plan.files[place.file])[: place.line])


def _in_registry(lines: list[str]) -> Iterator[str]:
    """The entry that the last of the lines is in, else those that it names, in the form in which an import writes its files."""
    above = list(reversed(lines))
    section = next((place for place, line in enumerate(above) if _SECTION.match(line)), len(above))
    key = next((found[1] for line in above[:section] if (found := _KEY.match(line))), None)
    if key and section < len(above):
        yield f"{above[section].rstrip(':')}.{key}"
    elif above:
        yield from _named(above[0])


def _named(message: str) -> Iterator[str]:
    yield from (found[0] for found in _ENTRY.finditer(message))
