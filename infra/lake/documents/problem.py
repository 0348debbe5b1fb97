"""Problem: the one value that carries what is wrong, from any rule to any output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from infra.base.credentials import hidden
from infra.base.errors import UserError
from infra.base.printable import inline
from infra.lake.documents.limits import MAX_LETTERS
from infra.lake.documents.location import KeyPath, Location
from infra.lake.documents.rule_id import RuleId

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Related:
    """A second place that a problem is about."""

    location: Location
    message: str


@dataclass(frozen=True)
class Problem:
    """One mistake, told once.

    Attributes:
        rule: id from docs/rules.md, e.g. `unknown-key`.
        location: where the author should look.
        path: key path inside the file, `connections.x.schedule.cron`; empty for a whole file.
        message: what is wrong, one line, never with a secret's value.
        fix: what to write instead, or the near matches; may be empty.
        related: other places that belong to it.
        severity: a warning does not fail `check`.
        missing: the whole path of the key that is missing, as in the entry itself, whichever layer is told; empty if it is about
            something else.
        near: the whole paths that an unknown key may be meant to be, likewise.
        quoted: what the message repeats of texts that stand elsewhere.

    """

    rule: RuleId
    location: Location
    path: str
    message: str
    fix: str = ""
    related: tuple[Related, ...] = ()
    severity: Severity = "error"
    missing: KeyPath = ()
    near: tuple[KeyPath, ...] = ()
    quoted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Nothing is longer than anybody reads."""
        for name in ("path", "message", "fix"):
            if len(text := getattr(self, name)) > MAX_LETTERS:
                object.__setattr__(self, name, f"{text[:MAX_LETTERS]} ...")

    @property
    def identity(self) -> tuple[str, str, str]:
        """What stays the same where lines move: whether a copy of a lake has a problem that the lake has not."""
        return self.rule, self.path, self.message

    def masked(self) -> Problem:
        """The same without the credentials in texts that it repeats, such as keys."""
        return replace(self, path=hidden(self.path), message=hidden(self.message), fix=hidden(self.fix))

    @property
    def as_reason(self) -> str:
        """Why something cannot be, on one line: `the source has no stream "gone" (stream-unknown)`."""
        return f"{self.message} ({self.rule})"

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`; lines and columns are 1-based."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            **self.location.to_json(),
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
            "related": [{**other.location.to_json(), "message": other.message} for other in self.related],
        }

    def to_text(self) -> str:
        """`file:line:column  rule  message`, then the fix and the related places, indented."""
        subject = f"{self.path}: " if self.path else ""
        note = "warning: " if self.severity == "warning" else ""
        lines = [inline(f"{self.location}  {self.rule}  {note}{subject}{self.message}")]
        lines += [f"    {line}" for line in self.fix.splitlines()]
        lines += [inline(f"    {other.location}  {other.message}") for other in self.related]
        return "\n".join(lines)


def without_echoes(problems: list[Problem]) -> list[Problem]:
    """One mistake, one message: a missing key goes unsaid where a key beside it is that key, misspelt."""
    meant = {path for p in problems for path in p.near}
    return [p for p in problems if p.missing not in meant]


def without_repeated(problems: list[Problem]) -> list[Problem]:
    """What is said of the value of a key that is given twice is an echo: nobody knows which of the two is meant."""
    twice = {(p.location.file, p.path) for p in problems if p.rule == "duplicate-key" and p.path}
    if not twice:
        return problems
    return [p for p in problems if p.rule == "duplicate-key" or not any(above in twice for above in _above(p))]


def _above(problem: Problem) -> Iterator[tuple[str, str]]:
    """(file, path) of the problem, and of all that it is in."""
    path = problem.path
    while path:
        yield problem.location.file, path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]


@dataclass(frozen=True)
class Report:
    """Problems in the order in which they print: by file, line, column, rule; each once."""

    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Report:
        """Sorted and without repeats: the same rule, place and message is one problem, whatever found it; of a secret in
        clear, the place is enough, and no problem repeats what is not to be seen.
        """
        problems = list(problems)
        if any(p.rule == "secret-in-clear" for p in problems):
            problems = [p.masked() for p in problems]
        unique = {(p.location, p.rule, "" if p.rule == "secret-in-clear" else p.message): p for p in reversed(problems)}
        return cls(tuple(unique[key] for key in sorted(unique)))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make a command exit 1."""
        return tuple(p for p in self.problems if p.severity == "error")

    def strict(self) -> Report:
        """The same report with every warning made an error."""
        return Report(tuple(replace(p, severity="error") for p in self.problems))

    def to_json(self) -> dict[str, Any]:
        """`{"problems": [...]}`, as design and docs/rules.md describe it."""
        return {"problems": [p.to_json() for p in self.problems]}

    def to_text(self) -> str:
        """Every problem, then a line that counts them. Empty when there is none."""
        if not self.problems:
            return ""
        return "\n".join([*(p.to_text() for p in self.problems), self._count()])

    def _count(self) -> str:
        errors, all_ = len(self.errors), len(self.problems)
        counts = [plural(errors, "problem")] if errors else []
        counts += [plural(all_ - errors, "warning")] if all_ > errors else []
        return ", ".join(counts)


class ProblemsError(UserError):
    """A lake that a command does not work on, for its problems.

    Attributes:
        report: all of them; the message is about one.
    """

    def __init__(self, message: str, problems: Iterable[Problem]) -> None:
        super().__init__(message)
        self.report = Report.of(problem for problem in problems if problem.severity == "error")

    @classmethod
    def about(cls, first: Problem, problems: Iterable[Problem]) -> ProblemsError:
        """The message is where and what the first is, and how to see all."""
        return cls(f"{first.location}: {first.message}; run: lakeform check", problems)


def some(texts: Sequence[str], most: int) -> str:
    """`a, b and 3 more`: the first ones, and how many are left."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def plural(count: int, noun: str) -> str:
    """`1 stream`, `2 streams`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
