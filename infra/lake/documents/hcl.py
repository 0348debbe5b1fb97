"""Blocks of a text in Terraform's language: what is declared where. Expressions are skipped, not understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from infra.lake.documents.lines import place_at

_SKIPPED = re.compile(r"[ \t\r\ufeff]+|#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w-]*")
_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)\r?\n")
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrt"\\])')
# What a literal holds as an escape only: its own quotes, what cannot be seen, and what begins a template.
_UNSAFE = re.compile(r'["\\\x00-\x1f\x7f-\x9f\ufeff]|[$%](?=\{)')
_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}
_OPENING, _CLOSING = "{[(", "}])"


class HclError(Exception):
    """A text that is not Terraform's language; `line` and `column` are 1-based."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Block:
    """A block, `resource "type" "name" { ... }`.

    Attributes:
        line, column: of its first word, 1-based.
        attributes: name -> (text of the expression, line, column of the name).
        blocks: the blocks in it.

    """

    kind: str
    labels: tuple[str, ...]
    line: int
    column: int
    attributes: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


class _Token(NamedTuple):
    """`kind`: `word`, `text` (quoted, with its quotes), `line` (a line's end), `end`, or a character."""

    kind: str
    start: int
    end: int


def read_blocks(text: str) -> list[Block]:
    """The top-level blocks of a text. Raises HclError where a quote or bracket is not closed, or a block is none."""
    try:
        return _Parser(text).body("end").blocks
    except RecursionError:
        raise HclError("is nested too deeply", 1, 1) from None


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [*_tokens(text), _Token("end", len(text), len(text))]
        self._next = 0

    def body(self, closing: str, block: Block | None = None) -> Block:
        """The attributes and blocks up to a closing bracket."""
        block = block or Block("", (), 1, 1)
        while (token := self._take()).kind != closing:
            if token.kind == "line":
                continue
            if token.kind == "end":
                raise HclError("a block is not closed", block.line, block.column)
            if token.kind not in ("word", "text"):
                raise _error(self._text, token.start, "expected the name of a block or an attribute")
            self._item(block, token)
        return block

    def _item(self, owner: Block, first: _Token) -> None:
        line, column = place_at(self._text, first.start)
        name = self._word(first)
        if self._peek().kind == "=":
            self._take()
            owner.attributes[name] = (self._expression(), line, column)
            return
        labels = []
        while self._peek().kind in ("word", "text"):
            labels.append(self._word(self._take()))
        opening = self._take()
        if opening.kind != "{":
            raise _error(self._text, opening.start, 'expected "{" or "="')
        owner.blocks.append(self.body("}", Block(name, tuple(labels), line, column)))

    def _expression(self) -> str:
        """The text up to the end of the line, or of the block, outside of all brackets."""
        start, depth = self._peek().start, 0
        while depth or self._peek().kind not in ("line", "end", "}"):
            token = self._take()
            depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
            if token.kind == "end":
                raise _error(self._text, start, "a bracket is not closed")
        return self._text[start : self._peek().start].strip()

    def _word(self, token: _Token) -> str:
        text = self._text[token.start : token.end]
        return text if token.kind == "word" else unquoted(text)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind == "end" and self._next == len(self._tokens) - 1:
            self._tokens.append(token)  # one that asks again is told again
        self._next += 1
        return token


def quoted(text: str) -> str:
    r"""The text as a literal of Terraform's language, in which nothing is a template.

    Source: hashicorp/hcl, hclsyntax/spec.md, Template Expressions: the escapes are `\n`, `\r`, `\t`, `\"`, `\\`, `\uNNNN` and
    `\UNNNNNNNN`; JSON's `\b` and `\f` are none.
    """
    return '"' + _UNSAFE.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", text) + '"'


def unquoted(text: str) -> str:
    """The value of a quoted text without templates; any other text as it stands."""
    if len(text) < 2 or not text.startswith('"') or not text.endswith('"'):
        return text
    return _ESCAPE.sub(lambda match: _escaped(match[1]), text[1:-1])


def _escaped(code: str) -> str:
    if code[0] in "uU":
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 else code
    return {"n": "\n", "r": "\r", "t": "\t"}.get(code, code)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        if skipped := _SKIPPED.match(text, place):
            place = skipped.end()
            continue
        token = _token(text, place)
        yield token
        place = token.end


def _token(text: str, place: int) -> _Token:
    if text[place] == '"':
        return _Token("text", place, _end_of_text(text, place))
    if word := _WORD.match(text, place):
        return _Token("word", place, word.end())
    if heredoc := _HEREDOC.match(text, place):
        closing = re.compile(rf"^[ \t]*{re.escape(heredoc[1])}[ \t]*\r?$", re.MULTILINE).search(text, heredoc.end())
        if closing is None:
            raise _error(text, place, f"the text up to {heredoc[1]} is not closed")
        return _Token("heredoc", place, closing.end())
    return _Token("line" if text[place] == "\n" else text[place], place, place + 1)


def _end_of_text(text: str, start: int) -> int:
    """Where a quoted text ends, behind its quote; templates in it may hold further quotes."""
    place = start + 1
    while place < len(text) and text[place] != "\n":
        if text[place] == '"':
            return place + 1
        if text.startswith(("$${", "%%{"), place):
            place += 3
        elif text.startswith(("${", "%{"), place):
            place = _end_of_template(text, place + 2)
        else:
            place += 2 if text[place] == "\\" else 1
    raise _error(text, start, "a quote is not closed")


def _end_of_template(text: str, start: int) -> int:
    depth = 1
    place = start
    while place < len(text):
        if skipped := _SKIPPED.match(text, place):
            place = skipped.end()
            continue
        token = _token(text, place)
        depth += (token.kind == "{") - (token.kind == "}")
        place = token.end
        if not depth:
            return place
    raise _error(text, start, "a template is not closed")


def _error(text: str, place: int, message: str) -> HclError:
    return HclError(message, *place_at(text, place))
