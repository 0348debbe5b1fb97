"""Files of the output that nobody answers for: what a change brings of them is refused."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents.links import shown
from infra.lake.model.output import LOCK_FILE, OUTPUT
from infra.lake.registry.extra_file import is_configuration
from infra.lake.rules.strays import allowed_files, extra_names, stray_problem, strays
from infra.review.details.change import Refusal
from infra.review.sides.side import Side


def stray_refusals(base: Side, head: Side) -> Iterator[Refusal]:
    """`extra-file` for everything in the head's output that does not belong there, and that the base did not have so."""
    allowed, before, after = allowed_files(head.model), _paths(base), _paths(head)
    declared = {f"stacks/{stack}/{name}" for stack in base.model.stacks for name in extra_names(base.model, stack)}
    for stray, inside in sorted(strays(after, allowed).items()):
        if any(after[path] != before.get(path) or path in declared for path in inside):
            problem = stray_problem(stray, allowed, is_folder=inside != [stray])
            yield Refusal(problem.location.file, problem.rule, problem.message, problem.fix)


def stray_notes(base: Side, head: Side) -> Iterator[str]:
    """What is gone from the output and lakeform did not write; Terraform in the folder of a stack is told as a change."""
    for path in sorted(_paths(base).keys() - _paths(head).keys()):
        *folders, name = path.split("/")
        told = (
            folders[:1] == ["stacks"] and len(folders) == 2 and folders[1] in head.documents and is_configuration(name)
        )
        if not told and name != LOCK_FILE:
            yield f"{shown(f'{OUTPUT}/{path}')}, which lakeform did not write, is gone"


def _paths(side: Side) -> dict[str, bytes]:
    return {
        f"stacks/{stack}/{name}" if stack else name: content
        for stack, held in side.files.items()
        for name, content in held.items()
    }
