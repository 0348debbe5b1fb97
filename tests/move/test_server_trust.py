"""Nobody who proposes a change decides which server gets the credentials of those who review it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.scaffold.requirement import EXAMPLE
from tests.review.test_reviews import commit, git
from tests.support.lakes import MINIMAL, Result, locks, run, write_files, write_lake
from tests.support.remote import WORKSPACE, Plain, plain, without_pauses

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

OTHER = "99999999-2222-3333-4444-555555555555"
FLUX = "      flux: {git: {url: 'ssh://git@git.example.com/team/lake'}, secrets: [{name: lake-values}], values: {server: %s}}\n"

REGISTRY = """\
version: 1
lake:
  name: shop
  stacks:
    airbyte:
      server_url: {{var: server}}
      workspace_id: 11111111-2222-3333-4444-555555555555
      auth: {{client_id: {{secret: client_id}}, client_secret: {{secret: client_secret}}, token_url: {url}/token}}
      backend: {{kubernetes: {{namespace: lake, secret_suffix: lake}}}}
  variables:
    server: {{default: "{url}"}}
"""


@dataclass(frozen=True)
class Servers:
    """The server of the base and that of somebody else, which count what they are asked, and a lake on the former."""

    root: Path
    ours: Plain
    theirs: Plain

    def propose(self, *pairs: tuple[str, str]) -> None:
        """Change the registry on a branch."""
        path = self.root / "dag/registry/lake.yaml"
        text = path.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text)
        result = run(self.root, "synth", "--quiet")
        assert result.code == 0, result

    def review(self, *words: str) -> Result:
        return run(self.root, "review", "--server", "--quiet", *words)


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    without_pauses(monkeypatch)
    for name in ("client_id", "client_secret", "other_id"):
        monkeypatch.setenv(f"TF_VAR_{name}", f"value-of-{name}")
    with plain((401, "{}")) as ours, plain((401, "{}")) as theirs:
        assert locks()
        write_lake(tmp_path, {**MINIMAL, "dag/registry/lake.yaml": REGISTRY.format(url=ours.url)})
        (tmp_path / "dag/streams/faker/users.json").unlink()
        found = Servers(tmp_path, ours, theirs)
        found.propose()
        git(tmp_path, "init", "--quiet")
        commit(tmp_path)
        yield found


CHANGES = {
    "address": ("server_url: {var: server}", 'server_url: "%s"', "server_url"),
    "default of a variable": ('default: "http://127.0.0.1', 'default: "%s/x', "server_url"),
    "value of a variable": ("      backend:", FLUX + "      backend:", "server_url"),
    "workspace": (WORKSPACE, OTHER, "workspace_id"),
    "token address": ("token_url: http://127.0.0.1", "token_url: %s/x", "auth.token_url"),
    "login": ("client_id: {secret: client_id}", "client_id: {secret: other_id}", "auth.client_id"),
    "no login": ("auth: {", "auth: none  # {", "auth, auth.client_id, auth.client_secret, auth.token_url"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_head_that_says_where_requests_go_or_who_sends_them_gets_none(servers: Servers, change: str) -> None:
    old, new, keys = CHANGES[change]
    servers.propose((old, new % servers.theirs.url if "%s" in new else new))
    result = servers.review("--base", "main")
    assert (servers.ours.seen, servers.theirs.seen) == ([], [])
    assert result.code == 1
    assert result.out.partition("What else the apply would change in Airbyte\n")[2] == (
        "Refused: one thing has to be put right. Nothing else changes.\n\n"
        "refused: lake.stacks.airbyte differs from the base in where its server is, or who asks it "
        f"({keys}): no server was asked  (server-not-asked)\n"
        "    make this a change of its own, and review it without --server;\n"
        "    or, if you trust the new server with the credentials, run: lakeform review --server, without --base\n"
    )


def test_an_unchanged_server_is_asked_and_alone(servers: Servers) -> None:
    servers.propose(("name: shop", "name: bazaar"))
    result = servers.review("--base", "main")
    assert result.code == 2
    assert [path for _, path, _, _ in servers.ours.seen] == ["/api/public/v1/token"]
    assert servers.theirs.seen == []


def test_a_new_stack_is_not_asked(servers: Servers) -> None:
    stack = f"""\
    new:
      server_url: {servers.theirs.url}
      workspace_id: {OTHER}
      auth: {{client_id: {{secret: client_id}}, client_secret: {{secret: client_secret}}}}
      backend: {{kubernetes: {{namespace: lake, secret_suffix: new}}}}
  variables:
