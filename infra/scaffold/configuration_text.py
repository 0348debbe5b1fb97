"""The lines of a `configuration`: what is given, and every other option as a comment with its type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.lake.connectors.descriptions import describe, describe_choice
from infra.lake.connectors.spec import Spec, discriminator, flat, is_union_of_objects, items_of
from infra.lake.documents import KeyPath
from infra.lake.documents.yaml_text import flow, scalar
from infra.lake.registry.placeholder import MARK, placeholders_in
from infra.lake.values.reference import is_atomic, literal_value
from infra.scaffold.placeholder import Placeholders
from infra.scaffold.shape import known_options

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
        known, name = known_options(spec, value), discriminator(spec)
        lines = [
            line
            for key, inner in value.items()
            for line in (
                [self._choice(key, spec, value, indent)]
                if (*path, key) in self.placeholders.undecided or (key == name and inner == MARK)
                else self._option(key, known.get(key, {}), inner, (*path, key), indent)
            )
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

    def _choice(self, key: str, spec: Spec, value: dict[str, Any], indent: int) -> str:
        """The line that decides which of the options below there are."""
        below = f"; what follows is for {value[key]}" if len(value) > 1 and value[key] != MARK else ""
        return f"{' ' * indent}{scalar(key)}: {MARK} # {describe_choice(spec)}{below}"

    def _option(self, key: str, spec: Spec, value: Any, path: KeyPath, indent: int) -> list[str]:
        head = f"{' ' * indent}{scalar(key)}:"
        comment = self._comment(spec, value, path)
        if not _is_block(value):
            return [f"{head} {flow(self._marked(value, path))}{comment}"]
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
                lines.append(f"{' ' * indent}- {flow(self._marked(value, (*path, index)))}")
        return lines

    def _commented(self, key: str, spec: Spec, path: KeyPath, indent: int) -> list[str]:
        value = self.placeholders.value(spec, path)
        comment = f" # {said}" if (said := describe(spec)) else ""
        line = f"{' ' * indent}# {scalar(key)}: {flow(self._marked(value, path))}"
        if len(line) <= WIDTH or not _is_block(value):
            needed = not _is_block(value) and (_holds_mark(value) or not isinstance(value, list))
            return [line + (comment if needed or len(line + comment) <= WIDTH else "")]
        plain = _Writer(self.placeholders, optional=False)._option(key, spec, value, path, 0)  # noqa: SLF001
        return [f"{' ' * indent}# {line}" for line in plain]

    def _comment(self, spec: Spec, value: Any, path: KeyPath) -> str:
        spec, open_ = flat(spec), not _is_block(value) and self._marked(value, path) != value
        chosen = isinstance(value, dict) and is_union_of_objects(spec) and not self._is_open(spec, path)
        said = describe(spec) if open_ or chosen or (not _is_block(value) and _holds_mark(value)) else ""
        return f" # {said}" if said else ""

    def _is_open(self, spec: Spec, path: KeyPath) -> bool:
        """True for a union of which somebody has yet to choose a branch."""
        name = discriminator(spec)
        return name is not None and (*path, name) in self.placeholders.undecided

    def _marked(self, value: Any, path: KeyPath) -> Any:
        """The value as it is written: with the mark for a choice that nobody has made."""
        if path in self.placeholders.undecided:
            return MARK
        if isinstance(value, dict):
            deeper = literal_value(value) is None
            return {key: self._marked(inner, (*path, key) if deeper else path) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._marked(item, (*path, index)) for index, item in enumerate(value)]
        return value


def _holds_mark(value: Any) -> bool:
    return next(placeholders_in(value), None) is not None


def _is_block(value: Any) -> bool:
    """True for what takes several lines: a mapping with something in it, a list of such."""
    if isinstance(value, dict):
        return bool(value) and not is_atomic(value)
    return isinstance(value, list) and any(_is_block(item) for item in value)
