"""Asking the servers of a lake what is in its workspaces, where the lake may be one that somebody proposes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from infra.airbyte.server import open_server
from infra.base.errors import UserError
from infra.base.json_value import Json
from infra.base.transport import Tell
from infra.lake.model.lake_model import LakeModel
from infra.move.found import FoundWorkspace
from infra.move.review.server_trust import changed_settings
from infra.move.server.from_server import read_server
from infra.review.details.change import Refusal


@dataclass(frozen=True)
class Answers:
    """What came back.

    Attributes:
        found: stack -> its workspace.
        faults: stack -> why it could not be read.
        refused: why nobody was asked.
        skipped: stacks that were not asked, as they are new.
    """

    found: Mapping[str, FoundWorkspace] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def notes(self) -> Iterator[str]:
        """What to tell about it."""
        for stack, fault in self.faults.items():
            yield f"the workspace of {stack} is not known: {fault}"
        for stack in self.skipped:
            yield f"the workspace of {stack} was not asked: the stack is new, and a change does not say which server gets credentials"

    def to_json(self) -> list[Json]:
        """For `--format json`: the stacks that were asked."""
        found, faults = self.found, self.faults
        return [
            {
                "stack": id_,
                "workspace_id": found[id_].workspace_id if id_ in found else None,
                "fault": faults.get(id_),
            }
            for id_ in sorted({*found, *faults})
        ]


def ask(
    head: LakeModel, base: LakeModel | None, environ: Mapping[str, str], tell: Tell, advance: Callable[[], None]
) -> Answers:
    """The workspaces of the head's stacks. With a base, it alone says where they are and who asks, and a head that says
    otherwise of any of them gets no request at all; without one, whoever calls has chosen the head.
    """
    refused = tuple(_refused(head, base, environ)) if base else ()
    if refused:
        return Answers(refused=refused)
    trusted = base or head
    found: dict[str, FoundWorkspace] = {}
    faults: dict[str, str] = {}
    for id_ in (id_ for id_ in head.stacks if id_ in trusted.stacks):
        try:
            found[id_] = read_server(open_server(trusted.stacks[id_], environ, tell=tell), tell)
        except UserError as error:
            faults[id_] = str(error)
        advance()
    return Answers(found, faults, skipped=tuple(id_ for id_ in head.stacks if id_ not in trusted.stacks))


def _refused(head: LakeModel, base: LakeModel, environ: Mapping[str, str]) -> Iterator[Refusal]:
    for id_ in (id_ for id_ in head.stacks if id_ in base.stacks):
        keys = changed_settings(base.stacks[id_], head.stacks[id_], environ)
        if keys:
            message = (
                f"differs from the base in where its server is, or who asks it ({', '.join(keys)}): no server was asked"
            )
            fix = (
                "make this a change of its own, and review it without --server;\n"
                "or, if you trust the new server with the credentials, run: lakeform review --server, without --base"
            )
            yield Refusal(f"lake.stacks.{id_}", "server-not-asked", message, fix)
