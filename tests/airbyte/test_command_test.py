"""`lakeform test`: Airbyte's own connection check, on the server, and every way in which it can go wrong."""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.commands.progress import progress
from tests.standin import StandIn
from tests.support.lakes import run
from tests.support.remote import (
    CONNECTORS,
    ENTRIES,
    WORKSPACE,
    environ_of,
    lake_on,
    plain,
    stack,
    without_pauses,
    write_registry,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

KEY = "k3y-of-the-faker"
URLS = "self-managed: https://<host>/api/public/v1, Cloud: https://api.airbyte.com/v1"
CHECKING = "checking sources.faker on the server of airbyte\n"

LOGIN_PAGE = "a login page in front of the API? the API must be reachable without one"

PAGE = "<!doctype html><title>Airbyte</title>"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_pauses(monkeypatch)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(CONNECTORS) as running:
        running.add_source("Faker", "source-faker", {"count": 10, "key": KEY})
        running.add_destination("Files", "destination-s3", {})
        yield running


@pytest.fixture
def lake(tmp_path: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in environ_of(server, faker_key=KEY).items():
        monkeypatch.setenv(name, value)
    return lake_on(tmp_path, server)


def open_lake(root: Path, url: str) -> Path:
    """A lake at that address, without a login."""
    return write_registry(root, stack(url, WORKSPACE, "none"))


# What the check gives


@pytest.mark.parametrize("name", ["faker", "sources.faker"])
def test_a_check_that_succeeds_says_so_and_exits_0(lake: Path, name: str) -> None:
    result = run(lake, "test", name)
    assert (result.code, result.out, result.err) == (0, "sources.faker: the connection works\n", CHECKING)


def test_quiet_says_nothing_when_all_is_well(lake: Path) -> None:
    result = run(lake, "test", "faker", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_destination_is_checked_too(server: StandIn, lake: Path) -> None:
    result = run(lake, "test", "files")
    assert (result.code, result.out) == (0, "destinations.files: the connection works\n")
    assert server.requests[-1].path == "/api/v1/destinations/check_connection"


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["", "quiet"])
def test_a_check_that_fails_exits_1_with_the_connectors_message(
    server: StandIn, lake: Path, quiet: tuple[str, ...]
) -> None:
    server.fail_check("Faker", "the host db does not answer")
    result = run(lake, "test", "faker", *quiet)
    assert (result.code, result.out) == (1, 'sources.faker: "Faker" cannot connect: the host db does not answer\n')
    assert result.err == ("" if quiet else CHECKING)


def test_a_secret_that_the_connector_echoes_is_masked(server: StandIn, lake: Path) -> None:
    server.fail_check("Faker", f"GET /v1?key={KEY} was refused:\n\tthe key '{KEY}' is unknown\x1b[2J")
    result = run(lake, "test", "faker")
    said = "GET /v1?key=*** was refused: the key '***' is unknown [2J"
    assert (result.code, result.out) == (1, f'sources.faker: "Faker" cannot connect: {said}\n')


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"jobInfo": {"succeeded": false, "failureReason": {"externalMessage": "no pod"}}}', "no pod"),
        ('{"jobInfo": {"succeeded": false, "failureReason": {"internalMessage": "no image"}}}', "no image"),
        ('{"jobInfo": {"succeeded": false}}', "no reason given"),
        ("{}", "the response contains no status"),
    ],
)
def test_a_check_that_could_not_run_exits_2(tmp_path: Path, answer: str, said: str) -> None:
    faker = '{"data": [{"sourceId": "1", "name": "Faker"}]}'
    with plain((200, faker), (200, answer)) as server:
        result = run(open_lake(tmp_path, server.url), "test", "faker", "--quiet")
    message = f'lakeform test: stack "airbyte": cannot check the source "Faker": {said}\n'
    assert (result.code, result.out, result.err) == (2, "", message)


