"""A connector that does not what it should; it is installed as a package, so it imports nothing of ours.

The option `do` is JSON: the way, and a file for the ids of all its processes. `key` is what it must not get told anywhere.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

SLEEP = 30
NAMES: tuple[str, ...] = (
    "..",
    ".",
    "/",
    "a/b",
    "../../x",
    "CON",
    "x" * 300,
    "漢" * 80,
    "a\0b",
    "a\x1b[31m\r\n::error::b\u202e",
    "",
    "_x",
    ".x",
)
NAMES = (*NAMES, " ", "a ", "A", "Ä", "A\u0308", "%2f", "-rf", "$(id)", "${x}", "🐎" * 60, "\ud800", "~", "nul.json")
FIELDS = {"id": {"type": "integer"}}


def option(name: str) -> Any:
    with open(sys.argv[sys.argv.index(name) + 1]) as file:
        return json.load(file)


def say(**message: Any) -> Any:
    print(json.dumps(message), flush=True)


def stream(name: Any = "users", **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": FIELDS}
    return {"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"], **more}


def catalog(*streams: Any) -> Any:
    """What it offers to `discover`, and records of it to `read`."""
    if "discover" in sys.argv:
        say(type="CATALOG", catalog={"streams": list(streams) or [stream()]})
    else:
        record({"id": 1})


def record(data: Any, name: str = "users") -> Any:
    say(type="RECORD", record={"stream": name, "data": data, "emitted_at": 1700000000000})


def trace(text: Any, **more: Any) -> Any:
    say(type="TRACE", trace={"type": "ERROR", "emitted_at": 1, "error": {"message": text, **more}})


def line_without_end() -> Any:
    while True:
        sys.stdout.write("x" * 65536)


def much(to: Any) -> Any:
    for _ in range(3000):
        to.write("y" * 65536 + "\n")


def sleep() -> Any:
    time.sleep(SLEEP)


def deaf() -> Any:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sleep()


def told_pid() -> None:
    with open(json.loads(option("--config")["do"])["pids"], "a") as file:
        print(os.getpid(), file=file)


def many_children() -> Any:
    for _ in range(20):
        if os.fork() == 0:
            told_pid()
            deaf()
    sleep()


def runaway() -> Any:
    """A child in a session of its own, and a child of that as well."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            told_pid()
            deaf()
        os._exit(0)
    time.sleep(0.2)


def mute() -> Any:
    os.close(1)
    os.close(2)
    sleep()


def forms(key: str) -> list[str]:
    """What HTTP libraries, logs and encoders make of it."""
    basic = base64.b64encode(f"user:{key}".encode()).decode()
    return [
        key,
        base64.b64encode(key.encode()).decode(),
        f"Basic {basic}",
        f"https://x:{key}@y/",
        json.dumps({"k": key}),
    ]


def halves(key: str) -> Any:
    middle = len(key) // 2
    print(f"at {key[:middle]}\n{key[middle:]} it broke", file=sys.stderr)
    sys.exit(1)


def tells(text: str) -> dict[str, Callable[[], object]]:
    """Ways to say a text."""
    schema = {"type": "object", "properties": {"id": {"type": "string", "default": text, "description": text}}}
    return {
        "in a trace": lambda: trace(text, internal_message=text, stack_trace=text),
        "in a log": lambda: (say(type="LOG", log={"level": "FATAL", "message": text}), sys.exit(1)),
        "in its last words": lambda: sys.exit(text),
        "on stdout": lambda: (print(text), sys.exit(1)),
        "as a name": lambda: catalog(stream(text)),
        "as a namespace": lambda: catalog(stream(namespace=text)),
        "as a cursor": lambda: catalog(stream(default_cursor_field=[text])),
        "in a schema": lambda: catalog(stream(json_schema=schema)),
        "as a column": lambda: catalog(stream(json_schema={"properties": {text: {}}})),
        "as a type": lambda: say(type=text, **{text: text}),
        "in a control": lambda: say(
            type="CONTROL", control={"type": text, "connectorConfig": {"config": {text: text}}}
        ),
    }


