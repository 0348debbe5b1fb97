"""How the files of object storage are named: what a destination would take literally, and what two streams would share.

Source: airbytehq/airbyte, bulk CDK, `ObjectStoragePathFactory` (what it knows no variable for stays as it is written) and
`ObjectStorageDestinationState` (a sync that replaces a stream deletes what its pattern matches).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infra.lake.documents import KeyPath, Problem, near_matches, question
from infra.lake.files.layout import (
    CONNECTORS,
    NAME_OPTION,
    NAME_VARIABLES,
    PATH_OPTIONS,
    PATH_VARIABLES,
    layout_of,
)
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Destination
from infra.lake.registry.entry import Entry

_VARIABLE = re.compile(r"(?P<dollar>\$?)\{(?P<name>[^{}$]*)\}")
_EXTENSION = "{format_extension}"


def check_files(model: LakeModel) -> Iterator[Problem]:
    """`file-name-variable` for every destination that names files; `file-name-extension` and `file-format-unreadable`
    for those whose files a landing reads.
    """
    for stack in model.stacks.values():
        for destination in stack.destinations.values():
            if destination.settings.connector in CONNECTORS and destination.settings.configuration:
                yield from _check_variables(destination)
        for destination in landed(stack):
            yield from _check_extension(destination, stack)
            yield from _check_format(destination, stack)


def advise_files(model: LakeModel) -> Iterator[Problem]:
    """`landing-unknown-files`, a warning: a landing cannot look for files whose names only Terraform knows."""
    for stack in model.stacks.values():
        for destination in landed(stack):
            if layout_of(destination) is None:
                message = (
                    f"where it writes is not in the files, so the landing {stack.settings.landing} finds none of it"
                )
                fix = (
                    f"write {', '.join((*PATH_OPTIONS, NAME_OPTION))} and format as text; the bucket may be a reference"
                )
                path = ("configuration",)
                yield destination.layers.problem(
                    "landing-unknown-files", path, message, fix, key=True, severity="warning"
                )


def landed(stack: Stack) -> list[Entry[Destination]]:
    """The destinations of a stack that write files for its landing; none in a stack without."""
    if stack.settings.landing is None:
        return []
    used = {connection.settings.destination for connection in stack.connections.values()}
    return [
        destination
        for id_, destination in stack.destinations.items()
        if id_ in used and destination.settings.connector in CONNECTORS and destination.settings.configuration
    ]


def _check_variables(destination: Entry[Destination]) -> Iterator[Problem]:
    options = destination.settings.configuration or {}
    for key in (*PATH_OPTIONS, NAME_OPTION):
        text = options.get(key)
        if not isinstance(text, str):
            continue
        for written, fix in _unknown(text, in_name=key == NAME_OPTION):
            message = f"the destination does not know {written}, and would write it as it stands"
            path: KeyPath = ("configuration", key)
            yield destination.layers.problem("file-name-variable", path, message, fix)


def _unknown(text: str, *, in_name: bool) -> Iterator[tuple[str, str]]:
    """(what is written, what to write instead) of each variable that means nothing there."""
    for found in {found[0]: found for found in _VARIABLE.finditer(text)}.values():
        name, dollar = found["name"], bool(found["dollar"])
        if dollar == in_name or name not in (NAME_VARIABLES if in_name else PATH_VARIABLES):
            yield found[0], (_for_name if in_name else _for_path)(name)


def _for_name(name: str) -> str:
    kind, _, form = name.partition(":")
    if name in NAME_VARIABLES:
        return f"write {{{name}}}: only variables of the path have a $"
    if kind == "timestamp" and form:
        return "write {timestamp}, which is in milliseconds: forms of it are documented, but the destination has none of them"
    if kind == "date" and form:
        return "write {date}, as in 2026_01_31, or {date:yyyy_MM}: the destination has no other form"
    if name in PATH_VARIABLES:
        return f"${{{name}}} is for {PATH_OPTIONS[1]}; here there are {_shown(NAME_VARIABLES, '{')}"
    return _nearest(name, NAME_VARIABLES, "{")


def _for_path(name: str) -> str:
    if name in PATH_VARIABLES:
        return f"write ${{{name}}}"
    if name in NAME_VARIABLES or name.partition(":")[0] in ("date", "timestamp"):
        return f"{{{name}}} is for {NAME_OPTION}; here there are {_shown(PATH_VARIABLES, '${')}"
    return _nearest(name, PATH_VARIABLES, "${")


def _nearest(name: str, known: Iterable[str], opening: str) -> str:
    near = near_matches(name, known)
    return question([f"{opening}{one}}}" for one in near]) or f"variables: {_shown(known, opening)}"


def _shown(names: Iterable[str], opening: str) -> str:
    return ", ".join(f"{opening}{name}}}" for name in names)


def _check_extension(destination: Entry[Destination], stack: Stack) -> Iterator[Problem]:
    layout = layout_of(destination)
    if layout is None or _EXTENSION in layout.file_pattern or layout.file_pattern.endswith(layout.extension):
        return
    message = f"files get no extension, by which the landing {stack.settings.landing} and others tell what is in them"
    fix = f'write "{layout.file_pattern}{_EXTENSION}"'
    yield destination.layers.problem("file-name-extension", ("configuration", NAME_OPTION), message, fix)


def _check_format(destination: Entry[Destination], stack: Stack) -> Iterator[Problem]:
    layout = layout_of(destination)
    if layout is None:
        return
    key, what = "", ""
    if layout.file_format == "avro":
        key, what = "format_type", "Avro"
    elif (layout.file_format, layout.compression) == ("parquet", "LZO"):
        key, what = "compression_codec", "Parquet that is compressed with LZO"
    if what:
        at: KeyPath = ("configuration", "format", key)
        message = f"the landing {stack.settings.landing} cannot read {what}"
        fix = "write {format_type: Parquet, compression_codec: ZSTD}"
        yield destination.layers.problem("file-format-unreadable", at, message, fix)
