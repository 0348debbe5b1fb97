"""Reasons: what `lakeform check` says of an entry that Airbyte refused, and where Airbyte's own reason stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from infra.lake.catalog.choice import chosen_by
from infra.lake.catalog.streams import FOLDER
from infra.lake.documents import Problem, Written, render_path
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.kinds import SECTION_OF_TYPE
from infra.terraform.explain.diagnostics import LocatedError
from infra.terraform.explain.explain import parse_address
from infra.terraform.explain.server_answer import ServerAnswer, answer_in
from infra.terraform.explain.source_map import places_of

_LOGIN = "Airbyte rejected the login, not this entry: see the stack's auth"
_NOT_PRINTED = "the provider leaves out Airbyte's reason here; "
_IN_THE_LOG = "the log of Airbyte's server has it, at the time of the apply (TF_LOG would print it too, along with every secret that is sent)"


def with_reasons(
    found: Iterable[LocatedError], model: LakeModel, check: Callable[[], Sequence[Problem]]
) -> list[LocatedError]:
    """The same complaints; those about a refusal of Airbyte with the problems that may explain it, and a hint.

    `check`: the errors of the lake, asked for at the first refusal that they may explain.
    """
    return [
        _with_reason(one, answer, model, check) if (answer := answer_in(one.summary, one.detail)) else one
        for one in found
    ]


def _with_reason(
    one: LocatedError, answer: ServerAnswer, model: LakeModel, check: Callable[[], Sequence[Problem]]
) -> LocatedError:
    if answer.to_login:
        logins = (place for stack in one.stacks for place in places_of(_SECRET_OF_LOGIN, stack, model))
        return replace(one, places=tuple(dict.fromkeys((*logins, *one.places))), hint=_LOGIN)
    drafts = list(_drafts(one, model))
    rules: tuple[Problem, ...] = ()
    if answer.is_about_content and drafts:
        rules = tuple(problem for problem in check() if any(_is_inside(problem, draft, model) for draft in drafts))
    return replace(one, rules=rules, hint=_hint(answer, drafts, found=bool(rules)) if answer.reason_is_hidden else "")


_SECRET_OF_LOGIN = ("provider", "airbyte", "client_secret")


def _hint(answer: ServerAnswer, drafts: Sequence[Draft], *, found: bool) -> str:
    checked = answer.is_about_content and drafts and not found
    nothing = f"lakeform check finds nothing wrong in {drafts[0].path}; " if checked else ""
    return f"{_NOT_PRINTED}{nothing}{_IN_THE_LOG}"


def _drafts(one: LocatedError, model: LakeModel) -> Iterator[Draft]:
    """The entry that a complaint is about, in each of its stacks."""
    match parse_address(one.address):
        case ("resource", str(kind), str(entry_id), *_) if kind in SECTION_OF_TYPE:
            for stack in one.stacks:
                draft = model.drafts.entries.get((SECTION_OF_TYPE[kind], entry_id, stack))
                if draft is not None:
                    yield draft


def _is_inside(problem: Problem, draft: Draft, model: LakeModel) -> bool:
    """True for a problem of the entry, of defaults and overrides that are part of it, or of a stream file that it syncs."""
    return any(_is_of(problem, piece) for piece in draft.layers.pieces) or problem.location.file in _files(draft, model)


def _is_of(problem: Problem, piece: Written) -> bool:
    path = render_path(piece.path)
    return problem.location.file == piece.document.file and (
        problem.path == path or problem.path.startswith((f"{path}.", f"{path}["))
    )


def _files(draft: Draft, model: LakeModel) -> Collection[str]:
    """The stream files that a connection syncs, also those with problems."""
    folder = model.source_of(draft) if draft.section == "connections" else None
    if folder is None:
        return ()
    return {f"{FOLDER}/{folder.source}/{stem}.json" for stem in chosen_by(draft.layers.value, folder.files.keys())}