def to_parent(number: int) -> Any:
    os.kill(os.getppid(), number)
    sleep()


def without_configuration() -> Any:
    os.remove(sys.argv[sys.argv.index("--config") + 1])
    catalog()


# Where a value of another shape may stand.
SHAPES: dict[str, Callable[[Any], object]] = {
    "message": lambda value: print(json.dumps(value), flush=True),
    "trace": trace,
    "catalog": lambda value: say(type="CATALOG", catalog=value),
    "stream": catalog,
    "schema": lambda value: catalog(stream(json_schema=value)),
    "key": lambda value: catalog(stream(source_defined_primary_key=value)),
}


def ways(key: str) -> dict[str, Callable[[], object]]:
    """Name -> what it does."""
    broken = {
        "deep": json.loads("[" * 400 + "]" * 400),
        "nan": float("nan"),
        "number": 5,
        "none": None,
        "list": [[]],
        "text": "x",
    }
    found: dict[str, Callable[[], object]] = {
        "fine": catalog,
        "a line without end": line_without_end,
        "much on stdout": lambda: (much(sys.stdout), catalog()),
        "much on stderr": lambda: (much(sys.stderr), catalog()),
        "many messages": lambda: (
            [say(type="LOG", log={"level": "INFO", "message": "x"}) for _ in range(20_000)],
            catalog(),
        ),
        "hangs": sleep,
        "hangs after its words": lambda: (catalog(), sleep()),
        "deaf": deaf,
        "many children": many_children,
        "runs away": lambda: (runaway(), catalog()),
        "mute": mute,
        "no word": lambda: None,
        "a bad end": lambda: sys.exit(3),
        "ends itself": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "crashes": os.abort,
        "ends its parent": lambda: to_parent(signal.SIGKILL),
        "stops its parent": lambda: to_parent(signal.SIGTERM),
        "removes its configuration": without_configuration,
        "removes its folder": lambda: (subprocess.run(["rm", "-rf", os.getcwd()], check=False), catalog()),
        "bytes": lambda: (sys.stdout.buffer.write(bytes(range(256)) * 100), catalog()),
        "two catalogs": lambda: (catalog(), catalog(stream("orders"))),
        "twice the same": lambda: catalog(stream(), stream()),
        "many streams": lambda: catalog(*(stream(f"s{number}") for number in range(1500))),
        "many columns": lambda: catalog(
            stream(json_schema={"properties": {f"c{number}": {} for number in range(20_000)}})
        ),
        "deep text": lambda: print('{"type": "CATALOG", "catalog": ' + "[" * 100_000, flush=True),
        "halves of a secret": lambda: halves(key),
        "a state": lambda: (
            say(type="STATE", state={"type": "STREAM", "stream": {"stream_descriptor": key}}),
            catalog(),
        ),
        "records of nobody": lambda: (
            record({"id": 1}, "nobody"),
            record(5),
            record(None),
            record({"id": [1]}),
            catalog(),
        ),
        "records that do not fit": lambda: ([record({"id": value}) for value in broken.values()], catalog()),
        **{f"a {name} {what}": partial(tell, value) for what, tell in SHAPES.items() for name, value in broken.items()},
        **{f"the name {ascii(name)[:20]}": partial(catalog, stream(name), stream()) for name in NAMES},
    }
    for number, text in enumerate(forms(key)):
        found |= {f"secret {number} {name}": tell for name, tell in tells(text).items()}
    found |= {f"controls {name}": tell for name, tell in tells(NAMES[9]).items()}
    return found


def run() -> None:
    if sys.argv[1] == "spec":
        say(type="SPEC", spec={"connectionSpecification": {"type": "object", "properties": {"do": {"type": "string"}}}})
        return
    told_pid()
    config = option("--config")
    ways(config["key"])[json.loads(config["do"])["way"]]()