"""
    servers.propose(("  variables:\n", stack))
    result = servers.review("--base", "main")
    assert servers.ours.seen
    assert servers.theirs.seen == []
    assert (
        "    the workspace of new was not asked: the stack is new, and a change does not say which server gets credentials\n"
        in result.out
    )


def aliased(text: str, theirs: str) -> str:
    """The address is that of a variable which nobody else uses."""
    default = text.partition("server: {default: ")[2].partition("}")[0]
    with_anchor = text.replace(
        f"server: {{default: {default}}}", f'server: {{default: {default}}}\n    x: {{default: &x "{theirs}"}}'
    )
    lake, _, variables = with_anchor.partition("  variables:\n")
    stacks = lake.partition("  stacks:\n")
    return f"{stacks[0]}  variables:\n{variables}{stacks[1]}{stacks[2]}".replace(
        "server_url: {var: server}", "server_url: *x"
    )


# What is done to the registry -> the settings that are named.
WAYS: dict[str, tuple[Callable[[str, str], str], str]] = {
    "alias": (aliased, "server_url"),
    "another kind of login": (
        lambda text, _: re.sub(r"auth: {.*}\n", "auth: {bearer_token: {secret: client_secret}}\n", text),
        "auth.bearer_token, auth.client_id, auth.client_secret, auth.token_url",
    ),
    "the token address left out": (lambda text, _: re.sub(", token_url: [^}]*", "", text), "auth.token_url"),
    "the name of the same server": (
        lambda text, _: text.replace("127.0.0.1", "localhost"),
        "auth.token_url, server_url",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_there_is_no_way_around_in_another_file(servers: Servers, way: str) -> None:
    change, keys = WAYS[way]
    registry = servers.root / "dag/registry/lake.yaml"
    text = change(registry.read_text(), servers.theirs.url)
    assert text != registry.read_text()
    registry.unlink()
    write_files(servers.root, {"dag/registry/a/stacks.yml": text})
    assert run(servers.root, "synth", "--quiet").err == ""
    result = servers.review("--base", "main")
    assert (servers.ours.seen, servers.theirs.seen) == ([], [])
    assert (result.code, f"who asks it ({keys}): no server was asked  (server-not-asked)" in result.out) == (1, True)


def test_a_stack_that_gets_another_id_and_address_is_not_asked(servers: Servers) -> None:
    servers.propose(
        ("    airbyte:\n", "    prod:\n"), ("server_url: {var: server}", f'server_url: "{servers.theirs.url}"')
    )
    result = servers.review("--base", "main")
    assert (servers.ours.seen, servers.theirs.seen) == ([], [])
    assert "the workspace of prod was not asked: the stack is new" in result.out


def test_two_stacks_that_swap_their_workspaces_get_no_request(servers: Servers) -> None:
    """The credentials of each are for its own."""
    second = f"""\
    second:
      server_url: {{var: server}}
      workspace_id: {OTHER}
      auth: {{client_id: {{secret: client_id}}, client_secret: {{secret: client_secret}}}}
      backend: {{kubernetes: {{namespace: lake, secret_suffix: second}}}}
  variables:
"""
    servers.propose(("  variables:\n", second))
    commit(servers.root)
    servers.propose((WORKSPACE, "x"), (OTHER, WORKSPACE), ("workspace_id: x", f"workspace_id: {OTHER}"))
    result = servers.review("--base", "HEAD")
    assert (servers.ours.seen, servers.theirs.seen) == ([], [])
    assert result.out.count("(workspace_id): no server was asked") == 2


def test_without_a_base_the_lake_that_somebody_chose_says_it(servers: Servers) -> None:
    servers.propose(("server_url: {var: server}", f'server_url: "{servers.theirs.url}"'))
    assert servers.review().code == 2
    assert [path for _, path, _, _ in servers.ours.seen] == ["/api/public/v1/token"]
    servers.propose((f"token_url: {servers.ours.url}", f"token_url: {servers.theirs.url}"))
    assert servers.review().code == 2
    assert [path for _, path, _, _ in servers.theirs.seen] == ["/api/public/v1/token"]


@pytest.mark.parametrize("words", [(), ("--server-that-is-none",), ("--format", "json")])
def test_nobody_is_asked_without_the_option(servers: Servers, words: tuple[str, ...]) -> None:
    run(servers.root, "review", *words, *(() if "json" not in words else ("--base", "main")))
    assert (servers.ours.seen, servers.theirs.seen) == ([], [])


def test_no_generated_workflow_asks_a_server_in_a_review(tmp_path: Path) -> None:
    """The runner of a fork's pull request would do it with whatever it has."""
    for system in ("github", "gitlab", "forgejo"):
        assert run(tmp_path, "init", str(tmp_path / system), "--ci", system, "--lakeform", EXAMPLE).code == 0
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()]
    assert any("lakeform review" in text for text in texts)
    assert not any("--server" in text for text in texts)
