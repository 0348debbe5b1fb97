"""docs/rules.md as sections: a rule, the files that break it, what `check` prints, the files that correct it.

Files and diffs above the `text` block of a section are the mistake, those below it the correction; where a command
corrects it, the section says "Fixed: run `lakeform ...`". Where another command than `check` tells the problem, it says
"Found by `lakeform ...`". `encoding=latin-1` after a file's name: saved so;
`random=N`: with as many letters after its text; `columns=N`: `"column_1"` stands for as many, with what is behind it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.support.docs_commands import Block, Reader, blocks_of
from tests.support.lakes import write_files

INTRODUCTION = ("How a problem is reported", "The lake of the examples")

_FOUND_BY = re.compile("^Found by `lakeform ([^`]+)`", re.MULTILINE)
_FIXED_BY = re.compile("^Fixed: run `lakeform ([a-z]+)`", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """What the page says of one rule.

    Attributes:
        rule: its heading.
        prose: what stands in it, without the blocks.
        mistake: files and diffs that break the rule.
        output: the block of what `check` prints.
        correction: files and diffs that come after that.
        command: the verb that corrects it, if no file does.
    """

    rule: str
    prose: str
    mistake: tuple[Block, ...]
    output: Block
    correction: tuple[Block, ...]
    command: str | None


def headings_of(page: str) -> list[str]:
    """The headings of level two."""
    return re.findall("^## (.*)$", page, re.MULTILINE)


def base_of(page: str) -> list[Block]:
    """The files that the examples share, beside the lake of `lakeform init`."""
    return [block for block in blocks_of(page) if block.section == INTRODUCTION[1]]


def found_by(page: str, rule: str) -> list[str]:
    """The command that tells of a rule, run in the lake: a verb and its options."""
    found = _FOUND_BY.search(_text_of(page, rule))
    return found[1].split() if found else ["check"]


def section_of(page: str, rule: str) -> Section:
    """The section of a rule. Asserts that it has a mistake, one output and a correction."""
    blocks = [block for block in blocks_of(page) if block.section == rule]
    (output,) = (block for block in blocks if block.language == "text")
    mistake = tuple(block for block in blocks if block.start < output.start)
    correction = tuple(block for block in blocks if block.start > output.start)
    prose = re.sub(r"^```.*?^```$", "", _text_of(page, rule), flags=re.MULTILINE | re.DOTALL)
    command = _FIXED_BY.search(prose)
    assert mistake
    assert bool(correction) != bool(command)
    return Section(rule, prose, mistake, output, correction, command[1] if command else None)


def _text_of(page: str, rule: str) -> str:
    return page.partition(f"\n## {rule}\n")[2].partition("\n## ")[0]


def apply(root: Path, blocks: tuple[Block, ...] | list[Block]) -> None:
    """Write the files and do the edits that blocks show."""
    for block in blocks:
        name, *words = block.info
        if block.language == "diff":
            Reader._edit(root / name, block.text)
        elif "removed" in words:
            (root / name).unlink()
        else:
            encodings = [word.removeprefix("encoding=") for word in words if word.startswith("encoding=")]
            lengths = [int(word.removeprefix("random=")) for word in words if word.startswith("random=")]
            columns = [int(word.removeprefix("columns=")) for word in words if word.startswith("columns=")]
            text = _widened(block.text, *columns) if columns else block.text
            data = text.encode(*encodings) + b"".join(random_letters(length) for length in lengths)
            write_files(root, {name: data})


def _widened(text: str, columns: int) -> str:
    """The text with so many columns in place of the first."""
    names = range(1, columns + 1)
    return re.sub(r'"column_1"(: \{\})?', lambda m: ", ".join(f'"column_{n}"{m[1] or ""}' for n in names), text)


def random_letters(length: int) -> bytes:
    """Letters that hardly compress, the same every time."""
    return base64.b64encode(Random(0).randbytes(length))[:length]


def replaced(page: str, texts: dict[Block, str]) -> str:
    """The page with other texts in some of its blocks."""
    for block, text in sorted(texts.items(), key=lambda item: -item[0].start):
        page = page[: block.start] + text + page[block.end :]
    return page
