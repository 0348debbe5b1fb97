"""Option changes: what differs between the options of two versions of a connector."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from infra.lake.connectors.spec import Spec, branches_of, constant, discriminator, flat
from infra.lake.documents import some

ChangeKind = Literal["appeared", "gone", "required", "changed", "default"]

# What the two say of values, besides type and choices, in the words of JSON Schema.
_BOUNDS = (
    *("format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
)
# Choices that a text names.
_SHOWN = 6


class Branch(NamedTuple):
    """A step into the branch of a union whose property `name` is `value`."""

    name: str
    value: Any


Steps = tuple[str | Branch, ...]


@dataclass(frozen=True)
class OptionChange:
    """An option that differs.

    Attributes:
        steps: names of properties, `[]` for the items of a list, and branches of unions.
        text: what differs, in words.

    """

    kind: ChangeKind
    steps: Steps
    text: str

    def is_left_out(self, configuration: Any) -> bool:
        """True for a configuration that could have the option and does not write it: it gets the default."""
        for step in self.steps[:-1]:
            if not isinstance(configuration, Mapping) or step == "[]":
                return False
            if isinstance(step, str):
                configuration = configuration.get(step)
            elif configuration.get(step.name) != step.value:
                return False
        return isinstance(configuration, Mapping) and self.steps[-1] not in configuration


@dataclass(frozen=True)
class _Option:
    spec: Spec
    required: bool


def option_changes(old: Spec, new: Spec) -> tuple[OptionChange, ...]:
    """What differs, by name; of an option that came or went, nothing that is inside it."""
    before, after = dict(_options(old, ())), dict(_options(new, ()))
    return tuple(change for steps in sorted({*before, *after}, key=_name) for change in _changes(steps, before, after))


def _changes(steps: Steps, before: Mapping[Steps, _Option], after: Mapping[Steps, _Option]) -> Iterator[OptionChange]:
    old, new, name = before.get(steps), after.get(steps), _name(steps)
    if old is None and new is not None:
        if not any(steps[:depth] not in before for depth in range(1, len(steps))):
            must = " and required" if new.required else ""
            yield OptionChange("required" if new.required else "appeared", steps, f"`{name}` is new{must}")
    elif new is None:
        if not any(steps[:depth] not in after for depth in range(1, len(steps))):
            yield OptionChange("gone", steps, f"`{name}` is gone")
    elif old is not None:
        yield from _differences(steps, name, old, new)


def _differences(steps: Steps, name: str, old: _Option, new: _Option) -> Iterator[OptionChange]:
    if old.required != new.required:
        text = "is required now" if new.required else "is no longer required"
        yield OptionChange("required" if new.required else "changed", steps, f"`{name}` {text}")
    for what in filter(None, (_types(old.spec, new.spec), _choices(old.spec, new.spec), *_bounds(old.spec, new.spec))):
        yield OptionChange("changed", steps, f"`{name}`: {what}")
    if old.spec.get("default") != new.spec.get("default"):
        values = " → ".join(_value(spec.get("default")) for spec in (old.spec, new.spec))
        yield OptionChange("default", steps, f"`{name}`: default {values}")


def _types(old: Spec, new: Spec) -> str:
    words = [" or ".join(_listed(spec.get("type"))) or "any" for spec in (old, new)]
    return f"type {words[0]} → {words[1]}" if words[0] != words[1] else ""


def _listed(kinds: Any) -> list[str]:
    return sorted(map(str, kinds)) if isinstance(kinds, list) else [str(kinds)] if kinds else []


def _choices(old: Spec, new: Spec) -> str:
    before, after = ([_value(value) for value in _allowed(spec)] for spec in (old, new))
    come = [value for value in after if value not in before]
    gone = [value for value in before if value not in after]
    if not before or not after:
        return f"only {some(come, _SHOWN)} from now on" if come else "any value from now on" if gone else ""
    told = (f"{some(values, _SHOWN)} {word}" for values, word in ((come, "added"), (gone, "gone")) if values)
    return f"choices: {', '.join(told)}" if come or gone else ""


def _allowed(spec: Spec) -> list[Any]:
    choices = [spec["const"]] if "const" in spec else spec.get("enum", [])
    return choices if isinstance(choices, list) else []


def _bounds(old: Spec, new: Spec) -> Iterator[str]:
    for key in _BOUNDS:
        if old.get(key) != new.get(key):
            yield f"{key} {_value(old.get(key))} → {_value(new.get(key))}"
    if bool(old.get("airbyte_secret")) != bool(new.get("airbyte_secret")):
        yield "a secret from now on" if new.get("airbyte_secret") else "no secret any more"


def _value(value: Any) -> str:
    if value is None:
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _options(spec: Any, steps: Steps) -> Iterator[tuple[Steps, _Option]]:
    """Every option of a spec, those of branches and lists too."""
    spec = flat(spec)
    required = spec.get("required", ())
    for key, inner in spec.get("properties", {}).items():
        below = (*steps, key)
        yield below, _Option(flat(inner), key in required)
        yield from _options(inner, below)
    if isinstance(spec.get("items"), Mapping):
        yield (*steps, "[]"), _Option(flat(spec["items"]), required=False)
        yield from _options(spec["items"], (*steps, "[]"))
    yield from _branches(spec, steps)


def _branches(spec: Spec, steps: Steps) -> Iterator[tuple[Steps, _Option]]:
    """The branches of a union by what tells them apart, else by their number."""
    name = discriminator(spec)
    for number, branch in enumerate(map(flat, branches_of(spec)), start=1):
        if "properties" not in branch:
            continue
        below = (*steps, Branch(name, _value(constant(branch, name))) if name else Branch("", number))
        yield below, _Option({}, required=False)
        rest = {key: inner for key, inner in branch["properties"].items() if key != name}
        yield from _options({**branch, "properties": rest}, below)


def _name(steps: Steps) -> str:
    """`credentials (auth_type: oauth).client_id`."""
    text = ""
    for step in steps:
        if isinstance(step, Branch):
            text += f" ({step.name}: {step.value})" if step.name else f" (form {step.value})"
        else:
            text += step if step == "[]" or not text else f".{step}"
    return text.strip()
