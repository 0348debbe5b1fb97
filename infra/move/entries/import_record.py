"""ImportRecord: `dag/import.json`, what imports have made of which objects, and what could not be read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.lake.documents import render_json
from infra.lake.documents.read import read_document
from infra.move.entries.recognize import Noted
from infra.move.entries.told import LeftOut, Told, changing

PATH = "dag/import.json"
_VERSION = 1


@dataclass(frozen=True)
class ImportedObject:
    """An object that an import made an entry of.

    Attributes:
        entry: `sources.shop`.
        name: in Airbyte.
        managed: False where the entry leaves it as it is (`existing`).
        carried: Terraform's state has it already, with its configuration.
    """

    entry: str
    name: str
    managed: bool = True
    carried: bool = False
    told: tuple[Told, ...] = ()

    @property
    def plans_empty(self) -> bool:
        """True where the first apply changes nothing: an imported source or destination is sent once, as Terraform's import
        leaves its configuration empty.
        """
        sent = not self.entry.startswith("connections.") and self.managed and not self.carried
        return not sent and not changing(self.told)

    def to_json(self) -> Json:
        """An object of the file."""
        told = [one.to_json() for one in self.told]
        plan = "empty" if self.plans_empty else "update"
        flags: Json = {"managed": self.managed, "carried": self.carried}
        return {"entry": self.entry, "name": self.name, **flags, "plan": plan, "told": told}


@dataclass(frozen=True)
class StackRecord:
    """What was imported for a stack.

    Attributes:
        origin: who told it, for people.
        objects: Airbyte's id, else the key that the origin has -> what it became.
        left_out: the same key -> why it has no entry.
        untold: what the origin could not read, in words.
    """

    origin: str = ""
    objects: Mapping[str, ImportedObject] = field(default_factory=dict)
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    untold: tuple[str, ...] = ()

    def after(self, later: StackRecord, *, whole: bool) -> StackRecord:
        """Both imports: the earlier one says what became of an object, the later one what has no entry now. `whole`: the later
        one looked at everything.
        """
        objects = {**self.objects, **later.objects}
        kept = {} if whole else {key: left for key, left in self.left_out.items() if key not in objects}
        return StackRecord(later.origin, objects, kept | dict(later.left_out), later.untold)

    def to_json(self) -> Json:
        """A stack of the file."""
        return {
            "origin": self.origin,
            "objects": {key: self.objects[key].to_json() for key in sorted(self.objects)},
            "left_out": {key: self.left_out[key].to_json() for key in sorted(self.left_out)},
            "untold": list(self.untold),
        }


@dataclass(frozen=True)
class ImportRecord:
    """Everything that the file says.

    Attributes:
        stacks: id -> its objects.
        secrets: name of a variable -> what it is for; its value is masked in Airbyte.
        removals: commands that take objects out of an old state, before the first plan.
    """

    stacks: Mapping[str, StackRecord] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    removals: tuple[str, ...] = ()

    def entries_of(self, stack: str) -> dict[str, str]:
        """Airbyte's id -> `sources.shop`."""
        record = self.stacks.get(stack, StackRecord())
        return {id_: one.entry for id_, one in record.objects.items()}

    def told(self, stack: str) -> dict[str, tuple[Told, ...]]:
        """Airbyte's id -> what was told of the object."""
        return {id_: one.told for id_, one in self.stacks.get(stack, StackRecord()).objects.items() if one.told}

    def noted(self, stack: str, state: Mapping[str, str] | None = None) -> Noted:
        """The ids of a stack's objects that stand beside its registry. `state`: entry -> id, as Terraform's state has it."""
        objects = self.stacks.get(stack, StackRecord()).objects.values()
        return Noted(state or {}, self.entries_of(stack), frozenset(one.entry for one in objects if one.carried))

    def left_out_of(self, stack: str) -> Mapping[str, LeftOut]:
        """Airbyte's id -> why it has no entry."""
        return self.stacks.get(stack, StackRecord()).left_out

    def after(self, later: ImportRecord, *, whole: bool) -> ImportRecord:
        """Both imports; what leaves the old state is what the later one says. `whole`: it looked at everything in its stacks."""
        stacks = dict(self.stacks)
        for stack, record in later.stacks.items():
            stacks[stack] = stacks[stack].after(record, whole=whole) if stack in stacks else record
        return replace(later, stacks=stacks, secrets={**self.secrets, **later.secrets})

    def to_json(self) -> Json:
        """What the file holds."""
        return {
            "version": _VERSION,
            "stacks": {stack: self.stacks[stack].to_json() for stack in sorted(self.stacks)},
            "secrets": {name: self.secrets[name] for name in sorted(self.secrets)},
            "removals": list(self.removals),
        }

    def to_text(self) -> str:
        """The file's text."""
        return render_json(self.to_json())


def read_record(root: Path) -> ImportRecord:
    """What earlier imports wrote; nothing where there was none. Raises UserError for a file that is something else."""
    if not (root / PATH).exists():
        return ImportRecord()
    document, problems = read_document(root, PATH)
    value: Json = document.value if document else {}
    try:
        stacks = {str(stack): _stack(one) for stack, one in value["stacks"].items()}
        secrets = {str(name): str(said) for name, said in value["secrets"].items()}
        return ImportRecord(stacks, secrets, _texts(value["removals"]))
    except (KeyError, TypeError, AttributeError):
        where = problems[0].location if problems else PATH
        fix = "restore it from git, or delete it: then objects are recognized by adopt and by name alone"
        raise UserError(f"{where} is not what an import has written; {fix}") from None


def _stack(value: Json) -> StackRecord:
    objects = {str(key): _object(one) for key, one in value["objects"].items()}
    left_out = {str(key): LeftOut.read(one) for key, one in value["left_out"].items()}
    return StackRecord(str(value["origin"]), objects, left_out, _texts(value["untold"]))


def _object(value: Json) -> ImportedObject:
    told = tuple(Told.read(one) for one in value["told"])
    return ImportedObject(str(value["entry"]), str(value["name"]), bool(value["managed"]), bool(value["carried"]), told)


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, values))
