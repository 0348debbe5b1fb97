"""The text of a file with secrets to its documents; nothing that stands in it is ever repeated."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from infra.base.credentials import credential_in
from infra.lake.documents import Document, KeyPath, Layers, Location, Problem, Related, Written, read_json, read_yaml
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.lines import lines_of, place_at

SecretFormat = Literal["yaml", "json", "dotenv"]

# YAML ends a document wherever a line begins so, also inside of text.
_DOCUMENT = re.compile(r"(?:^|(?<=\r))---(?=\s|$)", re.MULTILINE)
_NOTHING = re.compile(r"(\s|#.*|%.*)*")
_INI = re.compile(r"^\[sops\]\s*$", re.MULTILINE)
_SOPS = "sops_"
_TWICE = "this key is given twice"
_NAMED_TWICE = re.compile(r'the key "(.*)" is given twice', re.DOTALL)
_KEY = re.compile(r"[\"']?([A-Za-z]\w*)[\"']?[ \t]*:")
_KEY_OF_SECRET = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_CLEAR_COMMENT = re.compile(r"(?:^|[ \t])#(?!ENC\[)[ \t]*\S")


@dataclass(frozen=True)
class SecretDocument:
    """One document of a file: a Kubernetes manifest, or all lines of a dotenv file.

    Attributes:
        document: the value and its places; of a dotenv file without the lines that SOPS added.
        sections: where keys of a Secret may stand.
        sops: what SOPS wrote about the encryption; None if it did not encrypt the document.
        comments: lines with a comment beside the values that anybody can read.
    """

    document: Document
    format: SecretFormat
    sections: tuple[KeyPath, ...]
    sops: Any
    comments: tuple[int, ...] = ()

    @property
    def layers(self) -> Layers:
        """The whole document, for problems about it."""
        return Layers.single(Written(self.document, (), self.document.value))

    def entries(self) -> Iterator[tuple[KeyPath, Any]]:
        """Every (path, value) of a key of the Secret."""
        for section in self.sections:
            inside = self.document.value.get(section[0]) if section else self.document.value
            for key, value in inside.items() if isinstance(inside, dict) else ():
                yield (*section, key), value


def is_key(name: str | int) -> bool:
    """True for what Kubernetes takes for a key of a Secret, and looks like no token; anything else may be a value on the wrong
    side of the colon.
    """
    return _KEY_OF_SECRET.fullmatch(str(name)) is not None and credential_in(str(name)) is None


def read_secret_text(root: Path, file: str) -> tuple[str | None, list[Problem]]:
    """The text of a file, its path being relative to `root` or absolute; else why it cannot be read."""
    try:
        return read_text(os.path.join(root, file)), []
    except UnreadableError as error:
        return None, [Problem("file-unreadable", Location(file, error.line, error.column), "", str(error))]


def secret_documents(file: str, text: str) -> tuple[list[SecretDocument], list[Problem]]:
    """The documents of the file that are not empty, and what is wrong with the others."""
    if file.endswith(".ini") or _INI.search(text):
        fix = "encrypt a Secret manifest in YAML or JSON, or a .env file"
        return [], [Problem("secret-file-invalid", Location(file), "", "is an INI file, which is not a Secret", fix)]
    if file.endswith(".env"):
        return _read_dotenv(file, text)
    if file.endswith(".json") or text.lstrip().startswith("{"):
        found, problems = read_json(file, text)
        if found is not None or file.endswith(".json"):
            return _manifests("json", [(found, ())]), _mute(problems)
    read = [(part, *read_yaml(file, part)) for part in _parts(text)]
    problems = [problem for _, _, found in read for problem in found]
    return _manifests("yaml", [(document, _clear_comments(part)) for part, document, _ in read]), _mute(problems)


def _manifests(kind: SecretFormat, documents: list[tuple[Document | None, tuple[int, ...]]]) -> list[SecretDocument]:
    sections: tuple[KeyPath, ...] = (("data",), ("stringData",))
    found = [(document, comments) for document, comments in documents if document is not None]
    return [
        SecretDocument(one, kind, sections, one.value.get("sops") if isinstance(one.value, dict) else None, comments)
        for one, comments in found
        if one.value is not None
    ]


def _clear_comments(text: str) -> tuple[int, ...]:
    """Lines of data and stringData with a comment that SOPS did not encrypt: it would encrypt those too."""
    inside = False
    found: list[int] = []
    at_margin: list[int] = []  # theirs only if more of the section follows
    for number, line in enumerate(lines_of(text), 1):
        if section := _KEY.match(line):
            inside, at_margin = section[1] in ("data", "stringData"), []
        if inside and _CLEAR_COMMENT.search(line):
            (at_margin if line.startswith("#") else found).append(number)
        if line[:1] in (" ", "\t") and line.strip():
            found, at_margin = found + at_margin, []
    return tuple(sorted(found))


def _parts(text: str) -> Iterator[str]:
    """The documents of a YAML file, each below as many empty lines as stand above it in the file."""
    starts = [match.start() for match in _DOCUMENT.finditer(text)]
    if starts and _NOTHING.fullmatch(text[: starts[0]]):
        starts[0] = 0
    elif not starts or starts[0] > 0:
        starts.insert(0, 0)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield "\n" * (place_at(text, start)[0] - 1) + text[start:end]


def _mute(problems: list[Problem]) -> list[Problem]:
    """Syntax errors without the words of the parser, and keys that are there twice without a name that may be a secret."""
    return [_muted(problem) for problem in problems]


def _muted(problem: Problem) -> Problem:
    if problem.rule == "duplicate-key":
        named = _NAMED_TWICE.fullmatch(problem.message)
        return problem if named and is_key(named[1]) else replace(problem, path="", message=_TWICE)
    kind = "YAML" if problem.rule == "yaml-syntax" else "JSON"
    fix = "the text is not repeated here, as it may be a secret"
    return replace(problem, message=f"is not {kind} from here on", fix=fix, related=())


def _read_dotenv(file: str, text: str) -> tuple[list[SecretDocument], list[Problem]]:
    """One `KEY=value` a line, as SOPS reads it: no quotes, no `export`. SOPS's own keys begin with `sops_`."""
    values: dict[str, str] = {}
    lines: dict[KeyPath, tuple[int, int]] = {(): (1, 1)}
    problems: list[Problem] = []
    comments: list[int] = []
    for number, line in enumerate(lines_of(text), 1):
        key, equals, value = line.partition("=")
        here = Location(file, number)
        if not line.strip():
            continue
        if line.startswith("#"):
            comments += [] if line.startswith("#ENC[") or not line.strip("# \t") else [number]
            continue
        if not equals:
            problems.append(Problem("secret-file-invalid", here, "", "is not a line KEY=value"))
        elif key in values:
            first = Related(Location(file, *lines[key,]), "first given here")
            shown = key if is_key(key) else ""
            problems.append(Problem("duplicate-key", here, shown, _TWICE, "remove one of the two", (first,)))
        else:
            values[key], lines[key,] = value, (number, 1)
    sops = {key.removeprefix(_SOPS): value for key, value in values.items() if key.startswith(_SOPS)}
    document = Document(file, _without_sops(values), lambda path, _: lines.get(path))
    return [SecretDocument(document, "dotenv", ((),), sops or None, tuple(comments))], problems


def _without_sops(values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if not key.startswith(_SOPS)}
