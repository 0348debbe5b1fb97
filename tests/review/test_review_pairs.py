"""Two edits of a lake at once: their review does not say the opposite of any stream."""

from __future__ import annotations

import itertools
import random
import shutil
from pathlib import Path

from infra.lake.model.load import load_lake
from infra.lake.model.output import document_path
from infra.review.details.changes import changes_of
from infra.review.details.settled import settled
from infra.review.sides.side import Side
from infra.review.sides.stack_json import read_stack_document
from tests.support.lakes import run, write_lake
from tests.support.review_bases import BEFORE
from tests.support.review_edits import EDITS
from tests.support.review_facts import contradictions
from tests.support.review_lake import BASE, apply, edited

# As many pairs of those that can be made, always the same ones.
PAIRS = 100


def pairs() -> list[tuple[str, str]]:
    """Edits of the same base that touch different texts."""
    names = sorted(name for name in EDITS if name not in BEFORE)
    found = [*itertools.combinations(names, 2)]
    random.Random(20).shuffle(found)
    return found


def both(root: Path, one: str, other: str) -> bool:
    """Make both edits; False where they do not go together."""
    files: dict[str, str | None] = {**BASE}
    for name in (one, other):
        try:
            changed = edited({path: text for path, text in files.items() if text is not None}, EDITS[name])
        except AssertionError:
            return False
        if any(
            files.get(path, "") != BASE.get(path, "") and not isinstance(EDITS[name][path], list) for path in changed
        ):
            return False
        files.update(changed)
    apply(root, {path: text for path, text in files.items() if text != BASE.get(path)})
    return run(root, "synth").code == 0


def side(root: Path) -> Side:
    model = load_lake(root).model
    stacks = [stack for stack in model.stacks if (root / document_path(stack)).exists()]
    text = {stack: (root / document_path(stack)).read_text() for stack in stacks}
    return Side(model, {stack: read_stack_document(document_path(stack), text[stack]) for stack in stacks})


def test_the_review_of_two_edits_does_not_contradict_itself(tmp_path: Path) -> None:
    base = write_lake(tmp_path / "base", BASE)
    assert run(base, "synth").code == 0
    before, seen, unsettled = side(base), 0, 0
    for one, other in pairs():
        head = tmp_path / f"{one}-{other}"[:200]
        shutil.copytree(base, head)
        if both(head, one, other):
            after = side(head)
            found = [
                change for stack in {*before.documents, *after.documents} for change in changes_of(before, after, stack)
            ]
            unsettled += bool(contradictions(before, after, found))
            assert contradictions(before, after, settled(before, after, found)) == [], (one, other)
            seen += 1
        shutil.rmtree(head)
        if seen == PAIRS:
            break
    assert seen == PAIRS
    assert unsettled > PAIRS // 20
