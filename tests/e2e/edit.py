"""Edit: one change of a lake's files, and what a plan makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.shop import Files, as_text
from tests.standin import StandIn

Change = Callable[[Files], Files]


@dataclass(frozen=True)
class Edit:
    """One change of the files.

    Attributes:
        name: what somebody does.
        change: the files after it.
        actions: address -> create, update, replace, delete, forget, move, import ("import and update").
        prepare: what has happened on the server meanwhile.
        variables: values that differ from `tests.e2e.shop.VARIABLES` after it.

    """

    name: str
    change: Change
    actions: Mapping[str, str]
    prepare: Callable[[StandIn], None] = lambda _: None
    variables: Mapping[str, str] = field(default_factory=dict)


def replace(file: str, old: str, new: str) -> Change:
    """Other text in one place of a file."""

    def change(files: Files) -> Files:
        assert files[file].count(old) == 1, f"{old!r} stands {files[file].count(old)} times in {file}"
        return {**files, file: files[file].replace(old, new)}

    return change


def write(file: str, text: str) -> Change:
    return lambda files: {**files, file: text}


def remove(file: str) -> Change:
    return lambda files: {name: text for name, text in files.items() if name != file}


def keys(file: str, **values: Any) -> Change:
    """Other keys in a stream file; None removes one."""

    def change(files: Files) -> Files:
        merged = {**json.loads(files[file]), **values}
        return {**files, file: as_text({key: value for key, value in merged.items() if value is not None})}

    return change


def each(*changes: Change) -> Change:
    def change(files: Files) -> Files:
        for one in changes:
            files = one(files)
        return files

    return change
