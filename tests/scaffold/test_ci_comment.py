"""The review is one comment of a pull request, kept current: the scripts of the workflows, against stand-ins."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra.review.render.markdown import MARK
from tests.support.workflows import REVIEW, Runner, runner_in, script

BOTS = {"github": "github-actions[bot]", "forgejo": "forgejo-actions"}


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return runner_in(tmp_path)


Comments = list[dict[str, Any]]


def comment(number: int, login: str, body: str) -> dict[str, Any]:
    return {"id": number, "user": {"login": login}, "body": body}


def others(server: str) -> Comments:
    """Comments that are not the review: by people, by the bot for something else, and one that imitates it."""
    return [
        comment(1, "ann", "looks good"),
        comment(2, BOTS[server], "another tool\n" + MARK),
        comment(3, "mallory", f"{MARK}\nall is well"),
    ]


GH = """
import json, os, subprocess, sys
words = sys.argv[1:]
assert os.environ["GH_TOKEN"] == "t0ken"
assert words.pop(0) == "api"
flags = {"method": "GET"}
rest = []
while words:
    word = words.pop(0)
    if word in ("--paginate", "--silent"):
        flags[word[2:]] = True
    elif word in ("--method", "--field", "--jq"):
        flags[word[2:]] = words.pop(0)
    else:
        rest.append(word)
(path,) = rest
issues = "repos/shop/lake/issues/"
file = os.environ["HOME"] + "/comments.json"
comments = json.load(open(file))
if flags["method"] == "GET":
    assert path == issues + "7/comments?per_page=100" and flags["paginate"], sys.argv
    for page in (comments[:2], comments[2:]):  # two pages, each through the filter, as gh does
        subprocess.run(["jq", "-r", flags["jq"]], input=json.dumps(page), text=True, check=True)
else:
    name, _, source = flags["field"].partition("=@")
    assert name == "body", sys.argv
    body = open(source, encoding="utf-8").read()
    if flags["method"] == "POST":
        assert path == issues + "7/comments", sys.argv
        comments.append({"id": 99, "user": {"login": "github-actions[bot]"}, "body": body})
    else:
        assert flags["method"] == "PATCH" and path.startswith(issues + "comments/"), sys.argv
        (found,) = [c for c in comments if c["id"] == int(path.rsplit("/", 1)[1])]
        found["body"] = body
    json.dump(comments, open(file, "w"))
"""


class Forge(HTTPServer):
    """The comments of one pull request, as Forgejo's API serves them; `paged` as some versions do."""

    def __init__(self, comments: Comments, *, paged: bool) -> None:
        super().__init__(("127.0.0.1", 0), ForgeHandler)
        self.comments, self.paged = comments, paged
        self.status = 200
        self.asked: list[str] = []


class ForgeHandler(BaseHTTPRequestHandler):
    server: Forge

    def log_message(self, *words: object) -> None:
        """Nothing."""

    def _answer(self, status: int, content: object) -> None:
        self.send_response(self.server.status if self.server.status != 200 else status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def _body(self) -> str:
        self.server.asked.append(self.command)
        assert self.headers["Authorization"] == "token t0ken"
        text: str = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        return text

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        assert path == "/api/v1/repos/shop/lake/issues/7/comments"
        page = int(query.rpartition("page=")[2])
        start = 2 * (page - 1) if self.server.paged else 0
        self._answer(200, self.server.comments[start : start + 2] if self.server.paged else self.server.comments)

    def do_POST(self) -> None:
        assert self.path == "/api/v1/repos/shop/lake/issues/7/comments"
        self.server.comments.append(comment(99, "forgejo-actions", self._body()))
        self._answer(201, {})

    def do_PATCH(self) -> None:
        number = int(self.path.removeprefix("/api/v1/repos/shop/lake/issues/comments/"))
        (found,) = [one for one in self.server.comments if one["id"] == number]
        found["body"] = self._body()
        self._answer(200, {})


@contextmanager
def forge(runner: Runner, comments: Comments, *, paged: bool = True) -> Iterator[Forge]:
    with Forge(comments, paged=paged) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        runner.variables["GITHUB_API_URL"] = f"http://127.0.0.1:{server.server_port}/api/v1"
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def posted(server: str, runner: Runner, comments: Comments, *, paged: bool = True) -> Comments:
    """The comments after the step has run."""
    (runner.root / "review.md").write_text(REVIEW, "utf-8")
    if server == "forgejo":
        with forge(runner, comments, paged=paged) as there:
            done = runner.bash(script(server, "Comment"))
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
            return there.comments
    if shutil.which("jq") is None:
        pytest.skip("cannot run here: there is no jq, with which the stand-in filters as gh does")
    runner.program("gh", GH)
    (runner.root / "comments.json").write_text(json.dumps(comments))
    done = runner.bash(script(server, "Comment"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found: Comments = json.loads(runner.read("comments.json"))
    return found


local_server = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
SERVERS = pytest.mark.parametrize(
    ("server", "paged"),
    [
        pytest.param("github", True, id="github"),
        pytest.param("forgejo", True, id="forgejo", marks=local_server),
        pytest.param("forgejo", False, id="forgejo without pages", marks=local_server),
    ],
)


@SERVERS
def test_the_first_review_is_a_new_comment(server: str, paged: bool, runner: Runner) -> None:
    before = others(server)
    after = posted(server, runner, others(server), paged=paged)
    assert after == [*before, comment(99, BOTS[server], REVIEW)]


@SERVERS
def test_a_later_review_takes_the_place_of_the_earlier_one(server: str, paged: bool, runner: Runner) -> None:
    earlier = comment(4, BOTS[server], f"{MARK}\nold")
    after = posted(server, runner, [*others(server), earlier, comment(5, "bob", "thanks")], paged=paged)
    assert after == [*others(server), comment(4, BOTS[server], REVIEW), comment(5, "bob", "thanks")]


@SERVERS
def test_of_two_reviews_the_first_is_kept_current(server: str, paged: bool, runner: Runner) -> None:
    two = [comment(4, BOTS[server], f"{MARK}\nold"), comment(6, BOTS[server], f"{MARK}\nolder run")]
    after = posted(server, runner, [*others(server), *two], paged=paged)
    assert [one["id"] for one in after if one["body"] == REVIEW] == [4]


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_refusal_of_the_server_is_told_in_one_line_without_the_token(runner: Runner) -> None:
    (runner.root / "review.md").write_text(REVIEW, "utf-8")
    with forge(runner, []) as there:
        there.status = 403
        done = runner.bash(script("forgejo", "Comment"))
    assert done.returncode == 1
    assert re.fullmatch(
        r"GET http://127\.0\.0\.1:\d+/api/v1/repos/shop/lake/issues/7/comments\S+: 403 \[\]\n", done.stderr
    )


def test_a_comment_that_gh_could_not_read_is_not_written_twice(runner: Runner) -> None:
    runner.program("gh", "import sys\nassert 'POST' not in sys.argv\nsys.exit(1)\n")
    assert runner.bash(script("github", "Comment")).returncode == 1
