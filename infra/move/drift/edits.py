"""Edits: what makes the files of a lake say what is in Airbyte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.lake.catalog.discovered import StreamKey
from infra.lake.catalog.streams import FOLDER
from infra.lake.documents import Problem, remove_file, render_path, write_text
from infra.lake.documents.operation import ABSENT, CannotEditError, Operation, Texts, Touched, apply, apply_at_once
from infra.lake.documents.yaml_text import flow
from infra.lake.model.copied import copy_lake
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.entries import Connection
from infra.lake.registry.entry import Entry
from infra.lake.rules.check import Checked, check_lake, errors_of
from infra.move.drift.differences import differences_of
from infra.move.drift.entry_layer import write_value
from infra.move.drift.entry_removal import removal
from infra.move.drift.found_difference import Difference
from infra.move.drift.known import Known
from infra.move.drift.stream_edits import StreamEditor
from infra.move.found import FoundWorkspace

# One edit may call for another: a mode for a cursor, a new name of a source for the name of its connections.
_MOST_ROUNDS = 8

_NOTHING = "no edit of its files was found that says this"

_Group = tuple[str, str]


@dataclass(frozen=True)
class Edits:
    """What to write, and what cannot be written.

    Attributes:
        texts: path from the root -> the new text; None for a file that goes. Generated files are not among them.
        differences: everything that differs now, sorted by stack and entry.
        unwritten: what still differs with the texts, each with its reason.
    """

    texts: Mapping[str, str | None]
    differences: tuple[Difference, ...]
    unwritten: tuple[Difference, ...]


def edits_of(model: LakeModel, found: Mapping[str, FoundWorkspace], known: Known | None = None) -> Edits:
    """The edits, tried out in a copy of the lake: with them it has no error that it does not have now, and nothing differs but
    what is unwritten. Each goes into the weakest layer that only its entry and stack see, never into defaults. `found`: stack
    -> its workspace.
    """
    differences = differences_of(model, found, known)
    if all(one.reason for one in differences):
        return Edits({}, differences, differences)
    with tempfile.TemporaryDirectory() as folder:
        trial = _Trial(model, Path(folder), found, known)
        texts = trial.run({})
        refused: dict[_Group, str] = {}
        while new := trial.problems():
            groups = sorted({_group(one) for one in differences if not one.reason} - refused.keys())
            wrong = _named(model, groups, new) or _refused(trial, groups)
            wrong = wrong or {group: _not_passing(new[0]) for group in groups}
            if not wrong:
                break
            refused |= wrong
            texts = trial.run(refused)
    return Edits({path: texts[path] for path in sorted(texts)}, differences, tuple(trial.unwritten))


@dataclass
class _Trial:
    """A copy of a lake, in which edits are tried.

    Attributes:
        origin: the lake as it is.
        unwritten: what still differed after the last run.
        checked: the copy as it is now; None where nobody has looked at it yet.
        before: what is wrong in the lake as it is; None where nobody had to know.
    """

    origin: LakeModel
    copy: Path
    found: Mapping[str, FoundWorkspace]
    known: Known | None
    unwritten: list[Difference] = field(default_factory=list)
    checked: Checked | None = None
    before: frozenset[tuple[str, str, str]] | None = None

    def look(self) -> Checked:
        """The copy, and what is wrong in it; each state of it is read once."""
        if self.checked is None:
            self.checked = check_lake(self.copy, catalogs=False)
        return self.checked

    def write(self, texts: Mapping[str, str | None]) -> None:
        """Bring the copy up to date."""
        self.checked = None
        for file, text in texts.items():
            if text is None:
                remove_file(self.copy, file)
            else:
                write_text(self.copy, file, text)

    def problems(self) -> list[Problem]:
        """What `check` has against the copy, and not against the lake as it is."""
        errors = self.look().report.errors
        if errors and self.before is None:
            self.before = frozenset(one.identity for one in errors_of(self.origin.root))
        return [one for one in errors if one.identity not in (self.before or ())]

    def run(self, refused: Mapping[_Group, str], only: frozenset[_Group] | None = None) -> Texts:
        """The texts that make differences vanish, but those of refused groups, or of all that are not in `only`."""
        copy_lake(self.origin.root, self.copy)
        self.checked = None
        texts: Texts = {}
        stays: dict[Any, str] = {}
        for number in range(_MOST_ROUNDS):
            model = self.look().model if number else self.origin
            rest = [
                one.because(one.reason or stays.get(one.key, "") or refused.get(_group(one), ""))
                for one in differences_of(model, self.found, self.known)
                if only is None or _group(one) in only
            ]
            self.unwritten = rest
            changed = self._round(model, [one for one in rest if not one.reason], texts, stays)
            if changed is None:
                return texts
            self.write({file: text for file, text in changed.items() if texts.get(file, "") != text})
            texts = changed
        self.unwritten = [one.because(one.reason or _NOTHING) for one in rest]
        return texts

    def _round(
        self, model: LakeModel, differences: Sequence[Difference], texts: Texts, stays: dict[Any, str]
    ) -> Texts | None:
        """The texts with edits for some of the differences, one a place; None if there is nothing left to do."""
        edits: list[tuple[list[Difference], list[Operation]]] = []
        touched = Touched()
        keys = _keys(model, self.found, self.known)
        for part in _parts(differences):
            wanted = _operations(model, self.found[part[0].stack], keys[part[0].stack], part)
            if isinstance(wanted, str) or not wanted:
                reason = wanted if isinstance(wanted, str) else _NOTHING
                stays.update((one.key, reason) for one in part)
            elif not any(map(touched.meets, wanted)):
                edits.append((part, wanted))
                for one in wanted:
                    touched.add(one)
        self.unwritten = [one.because(one.reason or stays.get(one.key, "")) for one in self.unwritten]
        return self._applied(edits, texts, stays) if edits else None

    def _applied(
        self, edits: Sequence[tuple[list[Difference], list[Operation]]], texts: Texts, stays: dict[Any, str]
    ) -> Texts | None:
        """The texts with the edits: at once where that goes, else one after the other; None if none could be made."""
        try:
            return apply_at_once(self.copy, texts, (one for _, wanted in edits for one in wanted))
        except CannotEditError:
            pass
        changed: Texts | None = None
        for part, wanted in edits:
            try:
                changed = apply(self.copy, texts if changed is None else changed, wanted)
            except CannotEditError as error:
                stays.update((one.key, _by_hand(one, str(error))) for one in part)
        self.unwritten = [one.because(one.reason or stays.get(one.key, "")) for one in self.unwritten]
        return changed


def _by_hand(one: Difference, file: str) -> str:
    """Why a text cannot be edited, and what to write instead."""
    where = f"{file} cannot be edited there without changing something else, such as what an alias shares"
    if one.there is ABSENT:
        return f"{where}; take {one.place} out by hand"
    if one.here is ABSENT and one.path[:1] == ("streams",) and len(one.path) == 2:
        return f"{where}; choose the stream {one.path[1]} in {one.entry}.streams by hand"
    value = "" if one.secret else f": {flow(one.there)}"
    return f"{where}; write by hand, in {one.entry}: {render_path(one.path)}{value}"


def _named(model: LakeModel, groups: Sequence[_Group], new: Sequence[Problem]) -> dict[_Group, str]:
    """The groups that new problems name, each with the first of its own."""
    found: dict[_Group, str] = {}
    for problem in new:
        entry = ".".join(problem.path.split(".")[:2])
        named = [group for group in groups if entry and group[1] == entry]
        for group in named or _of_file(model, groups, problem.location.file):
            found.setdefault(group, _not_passing(problem))
    return found


def _of_file(model: LakeModel, groups: Sequence[_Group], file: str) -> list[_Group]:
    """The connection that a file of a stream is for, if only one is edited that syncs the source."""
    top, _, rest = file.partition(f"{FOLDER}/")
    drafts = ((group, model.drafts.entries.get(("connections", _connection(group), group[0]))) for group in groups)
    source = rest.partition("/")[0]
    found = [group for group, draft in drafts if draft and not top and model.folder_of(draft) == source]
    return found if len(found) == 1 else []


def _connection(group: _Group) -> str:
    """The id of the connection; empty for another group."""
    section, _, id_ = group[1].partition(".")
    return id_ if section == "connections" else ""


def _not_passing(problem: Problem) -> str:
    return f"with it the lake would not pass check ({problem.rule}): {problem.message}"


def _refused(trial: _Trial, groups: Sequence[_Group]) -> dict[_Group, str]:
    """The groups whose edits would not pass `check`, each with what it says."""
    if not groups:
        return {}
    trial.run({}, frozenset(groups))
    new = trial.problems()
    if not new:
        return {}
    if len(groups) == 1:
        return {groups[0]: _not_passing(new[0])}
    middle = len(groups) // 2
    return {**_refused(trial, groups[:middle]), **_refused(trial, groups[middle:])}


def _group(one: Difference) -> _Group:
    """What is edited together or not at all: what vanishes from a stack, and else each entry."""
    return one.stack, "" if not one.path else one.entry


def _parts(differences: Iterable[Difference]) -> Iterator[list[Difference]]:
    """The differences that are one edit: the streams that a connection has and has not, and else each by itself."""
    members: dict[tuple[str, str], list[Difference]] = {}
    for one in differences:
        if one.path[:1] == ("streams",) and len(one.path) == 2:
            members.setdefault((one.stack, one.entry), []).append(one)
        else:
            yield [one]
    yield from members.values()


def _keys(model: LakeModel, found: Mapping[str, FoundWorkspace], known: Known | None) -> dict[str, Mapping[str, str]]:
    """Stack -> entry -> key of its object."""
    known = known or Known()
    return {id_: known.recognize(model, id_, found[id_]).keys for id_ in found if id_ in model.stacks}


def _operations(
    model: LakeModel, workspace: FoundWorkspace, keys: Mapping[str, str], part: Sequence[Difference]
) -> list[Operation] | str:
    first = part[0]
    section, _, entry_id = first.entry.partition(".")
    draft = model.drafts.entries[section, entry_id, first.stack]
    if not first.path:
        return removal(model, draft)
    if first.path[0] != "streams":
        return write_value(model, draft, first.path, first.there)
    stack = model.stacks[first.stack]
    connection: Entry[Connection] = stack.connections[entry_id]
    folder = model.source_of(connection)
    if folder is None:
        return "its source has problems; run: lakeform check"
    source = keys.get(f"sources.{connection.settings.source}", "")
    offered = {one.key: one for one in workspace.catalogs.get(source, ())}
    editor = StreamEditor(model, stack, connection, folder, offered)
    if len(first.path) > 2:
        return editor.setting(first)
    return editor.membership(part, _streams_there(workspace, keys.get(connection.path, ""), part))


def _streams_there(workspace: FoundWorkspace, key: str, part: Sequence[Difference]) -> dict[str, StreamKey]:
    """Stem -> stream of the streams that the connection has there and not here, whose name the difference tells."""
    found = workspace.connection(key)
    streams = found.remote.settings.streams if found and found.remote.settings else ()
    named = {
        ".".join(part for part in (one.namespace, one.name) if part): (one.namespace or "", one.name) for one in streams
    }
    return {str(one.path[1]): named[one.there] for one in part if one.there is not ABSENT}
