"""What Terraform, OpenTofu or tofu-controller complain about, told at the registry lines that are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.base.credentials import MASK
from infra.base.printable import printable
from infra.base.redactor import Redactor
from infra.lake.documents import KeyPath, Location, Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import document_path
from infra.lake.registry.kinds import actor_of_local, address_of
from infra.terraform.explain.explain import parse_address
from infra.terraform.explain.source_map import SourceLine, places_of
from infra.terraform.explain.stack_text import StackText
from infra.terraform.explain.tofu_output import Diagnostic, diagnostics_in

_DOCUMENT = re.compile(r"(?:^|(?:^|/)stacks/([^/]+)/)cdk\.tf\.json$")
_VARIABLE = re.compile(r'\bvariable (?:with the name |named )?"([^"]+)"|\bfor (?:the )?var\.([A-Za-z_][\w-]*)')


@dataclass(frozen=True)
class LocatedError:
    """A complaint with the lines that it is about.

    Attributes:
        summary, detail: as printed, without the values that nobody may see.
        address: Terraform's name for what is meant; empty if none is known.
        stacks: the stacks that may be meant, sorted.
        places: the registry lines, the deciding one first; a line of Terraform's own file if there are none.
        rules: what `lakeform check` says of the entry, where that may be why Airbyte refuses it.
        hint: where to look further; may be empty.
    """

    severity: str
    summary: str
    detail: str
    address: str
    stacks: tuple[str, ...]
    places: tuple[SourceLine, ...]
    rules: tuple[Problem, ...] = ()
    hint: str = ""

    def to_text(self) -> str:
        """`file:line:column  severity  summary`, then the detail, the address, further lines and reasons, indented."""
        where = str(self.places[0].location) if self.places else "-"
        lines = [f"{where}  {self.severity}  {self.summary}"]
        lines += [f"    {line}".rstrip() for line in self.detail.splitlines()]
        lines += [f"    {self.address}"] if self.address else []
        lines += [f"    {place.to_text()}" for place in self.places[1:]]
        lines += ["    this may be why, according to lakeform check:"] if self.rules else []
        lines += [f"        {line}" for problem in self.rules for line in problem.to_text().splitlines()]
        return "\n".join([*lines, f"    {self.hint}"] if self.hint else lines)

    def to_json(self) -> dict[str, Any]:
        """For `--format json`."""
        return {
            "severity": self.severity,
            "summary": self.summary,
            "detail": self.detail,
            "address": self.address,
            "places": [place.to_json() for place in self.places],
            "rules": [problem.to_json() for problem in self.rules],
            "hint": self.hint or None,
        }


def locate_errors_in(
    text: str, model: LakeModel, documents: Mapping[str, str], redactor: Redactor, stacks: Sequence[str] = ()
) -> list[LocatedError]:
    """What `locate_errors` gives for the complaints in plain text, such as the message of a Ready condition."""
    return locate_errors(diagnostics_in(text), model, documents, redactor, stacks)


def locate_errors(
    diagnostics: Iterable[Diagnostic],
    model: LakeModel,
    documents: Mapping[str, str],
    redactor: Redactor,
    stacks: Sequence[str] = (),
) -> list[LocatedError]:
    """Each complaint at its registry lines, sorted by them, each once.

    Args:
        diagnostics: all of one plan, so of one stack.
        model: the lake.
        documents: stack -> text of its cdk.tf.json, as far as there are any.
        redactor: hides the values of variables.
        stacks: those that may be meant; default: all. The lines that complaints quote tell which one it is.
    """
    given = list(diagnostics)
    read = {stack: StackText(text) for stack, text in documents.items()}
    locator = _Locator(model, read, redactor, _secret_shapes(model))
    meant = _meant(given, read, stacks or list(model.stacks))
    found = {locator.locate(one, meant) for one in given}
    return sorted(
        found, key=lambda one: (not one.places, one.places, one.severity, one.summary, one.address, one.detail)
    )


def _meant(given: list[Diagnostic], texts: Mapping[str, StackText], stacks: Sequence[str]) -> list[str]:
    """The stacks in whose documents most of the quoted lines stand."""
    scores = {stack: sum(texts[stack].quotes(one) for one in given) if stack in texts else 0 for stack in stacks}
    return sorted(stack for stack, score in scores.items() if score == max(scores.values()))


@dataclass(frozen=True)
class _Locator:
    """Everything that a translation needs to know of the lake."""

    model: LakeModel
    texts: Mapping[str, StackText]
    redactor: Redactor
    shapes: re.Pattern[str]

    def locate(self, one: Diagnostic, stacks: Sequence[str]) -> LocatedError:
        shown = _DOCUMENT.search(one.file)
        if shown and shown[1] in stacks:
            stacks = (shown[1],)
        paths = {stack: self._path(one, stack) for stack in stacks}
        places = {stack: places_of(path, stack, self.model) for stack, path in paths.items()}
        fitting = [stack for stack in stacks if places[stack]] or list(stacks)
        lines = tuple(dict.fromkeys(place for stack in fitting for place in places[stack]))
        return LocatedError(
            one.severity,
            printable(self._hide(one.summary)),
            self._hide(one.detail),
            printable(self._hide(one.address))
            or next((found for stack in fitting if (found := _address(paths[stack]))), ""),
            tuple(fitting),
            lines or _own_line(replace(one, file=printable(self._hide(one.file))), fitting),
        )

    def _path(self, one: Diagnostic, stack: str) -> KeyPath:
        """What a complaint is about, as a path in the stack's document: the most exact of what it says."""
        text = self.texts.get(stack)
        if text is not None and _DOCUMENT.search(one.file) and text.quotes(one):
            exact = _target(text.path_at(one), text)
            if len(exact) > 1:
                return exact
        for said in (one.context, one.address.partition(" ")[0]):
            path = parse_address(said)
            if path and len(path) > 1:
                return path
        found = _VARIABLE.search(one.detail)
        return ("variable", found[1] or found[2]) if found else ()

    def _hide(self, text: str) -> str:
        shown = self.redactor.hide(text)
        return self.shapes.sub(lambda found: f"{found['before'] or found['inner'] or found['query']}{MASK}", shown)