# Which entry, which stack


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fakr"], 'there is no source or destination "fakr"; did you mean "faker"?'),
        (["zzz"], 'there is no source or destination "zzz"; in the registry: faker, files'),
        (["faker", "--stack", "airbite"], 'there is no stack "airbite"; did you mean "airbyte"?'),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(lake: Path, words: list[str], said: str) -> None:
    result = run(lake, "test", *words)
    assert (result.code, result.out, result.err) == (2, "", f"lakeform test: {said}\n")


def test_an_id_that_a_source_and_a_destination_have_is_not_enough(tmp_path: Path, server: StandIn) -> None:
    lake = lake_on(tmp_path, server, entries=ENTRIES.replace("  files:", "  faker:"))
    result = run(lake, "test", "faker")
    assert result.err == 'lakeform test: "faker" is ambiguous; write sources.faker or destinations.faker\n'
    assert result.code == 2


@pytest.fixture
def two_stacks(lake: Path, server: StandIn) -> Path:
    other = server.add_workspace("Other")
    server.add_source("Faker", "source-faker", {"count": 1}, other)
    stacks = stack(server.url, server.workspace_id, name="prod") + stack(server.url, other, name="staging")
    entries = ENTRIES.replace("  faker:\n", "  faker:\n    stack: [staging, prod]\n")
    return write_registry(lake, stacks, entries.replace("  files:\n", "  files:\n    stack: prod\n"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["faker"], "sources.faker is in the stacks prod, staging: choose one with --stack"),
        (["files", "--stack", "staging"], 'destinations.files is not in the stack "staging"; its stacks: prod'),
    ],
)
def test_the_stack_must_be_clear(two_stacks: Path, words: list[str], said: str) -> None:
    result = run(two_stacks, "test", *words)
    assert (result.code, result.out, result.err) == (2, "", f"lakeform test: {said}\n")


def test_the_stack_decides_which_workspace_is_asked(server: StandIn, two_stacks: Path) -> None:
    staging = [source.id for source in server.state.sources.values()][-1]
    server.fail_check(staging, "not here")
    assert run(two_stacks, "test", "faker", "--stack", "prod").code == 0
    assert run(two_stacks, "test", "faker", "--stack", "staging").code == 1


def test_an_entry_with_problems_is_not_tested(tmp_path: Path, server: StandIn) -> None:
    lake = lake_on(tmp_path, server, entries=ENTRIES.replace("connector: source-faker", "conector: source-faker"))
    result = run(lake, "test", "faker")
    assert result.err == "lakeform test: sources.faker has problems; run: lakeform check\n"


def test_a_lake_with_problems_is_not_asked(tmp_path: Path, server: StandIn) -> None:
    lake = lake_on(tmp_path, server, auth="nobody")
    result = run(lake, "test", "faker", "--quiet")
    assert result.err == 'lakeform test: stack "airbyte": the registry has problems; run: lakeform check\n'


def test_a_source_that_dlt_loads_is_not_airbytes_business(tmp_path: Path, server: StandIn) -> None:
    lake = lake_on(tmp_path, server, entries="sources:\n  api: {external: dlt}\n")
    result = run(lake, "test", "api")
    assert result.err == "lakeform test: sources.api is loaded by dlt: Airbyte has nothing to check\n"


def test_a_source_that_is_not_on_the_server_yet_is_named_with_what_is(
    tmp_path: Path, server: StandIn, lake: Path
) -> None:
    lake_on(tmp_path, server, entries=ENTRIES.replace("  faker:\n", "  faker:\n    name: Fakr\n"))
    result = run(lake, "test", "faker", "--quiet")
    said = 'the workspace has no source "Fakr"; did you mean "Faker"? (a new entry appears there after its first apply)'
    assert (result.code, result.out, result.err) == (2, "", f'lakeform test: stack "airbyte": {said}\n')


# How a server can fail. Each row: what it does, what is said of it.


