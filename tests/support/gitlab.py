"""The jobs that `lakeform init --ci gitlab` writes, a runner for their scripts, and a stand-in for GitLab's API."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from shlex import quote
from threading import Thread
from typing import Any

from infra.lake.documents import read_yaml
from infra.scaffold.requirement import EXAMPLE, Requirement
from infra.scaffold.workflow import nightly_text, workflow_text
from tests.support.workflows import Runner

ME = 7
Things = list[dict[str, Any]]


def jobs_of(text: str) -> dict[str, Any]:
    """The jobs of a file, with what they extend laid below them as GitLab does."""
    document, problems = read_yaml("gitlab.yml", text)
    assert document is not None
    assert problems == []
    base = document.value.get(".lakeform") or jobs_of(workflow_text("gitlab", Requirement(EXAMPLE)))[".lakeform"]
    return {name: _extended(job, base) for name, job in document.value.items()}


def _extended(job: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    if job.get("extends") != ".lakeform":
        return job
    variables = {**base["variables"], **job.get("variables", {})}
    return {**base, **job, "variables": variables}


def jobs(folder: str = ".") -> dict[str, Any]:
    """All jobs, those of every night too."""
    requirement = Requirement(EXAMPLE)
    texts = (workflow_text("gitlab", requirement, folder), nightly_text("gitlab", requirement, (), folder))
    return {name: job for text in texts for name, job in jobs_of(text).items()}


def run_job(runner: Runner, name: str, folder: str = ".", install: str = "") -> subprocess.CompletedProcess[str]:
    """A job in the folder `lake` of the runner, as GitLab's runner does it: one shell, which ends at the first failure.

    `install`: what is done instead of installing lakeform.
    """
    job = jobs(folder)[name]
    token, installing, *more = job["before_script"]
    assert "pip install" in installing
    lines = [token, install, *more, *job["script"]]
    runner.variables |= job["variables"]
    runner.variables |= {
        key: str(runner.root / value[5:]) for key, value in job["variables"].items() if "/tmp/" in value
    }
    text = "set -eo pipefail\n" + "".join(f"eval {quote(line)}\n" for line in lines if line)
    return runner.bash(text, cwd=runner.root / "lake")


class GitLab(HTTPServer):
    """The notes of one merge request and the issues of its project, two a page."""

    def __init__(self, notes: Things, issues: Things) -> None:
        super().__init__(("127.0.0.1", 0), GitLabHandler)
        self.notes, self.issues = notes, issues
        self.status = 200


class GitLabHandler(BaseHTTPRequestHandler):
    server: GitLab

    def log_message(self, *words: object) -> None:
        """Nothing."""

    def _answer(self, content: object) -> None:
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def _things(self, path: str) -> tuple[Things, str]:
        """What a path is about, and which of them."""
        for prefix, things in (
            ("/projects/12/merge_requests/3/notes", self.server.notes),
            ("/projects/12/issues", self.server.issues),
        ):
            if path.startswith(prefix):
                return things, path.removeprefix(prefix).lstrip("/")
        raise AssertionError(path)

    def _body(self) -> dict[str, Any]:
        assert self.headers["PRIVATE-TOKEN"] == "t0ken"
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        assert self.headers["PRIVATE-TOKEN"] == "t0ken"
        if path == "/user":
            self._answer({"id": ME})
            return
        things, _ = self._things(path)
        start = 2 * (int(query.rpartition("page=")[2]) - 1)
        self._answer(things[start : start + 2])

    def do_POST(self) -> None:
        things, _ = self._things(self.path)
        things.append({"id": 99, "iid": 99, "author": {"id": ME}, **self._body()})
        self._answer({})

    def do_PUT(self) -> None:
        things, number = self._things(self.path)
        (found,) = [one for one in things if number in (str(one.get("id")), str(one.get("iid")))]
        found.update(self._body())
        self._answer({})


@contextmanager
def gitlab(runner: Runner, notes: Things, issues: Things) -> Iterator[GitLab]:
    """The server, whose address a runner then knows."""
    with GitLab(notes, issues) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        runner.variables["CI_API_V4_URL"] = f"http://127.0.0.1:{server.server_port}"
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
