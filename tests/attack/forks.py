"""Runs commands one after another, each in a process of its own that has imported lakeform already.

It reads a line of JSON for each: the words, the environment, the working folder, files for what it prints, a bound of its
memory; and answers with the process, then with how that ended. tests/attack/commands.py talks to it.
"""

from __future__ import annotations

import json
import os
import pkgutil
import resource
import sys
import traceback
from importlib import import_module
from typing import Any

import infra.commands
from infra.base import process, transport
from infra.commands.main import main
from infra.gitops.cluster import kubectl


def serve() -> None:
    """Until nobody asks any more."""
    for module in pkgutil.iter_modules(infra.commands.__path__):
        import_module(f"infra.commands.{module.name}")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
        tell(pid=pid)
        _, status, usage = os.wait4(pid, 0)
        tell(code=os.waitstatus_to_exitcode(status), megabytes=usage.ru_maxrss // 1024)


def tell(**answer: int) -> None:
    print(json.dumps(answer), flush=True)


def _become(job: dict[str, Any]) -> None:
    """What the console script would be."""
    os.setsid()
    os.chdir(job["folder"])
    for number, name in enumerate((os.devnull, job["out"], job["err"])):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    os.environ.clear()
    os.environ.update(job["environment"])
    bound = job["megabytes"] * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    if job["hasty"]:
        hasten()
    sys.argv = ["lakeform", *job["words"]]
    code = 1
    try:
        code = main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:  # noqa: BLE001  # as Python itself does at the end
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def hasten() -> None:
    """Let a second of patience with a server or with kubectl be enough, and two megabytes of an answer too much."""
    process.MOST_LINE_BYTES = 2 * 2**20
    kubectl.CALL_SECONDS = 1.0
    transport.sleep = lambda _: None  # type: ignore[attr-defined]
    transport.MOST_BYTES = 2 * 2**20
    usual = transport.Transport.send_once

    def at_once(self: transport.Transport, request: transport.Request) -> transport.Answer:
        return usual(self, transport.replace(request, seconds=min(request.seconds, 1.0)))  # type: ignore[attr-defined]

    transport.Transport.send_once = at_once  # type: ignore[method-assign]


if __name__ == "__main__":
    serve()
