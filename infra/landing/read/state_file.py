"""The file of a ReadState, and the lock that lets one read at a time go on from it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.base.errors import UserError
from infra.lake.documents.files import place_in, text_of
from infra.landing.read.durable import sync_folder, write_durably
from infra.landing.read.state import ReadState, state_json, state_of

FOLDER = ".lake/state"


def state_path(landing: str, stack: str, connection: str) -> str:
    """The file of a connection, a path from the root of the lake."""
    return f"{FOLDER}/{landing}/{stack}/{connection}.json"


class StateFile:
    """The state of a connection on the disk; what was saved survives a cut of the power."""

    def __init__(self, root: Path, file: str) -> None:
        self._path = place_in(root, file)
        self._shown = file

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else has it meanwhile, on this machine. Raises UserError if somebody has."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path.with_suffix(".lock"), "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(f"another read of {self._path.stem} is under way: wait for its end") from None
            yield

    def take_over(self, former: Iterable[StateFile]) -> None:
        """Make the first of the former files that there is this one's, where this one has none. Raises UserError while
        somebody else has that one.
        """
        for other in former:
            if not os.path.lexists(self._path):
                other.move(self._path)

    def move(self, path: Path) -> None:
        """Call the file so, if there is one. Raises UserError while somebody else has it."""
        if os.path.lexists(self._path):
            with self.locked():
                os.replace(self._path, path)
            sync_folder(path.parent)

    def load(self) -> ReadState:
        """The state, a new one where there is no file. Raises UserError for a file that is no state."""
        if not os.path.lexists(self._path):
            return ReadState()
        try:
            return state_of(json.loads(text_of(str(self._path), self._shown)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UserError(
                f"{self._shown} is not a state that this version of lakeform reads; move it away to begin anew"
            ) from None

    def save(self, state: ReadState) -> None:
        """Replace the file at once, or leave it as it is."""
        write_durably(self._path, json.dumps(state_json(state), indent=1).encode())
        sync_folder(self._path.parent)
