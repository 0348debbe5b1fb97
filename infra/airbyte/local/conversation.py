"""Speaking with a connector: one command, its configuration in a private file, its messages back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.airbyte.local.cache import Tell, in_use
from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.environment import connector_environment
from infra.airbyte.local.messages import Message, error_log_in, parse_message, spent_options
from infra.airbyte.local.private import private_folder
from infra.airbyte.local.program import Program
from infra.base.errors import UserError
from infra.base.json_value import BeyondError
from infra.base.process import MOST_LINE_BYTES, TAIL, Run, TooMuchError
from infra.base.redactor import Redactor
from infra.lake.catalog.discovery import trace_failure

# All that a connector may say before it has answered a question: a catalog, which is one line, and its log.
MOST_ANSWER_BYTES = 2 * MOST_LINE_BYTES

# A connector opens its files more than once while it starts, and may say this meanwhile.
_BEFORE_READING = frozenset({"LOG", "CONTROL", "TRACE"})


class ConnectorFailedError(UserError):
    """A connector that was run and says that it failed."""


@dataclass
class _Said:
    """What may explain a failure."""

    failure: str | None = None
    error: str | None = None
    other: str = ""  # the end of what was no message: a secret may be broken over its lines

    def hear(self, message: Message) -> None:
        self.failure = self.failure or trace_failure(message)
        self.error = error_log_in(message) or self.error

    def reason(self, run: Run, redactor: Redactor) -> str:
        """The best reason; empty if there is none."""
        told = without_traceback(self.failure or self.error or "")
        return redactor.one_line(told) if told else redactor.last_line(run.tail) or redactor.last_line(self.other)


def run_command(
    program: Program,
    command: str,
    configuration: Configuration,
    files: Mapping[str, Any],
    *,
    tell: Tell,
    timeout: float,
) -> Iterator[Message]:
    """The messages of `PROGRAM COMMAND --NAME FILE...`, each as soon as it comes; other lines are left out.

    The files are private, and gone with the first message that shows that they were read. Their folder and every
    process that was started are gone afterwards, whatever happens, also to this process.
    Raises UserError at the end if the connector failed, after `timeout` seconds, and after MOST_ANSWER_BYTES of anything but
    records; no secret is in its message.
    """
    redactor, said = Redactor(configuration.secrets), _Said()
    with in_use(program.folder), private_folder() as folder:
        paths = {option: folder / f"{option}.json" for option in files}
        words = [word for option, path in paths.items() for word in (f"--{option}", str(path))]
        command_line = [str(program.path), command, *words, *program.words]
        most_bytes = None if command == "read" else MOST_ANSWER_BYTES
        run = Run(command_line, folder, connector_environment(folder), timeout, _texts(files), most_bytes)
        try:
            for message in _messages(run, said):
                if message["type"] not in _BEFORE_READING:
                    _forget(paths)
                if spent := spent_options(message, configuration.values, configuration.secrets):
                    tell(f"{program.label} got a new {', '.join(spent)}: the one in your secrets may no longer work")
                yield message
        except TimeoutError:
            reason = said.reason(run, redactor)
            last = f"; it last said: {reason}" if reason else ""
            raise UserError(f"{program.label}: {command} did not finish within {timeout:g} seconds{last}") from None
        except TooMuchError as error:
            raise UserError(f"{program.label}: {command} was stopped: it wrote {error.wrote}") from None
        except BeyondError as error:
            raise UserError(f"{program.label}: {command} was stopped: it wrote {error}") from None
    if said.failure or run.code:
        code = "" if said.failure else f" with exit code {run.code}"
        why = said.reason(run, redactor) or "no reason given"
        raise ConnectorFailedError(f"{program.label}: {command} failed{code}: {why}")


def without_traceback(text: str) -> str:
    """What is said before a traceback of Python, else its last line, which is the error."""
    before, found, trace = text.partition("Traceback (most recent call last)")
    if not found:
        return text
    said = before.rstrip(" \n:(-")
    return said or next((line.strip() for line in reversed(trace.splitlines()) if line.strip(" :")), "")


def _texts(files: Mapping[str, Any]) -> dict[str, str]:
    return {f"{option}.json": json.dumps(value, default=str) for option, value in files.items()}


def _forget(paths: dict[str, Path]) -> None:
    """Remove the files: their values are in the connector's memory."""
    while paths:
        paths.popitem()[1].unlink(missing_ok=True)


def _messages(run: Run, said: _Said) -> Iterator[Message]:
    for line in run.lines():
        message = parse_message(line)
        if message is None:
            said.other = f"{said.other}\n{line.decode(errors='replace')}"[-TAIL:]
        else:
            said.hear(message)
            yield message
