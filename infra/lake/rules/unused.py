"""Entries that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.documents import Layers, Problem, did_you_mean, near_matches
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.kinds import ACTORS, KIND_OF
from infra.lake.rules.unknown_variables import undeclared


def check_unused(model: LakeModel) -> Iterator[Problem]:
    """`unused-entry`, a warning, for sources and destinations without a connection, for described variables that no
    entry refers to and for landings that no stack names.
    """
    yield from _unused_actors(model)
    yield from _unused_variables(model)
    yield from _unused_landings(model)


def _unused_actors(model: LakeModel) -> Iterator[Problem]:
    used = {
        (section, draft.text(KIND_OF[section]), draft.stack)
        for draft in model.drafts.entries.values()
        for section in ACTORS
        if draft.section == "connections"
    }
    unused: dict[str, list[Draft]] = {}
    for draft in model.drafts.entries.values():
        external = draft.section == "sources" and draft.layers.value.get("external")
        if draft.section != "connections" and not external and draft.key not in used:
            unused.setdefault(draft.path, []).append(draft)
    for drafts in unused.values():
        stacks = ", ".join(draft.stack for draft in drafts)
        message = f"no connection uses it in: {stacks}"
        fix = "add a connection, or remove it there"
        yield drafts[0].layers.problem("unused-entry", (), message, fix, key=True, severity="warning")


def _unused_variables(model: LakeModel) -> Iterator[Problem]:
    used = {name for stack in model.stacks.values() for name in stack.variables}
    used |= {use.name for uses in model.landing_uses.values() for use in uses}
    misspelt = {name for stack in model.stacks.values() for name in undeclared(model, stack)}
    for name in model.registry.lake.variables:
        if name not in used and model.declared.lake is not None and not near_matches(name, misspelt):
            layers, fix = Layers.single(model.declared.lake), did_you_mean(name, used, "used") or "remove it"
            path = ("variables", name)
            yield layers.problem("unused-entry", path, "no entry refers to it", fix, key=True, severity="warning")


def _unused_landings(model: LakeModel) -> Iterator[Problem]:
    used = {stack.settings.landing for stack in model.stacks.values()}
    for name in model.registry.lake.landings:
        if name not in used and model.declared.lake is not None:
            fix = f"write landing: {name} in the stack whose files it takes, or remove it"
            path = ("landings", name)
            yield Layers.single(model.declared.lake).problem(
                "unused-entry", path, "no stack has this landing", fix, key=True, severity="warning"
            )
