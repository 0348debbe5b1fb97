"""A configuration copied from Airbyte as the registry has it: references for secrets, nothing that the spec does not know.

Source: the button that copies a connector's form, airbyte-webapp's `Controls.tsx`, gives `{name, workspaceId, definitionId,
configuration}` like a create request of the public API. It masks secrets with `******`, but not all of them: those in
lists stay in clear. The API itself answers with `**********`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.base.errors import UserError
from infra.lake.connectors.branch import chosen_branch, property_specs, resolved
from infra.lake.connectors.spec import Spec, branches_of, discriminator, flat, item_spec, kind_of, kinds_of
from infra.lake.connectors.unknown import Unknown
from infra.lake.documents import KeyPath, render_path
from infra.lake.registry.placeholder import MARK
from infra.lake.values.coordinate import is_external
from infra.lake.values.reference import reference_name
from infra.scaffold.placeholder import Placeholders
from infra.scaffold.shape import as_written, fits, known_options

_MASK = re.compile(r"\*{3,}")
_CONFIGURATION = ("configuration", "connectionConfiguration")
_DEFINITION = ("definitionId", "sourceDefinitionId", "destinationDefinitionId")
_TYPE = ("sourceType", "destinationType")


@dataclass(frozen=True)
class FormCopy:
    """What the JSON says.

    Attributes:
        name: in Airbyte.
        definition_id: of the connector.
        type: the connector without `source-` or `destination-`.
        configuration: with secrets, as far as they were not masked.
    """

    name: str | None
    definition_id: str | None
    type: str | None
    configuration: Mapping[str, Any] = field(repr=False)


def read_form(value: Any, origin: str) -> FormCopy:
    """A create request, an answer of one of Airbyte's APIs, or a bare configuration. Raises UserError for anything else."""
    if not isinstance(value, dict):
        raise UserError(f"{origin} is not a JSON object: expected what Airbyte copies, or a configuration")
    inside = next((value[key] for key in _CONFIGURATION if isinstance(value.get(key), dict)), None)
    outside = {} if inside is None else value
    configuration = value if inside is None else inside
    type_ = _text({**outside, **configuration}, _TYPE)
    options = {key: inner for key, inner in configuration.items() if key not in _TYPE}
    return FormCopy(_text(outside, ("name",)), _text(outside, _DEFINITION), type_, options)


def _text(value: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((value[key] for key in keys if isinstance(value.get(key), str) and value[key]), None)


@dataclass
class Translation:
    """Makes a copied configuration one of the registry.

    Attributes:
        left_out: paths of what the spec does not have, or has differently. Their values are never shown.
    """

    placeholders: Placeholders
    left_out: list[str] = field(default_factory=list)

    def configuration(self, spec: Spec, copied: Mapping[str, Any]) -> dict[str, Any]:
        """The options, those that are required and missing as placeholders."""
        spec, copied = flat(spec), _without_masks(copied)
        decided = not branches_of(spec) or property_specs(spec, copied)
        return {**({} if decided else self.placeholders.value(spec)), **self._object(spec, copied, ())}

    def _value(self, spec: Spec, value: Any, path: KeyPath) -> Iterator[Any]:
        """The value for the registry; nothing for an empty secret and for what does not fit."""
        if (said := reference_name(value)) and kind_of(spec) != "object":
            made: Any = {"secret" if _is_secret(spec) else said[0]: said[1]}
        elif isinstance(value, Unknown) or (_is_secret(spec) and not is_external(value)):
            made = {"secret": self.placeholders.names.at(path)}
            if value == "":
                return
        elif isinstance(value, Mapping) and _may_be("object", spec, value):
            made = as_written(self._object(spec, value, path))
        elif isinstance(value, list) and _may_be("array", spec, value):
            whole = resolved(spec, value)
            parts = (self._value(item_spec(whole, at) or {}, item, (*path, at)) for at, item in enumerate(value))
            made = [item for part in parts for item in part]
        else:
            made = value
        untouched = isinstance(value, (Mapping, list)) and made is value
        if untouched or not fits(spec, made):
            self.left_out.append(render_path(path))
        else:
            yield made

    def _object(self, spec: Spec, value: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
        known, holding = property_specs(spec, value), resolved(spec, value)
        told = not branches_of(spec) or chosen_branch(spec, value) is not None
        further: Spec | None = {} if told and _is_open(holding) else None
        made: dict[str, Any] = self._open_choice(spec, value)
        for key, inner in value.items():
            option = known.get(key, further)
            if option is None:
                self.left_out.append(render_path((*path, key)))
            elif inner is not None:
                for new in self._value(option, inner, (*path, key)):
                    made[key] = new
        options = known_options(spec, value)
        for key in sorted(set(holding.get("required", ())) - made.keys()):
            made[key] = self.placeholders.value(options.get(key, {}), (*path, key))
        return made

    @staticmethod
    def _open_choice(spec: Spec, value: Mapping[str, Any]) -> dict[str, Any]:
        """A placeholder for what tells the branches apart, where nothing does; the options of all of them are kept."""
        name = discriminator(spec)
        return {name: MARK} if name is not None and chosen_branch(spec, value) is None else {}


def _without_masks(value: Any) -> Any:
    """The configuration with `Unknown` for each value that Airbyte has masked."""
    if isinstance(value, Mapping):
        return {key: _without_masks(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_masks(item) for item in value]
    return Unknown(secret=True) if isinstance(value, str) and _MASK.fullmatch(value) else value


def _is_open(holding: Spec) -> bool:
    """True for an object of which the spec says no more than that it is one."""
    return not holding.get("properties") and holding.get("additionalProperties") is not False


def _may_be(kind: str, spec: Spec, value: Any) -> bool:
    """True also for a union of which only some branches are of that kind, if it is one of these that is meant."""
    whole = resolved(spec, value)
    return not whole or kind in (*kinds_of(whole), kind_of(whole), kind_of(spec))


def _is_secret(spec: Spec) -> bool:
    """True also for a union of scalars of which one is a secret."""
    return bool(spec.get("airbyte_secret")) or any(flat(branch).get("airbyte_secret") for branch in branches_of(spec))
