"""Backfills that cannot be done, and those that do something else than people expect.

Source: Airbyte's StreamRefreshesHandler (a destination without refreshes is answered with HTTP 200, and nothing is done),
CatalogGenerationSetter (what merge and truncate keep) and the operator guide on refreshes.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.connectors.lock import ConnectorLock
from infra.lake.documents import Problem, Related
from infra.lake.documents.rule_id import RuleId
from infra.lake.model.backfills import StackBackfill, backfills_of, backfills_with_locks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.registry.server_url import api_root

_AT = ("backfill",)


def check_backfills(model: LakeModel) -> Iterator[Problem]:
    """`refresh-unsupported`: the destination cannot, or the server lets nobody ask; `missing-key`: `backfills: true`."""
    yield from _stacks_without_provider(model)
    for stack, backfill, lock in backfills_with_locks(model):
        url = stack.settings.server_url
        if isinstance(url, str) and url and api_root(url) is None:
            yield _no_configuration_api(backfill, stack, url)
        elif lock is not None and backfill.mode != "clear" and not lock.supports_refreshes:
            destination = stack.connections[backfill.connection].settings.destination
            message = f"the destination {destination} ({lock.connector}) cannot refresh a stream"
            token = backfill.token
            fix = f'remove backfill, or write {{"token": "{token}", "mode": "clear"}}: the table is empty until its sync ends'
            yield backfill.configured.layers.problem("refresh-unsupported", _AT, message, fix)


def _stacks_without_provider(model: LakeModel) -> Iterator[Problem]:
    """The objects of a backfill outlive its flag in the state, and no plan works there without their provider: so the
    stack says that it has it, and the flag alone does not.
    """
    for stack in model.stacks.values():
        backfills = backfills_of(stack)
        if backfills and not stack.settings.backfills:
            message = 'the key "backfills" is missing: a stream has a backfill, which needs a provider of its own'
            fix = "add backfills: true, and keep it when the backfill is removed: the state still needs the provider"
            flags = tuple(
                Related(backfill.configured.layers.locate(_AT), f"the backfill of {backfill.stream}")
                for backfill in backfills
            )
            yield stack.layers.problem("missing-key", (), message, fix, key=True, related=flags)


def _no_configuration_api(backfill: StackBackfill, stack: Stack, url: str) -> Problem:
    message = f"the stack {stack.id} cannot run backfills: {url} has no Configuration API beside it"
    fix = "it is beside https://<host>/api/public/v1 only; refresh the stream in Airbyte's user interface"
    return backfill.configured.layers.problem("refresh-unsupported", _AT, message, fix)


def advise_backfills(model: LakeModel) -> Iterator[Problem]:
    """`backfill-needless`, `backfill-deletes-history` and `backfill-inactive`, warnings."""
    for stack, backfill, lock in backfills_with_locks(model):
        stream, entry = backfill.configured, stack.connections[backfill.connection].settings
        if entry.status == "inactive":
            yield _warning(
                backfill,
                "backfill-inactive",
                f"the connection {backfill.connection} is inactive: Airbyte runs none of its jobs",
                "remove backfill until it is active again",
            )
        elif stream.sync_mode == "full_refresh":
            yield _warning(
                backfill,
                "backfill-needless",
                "every sync already reads everything",
                "remove backfill; run a sync instead",
            )
        elif backfill.deletes and stream.destination_sync_mode == "append":
            yield _warning(
                backfill,
                "backfill-deletes-history",
                f"{backfill.mode} deletes the rows that were appended: what the source no longer has is lost",
                "use the mode merge, which keeps them" if _can_refresh(lock) else "remove backfill if they must stay",
            )


def _can_refresh(lock: ConnectorLock | None) -> bool:
    return lock is not None and lock.supports_refreshes


def _warning(backfill: StackBackfill, rule: RuleId, message: str, fix: str) -> Problem:
    return backfill.configured.layers.problem(rule, _AT, message, fix, severity="warning")
