"""The stand-in itself: what a test starts, asks and tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from tests.standin import jobs, routes
from tests.standin.airbyte import Airbyte
from tests.standin.call import Answer, Call, Json
from tests.standin.catalogs import Catalog
from tests.standin.clock import Clock
from tests.standin.errors import RefusedError
from tests.standin.faults import Fault, Faults
from tests.standin.openapi import FIXTURES, Contract
from tests.standin.state import State, Workspace
from tests.standin.transport import Transport


@dataclass(frozen=True)
class Request:
    """One line of the log. `path` is the whole path without its query; `status` is what was answered."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    body: Any
    status: int


class StandIn:
    """An Airbyte server on the loopback interface, for `with`.

    `openapi` is the folder of Airbyte's OpenAPI files. None checks nothing, which measurements want: of a request with a
    thousand selected fields, checking is five sixths of the work.

    Attributes:
        requests: every request that was answered, in order.
        refusals: why requests were refused, in order. A client may not pass it on.
        contract: whether exchanges are checked against Airbyte's OpenAPI files, and what did not fit.
        faults_seen: exceptions of the server itself; leaving the `with` raises when there are any.
    """

    def __init__(
        self,
        connectors: Mapping[str, Mapping[str, Any]] | None = None,
        catalogs: Mapping[str, Catalog] | None = None,
        *,
        minimum_minutes: int = 1,
        basic: tuple[str, str] | None = None,
        require_auth: bool = True,
        openapi: Path | None = FIXTURES,
    ) -> None:
        self.airbyte = Airbyte(connectors or {}, catalogs or {}, minimum_minutes)
        authentication = self.airbyte.authentication
        authentication.basic, authentication.required = basic, require_auth
        self.client_id, self.client_secret = authentication.client_id, authentication.client_secret
        self.workspace_id = self.add_workspace("Default")
        self.requests: list[Request] = []
        self.refusals: list[str] = []
        self.faults = Faults()
        self.faults_seen: list[str] = []
        self.contract = Contract(openapi)
        self._lock = Lock()
        self._transport = Transport(self)
        self._thread = Thread(target=self._transport.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def state(self) -> State:
        return self.airbyte.state

    @property
    def clock(self) -> Clock:
        return self.airbyte.clock

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self._transport.server_port}"

    @property
    def url(self) -> str:
        """The base of the public API: a stack's `server_url`."""
        return f"{self.host}/api/public/v1"

    @property
    def config_url(self) -> str:
        """The base of the Configuration API."""
        return f"{self.host}/api/v1"

    @property
    def token_url(self) -> str:
        return f"{self.url}/applications/token"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.shutdown()
        self._transport.hang_up()
        self._transport.server_close()
        self._thread.join()
        if error is None:
            assert not self.faults_seen, self.faults_seen
            assert not self.contract.violations, "\n".join(self.contract.violations)

    # What a test arranges.

    def add_workspace(self, name: str, role: str | None = "editor") -> str:
        """Another workspace; the token's user is editor, runner or reader there, or has no access (None)."""
        workspace = Workspace(self.state.new_id("workspace"), name, role)
        self.state.workspaces[workspace.id] = workspace
        return workspace.id

    def add_source(self, name: str, connector: str, configuration: Json, workspace_id: str | None = None) -> str:
        """An existing source, as somebody made it in the user interface; its id."""
        return self._add_actor("source", name, connector, configuration, workspace_id)

    def add_destination(self, name: str, connector: str, configuration: Json, workspace_id: str | None = None) -> str:
        return self._add_actor("destination", name, connector, configuration, workspace_id)

    def add_connection(self, source_id: str, destination_id: str, **fields: Any) -> str:
        """An existing connection; `fields` are those of the public API's request (`name`, `schedule`, ...)."""
        body = {"sourceId": source_id, "destinationId": destination_id, **fields}
        return str(self._seed("/connections", body)["connectionId"])

    def offer(self, name: str, catalog: Catalog) -> None:
        """Change what a source (or all of a connector) reports at the next discovery."""
        self.airbyte.discovery.offer(name, catalog)

    def fail_discovery(self, source: str, message: str | None = "Connection refused") -> None:
        """Let discoveries of a source, by id or name, fail; None lets them succeed again."""
        _set(self.airbyte.discovery.failures, source, message)

    def fail_check(self, actor: str, message: str | None = "Invalid credentials") -> None:
        """Let `check_connection` of a source or destination, by id or name, fail; None: succeed again."""
        _set(self.airbyte.checks, actor, message)

    def spoil(self, identifier: str) -> None:
        """Let the public API fail at a source, a destination or a connection, and at every list that has it."""
        self.airbyte.spoiled.add(identifier)

    def fail_next(self, pattern: str, status: int = 500, times: int = 1) -> None:
        """Answer the next requests whose `METHOD /path` the regular expression is found in with an error."""
        self.faults.add(Fault(re.compile(pattern), times, status=status))

    def slow_next(self, pattern: str, seconds: float, times: int = 1) -> None:
        self.faults.add(Fault(re.compile(pattern), times, delay=seconds))

    def drop_next(self, pattern: str, times: int = 1, *, handled: bool = False) -> None:
        """Close the connection instead of answering; with `handled` the request has taken effect all the same."""
        self.faults.add(Fault(re.compile(pattern), times, drop="after" if handled else "before"))

    def finish_job(
        self, job_id: int | None = None, status: str = "succeeded", rows: int = 0, failures: Sequence[Json] = ()
    ) -> None:
        """End a job, by default the newest; `failures` are FailureReasons of the Configuration API."""
        job = self.state.jobs[job_id if job_id is not None else max(self.state.jobs)]
        job.rows, job.failures = rows, list(failures)
        jobs.finish(self.airbyte, job, status)

    def finish_jobs_after(self, polls: int | None) -> None:
        """From now on a job succeeds by itself after it was seen running `polls` times; None: only `finish_job`."""
        self.airbyte.job_polls = polls

    def issue_token(self) -> str:
        """A bearer token, as for `bearer_token`."""
        return self.airbyte.authentication.issue()

    # What the transport asks.

    def answer(
        self, method: str, path: str, query: Mapping[str, Sequence[str]], body: Any, authorization: str | None
    ) -> Answer:
        """Handle one request: one at a time, so that ids and state do not depend on luck within it."""
        with self._lock:
            answer = self._handle(method, re.sub("/+", "/", path), query, body, authorization)
            self.requests.append(Request(method, path, query, body, answer[0]))
            return answer

    def injected(self, method: str, path: str, query: Mapping[str, Sequence[str]], body: Any, status: int) -> Answer:
        """The answer of an ordered fault; it is logged like any other."""
        self.requests.append(Request(method, path, query, body, status))
        return status, {"message": "injected by the test"}

    def _handle(
        self, method: str, path: str, query: Mapping[str, Sequence[str]], body: Any, authorization: str | None
    ) -> Answer:
        place = routes.split(path)
        if place is None:
            # terraform-provider-airbyte issue 43: outside the API the web application answers, and it takes no POST.
            return 404 if method == "GET" else 405, {"message": f"{method} {path} is not part of the API"}
        api, relative = place
        handler, params = routes.find(api, method, relative)
        call = Call(api, method, relative, params, query, body)
        try:
            if relative not in routes.OPEN:
                self.airbyte.authentication.check(authorization)
            answer = handler(self.airbyte, call)
        except RefusedError as refused:
            self.refusals.append(refused.message)
            answer = (refused.status, refused.body(api))
        except Exception as error:  # noqa: BLE001
            self.faults_seen.append(f"{method} {path}: {error!r}")
            return 500, {"message": f"The stand-in failed: {error!r}"}
        if handler is not routes.unknown:
            self.contract.check(call, answer)
        return answer

    def _add_actor(self, kind: str, name: str, connector: str, configuration: Json, workspace_id: str | None) -> str:
        definition = self.airbyte.connectors[connector].definition_id
        body = {
            "name": name,
            "workspaceId": workspace_id or self.workspace_id,
            "definitionId": definition,
            "configuration": configuration,
        }
        return str(self._seed(f"/{kind}s", body)[f"{kind}Id"])

    def _seed(self, path: str, body: Json) -> Json:
        handler, _ = routes.find("public", "POST", path)
        with self._lock:
            _, answer = handler(self.airbyte, Call("public", "POST", path, {}, {}, body))
        assert isinstance(answer, dict)
        return answer


def _set(messages: dict[str, str], key: str, message: str | None) -> None:
    if message is None:
        messages.pop(key, None)
    else:
        messages[key] = message
