"""Whatever a server answers: a sentence and an exit code within a bound, no secret, and nobody else is asked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.attack.commands import Commands
from tests.attack.hostile_server import WAYS, Elsewhere, Hostile, forms, running
from tests.review.test_reviews import commit, git
from tests.standin import StandIn
from tests.support.full_lake import LOCK, LOCK_FILE
from tests.support.lakes import run, write_files
from tests.support.remote import CLIENT, CONNECTORS, ENTRIES, KEY, USERS, environ_of, stack, write_registry

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

CONNECTION = "connections:\n  faker_to_files: {source: faker, destination: files}\n"
COMMANDS = (
    ("connections",),
    ("status", "--format", "json"),
    ("drift",),
    ("test", "faker"),
    ("discover", "faker", "--from", "server"),
    ("sync", "faker_to_files", "--no-wait"),
    ("import", "--from", "server", "--registry", "dag/registry.json"),
    ("review", "--base", "HEAD", "--server"),
)
PAIRS = [(way, words) for way in WAYS for words in COMMANDS]
# Ten times what a bound of 2 MB for an answer may cost.
MEGABYTES = 700


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with StandIn(CONNECTORS, {"source-faker": [USERS]}, openapi=None) as standin:
        source = standin.add_source("Faker", "source-faker", {"count": 10, "key": KEY})
        standin.add_connection(source, standin.add_destination("Files", "destination-s3", {}), name="Faker → Files")
        hostile = Hostile(standin)
        hostile.secrets = (standin.client_secret, KEY)
        with running(hostile):
            yield hostile


@pytest.fixture(scope="module")
def elsewhere(server: Hostile) -> Iterator[Elsewhere]:
    other = Elsewhere()
    server.elsewhere = f"http://127.0.0.1:{other.server_port}"
    with running(other):
        yield other


@pytest.fixture(scope="module")
def lake(server: Hostile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake on it, synthesized and committed."""
    address = stack(f"{server.host}/api/public/v1", server.standin.workspace_id, CLIENT)
    entries = ENTRIES.replace("eu-central-1}", "eu-central-1, format: {format_type: Parquet}}") + CONNECTION
    root = write_registry(tmp_path_factory.mktemp("on") / "lake", address, entries)
    lock = json.loads(LOCK_FILE) | CONNECTORS["source-faker"]
    users = {"fields": {"id": {"type": "integer"}, "updated_at": {"type": "string"}}}
    write_files(
        root,
        {
            LOCK: json.dumps(lock),
            "dag/streams/faker/users.json": json.dumps(users),
            "dag/registry.json": '{"sources": [], "destinations": []}',
        },
    )
    assert run(root, "synth").code == 0
    git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.mark.attack("answers of a hostile server, to 8 commands", short=2, long=360)
def test_no_answer_of_a_server_does_harm(
    seed: int, server: Hostile, elsewhere: Elsewhere, lake: Path, runner: Commands, tmp_path: Path
) -> None:
    random = Random(seed)
    server.way, words = random.choice(PAIRS)
    server.patience, server.random = random.choice([0, 1, 1, 2, 3, 5, 8]), random
    root = Path(shutil.copytree(lake, tmp_path / "lake"))
    ended = runner.run(root, *words, environment=environ_of(server.standin, faker_key=KEY), hasty=True, seconds=40)
    print(server.way, server.patience, words, ended)
    ended.assert_decent()
    assert (ended.out + ended.err).replace("\n", "").isprintable()
    assert ended.megabytes < MEGABYTES
    assert elsewhere.requests == 0
    written = "\n".join(path.read_text("utf-8", "replace") for path in root.rglob("*.json"))
    for secret in server.secrets:
        assert [form for form in forms(secret) if form in ended.out + ended.err + written] == []
