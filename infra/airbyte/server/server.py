"""AirbyteServer: one stack's server and workspace. Every failure is a UserError with one sentence, secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from infra.airbyte.server.api import PAGE, Api
from infra.airbyte.server.api_errors import RefusedError
from infra.airbyte.server.inventory import Inventory
from infra.airbyte.server.remote import (
    ConnectionCheck,
    Failure,
    Job,
    JobPage,
    Kind,
    RefreshJob,
    RemoteActor,
    RemoteConnection,
    read_actor,
    read_connection,
    read_failures,
    read_job,
    read_refresh_job,
)
from infra.airbyte.server.settings import Settings, read_server_url, read_settings
from infra.base.errors import UserError
from infra.base.redactor import Redactor
from infra.base.transport import Request, Tell, Transport, TransportError
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.discovery import failure_of, find_streams
from infra.lake.catalog.left_out import LeftOut
from infra.lake.documents import did_you_mean
from infra.lake.model.stack import Stack
from infra.lake.registry.entries import Actor
from infra.lake.registry.entry import Entry, actor_name

# A connector starts in a pod of its own, and a database may have ten thousand tables.
JOB_SECONDS = 900.0
HEALTH_SECONDS = 5.0


def _say_nothing(text: str) -> None:
    """The `tell` of who does not want to hear."""


def open_server(stack: Stack, environ: Mapping[str, str], *, tell: Tell = _say_nothing) -> AirbyteServer:
    """The stack's server; nothing is asked of it yet. `tell` hears why something takes longer.

    `{secret: NAME}` and `{var: NAME}` come from `TF_VAR_<NAME>` in `environ`, else from the stack's `flux.values`, else from
    the variable's default. Raises UserError naming every variable that has no value.
    """
    settings = read_settings(stack, environ)
    redactor = Redactor(settings.secrets)
    return AirbyteServer(settings, redactor, Transport(lambda text: tell(redactor.one_line(text))))


def answers(stack: Stack, environ: Mapping[str, str]) -> bool:
    """True if somebody answers at the stack's `server_url`; no credentials are needed. False too if nothing gives the
    address a value. Raises UserError if the value is no address.
    """
    url = read_server_url(stack, environ)
    return url is not None and _is_up(url)


class AirbyteServer:
    """What a stack's server is asked.

    Attributes:
        stack: id of the stack.
        workspace_id: UUID of the stack's workspace; lists are of this workspace only.
    """

    def __init__(self, settings: Settings, redactor: Redactor, transport: Transport) -> None:
        self.stack, self.workspace_id = settings.stack, settings.workspace_id
        self._settings, self._redactor = settings, redactor
        self._api = Api(settings, redactor, transport)
        self._names: dict[str, str] = {}

    @property
    def inventory(self) -> Inventory:
        """What is asked to know everything in the workspace."""
        return Inventory(self._api)

    def answers(self) -> bool:
        """True if somebody answers at `server_url`, whatever they say."""
        return _is_up(self._settings.server_url)

    def sources(self) -> list[RemoteActor]:
        """The workspace's sources, in the server's order."""
        return self._actors("source")

    def destinations(self) -> list[RemoteActor]:
        """The workspace's destinations."""
        return self._actors("destination")

    def find(self, kind: Kind, wanted: str) -> RemoteActor:
        """The source or destination with that Airbyte id or name. Raises UserError with the near matches."""
        return self._pick(kind, wanted)

    def locate(self, actor: Entry[Actor]) -> RemoteActor:
        """What a registry entry is on the server: by its `existing` or `adopt` id, else by its name there."""
        wanted = actor.settings.existing or actor.settings.adopt or actor_name(actor)
        return self._pick(_kind_of(actor), wanted, " (a new entry appears there after its first apply)")

    def discover(
        self,
        source_id: str,
        *,
        cached: bool = False,
        seconds: float = JOB_SECONDS,
        left_out: list[LeftOut] | None = None,
    ) -> list[DiscoveredStream]:
        """What the source offers. `cached`: as the server has it stored, if it has; `left_out` as in `find_streams`.

        Raises UserError with the reason where the connector's discovery fails, which the server reports as a success.
        """
        doing = f"discover {self._called('source', source_id)}"
        body = {"sourceId": source_id, "disable_cache": not cached}
        url = self._api.config(doing, "sources/discover_schema", "run the connector here instead: --from connector")
        value = self._api.fields(doing, Request("POST", url, body, seconds=seconds))
        failure = failure_of(value)
        if failure is not None:
            raise self._api.fault(f"cannot {doing}: {self._redactor.one_line(failure)}")
        try:
            streams = find_streams(value, f"cannot {doing}", left_out)
        except UserError as error:
            raise self._api.fault(str(error)) from None
        if streams is None:
            raise self._api.fault(f"cannot {doing}: the response contains no catalog")
        return streams

    def check(self, actor: RemoteActor, *, seconds: float = JOB_SECONDS) -> ConnectionCheck:
        """Airbyte's own connection check, run by the server with the configuration that it has."""
        doing = f"check {self._called(actor.kind, actor.id)}"
        path = f"{actor.kind}s/check_connection"
        url = self._api.config(doing, path, "test it in Airbyte's user interface")
        value = self._api.fields(doing, Request("POST", url, {f"{actor.kind}Id": actor.id}, seconds=seconds))
        status, message = value.get("status"), value.get("message")
        if status is None:  # the job itself failed, so that there was no check
            reason = self._redactor.one_line(failure_of(value) or "the response contains no status")
            raise self._api.fault(f"cannot {doing}: {reason}")
        return ConnectionCheck(status == "succeeded", self._redactor.one_line(str(message or ""), limit=2000))

    def connections(self) -> list[RemoteConnection]:
        """The workspace's connections."""
        doing = "list the connections"
        return [self._api.read(doing, read_connection, item) for item in self._api.every(doing, "connections")]

    def jobs(self, connection_id: str, limit: int = 20, *, kind: str | None = None) -> list[Job]:
        """The connection's newest jobs of a kind, newest first; at most 100. Without a `kind` Airbyte lists syncs and resets,
        no clears and refreshes; an older one lists those for nobody.
        """
        doing = "list the jobs"
        query = {"connectionId": connection_id, "limit": str(min(limit, PAGE)), "orderBy": "createdAt|DESC"}
        try:
            items = self._api.page(doing, self._api.public("jobs", {**query, **({"jobType": kind} if kind else {})}))
        except RefusedError as error:
            if kind is None or error.status != 422:
                raise
            return []
        return [self._api.read(doing, read_job, item) for item in items]

    def newest_jobs(self, offset: int) -> JobPage:
        """A page of the syncs and resets of all connections in the workspace, newest first."""
        doing = "list the jobs"
        query = {"workspaceIds": self.workspace_id, "limit": str(PAGE), "offset": str(offset)}
        items = self._api.page(doing, self._api.public("jobs", {**query, "orderBy": "createdAt|DESC"}))
        return JobPage(tuple(self._api.read(doing, read_job, item) for item in items), len(items) < PAGE)

    def job(self, job_id: int) -> Job:
        """The job as it is now."""
        doing = f"read job {job_id}"
        return self._api.read(
            doing, read_job, self._api.fields(doing, Request("GET", self._api.public(f"jobs/{job_id}")))
        )

    def refresh_jobs(self, connection_id: str) -> list[RefreshJob]:
        """The connection's newest refreshes and clears, newest first; at most 100."""
        doing, kinds = "list the refreshes", ["refresh", "clear", "reset_connection"]
        body = {"configTypes": kinds, "configId": connection_id, "pagination": {"pageSize": PAGE, "rowOffset": 0}}
        url = self._api.config(doing, "jobs/list", "see Airbyte's user interface")
        jobs = self._api.fields(doing, Request("POST", url, body)).get("jobs") or ()
        return [self._api.read(doing, read_refresh_job, item) for item in jobs]

    def failures(self, job_id: int) -> list[Failure]:
        """Why the last attempt of a job failed, in the server's order; empty if it does not say. Messages may be long."""
        doing = f"read the failures of job {job_id}"
        url = self._api.config(doing, "jobs/get_without_logs", "see Airbyte's user interface")
        found = self._api.read(doing, read_failures, self._api.fields(doing, Request("POST", url, {"id": job_id})))
        return [replace(one, message=self._redactor.hide(one.message)) for one in found]

    def start_sync(self, connection_id: str) -> Job:
        """The job of a sync that was started. Raises UserError also if one is running already (409)."""
        doing = "start a sync"
        body = {"connectionId": connection_id, "jobType": "sync"}
        request = Request("POST", self._api.public("jobs"), body, repeatable=False)
        return self._api.read(doing, read_job, self._api.fields(doing, request))

    def _pick(self, kind: Kind, wanted: str, note: str = "") -> RemoteActor:
        actors = self._actors(kind)
        found = [actor for actor in actors if wanted.lower() == actor.id] or [a for a in actors if a.name == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(sorted(actor.id for actor in found))
            raise self._api.fault(f'the workspace has {len(found)} {kind}s "{wanted}": {ids}; name one by its id')
        known = did_you_mean(wanted, [actor.name for actor in actors], f"{kind}s there") or f"it has no {kind} yet"
        raise self._api.fault(f'the workspace has no {kind} "{wanted}"; {known}{note}')

    def _actors(self, kind: Kind) -> list[RemoteActor]:
        doing = f"list the {kind}s"
        items = self._api.every(doing, f"{kind}s")
        actors = [self._api.read(doing, lambda item: read_actor(kind, item), item) for item in items]
        self._names.update({actor.id: actor.name for actor in actors})
        return actors

    def _called(self, kind: Kind, identifier: str) -> str:
        return f'the {kind} "{self._names.get(identifier, identifier)}"'


def _is_up(url: str) -> bool:
    """True unless there is nobody, or only what stands in front of a server that is down."""
    try:
        answer = Transport(_say_nothing).send_once(Request("GET", f"{url}/health", seconds=HEALTH_SECONDS))
    except TransportError as trouble:
        return trouble.reached
    return answer.status not in (502, 503, 504)


def _kind_of(actor: Entry[Actor]) -> Kind:
    return "source" if actor.section == "sources" else "destination"
