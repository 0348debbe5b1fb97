"""The lines of a `configuration`: what is given, and every other option as a comment with its type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.connectors.spec import Spec, flat
from infra.documents import KeyPath
from infra.registry.reference import is_atomic
from infra.scaffold.about import about
from infra.scaffold.placeholder import MARK, Placeholders
from infra.scaffold.shape import is_union_of_objects, items_of, known_options
from infra.scaffold.yaml_text import flow, scalar

WIDTH = 120


def configuration_lines(spec: Spec, value: dict[str, Any], placeholders: Placeholders, indent: int) -> list[str]:
    """`configuration:` and what is below it. `placeholders`: those in the value are marked for whoever reads it."""
    writer = _Writer(placeholders)
    if not value or is_atomic(value):
        options = writer.others(spec, value, (), indent + 2)
        return [f"{' ' * indent}configuration: {flow(value)}" + (" # or, instead of {}:" if options else ""), *options]
    return [f"{' ' * indent}configuration:", *writer.mapping(spec, value, (), indent + 2)]


@dataclass(frozen=True)
class _Writer:
    placeholders: Placeholders
    optional: bool = True

    def mapping(self, spec: Spec, value: dict[str, Any], path: KeyPath, indent: int) -> list[str]:
        """A line or more for each key, then the options that are not given."""
        known = known_options(spec, value)
        lines = [
            line
            for key, inner in value.items()
            for line in self._option(key, known.get(key, {}), inner, (*path, key), indent)
        ]
        return lines + (self.others(spec, value, path, indent) if self.optional else [])

    def others(self, spec: Spec, value: dict[str, Any], path: KeyPath, indent: int) -> list[str]:
        """The options that are not given, as comments; without the `# ` they are right."""
        if is_atomic(value):
            return []
        known = known_options(spec, value)
        return [
            line
            for key in sorted(known.keys() - value.keys())
            for line in self._commented(key, known[key], (*path, key), indent)
        ]

    def _option(self, key: str, spec: Spec, value: Any, path: KeyPath, indent: int) -> list[str]:
        head = f"{' ' * indent}{scalar(key)}:"
        comment = self._comment(spec, value, path)
        if not _is_block(value):
            return [f"{head} {flow(value)}{comment}"]
        if isinstance(value, dict):
            return [f"{head}{comment}", *self.mapping(spec, value, path, indent + 2)]
        return [f"{head}{comment}", *self._items(items_of(spec), value, path, indent + 2)]

    def _items(self, spec: Spec, values: list[Any], path: KeyPath, indent: int) -> list[str]:
        lines = []
        for index, value in enumerate(values):
            if _is_block(value) and isinstance(value, dict):
                first, *rest = self.mapping(spec, value, (*path, index), indent + 2)
                lines += [f"{' ' * indent}- {first.lstrip()}", *rest]
            else:
                lines.append(f"{' ' * indent}- {flow(value)}")
        return lines

    def _commented(self, key: str, spec: Spec, path: KeyPath, indent: int) -> list[str]:
        value = self.placeholders.value(spec, path)
        comment = f" # {said}" if (said := about(spec)) else ""
        line = f"{' ' * indent}# {scalar(key)}: {flow(value)}"
        if len(line) <= WIDTH or not _is_block(value):
            return [line + (comment if len(line + comment) <= WIDTH or not _is_block(value) else "")]
        plain = _Writer(self.placeholders, optional=False)._option(key, spec, value, path, 0)  # noqa: SLF001
        return [f"{' ' * indent}# {line}" for line in plain]

    def _comment(self, spec: Spec, value: Any, path: KeyPath) -> str:
        said = about(flat(spec))
        guessed = any(guess[: len(path)] == path for guess in self.placeholders.guessed)
        if guessed and not _is_block(value):
            said = said if MARK in flow(value) else f"{MARK}: {said}"
        elif not (isinstance(value, dict) and is_union_of_objects(spec)):
            said = ""
        return f" # {said}" if said else ""


def _is_block(value: Any) -> bool:
    """True for what takes several lines: a mapping with something in it, a list of such."""
    if isinstance(value, dict):
        return bool(value) and not is_atomic(value)
    return isinstance(value, list) and any(_is_block(item) for item in value)
