"""Faults that a test orders: an error answer, a slow one, a dropped connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock


@dataclass
class Fault:
    """What happens to the next `times` requests whose `METHOD /path` the pattern is found in.

    Attributes:
        status: answer this instead of handling the request.
        delay: seconds to wait first.
        drop: "before" closes the connection without handling the request; "after" handles it, and then no answer comes.
    """

    pattern: re.Pattern[str]
    times: int
    status: int | None = None
    delay: float = 0.0
    drop: str | None = None


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that fits, used up by one."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.pattern.search(f"{method} {path}"):
                    fault.times -= 1
                    return fault
        return None
