"""A configuration in the files against the masked one in Airbyte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from infra.lake.connectors.spec import Spec, items_of
from infra.lake.documents import KeyPath
from infra.lake.documents.operation import ABSENT
from infra.lake.values.reference import is_atomic, literal_value, reference_name
from infra.scaffold.names import Names
from infra.scaffold.shape import as_written, known_options

# AirbyteSecretConstants has ten stars, the user interface shows six.
MASK = re.compile(r"\*{3,}")
# What the public API puts beside the options.
TYPES = ("sourceType", "destinationType")


class Differing(NamedTuple):
    """(path, in the files, in Airbyte, whether it may be a secret in clear, why no edit can say it)."""

    path: KeyPath
    here: Any
    there: Any
    secret: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """What it takes to compare the options of one entry.

    Attributes:
        names: of the variables for secrets that no file names yet.
        value_of: the value of a plain variable; ABSENT if nobody knows it.
        blind: nobody knows which options are secrets.
    """

    names: Names
    value_of: Callable[[str], Any]
    blind: bool = False

    def options(self, spec: Spec, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[Differing]:
        """Every option that differs; a masked value never does."""
        kept = {key: value for key, value in there.items() if key not in TYPES or key in here}
        yield from self._object(spec, here, kept, ())

    def _object(
        self, spec: Spec, here: Mapping[str, Any], there: Mapping[str, Any], path: KeyPath
    ) -> Iterator[Differing]:
        known = {**known_options(spec, dict(there)), **known_options(spec, dict(here))}
        for key in sorted({*here, *there}):
            one, other, below = here.get(key), there.get(key), (*path, key)
            option = known.get(key, {})
            if one is None and other is not None:
                yield Differing(below, ABSENT, self.written(option, other, None, below), self._may_hold(option, other))
            elif one is not None and other is None:
                yield Differing(below, one, ABSENT, self._may_hold(option, one))
            elif one is not None:
                yield from self._value(option, one, other, below)

    def _value(self, spec: Spec, here: Any, there: Any, path: KeyPath) -> Iterator[Differing]:
        kind, name = reference_name(here) or ("", "")
        if kind == "secret" or _is_masked(there):
            return
        if kind == "var":
            yield from self._variable(name, here, there, path)
            return
        plain = literal_value(here)
        if plain is None and isinstance(here, Mapping) and isinstance(there, Mapping):
            yield from self._object(spec, here, there, path)
        elif not self._equal(here if plain is None else plain, there):
            yield Differing(path, here, self.written(spec, there, here, path), self._may_hold(spec, here))

    def _variable(self, name: str, here: Any, there: Any, path: KeyPath) -> Iterator[Differing]:
        value = self.value_of(name)
        if value is not ABSENT and not _same(value, there):
            reason = f"its value is that of the variable {name}: change it where that gets its value"
            yield Differing(path, here, there, self.blind, reason)

    def _equal(self, here: Any, there: Any) -> bool:
        """True if nothing that can be seen differs, in a list or in what is not looked into."""
        if _is_masked(there) or (reference_name(here) or ("",))[0] == "secret":
            return True
        if isinstance(here, Mapping) and isinstance(there, Mapping):
            plain = literal_value(here)
            here = here if plain is None else plain
            keys = {key for value in (here, there) for key in value if value[key] is not None}
            return all(key in here and key in there and self._equal(here[key], there[key]) for key in keys)
        if isinstance(here, (list, tuple)) and isinstance(there, list):
            return len(here) == len(there) and all(map(self._equal, here, there))
        name = (reference_name(here) or ("", ""))[1]
        value = self.value_of(name) if name else here
        return value is ABSENT or _same(value, there)

    def written(self, spec: Spec, there: Any, hint: Any, path: KeyPath) -> Any:
        """What is in Airbyte as the registry writes it: with the references that it has already, and new ones for masks."""
        if _is_masked(there) or spec.get("airbyte_secret"):
            return hint if reference_name(hint) else {"secret": self.names.at(path)}
        if reference_name(hint) and self._equal(hint, there):
            return hint
        if isinstance(there, Mapping):
            known = known_options(spec, dict(there))
            hints = hint if isinstance(hint, Mapping) and not is_atomic(hint) else {}
            made = {
                key: self.written(known.get(key, {}), inner, hints.get(key), (*path, key))
                for key, inner in there.items()
                if inner is not None
            }
            return as_written(made)
        if isinstance(there, list):
            same_length = isinstance(hint, (list, tuple)) and len(hint) == len(there)
            pairs = zip(there, hint if same_length else [None] * len(there), strict=True)
            items = items_of(spec)
            return [self.written(items, item, one, (*path, index)) for index, (item, one) in enumerate(pairs)]
        return there

    def _may_hold(self, spec: Spec, value: Any) -> bool:
        return not reference_name(value) and (self.blind or bool(spec.get("airbyte_secret")))


def _is_masked(value: Any) -> bool:
    return isinstance(value, str) and MASK.fullmatch(value) is not None


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is 1.0, and true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
