"""Backfills: backfills as Terraform objects whose creation is the one call. Why so: docs/decisions/0001-backfill.md.

`restful_operation` sends a request when it is created. It sends it again when an attribute changes, so all changes are
ignored; its deletion sends nothing, because `delete_method` is not set.
"""

from __future__ import annotations

from collections.abc import Sequence

from infra.base.json_value import Json
from infra.lake.documents.hcl import quoted
from infra.lake.model.backfills import OPERATION, StackBackfill
from infra.lake.registry.lake import BasicAuth, BearerAuth, ClientCredentials, StackSettings
from infra.lake.registry.server_url import api_root, api_root_expression
from infra.lake.values.reference import SecretRef, VarRef
from infra.terraform.constructs.bodies import provider_body
from infra.terraform.constructs.expression import escape, text_expression
from infra.terraform.constructs.resources import BodyStack, RestfulOperation, RestfulResource, TerraformData

# OpenAPI, JobConfigType: the jobs of a connection that read or remove data.
_JOB_TYPES = ("sync", "refresh", "clear", "reset_connection")
# The public API's names of them, JobTypeEnum. Its lists are of syncs and resets where none is named.
_PUBLIC_TYPES = ("sync", "refresh", "clear", "reset")
# Of the statuses that a job can have, those of one that still runs: pending, running, incomplete (between attempts).
_LIVE = 'body.data.#(status%"*in*")#|#'
_REFRESH_MODES = {"merge": "Merge", "truncate": "Truncate"}
_JOBS_READ = 20
# Seconds. While it applies, OpenTofu stores the state with the first change that comes 20 s after the last time or after
# the first change (internal/backend/local/hook_state.go).
_PAUSE = 21


def restful_provider_body(stack: StackSettings) -> Json:
    """The provider block of a stack with backfills: the root of both APIs, and the stack's method of authentication."""
    body: Json = {"base_url": _base_url(stack)}
    auth = stack.auth
    if isinstance(auth, ClientCredentials):
        credentials = {
            "client_id": text_expression(auth.client_id),
            "client_secret": text_expression(auth.client_secret),
            "token_url": provider_body(stack)["token_url"],
            "in": "params",
        }
        body["security"] = {"oauth2": {"client_credentials": credentials}}
    elif isinstance(auth, BasicAuth):
        basic = {"username": text_expression(auth.username), "password": text_expression(auth.password)}
        body["security"] = {"http": {"basic": basic}}
    elif isinstance(auth, BearerAuth):
        body["security"] = {"http": {"token": {"token": text_expression(auth.bearer_token)}}}
    return body


def _base_url(stack: StackSettings) -> str:
    """`check` refuses a literal address that has no Configuration API beside it; one from a variable fails when asked."""
    if isinstance(stack.server_url, (SecretRef, VarRef)):
        return api_root_expression(stack.server_url.name)
    return escape(api_root(stack.server_url) or stack.server_url)


class Backfills:
    """The backfills of one connection: its jobs, read once, and the operations, each after the one before it.

    The order is written as `depends_on`. The provider has a mutex for this, which it keeps for ever when a look at the
    jobs fails after it was taken (internal/provider/precheck.go of magodo/restful up to 0.25.2): the next operation
    would wait without an end, and hold the lock of the state.
    """

    def __init__(self, scope: BodyStack, connection: str, backfills: Sequence[StackBackfill]) -> None:
        KnownJobs(scope, connection)
        last: str | None = None
        for backfill in backfills:
            last = Backfill(scope, backfill, last).last


class KnownJobs(RestfulResource):
    """A connection's newest jobs: whether it has ever synced, and which refreshes there were.

    Beside it is what an operation waits for before it sends something: that no job of the connection runs. A refresh
    that is asked for during a sync is recorded, refused, and done by the next sync.
    """

    def __init__(self, scope: BodyStack, connection: str) -> None:
        attributes = {"id": "/v1/jobs/list", "method": "POST", "body": _newest(connection, _JOBS_READ)}
        idle = [_no_job(connection, type_) for type_ in _PUBLIC_TYPES]
        beside = {"locals": {f"idle_{connection}": idle}}
        super().__init__(scope, f"connections.{connection}", f"backfill_{connection}", attributes, beside=beside)


class Backfill:
    """The objects of one backfill; `last` is the address of the one that ends last, `after` that of the one before it.

    `terraform_data` keeps the newest job that there was when the backfill came. A job of this stream that is newer is the
    backfill's own: an earlier apply was cut off after the call, and the operation only looks that job up. The pause between
    the two is for an apply that is killed: it lasts until the state is stored, with the newest job in it. Where the
    connection has no job at all nothing is asked either, as its first sync reads everything.
    """

    def __init__(self, scope: BodyStack, backfill: StackBackfill, after: str | None) -> None:
        path, name = f"connections.{backfill.connection}.streams.{backfill.stream}", f"backfill_{backfill.key}"
        TerraformData(scope, path, name, _baseline(backfill))
        RestfulOperation(scope, path, f"pause_{backfill.key}", _pause(backfill))
        RestfulOperation(scope, path, name, _operation(backfill, after), beside={"locals": _requests(backfill)})
        self.last = backfill.address
        if backfill.mode == "clear":
            RestfulOperation(scope, path, f"resync_{backfill.key}", _sync(backfill))
            self.last = f"{OPERATION}.resync_{backfill.key}"


def _baseline(backfill: StackBackfill) -> Json:
    ids = f"[for each in {_jobs(backfill)} : each.job.id]"
    return {"input": f"${{max(0, {ids}...)}}", "lifecycle": {"ignore_changes": "all"}}