def _target(path: KeyPath, text: StackText) -> KeyPath:
    """The resource that a `moved`, `removed` or `import` block is about; any other path as it is."""
    if len(path) < 2 or path[0] not in ("moved", "removed", "import"):
        return path
    block = text.value[path[0]][path[1]]
    address = block.get("from") or block.get("to") if isinstance(block, dict) else None
    if not isinstance(address, str):
        return path
    target = parse_address(address) or ()
    return (*target, "adopt") if path[0] == "import" else target


def _address(path: KeyPath) -> str:
    """Terraform's name for what is at a path."""
    match path:
        case ("resource", kind, name, *_):
            return f"{kind}.{name}"
        case ("locals", str(name), *_):
            actor = actor_of_local(name)
            return address_of(".".join(actor)) if actor else f"local.{name}"
        case ("variable", name, *_):
            return f"var.{name}"
        case ("provider" | "output" as kind, name, *_):
            return f"{kind}.{name}"
    return ""


def _own_line(one: Diagnostic, stacks: Sequence[str]) -> tuple[SourceLine, ...]:
    """The line of Terraform's own file, where the registry has none."""
    if not one.file:
        return ()
    known = _DOCUMENT.search(one.file) and len(stacks) == 1
    file = document_path(stacks[0]) if known else one.file
    return (SourceLine(Location(file, one.line or 1, one.column or 1), ""),)


def _secret_shapes(model: LakeModel) -> re.Pattern[str]:
    """`"key": "value"`, also inside JSON text, and `key=value`, for every key under which the registry has a secret."""
    uses = (use for stack in model.stacks.values() for use in stack.uses)
    named = {use.path[-1] for use in uses if use.secret and isinstance(use.path[-1], str)}
    keys = "|".join(re.escape(key) for key in sorted(named | {"password"}))
    forms = (
        rf'(?P<before>"(?:{keys})"\s*:\s*")(?:[^"\\]|\\.)*',
        rf'(?P<inner>\\+"(?:{keys})\\+"\s*:\s*\\+").*?(?=\\+"\s*(?:[,}}\]]|$))',
        rf"(?P<query>\b(?:{keys})=)[^&\s\"]+",
    )
    return re.compile("|".join(forms), re.IGNORECASE | re.MULTILINE)
