"""Follows a document: writes the files that it shows, runs the commands that it shows, compares what it says they print.

What the fences of a document mean:

    ```yaml dag/registry/x.yaml      the file, as it is written (also json; `~/x` is in the reader's home)
    ```diff dag/registry/x.yaml      an edit of it: the `-` lines, which have to be there, become the `+` lines
    ```text excerpt FILE             lines that stand in a file, in this order; `...` as below
    ```console                       `$ command` lines, each followed by all that it prints, or by nothing if that is
                                     of no interest; a line `...` stands for any number of lines
    `$ cd DIR` on a line of its own  holds for all that follows
    ```console exit=1                the last command ends with this code; all others with 0
    ```console network               the same, for a test that may use the network

Every other fence (`yaml`, `text`, ...) is for reading only.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
WILDCARD = "..."
SECONDS = 120
# When the reader commits: a review counts the next runs from there.
_DAY = "2026-11-26T12:00:00Z"


@dataclass(frozen=True)
class Block:
    """A fenced block of a document.

    Attributes:
        language: the first word after the fence.
        info: the other words.
        text: what stands inside.
        start, end: where the text is in the document.
        section: the heading of level two above it.

    """

    language: str
    info: tuple[str, ...]
    text: str
    start: int
    end: int
    section: str


@dataclass(frozen=True)
class Step:
    """A command and the lines that follow it."""

    command: str
    shown: tuple[str, ...]


def blocks_of(document: str) -> list[Block]:
    """Every fenced block, in order."""
    blocks = []
    for match in _FENCE.finditer(document):
        above = re.findall(r"^## (.*)$", document[: match.start()], re.MULTILINE)
        words = tuple(match["info"].split())
        start, end = match.span("text")
        blocks.append(Block(match["language"], words, match["text"], start, end, above[-1] if above else ""))
    return blocks


def steps_of(block: Block) -> list[Step]:
    """The commands of a `console` block."""
    steps: list[Step] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line.removeprefix("$ "), ()))
        else:
            last = steps.pop()
            steps.append(Step(last.command, (*last.shown, line)))
    return steps


def matches(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """True if the lines are those that a document shows, where `...` stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0] == WILDCARD:
        return any(matches(shown[1:], printed[skip:]) for skip in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and matches(shown[1:], printed[1:])


class Reader:
    """Somebody who does what documents say, in the folder `root` with the home `home`, and with these programs before others."""

    def __init__(self, root: Path, home: Path, programs: Path | None = None) -> None:
        self.root = root
        self.home = home
        self.programs = programs or Path(sys.executable).parent
        self.hidden = ("GIT_", "PYTEST_", *(("PYTHON",) if programs else ()))
        home.mkdir(parents=True, exist_ok=True)
        (home / ".gitconfig").write_text(
            "[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n[advice]\ndetachedHead = false\n",
        )

    def follow(self, document: str, *, network: bool = False) -> str:
        """Do everything, and return the document with the output that commands really gave.

        With `network`, only the blocks that need it. Asserts everything that is not output.
        """
        texts = {}
        for block in blocks_of(document):
            if block.language == "console" and ("network" in block.info) == network:
                texts[block] = self._run_all(block)
            elif not network and block.info:
                self._use(block)
        for block, text in sorted(texts.items(), key=lambda item: -item[0].start):
            document = document[: block.start] + text + document[block.end :]
        return document

    def run(self, command: str, code: int = 0) -> tuple[str, ...]:
        """The lines that a command prints; it has to end with `code`."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(self.hidden)},
            "HOME": str(self.home),
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "PIP_CACHE_DIR": str(Path.home() / ".cache/pip"),
            "PIP_NO_COMPILE": "1",
            "GIT_AUTHOR_DATE": _DAY,
            "GIT_COMMITTER_DATE": _DAY,
        }
        ran = subprocess.run(
            ["/bin/bash", "-e", "-c", command],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
            text=True,
        )
        assert ran.returncode == code, f"$ {command}\n{ran.stdout}exit code {ran.returncode}, not {code}"
        return tuple(line.rstrip() for line in ran.stdout.splitlines())

    def _do(self, command: str, code: int) -> tuple[str, ...]:
        """The same for a command of a document, which may go to another folder."""
        if re.fullmatch(r"cd [\w./-]+", command):
            self.root = self.root / command.removeprefix("cd ")
            return ()
        return self.run(command, code)

    def path(self, name: str) -> Path:
        """Where a file of a document is; `~/x` is below the reader's home."""
        return self.home / name[2:] if name.startswith("~/") else self.root / name

    def write(self, name: str, text: str) -> None:
        """Write a file of a document."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, "utf-8")

    def _run_all(self, block: Block) -> str:
        """The text of the block as it should be."""
        steps = steps_of(block)
        codes = [int(word.removeprefix("exit=")) for word in block.info if word.startswith("exit=")]
        lines = []
        for index, step in enumerate(steps):
            code = codes[0] if codes and index == len(steps) - 1 else 0
            printed = self._do(step.command, code)
            right = not step.shown or matches(step.shown, printed)
            lines += [f"$ {step.command}", *(step.shown if right else printed)]
        return "".join(f"{line}\n" for line in lines)

    def _use(self, block: Block) -> None:
        """A file that is shown: written, edited, or looked into."""
        if block.info[0] == "excerpt":
            lines = tuple(self.path(block.info[1]).read_text("utf-8").splitlines())
            shown = (WILDCARD, *block.text.splitlines(), WILDCARD)
            assert matches(shown, lines), f"{block.info[1]} does not hold:\n{block.text}"
        elif block.language == "diff":
            self._edit(self.path(block.info[0]), block.text)
        elif block.language in ("yaml", "json", "sql", "terraform"):
            self.write(block.info[0], block.text)

    @staticmethod
    def _edit(path: Path, diff: str) -> None:
        old, new = (
            "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] in (sign, " ")) for sign in ("-", "+")
        )
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{path} does not hold once:\n{old}"
        path.write_text(text.replace(old, new), "utf-8")
