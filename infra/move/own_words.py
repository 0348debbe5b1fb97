"""What Terraform made, with the configuration of every typed resource in its connector's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from infra.lake.connectors.spec import Spec
from infra.move.found import FoundActor, Untold
from infra.move.found_terraform import FoundTerraform
from infra.move.untyped import untyped


def in_own_words(found: FoundTerraform, spec_of: Callable[[FoundActor], Spec | None]) -> FoundTerraform:
    """The same, with configurations that no longer are in the words of typed resources. `spec_of`: the spec of a connector,
    with titles if they are known; None where there is none, and the configuration stays as it is.
    """
    if not found.typed:
        return found
    told: list[Untold] = []
    actors = tuple(_translated(one, spec_of, told) if one.key in found.typed else one for one in found.workspace.actors)
    untold = tuple(sorted((*found.workspace.untold, *told), key=lambda one: (one.what, one.why)))
    return replace(found, workspace=replace(found.workspace, actors=actors, untold=untold), typed=frozenset())


def _translated(actor: FoundActor, spec_of: Callable[[FoundActor], Spec | None], told: list[Untold]) -> FoundActor:
    spec = spec_of(actor)
    if spec is None or actor.configuration is None:
        return actor
    made = untyped(spec, actor.configuration)
    if made.unclear:
        options = ", ".join(made.unclear)
        why = f"which shape of {options} is meant is not clear, as {actor.connector} has it differently now: choose one"
        told.append(Untold(actor.address or actor.name, why))
    return replace(actor, configuration=made.configuration)
