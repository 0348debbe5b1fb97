"""Verdicts: what trials of an import have found against its new entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.lake.documents import Problem
from infra.move.entries.blame import blamed, reasons
from infra.move.entries.import_plan import ImportPlan
from infra.move.entries.proposed import Proposed
from infra.move.entries.set_aside import Members, SetAside


@dataclass
class Verdicts:
    """Whoever is the only one that a problem may be about is refused for it. Where it may be about several connections, the first
    goes on and the others wait until that one is in the lake or refused. Of those that wait, one of each source is called up at a
    time, so that a problem in the files of a source is about that one.

    Attributes:
        waiting: connection -> the folder of its streams.
        split: connections in several stacks that are judged each by itself.
    """

    refused: dict[Members, tuple[str, ...]] = field(default_factory=dict)
    waiting: dict[Members, str] = field(default_factory=dict)
    split: set[Members] = field(default_factory=set)

    @property
    def aside(self) -> SetAside:
        """For the next plan."""
        return SetAside(dict(self.refused), frozenset(self.waiting), frozenset(self.split))

    def call_up(self) -> None:
        """Let one connection of each folder wait no longer, the first."""
        first = {folder: members for members, folder in reversed(self.waiting.items())}
        for members in first.values():
            del self.waiting[members]

    def sort_out(self, plan: ImportPlan) -> bool:
        """Whether the plan is to be made again, as the stream files of others may keep some entries from saying what is there."""
        entries = {one.path: one for one in plan.proposed}
        crowded = [found for found in (_folder(plan, path) for path in plan.unsaid) if len(found[1]) > 1]
        for folder, users in crowded:
            self.waiting |= {entries[path].members: folder for path in users[1:]}
        return bool(crowded)

    def judge(self, plan: ImportPlan, problems: Iterable[Problem]) -> bool:
        """Whether the plan is to be made again, as new entries have some of the problems."""
        sure: dict[str, list[Problem]] = {path: [] for path in plan.unsaid}
        shared: list[tuple[Problem, list[Proposed]]] = []
        for problem in problems:
            paths = blamed(plan, problem)
            entries = [one for one in plan.proposed if one.path in paths and one.members not in self.refused]
            if len(entries) == 1:
                sure.setdefault(entries[0].path, []).append(problem)
            elif entries:
                shared.append((problem, entries))
        for one in plan.proposed:
            if one.path in sure:
                self._refuse(one, plan.unsaid.get(one.path) or reasons(one.path, sure[one.path]))
        for problem, entries in shared:
            self._judge_shared(plan, problem, [one for one in entries if one.path not in sure], alone=not sure)
        return bool(sure or shared)

    def _judge_shared(self, plan: ImportPlan, problem: Problem, entries: list[Proposed], *, alone: bool) -> None:
        going_on = [one for one in entries if one.members not in self.waiting and one.members not in self.refused]
        if len(going_on) < 2:  # the other one has gone already
            return
        if going_on[-1].section == "connections":
            for one in going_on[1:]:
                self.waiting[one.members] = _folder(plan, one.path)[0]
        elif alone:
            self._refuse(going_on[-1], reasons(going_on[-1].path, [problem]))

    def _refuse(self, one: Proposed, why: tuple[str, ...]) -> None:
        if one.section == "connections" and len(one.members) > 1:
            self.split.add(one.members)
        else:
            self.refused[one.members] = why


def _folder(plan: ImportPlan, path: str) -> tuple[str, tuple[str, ...]]:
    """(id of the folder of a new connection's streams, the new connections of that folder)."""
    return next((place, users) for place, users in plan.users.items() if "/" not in place and path in users)
