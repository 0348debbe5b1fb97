"""The workflow that compares Airbyte with the files every night: what it says, and what its scripts do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra.commands.main import main
from infra.lake.documents import read_yaml
from infra.scaffold.requirement import EXAMPLE
from tests.support.lakes import REPOSITORY, write_lake
from tests.support.workflows import FOLDERS, Runner, runner_in

BOTH = pytest.mark.parametrize("server", sorted(FOLDERS))
MARK = "<!-- lakeform drift -->"
BOTS = {"github": "github-actions[bot]", "forgejo": "forgejo-actions"}


def documented(server: str) -> str:
    return (REPOSITORY / f"docs/ci/{server}-drift.yaml").read_text("utf-8")


def workflow(server: str) -> dict[str, Any]:
    document, problems = read_yaml(server, documented(server))
    assert document is not None
    assert problems == []
    value: dict[str, Any] = document.value
    return value


def script(server: str, name: str) -> str:
    (text,) = [step["run"] for step in workflow(server)["jobs"]["drift"]["steps"] if step.get("name") == name]
    assert isinstance(text, str)
    return text


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    found = runner_in(tmp_path)
    found.variables["DRIFT"] = str(tmp_path / "drift")
    return found


@BOTH
def test_init_writes_it_where_it_is_asked_for(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "new"
    assert main(["init", str(lake), "--ci", server, "--drift", "--lakeform", EXAMPLE]) == 0

    written = lake / FOLDERS[server] / "lakeform-drift.yaml"
    assert written.read_text("utf-8") == documented(server)
    assert (lake / FOLDERS[server] / "lakeform.yaml").is_file()
    assert capsys.readouterr().out.endswith(
        "lakeform-drift.yaml\n"
        "    it needs secrets of the repository: AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET\n"
        "    it needs variables of the repository: WORKSPACE_ID\n"
    )


def test_a_lake_that_has_the_other_workflow_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = write_lake(tmp_path / "lake")
    words = ["init", str(lake), "--ci", "github", "--lakeform", EXAMPLE]
    assert main(words) == 0
    own = lake / ".github/workflows/lakeform.yaml"
    own.write_text("mine")

    assert main([*words, "--drift"]) == 0
    assert own.read_text() == "mine"
    nightly = lake / ".github/workflows/lakeform-drift.yaml"
    assert "TF_VAR_" not in nightly.read_text()  # its server wants no login
    assert "\n        env:\n          \n" not in nightly.read_text()
    capsys.readouterr()
    nightly.write_text(nightly.read_text().replace("23 3", "23 4"))
    assert main([*words, "--drift"]) == 2
    assert capsys.readouterr().err == f"lakeform init: {nightly} exists and stays as it is; remove it, or edit it\n"


@BOTH
def test_only_the_step_that_compares_has_the_login_and_no_pull_request_starts_it(server: str) -> None:
    value = workflow(server)
    assert value["on"] == {"schedule": [{"cron": "23 3 * * *"}], "workflow_dispatch": None}
    assert value["permissions"] == {"contents": "read", "issues": "write"}
    holding = [step["name"] for step in value["jobs"]["drift"]["steps"] if "secrets." in json.dumps(step)]
    assert holding == ["Compare"]
    assert "secrets." not in json.dumps({key: value[key] for key in value if key != "jobs"})
    scripts = [step["run"] for step in value["jobs"]["drift"]["steps"] if "run" in step]
    assert len(scripts) == 4
    assert [text for text in scripts if "${{" in text] == []
    checkouts = [step for step in value["jobs"]["drift"]["steps"] if "checkout" in step.get("uses", "")]
    assert [step["with"] for step in checkouts] == [{"persist-credentials": False}]


def test_both_forges_run_the_same_scripts() -> None:
    for name in ("Compare", "Issue", "Verdict"):
        assert script("github", name) == script("forgejo", name)


def lakeform(runner: Runner, code: int, patch: str = "--- a\n+++ b\n") -> None:
    runner.program(
        "lakeform",
        "import sys\n"
        "assert sys.argv[1:3] == ['drift', '--quiet'], sys.argv\n"
        f"sys.stdout.write({patch!r} if sys.argv[3:] == ['--format', 'patch'] else 'stack prod: said é\\n')\n"
        f"sys.exit({code})\n",
    )


def test_drift_is_said_with_its_patch(runner: Runner) -> None:
    lakeform(runner, 1)

    done = runner.bash(script("github", "Compare"))

    assert (done.returncode, done.stdout, runner.read("output")) == (0, "stack prod: said é\n", "status=1\n")
    assert runner.read("drift.md") == runner.read("summary")
    assert runner.read("drift.md").splitlines() == [
        MARK,
        "Airbyte is not as the files say; the next apply undoes what it can see of it.",
        "",
        "~~~~~~text",
        "stack prod: said é",
        "~~~~~~",
        "",
        "To keep it: `git apply` of this, then `lakeform synth`, and a pull request.",
        "",
        "~~~~~~diff",
        "--- a",
        "+++ b",
        "~~~~~~",
    ]


@pytest.mark.parametrize(
    ("line", "count", "shown"),
    [("é" * 30 + "\n", 400, 20000 // 61), ("é" * 10000 + "\n", 1, 0), ("without an end", 1, 1)],
    ids=["many lines", "one line", "a line without an end"],
)
def test_what_is_too_long_is_cut_between_lines(line: str, count: int, shown: int, runner: Runner) -> None:
    runner.program("lakeform", f"import sys\nsys.stdout.buffer.write(({line!r} * {count}).encode())\nsys.exit(1)\n")

    runner.bash(script("github", "Compare"))

    text = runner.read("drift.md").partition("~~~~~~text\n")[2].partition("\n~~~~~~\n")[0]
    more = [] if shown == count else ["It goes on: run lakeform drift"]
    assert text.split("\n") == [*[line.rstrip()] * shown, *more]
    (cut,) = [one.strip() for one in script("github", "Compare").splitlines() if "awk" in one]
    assert cut in (REPOSITORY / "docs/ci/gitlab-drift.yml").read_text("utf-8")


def test_a_patch_that_is_too_long_is_not_cut_in_half(runner: Runner) -> None:
    lakeform(runner, 1, "+x\n" * 20000)

    runner.bash(script("github", "Compare"))

    assert runner.read("drift.md").splitlines()[-2:] == [
        "It is too long for this place: run lakeform drift --format patch",
        "~~~~~~",
    ]


@pytest.mark.parametrize("code", [0, 2])
def test_without_drift_there_is_nothing_to_say(code: int, runner: Runner) -> None:
    lakeform(runner, code)

    runner.bash(script("github", "Compare"))

    assert runner.read("output") == f"status={code}\n"
    assert not (runner.root / "drift.md").exists()


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_verdict_is_what_drift_said(code: int, runner: Runner) -> None:
    runner.variables["STATUS"] = str(code)

    assert runner.bash(script("github", "Verdict")).returncode == code


Issues = list[dict[str, Any]]


class Forge(HTTPServer):
    """The open issues of a repository, two a page."""

    def __init__(self, issues: Issues) -> None:
        super().__init__(("127.0.0.1", 0), ForgeHandler)
        self.issues = issues


class ForgeHandler(BaseHTTPRequestHandler):
    server: Forge

    def log_message(self, *words: object) -> None:
        """Nothing."""

    def _answer(self, content: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def _body(self) -> dict[str, Any]:
        assert self.headers["Authorization"] == "token t0ken"
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        assert (path, query.partition("&page=")[0]) == ("/repos/shop/lake/issues", "state=open&per_page=50&limit=50")
        start = 2 * (int(query.rpartition("page=")[2]) - 1)
        self._answer(self.server.issues[start : start + 2])

    def do_POST(self) -> None:
        assert self.path == "/repos/shop/lake/issues"
        self.server.issues.append({"number": 99, "user": {"login": "the bot"}, **self._body()})
        self._answer({})

    def do_PATCH(self) -> None:
        number = int(self.path.removeprefix("/repos/shop/lake/issues/"))
        (found,) = [one for one in self.server.issues if one["number"] == number]
        found.update(self._body())
        self._answer({})


@contextmanager
def forge(runner: Runner, issues: Issues) -> Iterator[Forge]:
    with Forge(issues) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        runner.variables["GITHUB_API_URL"] = f"http://127.0.0.1:{server.server_port}"
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def issue(number: int, login: str, body: str | None) -> dict[str, Any]:
    return {"number": number, "user": {"login": login}, "body": body}


def after(runner: Runner, issues: Issues, status: str) -> Issues:
    (runner.root / "drift.md").write_text(f"{MARK}\nnow")
    runner.variables["STATUS"] = status
    with forge(runner, issues) as there:
        done = runner.bash(script("github", "Issue"))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return there.issues


OTHERS = [issue(1, "ann", "a bug"), issue(2, "mallory", f"{MARK}\nfooled"), issue(3, "github-actions[bot]", None)]


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestTheIssue:
    """One issue, kept current and closed."""

    def test_the_first_drift_is_a_new_issue(self, runner: Runner) -> None:
        found = after(runner, [dict(one) for one in OTHERS], "1")

        new = {"number": 99, "user": {"login": "the bot"}, "title": "Airbyte is not as the files say"}
        assert found == [*OTHERS, {**new, "body": f"{MARK}\nnow"}]

    @BOTH
    def test_a_later_drift_takes_the_place_of_the_earlier_one(self, server: str, runner: Runner) -> None:
        found = after(runner, [*map(dict, OTHERS), issue(7, BOTS[server], f"{MARK}\nold")], "1")

        assert found == [*OTHERS, issue(7, BOTS[server], f"{MARK}\nnow")]

    @BOTH
    def test_it_is_closed_when_nothing_differs_any_more(self, server: str, runner: Runner) -> None:
        found = after(runner, [*map(dict, OTHERS), issue(7, BOTS[server], f"{MARK}\nold")], "0")

        assert found == [*OTHERS, {**issue(7, BOTS[server], f"{MARK}\nold"), "state": "closed"}]

    def test_a_server_that_could_not_be_asked_changes_nothing(self, runner: Runner) -> None:
        earlier = issue(7, BOTS["github"], f"{MARK}\nold")

        assert after(runner, [dict(earlier)], "2") == [earlier]
