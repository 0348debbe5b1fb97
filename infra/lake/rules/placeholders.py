"""What somebody has yet to decide: never applied, whatever the value could pass for, and whoever uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from infra.lake.connectors.descriptions import describe, describe_choice
from infra.lake.connectors.spec import Spec, branches_of, discriminator, flat, is_union_of_objects
from infra.lake.connectors.walk import children
from infra.lake.documents import KeyPath, Layers, Location, Problem, RuleId, Written
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.placeholder import is_placeholder, placeholders_in

_RULE: RuleId = "placeholder"


def check_placeholders(model: LakeModel) -> Iterator[Problem]:
    """`placeholder`, once for each that is written, in any layer of the registry and in every stream file."""
    wanted = dict(_wanted(model))
    for piece in _pieces(model):
        for path, of_key in placeholders_in(piece.value):
            at = piece.locate(path, key=of_key)
            fix = wanted.get(at, "write what is meant, or remove the line")
            yield Layers.single(piece).problem(_RULE, path, "this is still a placeholder", fix, key=of_key)


def without_undecided(problems: Iterable[Problem]) -> list[Problem]:
    """The problems without what is said of a placeholder as if it were a value: at its place, of the list that it stands in,
    or where it repeats one.
    """
    found = list(problems)
    places = {problem.location for problem in found if problem.rule == _RULE}
    paths = {(problem.location.file, problem.path) for problem in found if problem.rule == _RULE}
    lists = {(file, path.rpartition("[")[0]) for file, path in paths if path.endswith("]")}
    return [
        problem
        for problem in found
        if problem.rule == _RULE
        or not (
            problem.location in places
            or (problem.location.file, problem.path) in paths | lists
            or (places and any(is_placeholder(text) for text in problem.quoted))
        )
    ]


def undecided_options(spec: Spec, value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """(path, what to write) of every placeholder in a configuration, in the order of writing."""
    spec = flat(spec)
    if is_placeholder(value):
        yield path, _words(spec)
        return
    chooses = discriminator(spec) if is_union_of_objects(spec) else None
    for below, inner, inner_spec in children(value, spec):
        if below == (chooses,) and is_placeholder(inner):
            yield (*path, *below), describe_choice(spec)
        else:
            yield from undecided_options(inner_spec or _of_any_branch(spec, below), inner, (*path, *below))


def _of_any_branch(spec: Spec, below: KeyPath) -> Spec:
    """The spec of an option of which nobody knows yet whether there is one: that of the first branch that has it."""
    found = (flat(branch).get("properties", {}).get(below[-1]) for branch in branches_of(spec))
    return next((inner for inner in found if inner), {})


def _words(spec: Spec) -> str:
    return "{secret: NAME}" if spec.get("airbyte_secret") else describe(spec) or "text"


def _wanted(model: LakeModel) -> Iterator[tuple[Location, str]]:
    """Place of a placeholder in a configuration -> what to write there."""
    for draft in model.drafts.entries.values():
        lock = model.locks.get(draft.text("connector") or "")
        value = draft.layers.value.get("configuration")
        if lock is not None and isinstance(value, dict):
            for path, words in undecided_options(lock.spec, value):
                yield draft.layers.locate(("configuration", *path)), f"write here: {words}"


def _pieces(model: LakeModel) -> Iterator[Written]:
    """Everything that people write."""
    declared = model.declared
    yield from (declared.lake,) if declared.lake else ()
    for entries in declared.entries.values():
        yield from entries.values()
    yield from (*declared.retired, *declared.renamed)
    for source in model.sources.values():
        yield from (file for file in source.files.values() if file is not None)
