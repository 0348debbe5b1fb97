"""Lines below `retired:` and `renamed:`, added where a lake keeps such lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from infra.lake.documents.operation import Operation
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.scaffold.registered import free_file

# Where the lines go if the lake has none of either kind.
_HISTORY = "history"

Line = Mapping[str, str]


def history_lines(model: LakeModel, key: Literal["retired", "renamed"], lines: Sequence[Line]) -> list[Operation]:
    """What adds the lines: below those of their kind, else in the file of the other kind, else in one of their own.

    Raises UserError if that file is there already, and is another one.
    """
    declared = model.declared
    same, other = (declared.retired, declared.renamed) if key == "retired" else (declared.renamed, declared.retired)
    new = [dict(line) for line in lines]
    if same:
        file = same[-1].document.file
        return [Operation(file, (key,), [*same[-1].document.value[key], *new])]
    if other:
        return [Operation(other[-1].document.file, (key,), new)]
    return [Operation(free_file(model, None, _HISTORY), (), _text(key, new))]


def _text(key: str, lines: Sequence[Line]) -> str:
    return "".join(f"{line}\n" for line in (f"{key}:", *(f"  - {flow(line)}" for line in lines)))
