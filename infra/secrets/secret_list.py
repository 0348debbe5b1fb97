"""The list of variables: what needs them and where their values come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from infra.base.columns import columns
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.model.variables import Variable, variables_of
from infra.secrets.secret_check import StackSecrets
from infra.secrets.secret_sources import Origin, landing_origin


@dataclass(frozen=True)
class SecretRow:
    """One variable of one stack, or one value of one landing, and where it comes from.

    Attributes:
        user: `stack` or `landing`.
        id: of the user.
    """

    user: Literal["stack", "landing"]
    id: str
    variable: Variable
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        secret = self.origin.secret
        return {
            "stack": self.id if self.user == "stack" else None,
            "landing": self.id if self.user == "landing" else None,
            "name": self.variable.name,
            "secret": self.variable.secret,
            "type": self.variable.type,
            "description": self.variable.description,
            "used_by": list(self.variable.used_by),
            "from": {
                "kind": self.origin.kind,
                "secret": secret.line.name if secret else None,
                "file": secret.file if secret else None,
                "key": self.origin.key,
                "state": self.origin.state,
            },
        }


def secret_rows(secrets: StackSecrets) -> Iterator[SecretRow]:
    """A row for each variable of a stack, by name."""
    for name, variable in secrets.stack.variables.items():
        yield SecretRow("stack", secrets.stack.id, variable, secrets.origins[name])


def landing_rows(model: LakeModel, chosen: Sequence[Stack]) -> Iterator[SecretRow]:
    """A row for each value that a landing takes from the environment, by landing and name.

    All landings for all stacks of the lake, else those that the chosen ones are fed into.
    """
    mine = {stack.settings.landing for stack in chosen}
    for id_, uses in model.landing_uses.items():
        if id_ in mine or len(chosen) == len(model.stacks):
            for variable in variables_of(uses, model.registry.lake).values():
                yield SecretRow("landing", id_, variable, landing_origin(variable))


def secret_table(rows: Sequence[SecretRow]) -> str:
    """The rows in columns, below a line for each stack and each landing."""
    cells = [
        (row.variable.name, _kind(row.variable), _from(row.origin), ", ".join(row.variable.used_by)) for row in rows
    ]
    lines: dict[str, list[str]] = defaultdict(list)
    for row, line in zip(rows, columns(cells, "  "), strict=True):
        lines[f"{row.user} {row.id}"].append(line)
    return "\n".join(line for user, below in lines.items() for line in (user, *below))


def _kind(variable: Variable) -> str:
    return "secret" if variable.secret else "plain"


def _from(origin: Origin) -> str:
    if origin.kind == "secret" and origin.secret is not None:
        place = origin.secret.file or "no file is named"
        notes = {"empty": ", empty", "clear": ", not encrypted", "encrypted": "", None: ", keys not known"}
        note = notes[origin.state] if origin.secret.file else ""
        return f"Secret {origin.secret.line.name} ({place}{note})"
    if origin.kind == "environment":
        return f"environment ({origin.key})"
    return {"values": "flux.values", "default": "default in lake.variables"}.get(origin.kind, "nowhere")
