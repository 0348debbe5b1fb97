"""Declared: the union of all registry files, as written, before anything is merged or checked in depth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from infra.lake.documents import (
    Document,
    Layers,
    Location,
    Problem,
    Related,
    Strict,
    Written,
    did_you_mean,
    near_matches,
    why_refused,
)
from infra.lake.documents.read import list_files, read_document
from infra.lake.documents.types import Id, Items, check_id
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.accepted import Accepted
from infra.lake.registry.belongs import BELONGS
from infra.lake.registry.entries import Connection, Destination, Source
from infra.lake.registry.history import Renamed, Retired
from infra.lake.registry.lake import Lake

FOLDER = "dag/registry"

# Section of a registry file -> the model of one entry in it.
SECTIONS: dict[str, type[Source | Destination | Connection]] = {
    "sources": Source,
    "destinations": Destination,
    "connections": Connection,
}


class RegistryFile(Strict):
    """One file under dag/registry/; the registry is the union of all of them."""

    version: Literal[1] | None = Field(default=None, description="version of this format: 1")
    lake: Lake | None = Field(default=None, description="what applies to every entry; in one file only")
    destinations: dict[Id, Destination] | None = Field(default=None, description="where data goes")
    sources: dict[Id, Source] | None = Field(default=None, description="where data comes from")
    connections: dict[Id, Connection] | None = Field(default=None, description="what syncs where, and when")
    retired: Items[Retired] | None = Field(default=None, description="entries and streams that were removed on purpose")
    renamed: Items[Renamed] | None = Field(default=None, description="entries that have a new id")
    accepted: Items[Accepted] | None = Field(default=None, description="what the review refuses, and is intended")


@dataclass
class Declared:
    """What all files say together.

    Attributes:
        lake: the `lake` mapping, if a file has one.
        entries: section -> id -> the entry, as written.
        retired, renamed, accepted: the lines of those lists.
        hiding: problems because of which something may be there that seems to be missing: of files that could not be read,
            and of what stands in the place of entries.
        second: problems of entries whose id another one has, and which nothing looks at.
        other_stacks: stacks of a second `lake`, which is told and not read: what is said of them is no mistake of its own.

    """

    lake: Written | None = None
    entries: dict[str, dict[str, Written]] = field(default_factory=lambda: {section: {} for section in SECTIONS})
    retired: list[Written] = field(default_factory=list)
    renamed: list[Written] = field(default_factory=list)
    accepted: list[Written] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    hiding: list[Problem] = field(default_factory=list)
    second: list[Problem] = field(default_factory=list)
    other_stacks: set[str] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """True if what seems to be missing is."""
        return not self.hiding

    def hide(self, problem: Problem) -> None:
        """Tell a problem that hides something."""
        self.problems.append(problem)
        self.hiding.append(problem)


def read_registry_files(root: Path) -> tuple[list[Document], list[Problem]]:
    """Every readable file below dag/registry/, and what is wrong with the others."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for file in list_files(root, FOLDER, (".yaml", ".yml"), deep=True):
        document, found = read_document(root, file)
        problems += found
        if document is not None:
            documents.append(document)
    return documents, problems


def collect(documents: Iterable[Document], unread: Iterable[Problem] = ()) -> Declared:
    """The union of the documents; entries that stand twice are problems that name both places. `unread`: why other files, or
    parts of these, could not be read.
    """
    declared = Declared(hiding=list(unread))
    for document in documents:
        if isinstance(document.value, dict):
            _collect_file(declared, Written(document, (), document.value))
        elif document.value is not None:
            message = "a registry file is a mapping with keys such as sources and connections"
            declared.hide(Problem("wrong-type", document.locate(()), "", message))
    if declared.lake is None and declared.complete:
        declared.problems.append(_no_lake(declared))
    return declared


