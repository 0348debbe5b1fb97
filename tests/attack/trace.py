"""What a command opens: sockets of a network, and files for writing. `strace` tells it of all its processes; where that cannot
be had, Python's own audit events tell it of those that are Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CALLS = (
    "trace=socket,connect,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,symlink,symlinkat"
)
_CALLS += ",link,linkat,rmdir,chmod,fchmodat,truncate"
_SOCKET = re.compile(r"socket\(AF_(INET6?|PACKET|NETLINK)\b")
_REACHED = re.compile(r"(connect|sendto|sendmsg)\(.*\bAF_INET6?\b")
_WRITING = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')

# The same of a Python process, one line each; strace's words, so that one reader takes both.
_AUDIT = """\
import os, sys

def note(event, arguments):
    line = ""
    if event == "socket.__new__" and int(arguments[1]) not in (1, -1):
        line = f"socket(AF_INET {arguments[1]})"
    elif event in ("socket.connect", "socket.sendto", "socket.getaddrinfo") and not isinstance(arguments[1], (str, bytes)):
        line = "connect(AF_INET)"
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        flags = arguments[2] or 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            line = f'open("{os.path.abspath(os.fsdecode(arguments[0]))}", O_WRONLY) = 3'
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.symlink", "os.link", "os.rmdir", "os.truncate"):
        paths = [os.path.abspath(os.fsdecode(one)) for one in arguments if isinstance(one, (str, bytes))]
        line = event[3:] + "(" + ", ".join(f'"{one}"' for one in paths) + ") = 0"
    if line:
        os.write(FILE, (line + "\\n").encode())

FILE = os.open(os.environ["TRACED_INTO"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.set_inheritable(FILE, False)
sys.addaudithook(note)
"""


@dataclass(frozen=True)
class Traced:
    """What a command did.

    Attributes:
        sockets: calls that opened a socket that leads to other machines.
        reached: calls that spoke through one.
        written: paths that were opened for writing, made, renamed or removed, sorted.
    """

    code: int
    out: str
    sockets: tuple[str, ...]
    reached: tuple[str, ...]
    written: tuple[str, ...]


@cache
def has_strace() -> bool:
    """False where there is none, or where it may not look at processes."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0


def traced(words: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Traced:
    """A Python program's words, run in `folder`, and what it opened. `log`: a file of ours, which is not told."""
    if has_strace():
        command = ["strace", "-f", "-qq", "-y", "-s", "4096", "-e", "signal=none", "-e", _CALLS, "-o", str(log)]
        given = dict(environment)
    else:
        patches = log.with_suffix(".d")
        patches.mkdir()
        (patches / "sitecustomize.py").write_text(_AUDIT)
        path = os.pathsep.join([str(patches), environment.get("PYTHONPATH", "")])
        command, given = [], {**environment, "PYTHONPATH": path, "TRACED_INTO": str(log)}
    done = subprocess.run(
        [*command, sys.executable, *words], cwd=folder, env=given, capture_output=True, text=True, check=False
    )
    lines = [
        line for line in log.read_text("utf-8", "replace").splitlines() if " = -1 E" not in line or "connect(" in line
    ]
    written = {path for line in lines for path in written_in(line, folder)} - {str(log)}
    sockets = tuple(line for line in lines if _SOCKET.search(line))
    reached = tuple(line for line in lines if _REACHED.search(line))
    return Traced(done.returncode, done.stdout + done.stderr, sockets, reached, tuple(sorted(written)))


def written_in(line: str, folder: Path) -> list[str]:
    """The whole paths that a call writes to; none of a call that only reads."""
    call = re.sub(r"^\d+ +", "", line)
    if call.startswith(("socket", "connect", "send", "<...")) or (
        call.startswith("open") and not _WRITING.search(call)
    ):
        return []
    at = re.search(r"\((?:AT_FDCWD)?<?([^>\"]*)>?, \"", call)
    start = at[1] if at and at[1].startswith("/") else str(folder)
    return [os.path.normpath(os.path.join(start, found)) for found in _PATH.findall(call)]