def fault_of(lake: Path, *words: str) -> str:
    """The one line that is said, without what all have in common."""
    result = run(lake, "test", "faker", "--quiet", *words)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    return result.err.removeprefix('lakeform test: stack "airbyte": cannot list the sources: ').rstrip("\n")


def test_a_wrong_secret_names_the_variables(server: StandIn, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_airbyte_client_secret", "wrong-secret")
    said = f"{server.url}: {server.token_url} rejects the client id and secret (401); "
    assert fault_of(lake) == f"{said}check TF_VAR_airbyte_client_id and TF_VAR_airbyte_client_secret"


def test_every_variable_without_a_value_is_named_at_once(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_VAR_airbyte_client_id")
    monkeypatch.setenv("TF_VAR_airbyte_client_secret", "")
    said = 'lakeform test: stack "airbyte": values that the registry refers to are missing; set in the environment: '
    assert fault_of(lake) == f"{said}TF_VAR_airbyte_client_id, TF_VAR_airbyte_client_secret"


def test_a_workspace_without_a_role_is_forbidden(server: StandIn, lake: Path) -> None:
    server.state.workspaces[server.workspace_id].role = None
    reason = f"User does not have the required permissions in workspace {server.workspace_id}."
    expected = f"it denies access (403: {reason}); do the credentials have a role in workspace {server.workspace_id}?"
    assert fault_of(lake) == f"{server.url}: {expected}"


NOT_FOUND = '{"status": 404, "type": "https://x/errors#not-found", "title": "t", "data": {"message": "no workspace 1"}}'


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, PAGE), f"it returns a web page, not JSON (200): is server_url right? {URLS}"),
        ((200, "pong"), f"it returns something else, not JSON (200): is server_url right? {URLS}"),
        ((200, "{}"), f"ANSWER is not a list; is server_url right? {URLS}"),
        ((404, PAGE), f"it has no such endpoint (404): is server_url right? {URLS}"),
        ((404, '{"message": "nothing"}'), f"it has no such endpoint (404): is server_url right? {URLS}"),
        ((404, NOT_FOUND), "it returns 404: no workspace 1; is workspace_id right?"),
        ((401, PAGE), "it requires a login (401), and the registry has auth: none"),
        ((403, '{"message": "no"}'), "it requires a login (403: no), and the registry has auth: none"),
        ((400, '{"detail": "bad limit"}'), "it returns 400: bad limit"),
        ((418, ""), "it returns 418"),
        (
            (302, "", {"Location": "https://u:p@login.example.com/sign-in?state=s3cret"}),
            "it redirects to https://login.example.com/sign-in (302): " + LOGIN_PAGE,
        ),
        (
            (308, "", {"Location": "https://airbyte.example.com/api/public/v1/sources?limit=100"}),
            "it redirects to https://airbyte.example.com/api/public/v1/sources (308): make server_url match that",
        ),
        ((302, "", {"Location": "https://[x"}), "it redirects to an invalid address (302)"),
        (
            (302, ""),
            "it redirects to another page (302): " + LOGIN_PAGE,
        ),
    ],
    ids=lambda value: str(value[:1]) if isinstance(value, tuple) else "",
)
def test_an_answer_that_is_not_airbytes_says_what_to_look_at(tmp_path: Path, answer: Any, said: str) -> None:
    with plain(answer) as server:
        fault = fault_of(open_lake(tmp_path, server.url))
        seen = len(server.seen)
    expected = said.replace("ANSWER", "the response") if said.startswith("ANSWER") else f"{server.url}: {said}"
    assert (fault, seen) == (expected, 1)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (429, "too many requests (429); try again later"),
        (500, "it returns 500"),
        (503, "the gateway in front of Airbyte got no answer from it in time (503); is Airbyte up, and healthy?"),
    ],
)
def test_a_server_that_stays_unwell_is_given_up(tmp_path: Path, pauses: list[float], status: int, said: str) -> None:
    with plain((status, "")) as server:
        assert fault_of(open_lake(tmp_path, server.url)) == f"{server.url}: {said}"
    assert (len(server.seen), pauses) == (5, [1, 2, 4, 8])


