"""Values of the environment: where each comes from, and that no message shows one."""

from __future__ import annotations

import html
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from infra.base.errors import UserError
from tests.support.lakes import write_lake
from tests.support.remote import (
    WORKSPACE,
    opened,
    plain,
    stack,
    without_pauses,
    write_registry,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return without_pauses(monkeypatch)


def fault_of(root: Path, lake: str, environ: dict[str, str]) -> str:
    root = write_lake(root, {"dag/registry/lake.yaml": lake})
    with pytest.raises(UserError) as caught:
        opened(root, environ)
    return str(caught.value).removeprefix('stack "airbyte": ')


REFERENCES = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: {var: url}
      workspace_id: {var: workspace}
      auth: {client_id: {secret: client}, client_secret: {secret: client_secret}}
"""
VALUES = {
    "TF_VAR_url": "https://airbyte.example.com/api/public/v1",
    "TF_VAR_workspace": WORKSPACE,
    "TF_VAR_client": "me",
    "TF_VAR_client_secret": "hunter2marker",
}


def test_all_that_has_no_value_is_named(tmp_path: Path) -> None:
    names = "TF_VAR_client, TF_VAR_client_secret, TF_VAR_url, TF_VAR_workspace"
    said = f"values that the registry refers to are missing; set in the environment: {names}"
    assert fault_of(tmp_path, REFERENCES, {}) == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("url", "airbyte.example.com", "the value of server_url is not an http(s) address with a path"),
        ("url", "https://[airbyte/api/public/v1", "the value of server_url is not an http(s) address with a path"),
        ("url", "https://airbyte:port/api/public/v1", "the value of server_url is not an http(s) address with a path"),
        ("workspace", "mine", "the value of workspace_id is not a UUID"),
        (
            "client_secret",
            "hunter2marker\n",
            "the value of TF_VAR_client_secret contains a line break, or has whitespace around it",
        ),
        (
            "client_secret",
            "hunter2\rmarker",
            "the value of TF_VAR_client_secret contains a line break, or has whitespace around it",
        ),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_without_showing_it(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    assert fault_of(tmp_path, REFERENCES, {**VALUES, f"TF_VAR_{name}": value}) == said


def test_the_environment_wins_over_the_stacks_values_and_they_over_the_default(tmp_path: Path) -> None:
    url, workspaces = VALUES["TF_VAR_url"], [f"{number}{WORKSPACE[1:]}" for number in (3, 4, 5)]
    text = REFERENCES.replace(
        "    airbyte:\n", f"    airbyte:\n      flux: {{values: {{workspace: {workspaces[1]}}}}}\n"
    )
    text += f"  variables: {{workspace: {{default: {workspaces[0]}}}, url: {{default: '{url}'}}}}\n"
    environ = {key: value for key, value in VALUES.items() if key.startswith("TF_VAR_client")}
    without_flux = text.replace(f"{{workspace: {workspaces[1]}}}", "{}")
    for registry, more, expected in (
        (without_flux, {}, workspaces[0]),
        (text, {}, workspaces[1]),
        (text, {"TF_VAR_workspace": workspaces[2]}, workspaces[2]),
    ):
        lake = write_lake(tmp_path, {"dag/registry/lake.yaml": registry})
        assert opened(lake, {**environ, **more}).workspace_id == expected


# Nothing that is secret is shown


SECRETS = {
    "TF_VAR_airbyte_client_id": "client-id-marker",
    "TF_VAR_airbyte_client_secret": 'cl/ient "secret" märker',
    "TF_VAR_faker_key": "-----BEGIN KEY-----\nline-one-marker\nline-two-marker\n-----END KEY-----\n",
}
ECHOES = [
    *SECRETS.values(),
    quote(SECRETS["TF_VAR_airbyte_client_secret"]),
    quote(SECRETS["TF_VAR_airbyte_client_secret"], safe="").lower(),
    quote_plus(SECRETS["TF_VAR_airbyte_client_secret"]),
    html.escape(SECRETS["TF_VAR_airbyte_client_secret"]),
    json.dumps(SECRETS["TF_VAR_airbyte_client_secret"]),
    json.dumps(SECRETS["TF_VAR_faker_key"]),
    "line-two-marker",
    "t0ken-marker",
]


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_a_secret_that_the_server_echoes_is_in_no_message(tmp_path: Path, status: int, echo: str) -> None:
    token = (200, '{"access_token": "t0ken-marker"}')
    answer = (status, json.dumps({"type": "x", "message": f"before {echo} after"}))
    heard: list[str] = []
    with plain(token, answer, token, answer) as other, pytest.raises(UserError) as caught:
        opened(write_registry(tmp_path, stack(other.url, WORKSPACE)), SECRETS, heard).sources()
    said = str(caught.value) + "".join(heard)
    assert [word for word in ("marker", "m%c3%a4rker", "märker", "m\\u00e4rker") if word in said.lower()] == []
    assert ("before" in said and "after" in said) or status == 500  # a 500 is asked again and then is no message


def test_a_secret_address_is_not_shown_either(tmp_path: Path) -> None:
    text = REFERENCES.replace("{var: url}", "{secret: url}")
    lake = write_lake(tmp_path, {"dag/registry/lake.yaml": text})
    environ = {**VALUES, "TF_VAR_url": "http://127.0.0.1:9/api/public/v1/"}
    with pytest.raises(UserError) as caught:
        opened(lake, environ).sources()
    assert "127.0.0.1" not in str(caught.value)
