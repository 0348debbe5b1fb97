"""The list of variables: what needs them and where their values come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.base.columns import columns
from infra.lake.model.variables import Variable
from infra.secrets.secret_check import StackSecrets
from infra.secrets.secret_sources import Origin


@dataclass(frozen=True)
class SecretRow:
    """One variable of one stack, and where its value comes from."""

    stack: str
    variable: Variable
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        """The object of `--format json`."""
        secret = self.origin.secret
        return {
            "stack": self.stack,
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
        yield SecretRow(secrets.stack.id, variable, secrets.origins[name])


def secret_table(rows: Sequence[SecretRow]) -> str:
    """The rows in columns, below a line for each stack."""
    cells = [
        (row.variable.name, _kind(row.variable), _from(row.origin), ", ".join(row.variable.used_by)) for row in rows
    ]
    lines: dict[str, list[str]] = defaultdict(list)
    for row, line in zip(rows, columns(cells, "  "), strict=True):
        lines[row.stack].append(line)
    return "\n".join(line for stack, below in lines.items() for line in (f"stack {stack}", *below))


def _kind(variable: Variable) -> str:
    return "secret" if variable.secret else "plain"


def _from(origin: Origin) -> str:
    if origin.kind == "secret" and origin.secret is not None:
        place = origin.secret.file or "no file is named"
        notes = {"empty": ", empty", "clear": ", not encrypted", "encrypted": "", None: ", keys not known"}
        note = notes[origin.state] if origin.secret.file else ""
        return f"Secret {origin.secret.line.name} ({place}{note})"
    return {"values": "flux.values", "default": "default in lake.variables"}.get(origin.kind, "nowhere")
