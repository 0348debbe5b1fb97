"""A kubectl that does not what it should: a program that stands alone. tests/attack/test_hostile_kubectl.py says which."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONTROLS = "a\x1b[31mb\r\n::error::c\u202ed"


def words_of(text: str, code: int = 1) -> Callable[[Any], object]:
    """Says it and fails."""
    return lambda _: (print(text, file=sys.stderr), sys.exit(code))


def prints(text: str | bytes) -> Callable[[Any], object]:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return lambda _: sys.stdout.buffer.write(data)


def much(to: int) -> Callable[[Any], object]:
    """More than a cluster has to say."""
    return lambda _: [os.write(to, b"x" * 65536) for _ in range(16_000)]


def dies_of(number: int) -> Callable[[Any], object]:
    return lambda _: os.kill(os.getpid(), number)


def with_text(value: Any) -> Any:
    """Every text holds what moves a terminal."""
    if isinstance(value, dict):
        return {key: with_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_text(inner) for inner in value]
    return value + CONTROLS if isinstance(value, str) else value


def deaf(_: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(20)


JSONS = (
    "",
    "null",
    "[]",
    "5",
    '"x"',
    "{}",
    '{"metadata": 5}',
    '{"metadata": {}, "status": 5}',
    '{"items": 5}',
    '{"items": [5]}',
    '{"status": {"conditions": [5]}}',
    '{"status": {"conditions": 5}}',
    '{"spec": null, "status": null}',
    '"\\ud800"',
)

WAYS: dict[str, Callable[[Any], object]] = {
    "fine": lambda answer: print(json.dumps(answer)),
    "odd text": lambda answer: print(json.dumps(with_text(answer))),
    **{f"prints {content[:40]}": prints(content) for content in JSONS},
    "deep": prints("[" * 100_000),
    "deep objects": prints('{"metadata": ' * 100_000),
    "deep and closed": prints("[" * 100_000 + "]" * 100_000),
    "bytes": prints(bytes(range(256))),
    "much": much(1),
    "much on stderr": lambda _: (much(2)(None), sys.exit(1)),
    "hangs": lambda _: time.sleep(20),
    "deaf": deaf,
    "controls": words_of(CONTROLS),
    "a word": words_of("x" * 100_000),
    "no word": words_of(""),
    "a traceback": words_of("panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n", 2),
    **{f"ends with {code}": words_of("failed", code) for code in (2, 126, 127, 255)},
    **{f"signal {number}": dies_of(number) for number in (6, 9, 11, 13, 15)},
    "tells": lambda answer: (print(f"Authorization: Bearer {answer}", file=sys.stderr), sys.exit(1)),
}


def main() -> None:
    told = json.loads(Path(__file__).with_name("answer.json").read_text("utf-8"))
    words = sys.argv[1:]
    if words[0] in ("apply", "patch", "annotate") and told["patient"]:
        print("done")
        return
    kind = words[1].split(".")[0] if len(words) > 1 else ""
    answer = told["secret"] if told["way"] == "tells" else told["objects"].get(kind, {"items": []})
    if "--selector" in words:
        answer = {"kind": "List", "items": [answer]}
    WAYS[told["way"]](answer)


if __name__ == "__main__":
    main()
