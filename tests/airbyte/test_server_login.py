"""Logging in to an Airbyte server: each method, tokens that end, and what is said when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.airbyte.server import AirbyteServer
from infra.base.errors import UserError
from tests.standin import StandIn
from tests.support.remote import (
    CONNECTORS,
    environ_of,
    lake_on,
    open_at,
    opened,
    plain,
    without_pauses,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_pauses(monkeypatch)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(CONNECTORS) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, standin: StandIn) -> AirbyteServer:
    return opened(lake_on(tmp_path, standin), environ_of(standin))


def paths(standin: StandIn) -> list[str]:
    return [f"{request.path.rpartition('/v1/')[2]} {request.status}" for request in standin.requests]


@pytest.mark.parametrize(
    ("auth", "environ"),
    [
        ("{client_id: standin-client, client_secret: {secret: s}}", {"TF_VAR_s": "standin-client-secret"}),
        ("{username: me, password: {secret: pw}}", {"TF_VAR_pw": "pässword"}),
        ("{bearer_token: {secret: token}}", {"TF_VAR_token": "TOKEN"}),
    ],
    ids=["client credentials", "basic", "bearer"],
)
def test_each_way_to_log_in_works(tmp_path: Path, auth: str, environ: dict[str, str]) -> None:
    with StandIn(CONNECTORS, basic=("me", "pässword")) as running:
        values = {key: value.replace("TOKEN", running.issue_token()) for key, value in environ.items()}
        assert opened(lake_on(tmp_path, running, auth), values).sources() == []


def test_without_a_login_none_is_sent(tmp_path: Path) -> None:
    with plain((200, '{"data": []}')) as other:
        assert open_at(tmp_path, other.url).sources() == []
        (headers,) = [headers for _, _, headers, _ in other.seen]
    assert "authorization" not in headers


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        ("{username: me, password: {secret: pw}}", "the user name and password (401: Unauthorized); check TF_VAR_pw"),
        (
            "{bearer_token: {secret: pw}}",
            "the bearer token, which may have expired (401: Unauthorized); check TF_VAR_pw",
        ),
    ],
    ids=["basic", "bearer"],
)
def test_wrong_credentials_name_the_variable(tmp_path: Path, standin: StandIn, auth: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        opened(lake_on(tmp_path, standin, auth), {"TF_VAR_pw": "wrong-one"}).sources()
    assert str(caught.value) == f'stack "airbyte": cannot list the sources: {standin.url}: it rejects {said}'
    assert paths(standin) == ["sources 401"]


def test_a_bearer_token_that_no_header_can_hold_is_refused(tmp_path: Path, standin: StandIn) -> None:
    with pytest.raises(UserError, match=r"characters that a token cannot contain; check TF_VAR_t$"):
        opened(lake_on(tmp_path, standin, "{bearer_token: {secret: t}}"), {"TF_VAR_t": "tökén→"}).sources()


def test_a_token_is_asked_for_once_as_a_form(standin: StandIn, server: AirbyteServer) -> None:
    for _ in range(3):
        server.sources()
    assert paths(standin) == ["applications/token 200", *["sources 200"] * 3]
    credentials = {"client_id": standin.client_id, "client_secret": standin.client_secret}
    assert standin.requests[0].body == {"grant_type": "client_credentials", **credentials}


def test_a_token_that_ends_midway_is_fetched_anew(standin: StandIn, server: AirbyteServer) -> None:
    server.sources()
    standin.clock.advance(16 * 60)
    server.sources()
    again = ["sources 401", "applications/token 200", "sources 200"]
    assert paths(standin) == ["applications/token 200", "sources 200", *again]


def test_a_token_is_fetched_anew_before_it_ends(
    standin: StandIn, server: AirbyteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("infra.airbyte.server.login.monotonic", lambda: now[0])
    for moment in (1000.0, 1869.0, 1871.0):  # a token lives for 900 s
        now[0] = moment
        server.sources()
    assert paths(standin) == [
        "applications/token 200",
        "sources 200",
        "sources 200",
        "applications/token 200",
        "sources 200",
    ]


def test_a_new_token_that_is_refused_too_is_a_fault(tmp_path: Path) -> None:
    token = (200, '{"access_token": "t0ken-of-the-test", "expires_in": 900}')
    refused = (401, '{"message": "t0ken-of-the-test is not for this"}')
    auth = "{client_id: me, client_secret: {secret: s}}"
    with plain(token, refused, token, refused) as other, pytest.raises(UserError) as caught:
        open_at(tmp_path, other.url, auth, {"TF_VAR_s": "secret-of-the-test"}).sources()
    said = "it rejects the token issued for the client id and secret (401: *** is not for this); check TF_VAR_s"
    assert str(caught.value) == f'stack "airbyte": cannot list the sources: {other.url}: {said}'
    assert len(other.seen) == 4


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, "{}"), "URL returns no access token; is token_url right?"),
        ((200, '{"access_token": "a\\nb"}'), "URL returns no access token; is token_url right?"),
        ((400, '{"error": "invalid_client"}'), "URL rejects the client id and secret (400); check TF_VAR_s"),
        ((401, "<html>"), "URL rejects the client id and secret (401); check TF_VAR_s"),
        ((200, "<html>"), "no token from URL: it returns a web page, not JSON (200): is server_url right?"),
        ((405, ""), "no token from URL: it has no such endpoint (405): is server_url right?"),
    ],
)
def test_a_login_without_a_token_says_why(tmp_path: Path, answer: tuple[int, str], said: str) -> None:
    auth = "{client_id: me, client_secret: {secret: s}, token_url: {var: login}}"
    with plain(answer) as other:
        environ = {"TF_VAR_s": "secret-of-the-test", "TF_VAR_login": f"{other.url}/login"}
        server = open_at(tmp_path, "https://airbyte.example.com/api/public/v1", auth, environ)
        with pytest.raises(UserError) as caught:
            server.sources()
    assert said.replace("URL", f"{other.url}/login") in str(caught.value)