def _pause(backfill: StackBackfill) -> Json:
    """A harmless look at the jobs, and another one after the pause, which the provider makes before its first poll."""
    return {
        "method": "GET",
        "path": "/public/v1/jobs",
        "query": _newest_job(backfill.connection, "sync"),
        "poll": {"status_locator": "code", "status": {"success": "200"}, "default_delay_sec": _PAUSE},
        "depends_on": [f"terraform_data.backfill_{backfill.key}"],
        "lifecycle": {"ignore_changes": "all"},
    }


def _operation(backfill: StackBackfill, after: str | None) -> Json:
    called = _requested(backfill, f'length(local.jobs_{backfill.key}) > 0 ? "look_up" : {_first(backfill, "ask")}')
    message = (
        f'Airbyte accepted the backfill of "{backfill.name}" and started no job (HTTP 200 without one): the destination '
        "cannot refresh streams, or a sync was running, and then the next sync does it. Look at the connection's "
        "jobs, then remove the backfill from the stream; to request it again, give it another token."
    )
    earlier = [f"{OPERATION}.pause_{backfill.key}", *([after] if after else [])]
    return {
        **called,
        "depends_on": earlier,
        **_once("can(self.output.job.id) || can(self.output.totalJobCount)", message),
    }


def _sync(backfill: StackBackfill) -> Json:
    """After a clear nothing is read again by itself."""
    cleared = f"can({OPERATION}.backfill_{backfill.key}.output.job.id)"
    message = (
        f'Airbyte cleared "{backfill.name}" and started no sync: start one, or the table stays empty until the next.'
    )
    called = _requested(backfill, f'{cleared} ? "sync" : "never_synced"')
    return {**called, **_once("can(self.output.job.id) || can(self.output.totalJobCount)", message)}


def _requested(backfill: StackBackfill, which: str) -> Json:
    request = f"local.requests_{backfill.key}[{which}]"
    return {
        "method": "POST",
        "path": f"${{{request}.path}}",
        "body": f"${{{request}.body}}",
        "precheck": f"${{local.idle_{backfill.connection}}}",
    }


def _no_job(connection: str, type_: str) -> Json:
    # In `query`: the provider escapes a question mark in `path` (url.JoinPath in internal/provider/api_option.go).
    query, wanted = _newest_job(connection, type_), {"success": "0", "pending": ["1"]}
    return {"api": {"path": "/public/v1/jobs", "query": query, "status_locator": _LIVE, "status": wanted}}


def _newest_job(connection: str, type_: str) -> Json:
    wanted = {"connectionId": _connection_id(connection), "jobType": type_, "orderBy": "createdAt|DESC", "limit": "1"}
    return {name: [value] for name, value in wanted.items()}


def _once(condition: str, message: str) -> Json:
    check = {"condition": f"${{{condition}}}", "error_message": escape(message)}
    return {"lifecycle": {"ignore_changes": "all", "postcondition": [check]}}


def _requests(backfill: StackBackfill) -> Json:
    """Locals: what the operation may send, and the backfill's own jobs."""
    stream = {"streamName": escape(backfill.name)}
    if backfill.namespace is not None:
        stream["streamNamespace"] = escape(backfill.namespace)
    asked: Json = {"connectionId": _connection_id(backfill.connection), "streams": [stream]}
    requests: Json = {
        "look_up": _request("jobs/get_without_logs", {"id": f"${{max(0, local.jobs_{backfill.key}...)}}"}),
        "never_synced": _request("jobs/list", _newest(backfill.connection, 1)),
    }
    if backfill.mode == "clear":
        requests["ask"] = _request("connections/clear/stream", asked)
        requests["sync"] = _request("connections/sync", {"connectionId": _connection_id(backfill.connection)})
    else:
        requests["ask"] = _request("connections/refresh", {**asked, "refreshMode": _REFRESH_MODES[backfill.mode]})
    return {f"requests_{backfill.key}": requests, f"jobs_{backfill.key}": _own_jobs(backfill)}


def _own_jobs(backfill: StackBackfill) -> str:
    """Ids of the jobs that reread or clear the stream and are newer than the backfill."""
    streams = "resetConfig.streamsToReset" if backfill.mode == "clear" else "refreshConfig.streamsToRefresh"
    listed = f'[for one in try(each.job.{streams}, []) : [try(coalesce(one.namespace), ""), one.name]]'
    wanted = f"[{quoted(backfill.namespace or '')}, {quoted(backfill.name)}]"
    newer = f"each.job.id > terraform_data.backfill_{backfill.key}.input"
    return f"${{[for each in {_jobs(backfill)} : each.job.id if {newer} && contains({listed}, {wanted})]}}"


def _first(backfill: StackBackfill, otherwise: str) -> str:
    count = f"data.restful_resource.backfill_{backfill.connection}.output.totalJobCount"
    return f'{count} == 0 ? "never_synced" : "{otherwise}"'


def _jobs(backfill: StackBackfill) -> str:
    return f"data.restful_resource.backfill_{backfill.connection}.output.jobs"


def _newest(connection: str, count: int) -> Json:
    pagination = {"pageSize": count, "rowOffset": 0}
    return {"configTypes": list(_JOB_TYPES), "configId": _connection_id(connection), "pagination": pagination}


def _request(path: str, body: Json) -> Json:
    return {"path": f"/v1/{path}", "body": body}


def _connection_id(connection: str) -> str:
    return f"${{airbyte_connection.{connection}.connection_id}}"
