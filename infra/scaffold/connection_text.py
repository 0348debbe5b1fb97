"""Connections as text: written, or waiting in comments for the first stream."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from infra.lake.documents import read_yaml
from infra.lake.documents.yaml_text import flow

SCHEMA = "# yaml-language-server: $schema=../schema/registry.json"
_UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class NewConnection:
    """A connection to write.

    Attributes:
        stacks: named in the entry; empty where the lake says it.
        cron: Quartz.
        namespace: its format.
        name: in Airbyte; empty for the default.
    """

    id: str
    source: str
    destination: str
    stacks: tuple[str, ...]
    cron: str
    namespace: str
    name: str = ""

    def lines(self) -> list[str]:
        """The section with this one entry."""
        return [
            "connections:",
            f"  {self.id}:",
            *([f"    name: {flow(self.name)}"] if self.name else []),
            f"    source: {self.source}",
            f"    destination: {self.destination}",
            *stack_lines(self.stacks),
            f"    schedule: {flow({'cron': self.cron})}",
            f"    namespace: {flow({'format': self.namespace})}",
        ]

    def waiting_lines(self) -> list[str]:
        """The section in comments, below a line that says what it waits for."""
        return [_reason(self.source), *(f"# {line}" for line in self.lines())]


def stack_lines(stacks: tuple[str, ...]) -> list[str]:
    """The key `stack` of an entry, if it needs one."""
    return [f"    stack: {flow(stacks)}"] if stacks else []


def _reason(source: str) -> str:
    return f'# A connection needs a stream: "lakeform add stream {source}" removes the "# ".'


def spread_cron(name: str, floors: Iterable[object]) -> str:
    """Once an hour, or once a day where a stack's `minimum_sync_interval` is longer, at a minute that the name decides:
    the sources of a lake should not all start at once.
    """
    number = crc32(name.encode())
    minute, hour = number % 60, number // 60 % 24
    hourly = all(_seconds(floor) <= _UNITS["h"] for floor in floors)
    return f"0 {minute} {'*' if hourly else hour} * * ?"


def _seconds(duration: object) -> int:
    """`15m` in seconds; 0 for what is none."""
    text = str(duration)
    return int(text[:-1]) * _UNITS[text[-1]] if re.fullmatch("[0-9]+[smh]", text) else 0


def complete(text: str, source: str, *, namespaced: bool) -> str | None:
    """The text of a registry file with the connection that waits in it, or None if there is none, or if the file would
    not be right with it. `namespaced`: the source has several namespaces, which must not become one.
    """
    lines = text.splitlines(keepends=True)
    start = next((index for index, line in enumerate(lines) if line.rstrip() == "# connections:"), None)
    if start is None:
        return None
    end = start + 1
    while end < len(lines) and lines[end].startswith("#   "):
        end += 1
    block = [line.removeprefix("# ") for line in lines[start:end]]
    if namespaced:
        whole, apart = (flow({"format": name}) for name in (source, f"{source}_${{SOURCE_NAMESPACE}}"))
        block = [line.replace(f"    namespace: {whole}", f"    namespace: {apart}") for line in block]
    before = lines[:start]
    if before and before[-1].rstrip() == _reason(source):
        before.pop()
    completed = "".join([*before, *block, *lines[end:]])
    return completed if _only_adds_connections(text, completed, source) else None


def _only_adds_connections(old: str, new: str, source: str) -> bool:
    (before, _), (after, problems) = read_yaml("", old), read_yaml("", new)
    if before is None or after is None or problems or not isinstance(after.value, dict):
        return False
    connections = after.value.get("connections")
    rest = {key: value for key, value in after.value.items() if key != "connections"}
    ours = isinstance(connections, dict) and [
        isinstance(entry, dict) and entry.get("source") == source for entry in connections.values()
    ]
    return rest == before.value and bool(ours) and all(ours or [])
