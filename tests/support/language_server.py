"""A language server, asked over its protocol what an editor would show in a file that somebody is writing.

Source: the Language Server Protocol 3.17; the requests that Visual Studio Code's extensions send.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

# Where the cursor is, in the texts of tests.
CURSOR = "¦"

# Seconds until a server that says nothing is given up.
_PATIENCE = 60


class LanguageServer:
    """A running server for the files below `root`; `settings`: section -> what the editor has set."""

    def __init__(self, command: list[str], root: Path, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._numbers = count(1)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        completion = {"completionItem": {"snippetSupport": True, "documentationFormat": ["plaintext"]}}
        about = {"completion": completion, "hover": {"contentFormat": ["plaintext"]}, "publishDiagnostics": {}}
        capabilities = {"workspace": {"configuration": True}, "textDocument": about}
        folder = {"uri": root.as_uri(), "name": root.name}
        self._ask(
            "initialize",
            processId=None,
            rootUri=root.as_uri(),
            workspaceFolders=[folder],
            capabilities=capabilities,
            initializationOptions={"handledSchemaProtocols": ["file"]},
        )
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=settings)

    def completions(self, file: Path, text: str) -> dict[str, str]:
        """Label -> what is said of it, of all that is offered at the cursor."""
        with self._opened(file, text) as at:
            found = self._ask("textDocument/completion", **at) or []
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"].strip('"'): _text(item.get("documentation")) for item in items}

    def hover(self, file: Path, text: str) -> str:
        """What is shown of the word under the cursor, without the escapes of Markdown."""
        with self._opened(file, text) as at:
            found = self._ask("textDocument/hover", **at)
        return re.sub(r"\\([^a-z0-9])", r"\1", _text(found["contents"])) if found else ""

    def marks(self, file: Path, text: str) -> list[str]:
        """`line: marked text: message` of everything that is underlined, by place."""
        with self._opened(file, text) as at:
            found = self._diagnostics(at["textDocument"]["uri"])
        return [_mark(text.splitlines(), one) for one in sorted(found, key=lambda one: _start(one["range"]))]

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.communicate()

    @contextmanager
    def _opened(self, file: Path, text: str) -> Iterator[dict[str, Any]]:
        """The place of the cursor in the text, open as a file beside `file` that nobody has asked about before."""
        before = text.partition(CURSOR)[0]
        number = next(self._numbers)
        uri = file.with_name(f"{file.stem}{number}{file.suffix}").as_uri()
        language = "json" if file.suffix == ".json" else "yaml"
        document = {"uri": uri, "languageId": language, "version": 1, "text": text.replace(CURSOR, "")}
        self._tell("textDocument/didOpen", textDocument=document)
        line = before.count("\n")
        yield {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": len(before) - before.rfind("\n") - 1},
        }
        self._tell("textDocument/didClose", textDocument={"uri": uri})

    def _ask(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        answer = next(message for message in self._received() if message.get("id") == number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _diagnostics(self, uri: str) -> list[dict[str, Any]]:
        told = (message["params"] for message in self._received() if "diagnostics" in message.get("params", ()))
        found: list[dict[str, Any]] = next(one["diagnostics"] for one in told if one["uri"] == uri)
        return found

    def _received(self) -> Iterator[dict[str, Any]]:
        """Messages as they come, without the server's own questions, which are answered."""
        while True:
            message = self._read()
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
            else:
                yield message

    def _answer(self, question: Mapping[str, Any]) -> Any:
        if question["method"] != "workspace/configuration":
            return None
        return [self._settings.get(item["section"], {}) for item in question["params"]["items"]]

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        stdout = self._process.stdout
        assert stdout is not None
        watch = threading.Timer(_PATIENCE, self._process.kill)
        watch.start()
        try:
            head = dict(line.split(b": ") for line in iter(lambda: stdout.readline().strip(), b""))
            assert head, "the language server ended, or said nothing for a minute"
            message: dict[str, Any] = json.loads(stdout.read(int(head[b"Content-Length"])))
        finally:
            watch.cancel()
        return message


def _text(said: Any) -> str:
    """Text as the protocol has it: alone, with its kind, or in a list."""
    if isinstance(said, list):
        return "\n".join(map(_text, said))
    return str(said["value"] if isinstance(said, dict) else said or "").strip()


def _start(place: Mapping[str, Any]) -> tuple[int, int]:
    return place["start"]["line"], place["start"]["character"]


def _mark(lines: list[str], found: Mapping[str, Any]) -> str:
    (line, first), (last, end) = (
        (place["line"], place["character"]) for place in (found["range"]["start"], found["range"]["end"])
    )
    marked = lines[line][first : end if last == line else None]
    return f"{line + 1}: {marked}: {found['message']}"
