"""Verdicts: what trials of an import have found against its new entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.documents import Problem
from infra.move.entries.blame import blamed, reasons
from infra.move.entries.import_plan import ImportPlan
from infra.move.entries.proposed import Proposed
from infra.move.entries.set_aside import Members, SetAside


@dataclass
class Verdicts:
    """Whoever is the only one that a problem may be about is refused for it. Where it may be about several connections, the first
    goes on and the others wait until that one is in the lake or refused. Then all that wait are called up; of a source some of
    which have to wait again half as many each time, at last one, so that a problem in the files of the source is about that one.

    Attributes:
        waiting: connection -> the folder of its streams.
        split: connections in several stacks that are judged each by itself.
        outdated: those that were refused before the last entries came into the lake.
        width: folder of streams -> how many of those that wait are called up at a time; all where it is missing.
    """

    refused: dict[Members, tuple[str, ...]] = field(default_factory=dict)
    waiting: dict[Members, str] = field(default_factory=dict)
    split: set[Members] = field(default_factory=set)
    outdated: set[Members] = field(default_factory=set)
    width: dict[str, int] = field(default_factory=dict)

    @property
    def aside(self) -> SetAside:
        """For the next plan."""
        return SetAside(dict(self.refused), frozenset(self.waiting), frozenset(self.split))

    def call_up(self) -> None:
        """Let the first connections of each folder wait no longer."""
        by_folder: dict[str, list[Members]] = {}
        for members, folder in self.waiting.items():
            by_folder.setdefault(folder, []).append(members)
        for folder, found in by_folder.items():
            called = found[: self.width.get(folder, len(found))]
            self.width[folder] = max(1, len(called) // 2)
            for members in called:
                del self.waiting[members]

    def add(self) -> None:
        """Entries have come into the lake: whoever was refused before may pass now."""
        self.outdated = set(self.refused)

    def try_again(self) -> bool:
        """Whether somebody was refused before the last entries came in; these are no longer, and nobody is split."""
        if not self.outdated:
            return False
        self.refused = {members: why for members, why in self.refused.items() if members not in self.outdated}
        self.split, self.outdated, self.width = set(), set(), {}
        return True

    def sort_out(self, plan: ImportPlan) -> bool:
        """Whether the plan is to be made again, as the new stream files of others may keep some entries from saying what is there."""
        entries = {one.path: one for one in plan.proposed}
        new = {path.split("/")[2] for path in plan.files if path.startswith(f"{STREAMS}/")}
        unsaid: dict[str, list[str]] = {}
        for path in plan.unsaid:
            unsaid.setdefault(_folder(plan, path), []).append(path)
        crowded = {folder: paths for folder, paths in unsaid.items() if folder in new and len(plan.users[folder]) > 1}
        for folder, paths in crowded.items():
            goes_on = paths[0] if len(paths) == len(plan.users[folder]) else None
            self.waiting |= {entries[path].members: folder for path in paths if path != goes_on}
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
                self.waiting[one.members] = _folder(plan, one.path)
        elif alone:
            self._refuse(going_on[-1], reasons(going_on[-1].path, [problem]))

    def _refuse(self, one: Proposed, why: tuple[str, ...]) -> None:
        if one.section == "connections" and len(one.members) > 1:
            self.split.add(one.members)
        else:
            self.refused[one.members] = why


def _folder(plan: ImportPlan, path: str) -> str:
    """The id of the folder of a new connection's streams."""
    return next(place for place, users in plan.users.items() if "/" not in place and path in users)
