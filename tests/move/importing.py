"""Imports of workspaces that tests made up, into a lake of a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.commands.common import read_model
from infra.move.entries.connector_locks import ConnectorLocks
from infra.move.entries.import_lake import Imported, import_lake
from infra.move.entries.import_plan import ImportRequest
from infra.move.entries.import_record import read_record
from infra.move.found import FoundWorkspace
from infra.move.found_terraform import FoundTerraform
from tests.support.lakes import LAKE, write_lake


@dataclass(frozen=True)
class Done:
    """What an import did: the outcome, and the files that it changed."""

    imported: Imported
    written: tuple[str, ...]

    def told(self, entry: str, stack: str = "airbyte") -> list[str]:
        """What the report says of an entry: `field: there -> sends`."""
        objects = self.imported.record.stacks[stack].objects.values()
        (found,) = [one for one in objects if one.entry == entry]
        return [f"{one.field}: {one.there} -> {one.sends}" for one in found.told]

    def left(self) -> list[str]:
        """What has no entry, and why."""
        return [f"{one.left_out.what}: {'; '.join(one.left_out.why)}" for one in self.imported.left]


def empty_lake(root: Path, text: str = LAKE, **files: str) -> Path:
    """A lake with stacks and locks, and no entries."""
    return write_lake(root, {"dag/registry/lake.yaml": text, **files})


def do_import(root: Path, *only: str, **found: FoundWorkspace) -> Done:
    """Import workspaces, by stack, and write the files."""
    return _run(root, {stack: FoundTerraform(one) for stack, one in found.items()}, only)


def do_import_terraform(root: Path, found: FoundTerraform) -> Done:
    """The same of what Terraform made, into the only stack."""
    return _run(root, {"airbyte": found}, ())


def _run(root: Path, terraform: Mapping[str, FoundTerraform], only: tuple[str, ...]) -> Done:
    model = read_model(root)
    request = ImportRequest(model, terraform, ConnectorLocks(model, dict), read_record(root), frozenset(only))
    imported = import_lake(request)
    assert imported.problems == ()
    return Done(imported, tuple(imported.write(request)))


def text(root: Path, path: str) -> str:
    """A file of the lake."""
    return (root / path).read_text("utf-8")