def _collect_file(declared: Declared, file: Written) -> None:
    for key, value in file.value.items():
        piece = file.child(key)
        if key in SECTIONS:
            _collect_section(declared, key, piece)
        elif key in ("retired", "renamed", "accepted"):
            _collect_lines(declared, getattr(declared, key), piece)
        elif key == "lake":
            _collect_lake(declared, piece)
        elif key == "version":
            if value != 1 or value is True:
                declared.problems.append(_wrong(piece, "must be 1, the only version of this format", "write 1"))
        elif near_matches(key, (*SECTIONS, "lake")):
            declared.hide(_unknown(key, piece))  # what it is meant to be would be missed everywhere
        else:
            declared.problems.append(_unknown(key, piece))


def _unknown(key: str, piece: Written) -> Problem:
    message, fix = f'unknown key "{key}"', did_you_mean(key, RegistryFile.model_fields, "keys")
    if key in BELONGS:
        message, fix = f'the key "{key}" does not belong here', BELONGS[key]
    return Problem("unknown-key", piece.locate(key=True), key, message, fix)


def _collect_section(declared: Declared, section: str, piece: Written) -> None:
    if piece.value is None:
        return
    if not isinstance(piece.value, dict):
        fix = (
            f"write the id as a key, without -: {section}: {{my_id: {{...}}}}" if isinstance(piece.value, list) else ""
        )
        declared.hide(_wrong(piece, f"must be a mapping of ids to {section}", fix))
        return
    known = declared.entries[section]
    for entry_id in piece.value:
        entry = piece.child(entry_id)
        path, here = f"{section}.{entry_id}", entry.locate(key=True)
        if entry_id in known:
            declared.second.append(_second(path, here, known[entry_id]))
            declared.problems.append(declared.second[-1])
        else:
            known[entry_id] = entry
            why = why_refused(check_id, entry_id)
            declared.problems += [Problem("bad-name", here, path, *why)] if why else []


def _second(path: str, here: Location, first: Written) -> Problem:
    related = (Related(first.locate(key=True), "also declared here"),)
    return Problem("duplicate-entry", here, path, "is declared twice", "remove one of the two", related)


def _collect_lines(declared: Declared, lines: list[Written], piece: Written) -> None:
    if isinstance(piece.value, list):
        lines += [piece.child(index) for index in range(len(piece.value))]
    elif piece.value is not None:
        declared.problems.append(_wrong(piece, "must be a list", _lines_meant(piece)))


def _lines_meant(piece: Written) -> str:
    """The list that is meant by a mapping of old to new ids, else one line of it to go by."""
    said = piece.value if isinstance(piece.value, dict) and piece.path[-1] == "renamed" else {}
    if said and all(isinstance(new, str) for new in said.values()):
        return f"write {flow([{'from': old, 'to': new} for old, new in said.items()])}"
    return f"for example {_LINES[piece.path[-1]]}"


# A line of each list.
_LINES: dict[str | int, str] = {
    "retired": '[{entry: connections.old, date: "2026-11-23", reason: ...}]',
    "renamed": "[{from: sources.old, to: sources.new}]",
    "accepted": '[{entry: connections.x, rule: ..., date: "2026-11-23", reason: ...}]',
}


def _collect_lake(declared: Declared, piece: Written) -> None:
    if declared.lake is not None:
        related = (Related(declared.lake.locate(key=True), "also declared here"),)
        at = piece.locate(key=True)
        fix = "keep the lake in one file"
        stacks = piece.value.get("stacks") if isinstance(piece.value, dict) else None
        declared.other_stacks |= stacks.keys() if isinstance(stacks, dict) else set()
        declared.problems.append(Problem("duplicate-entry", at, "lake", "is declared twice", fix, related))
    elif isinstance(piece.value, dict):
        declared.lake = piece
    else:
        declared.hide(_wrong(piece, "must be a mapping"))


def _wrong(piece: Written, message: str, fix: str = "") -> Problem:
    return Layers.single(piece).problem("wrong-type", (), message, fix)


def _no_lake(declared: Declared) -> Problem:
    files = sorted({entry.document.file for entries in declared.entries.values() for entry in entries.values()})
    at = Location(files[0] if files else f"{FOLDER}/lake.yaml")
    return Problem("missing-key", at, "", 'no registry file has the key "lake"', "add lake with a name and its stacks")