def test_nobody_there_is_told_at_once(tmp_path: Path, pauses: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/api/public/v1"
        assert fault_of(open_lake(tmp_path, url)) == f"{url}: nothing answers there: connection refused"
    assert pauses == []


def test_a_host_that_nobody_knows_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    url = "https://airbite.example.com/api/public/v1"
    assert fault_of(open_lake(tmp_path, url)) == f"{url}: its host name cannot be resolved here"


def test_https_where_http_is_spoken_is_told(tmp_path: Path) -> None:
    with plain((200, "{}")) as server:
        url = f"https://{server.host}/api/public/v1"
        assert fault_of(open_lake(tmp_path, url)) == f"{url}: it does not speak TLS; is it http://, not https://?"


@pytest.mark.skipif(
    shutil.which("openssl") is None, reason="cannot run here: there is no openssl to make a certificate"
)
def test_a_certificate_that_is_not_trusted_is_told_and_one_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/api/public/v1"
        thread = threading.Thread(target=_greet_twice, args=(listening, context), daemon=True)
        thread.start()
        lake = open_lake(tmp_path / "lake", url)
        own = "for a certificate authority of your own, set SSL_CERT_FILE to its PEM file"
        said = f"{url}: its certificate is not trusted here: self-signed certificate; {own}"
        assert fault_of(lake).replace("self signed", "self-signed") == said
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fault_of(lake) == f"{url}: it returns 400"
        thread.join()


def _greet_twice(listening: socket.socket, context: ssl.SSLContext) -> None:
    for _ in range(2):
        raw, _ = listening.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except ssl.SSLError:
            raw.close()


# Patience


def test_what_takes_longer_is_told_on_stderr(server: StandIn, lake: Path, pauses: list[float]) -> None:
    server.fail_next("GET .*/sources", status=429, times=2)
    server.drop_next("POST .*/check_connection")
    result = run(lake, "test", "faker")
    assert (result.code, result.out) == (0, "sources.faker: the connection works\n")
    assert result.err == (
        f"{CHECKING}the server returns 429; trying again in 1 s\nthe server returns 429; trying again in 2 s\n"
        "the connection was closed before the response arrived; trying again in 1 s\n"
    )
    assert pauses == [1, 2, 1]


def test_airbyte_cloud_has_no_check_for_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.airbyte.server.api.Api.every", lambda *_: [{"sourceId": "1", "name": "Faker"}])
    result = run(open_lake(tmp_path, "https://api.airbyte.com/v1"), "test", "faker", "--quiet")
    said = "Airbyte Cloud has no Configuration API for users; test it in Airbyte's user interface"
    message = f'lakeform test: stack "airbyte": cannot check the source "Faker": {said}\n'
    assert (result.code, result.out, result.err) == (2, "", message)


# On a terminal


class Terminal(io.StringIO):
    """What a terminal would show."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("total", [None, 3])
def test_a_terminal_shows_what_is_being_done_and_nothing_of_it_stays(
    monkeypatch: pytest.MonkeyPatch, total: int | None
) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", terminal)
    with progress(argparse.Namespace(quiet=False), "asking [the] server", total) as shown:
        shown.tell("asking [again]")
        shown.advance()
    text = terminal.getvalue()
    assert "asking [again]" in text
    assert ("1/3" in text) == (total == 3)
    assert text.endswith("\x1b[2K")  # the line is cleared


def test_a_terminal_that_cannot_draw_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stderr", terminal)
    with progress(argparse.Namespace(quiet=False), "one") as shown:
        shown.tell("two")
        shown.advance()
    assert terminal.getvalue() == "one\ntwo\n"
