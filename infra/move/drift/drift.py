"""Drift: what in Airbyte differs from the files of a lake, as text, as JSON and as a patch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.base.json_value import Json
from infra.base.printable import one_line
from infra.lake.documents import plural, render_path
from infra.lake.documents.operation import ABSENT
from infra.lake.documents.yaml_text import flow
from infra.move.drift.edits import Edits
from infra.move.drift.found_difference import Difference
from infra.move.found import FoundWorkspace

ANNOUNCED = "announced by the import, and gone after the first apply"
_KEPT = "announced by the import, and left as it is"
_WIDTH = 200


@dataclass(frozen=True)
class StackDrift:
    """What was found of one stack.

    Attributes:
        workspace: None where it could not be read.
        fault: why it could not be read.
        gaps: objects that could not be read, each with the reason.
        notes: what to know of the answer.
        unmanaged: objects that no entry is about, as people call them.
    """

    stack: str
    workspace: FoundWorkspace | None = None
    fault: str = ""
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drift:
    """The drift of a lake.

    Attributes:
        stacks: those that were asked, by id.
        causes: what is said of a difference that Airbyte itself may have made, by its key.
    """

    stacks: tuple[StackDrift, ...]
    edits: Edits
    causes: Mapping[tuple[str, str, Any], str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """2 if a workspace or something in it could not be read, 1 if anything differs."""
        if any(stack.fault or stack.gaps for stack in self.stacks):
            return 2
        return 1 if any(one.announced is None for one in self.edits.differences) else 0

    @property
    def unwritten(self) -> tuple[Difference, ...]:
        """What no patch can do, each with the reason."""
        return tuple(one for one in self.edits.unwritten if one.announced is None)

    def announced(self, stack: str | None = None) -> list[Difference]:
        """What an import has announced, of one stack or of all."""
        return [one for one in self.edits.differences if one.announced and stack in (None, one.stack)]

    def to_json(self) -> Json:
        """For `--format json`."""
        return {
            "stacks": [
                {
                    "stack": stack.stack,
                    "workspace_id": stack.workspace.workspace_id if stack.workspace else None,
                    "fault": stack.fault or None,
                    "gaps": list(stack.gaps),
                    "notes": list(stack.notes),
                    "unmanaged": list(stack.unmanaged),
                    "differences": [self._json(one) for one in self._of(stack.stack)],
                    "announced": [_announced_json(one) for one in self.announced(stack.stack)],
                }
                for stack in self.stacks
            ],
            "files": list(self.edits.texts),
        }

    def to_text(self) -> str:
        """Each stack with its differences: in the files → in Airbyte."""
        return "\n\n".join("\n".join(self._lines(stack)) for stack in self.stacks)

    def _of(self, stack: str) -> list[Difference]:
        return [one for one in self.edits.differences if one.stack == stack and one.announced is None]

    def _reason(self, one: Difference) -> str:
        return next((left.reason for left in self.edits.unwritten if left.key == one.key), "")

    def _json(self, one: Difference) -> Json:
        return {**_values(one), "airbyte_itself": self.causes.get(one.key), "reason": self._reason(one) or None}

    def _lines(self, stack: StackDrift) -> Iterator[str]:
        differences = self._of(stack.stack)
        if stack.fault:
            yield f"stack {stack.stack}: not known"
            yield f"    {stack.fault}"
            return
        yield f"stack {stack.stack}: {plural(len(differences), 'difference') if differences else 'no drift'}"
        for one in differences:
            yield f"    {one.place}: {_change(one)}"
            yield from (
                f"        {one_line(text)}" for text in (self.causes.get(one.key), _no_edit(self._reason(one))) if text
            )
        for title, kept in ((ANNOUNCED, False), (_KEPT, True)):
            told = [one for one in self.announced(stack.stack) if one.announced and one.announced.changes is not kept]
            yield from [f"    {title}:"] if told else []
            yield from (f"        {one.place}: {_change(one)}" for one in told)
        yield from (f"    not compared: {one_line(gap)}" for gap in stack.gaps)
        yield from (f"    not in the files: {one_line(name)}" for name in stack.unmanaged)
        yield from (f"    note: {one_line(note)}" for note in stack.notes)


def _values(one: Difference) -> Json:
    said: Json = {"entry": one.entry, "path": render_path(one.path)}
    for key, value in (("registry", one.here), ("airbyte", one.there)):
        if value is not ABSENT:
            said[key] = None if one.secret else value
    return said


def _announced_json(one: Difference) -> Json:
    return {**_values(one), "sends": one.announced.sends if one.announced else None}


def _no_edit(reason: str) -> str:
    return f"not in the patch: {reason}" if reason else ""


def _change(one: Difference) -> str:
    if not one.path:
        return "is not in Airbyte"
    if one.path[0] == "streams" and len(one.path) == 2 and ABSENT in (one.here, one.there):
        return "is synced there too" if one.here is ABSENT else "is not synced there"
    if one.secret:
        return "has another value there, which is not shown"
    if isinstance(one.here, list) and isinstance(one.there, list):
        return _items(one.here, one.there)
    return f"{_shown(one, one.here)} → {_shown(one, one.there)}"


def _items(here: Sequence[Any], there: Sequence[Any]) -> str:
    """What of a list is there and not here, and the other way round."""
    less, more = [one for one in here if one not in there], [one for one in there if one not in here]
    if not less and not more:
        return f"{_cut(here)} → {_cut(there)}"
    return ", ".join(f"{word} {_cut(items)}" for word, items in (("without", less), ("with", more)) if items)


def _shown(one: Difference, value: Any) -> str:
    if value is ABSENT:
        return "all" if one.path[-1:] == ("fields",) else "nothing"
    return _cut(value)


def _cut(value: Any) -> str:
    text = one_line(flow(value))
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
