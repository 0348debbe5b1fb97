"""TerraformErrors: what the message of a condition tells, at the registry lines that it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra.airbyte.workspace.known_secrets import KnownSecrets
from infra.base.printable import printable
from infra.gitops.cluster.objects import Ready
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.check import errors_of
from infra.terraform.explain.diagnostics import LocatedError, locate_errors, locate_errors_in
from infra.terraform.explain.explain import parse_address
from infra.terraform.explain.reasons import with_reasons
from infra.terraform.explain.source_map import SourceLine, places_of
from infra.terraform.explain.tofu_output import Diagnostic

# What these say is told by other fields, or in the summary of the plan; their messages are plans, ids and revisions.
_TOLD = frozenset({"DriftDetected", "TerraformPlannedWithChanges"})

# So begins what is known of a lock (tofu-controller: runner/server_exec_wrapper.go), whose id is in the object's status.
_LOCKED = re.compile("error acquiring the state lock: Lock Info:")

_WITHHELD = "(its text is withheld)"


@dataclass(frozen=True)
class TerraformErrors:
    """What a condition that is not True says.

    Attributes:
        errors: each at its lines.
        withheld: why their texts are not shown; empty if they are.
    """

    errors: tuple[LocatedError, ...]
    withheld: str


def read_message(
    ready: Ready, known: KnownSecrets, model: LakeModel, stack: str, documents: Mapping[str, str]
) -> TerraformErrors:
    """The errors in the message of a Terraform object's condition.

    Where the message may hold a value that is not known, only registry lines and Terraform's own names for what they
    are about remain of it.
    """
    told = ready.reason in _TOLD or _LOCKED.search(ready.message)
    if ready.status == "True" or not ready.settled or told or not ready.message.strip():
        return NO_ERRORS
    text = known.whole(ready.message)
    found = locate_errors_in(text, model, documents, known.redactor, [stack])
    found = found or locate_errors([_plain(text)], model, documents, known.redactor, [stack])
    found = with_reasons(found, model, lambda: errors_of(model.root))
    gap = known.gap_at(ready.since)
    safe = [_safe(one, stack, model, known) for one in found]
    return TerraformErrors(tuple(dict.fromkeys(_bare(one, stack, model) if gap else one for one in safe)), gap)


NO_ERRORS = TerraformErrors((), "")


def _plain(text: str) -> Diagnostic:
    """A message without complaints of Terraform in it: tofu-controller's own words."""
    first, _, rest = text.strip().partition("\n")
    return Diagnostic("error", first.strip(), rest.strip())


def _safe(error: LocatedError, stack: str, model: LakeModel, known: KnownSecrets) -> LocatedError:
    """The error with nothing secret in its address and in a file that it names; registry lines are the lake's own words."""
    hidden = known.redactor.hide
    address = _own_address(error.address, stack, model) or hidden(error.address)
    places = tuple(
        place if _is_own(place) else replace(place, location=replace(place.location, file=hidden(place.location.file)))
        for place in error.places
    )
    summary, detail = printable(error.summary), "\n".join(printable(line) for line in error.detail.splitlines())
    return replace(error, address=address, places=places, summary=summary, detail=detail)


def _bare(error: LocatedError, stack: str, model: LakeModel) -> LocatedError:
    """The error without its text: what is left is the lake's own."""
    places = tuple(place for place in error.places if _is_own(place))
    address = _own_address(error.address, stack, model)
    return replace(error, summary=_WITHHELD, detail="", address=address, places=places)


def _is_own(place: SourceLine) -> bool:
    """False for a line of a file that the message names."""
    return bool(place.path or place.note)


def _own_address(address: str, stack: str, model: LakeModel) -> str:
    """The address without indexes and attributes, if it is one of this lake's; else empty."""
    match parse_address(address):
        case ("resource", str(kind), str(name), *_) if places_of(("resource", kind, name), stack, model):
            return f"{kind}.{name}"
        case ("variable", str(name), *_) if places_of(("variable", name), stack, model):
            return f"var.{name}"
    return ""
