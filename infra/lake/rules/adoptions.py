"""One object of Airbyte that two entries claim: Terraform imports it twice, and the last configuration wins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from infra.lake.documents import Problem, Related
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.placement import OBJECT_IDS


def check_adoptions(model: LakeModel) -> Iterator[Problem]:
    """`adopt-duplicate`: for an id in two entries, of which at least one adopts it.

    Two entries with `existing` only read the object. One that adopts it in a stack and one that only uses it in another
    stack are two stacks that share a workspace; in one stack there is no reason for both.
    """
    by_id: dict[str, list[tuple[str, Draft]]] = {}
    for draft in model.drafts.entries.values():
        for key in OBJECT_IDS:
            if id_ := draft.text(key):
                by_id.setdefault(id_.lower(), []).append((key, draft))
    for claims in by_id.values():
        told: set[Draft] = set()
        for one, other in combinations(claims, 2):
            if other[1] not in told and _clash(*one, *other):
                told.add(other[1])
                yield _problem(*one, *other)


def _clash(key: str, draft: Draft, other_key: str, other: Draft) -> bool:
    if draft.path == other.path and draft.layers.locate((key,)) == other.layers.locate((other_key,)):
        return False  # one line for two stacks, which is told as such
    if draft == other:
        return False  # both keys in one entry, which its model refuses
    if draft.section != other.section or key == other_key == "adopt":
        return True
    return key != other_key and draft.stack == other.stack


def _problem(key: str, draft: Draft, other_key: str, other: Draft) -> Problem:
    where = f' in the stack "{draft.stack}"' if draft.stack != other.stack else ""
    if draft.section != other.section:
        what = f"is also the id of {draft.path}{where}, and an object is either a {draft.kind} or a {other.kind}"
        fix = f"copy the id of the {other.kind} from its address in Airbyte"
    elif key == other_key:
        what = (
            f"is already adopted by {draft.path}{where}: one object would get the settings of both, and keep the last"
        )
        fix = "keep one of the two entries, or write the id of the other object"
    else:
        managing, using = (draft, other) if key == "adopt" else (other, draft)
        what = f"is managed by {managing.path}, and used by {using.path} as something that is not managed here"
        fix = f"let connections name {managing.id}, and remove {using.path}"
    related = (Related(draft.layers.locate((key,), key=True), f"{key} of {draft.path}{where}"),)
    return other.layers.problem("adopt-duplicate", (other_key,), f"this object {what}", fix, related=related)
