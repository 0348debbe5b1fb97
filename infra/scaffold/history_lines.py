"""Lines below `retired:` and `renamed:`, added where a lake keeps such lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from infra.lake.documents import Written
from infra.lake.documents.operation import Operation
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.scaffold.registered import free_path

# Where the lines go if the lake has none of either kind.
_HISTORY = "history"

Line = Mapping[str, str]


def history_lines(model: LakeModel, key: Literal["retired", "renamed"], lines: Sequence[Line]) -> list[Operation]:
    """What adds the lines: below those of their kind, else in the file of the other kind, else in one of their own."""
    declared = model.declared
    same, other = (declared.retired, declared.renamed) if key == "retired" else (declared.renamed, declared.retired)
    new = [dict(line) for line in lines]
    if same:
        file = same[-1].document.file
        return [Operation(file, (key,), [*same[-1].document.value[key], *new])]
    if other:
        return [Operation(other[-1].document.file, (key,), new)]
    return [Operation(free_path(model, _HISTORY), (), _text(key, new))]


def renamed_line(model: LakeModel, old: str, new: str) -> list[Operation]:
    """What says that `old` is called `new` from now on: a line; where one ends at `old`, that one from its first name to the last,
    or no line any more where that is the same name.
    """
    earlier = renamed_to(model, old)
    if earlier is None:
        return history_lines(model, "renamed", [{"from": old, "to": new}])
    file = earlier.document.file
    if earlier.value["from"] != new:
        return [Operation(file, (*earlier.path, "to"), new)]
    lines = earlier.document.value["renamed"]
    if len(lines) > 1:
        return [Operation(file, ("renamed",), [line for line in lines if line != earlier.value])]
    return [Operation(file, ("renamed",) if len(earlier.document.value) > 1 else ())]


def renamed_to(model: LakeModel, path: str) -> Written | None:
    """The one line below `renamed:` that ends at `path`; None where none does, or what the lines say of it is not one thing."""
    lines = [line for line in model.declared.renamed if isinstance(line.value, dict)]
    about = [line for line in lines if path in (line.value.get("from"), line.value.get("to"))]
    first = about[0].value.get("from") if about else None
    return about[0] if len(about) == 1 and isinstance(first, str) and first != path else None


def _text(key: str, lines: Sequence[Line]) -> str:
    return "".join(f"{line}\n" for line in (f"{key}:", *(f"  - {flow(line)}" for line in lines)))
