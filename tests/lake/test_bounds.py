"""What a pull request may bring of everything: folders, files, bytes, patterns. Beyond it there is a sentence, and soon."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from infra.lake.documents import read
from infra.lake.documents.limits import MAX_DOCUMENT_BYTES, MAX_FOLDERS, MAX_LETTERS
from infra.secrets.secret_documents import secret_documents
from infra.secrets.sops_problems import encryption_problems
from tests.support.lakes import MINIMAL, REGISTRY, locks, run, write_files, write_lake

SECONDS = 5.0


def dig(folder: Path, depth: int) -> None:
    """Folders in folders, deeper than a path can name at once, and a file of each kind at the bottom."""
    folder.mkdir(parents=True, exist_ok=True)
    here = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir("a", dir_fd=here)
            inner = os.open("a", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        for name in ("x.yaml", "x.json", "x.sql"):
            os.close(os.open(name, os.O_CREAT, dir_fd=here))
    finally:
        os.close(here)


PLACES = (
    "dag/registry",
    "dag/streams/faker",
    "dag/sources/faker",
    "dag/connectors",
    "dag/processed",
    "cdktf.out/stacks",
)


@pytest.fixture
def pit(tmp_path: Path) -> Iterator[Path]:
    """A folder that is gone afterwards: pytest clears away those of former runs, and Python goes no deeper than a thousand."""
    yield tmp_path
    subprocess.run(["rm", "-rf", str(tmp_path)], check=True)


@pytest.mark.parametrize("verb", ["check", "catalog", "flux"])
@pytest.mark.parametrize("place", PLACES)
def test_folders_without_end_are_not_walked(place: str, verb: str, pit: Path) -> None:
    """Git carries them: a path may hold two thousand."""
    root = write_lake(pit, MINIMAL)
    dig(root / place, 1300)
    result = run(root, verb)
    deepest = place + "/a" * (MAX_FOLDERS + 1 - place.count("/"))
    assert result.code == 1
    told = result.out + result.err
    assert f"{deepest}:1:1  file-unreadable  is more than {MAX_FOLDERS} folders deep, and is not read\n" in told
    assert told.count("file-unreadable") == 1


def test_as_deep_as_a_registry_may_be_it_is_read(tmp_path: Path) -> None:
    deep = "dag/registry" + "/a" * (MAX_FOLDERS - 2)
    root = write_lake(tmp_path, {**MINIMAL, f"{deep}/more.yaml": "sources: {y: 1}\n"})
    assert f"{deep}/more.yaml:1:14  wrong-type" in run(root, "check").out


FILES = [
    "dag/registry/lake.yaml",
    "dag/streams/faker/users.json",
    "dag/sources/faker/users.json",
    "dag/connectors/source-faker.json",
]


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_too_large_is_told_and_not_read(file: str, tmp_path: Path) -> None:
    root = write_lake(tmp_path, MINIMAL)
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    with (root / file).open("wb") as large:
        large.truncate(MAX_DOCUMENT_BYTES + 1)
    start, result = perf_counter(), run(root, "check")
    assert perf_counter() - start < SECONDS
    rule = "lock-invalid" if "connectors" in file else "file-unreadable"
    said = f"{file}:1:1  {rule}  is larger than {MAX_DOCUMENT_BYTES // 2**20} MB, and is not read\n"
    assert said in result.out


def test_files_without_number_are_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_lake(tmp_path, {**MINIMAL, **{f"dag/streams/faker/s{n}.json": "{}" for n in range(20)}})
    monkeypatch.setattr(read, "MAX_FILES", 12)
    result = run(root, "check")
    said = "lakeform check: dag/streams/faker contains more than 12 files, and none of them is read\n"
    assert (result.code, result.out, result.err) == (2, "", said)


# Each of them takes Python longer than anybody waits.
BOMBS = {
    "repeated repetition": r"^(([a-z0-9-]+)+)+!$",
    "two ways for one letter": r"^(a|a)+b$",
    "many stars": ".*" * 40 + "!",
    "a look ahead": r"^(?=(([a-z]+)+)+!)x",
    "a way back": r"^([a-z]+)+\1+!$",
}


def locked(pattern: str, key: str) -> str:
    """A lock whose option has a pattern, as its value or for its name."""
    option = {"type": "string", "pattern": pattern}
    spec = {"type": "object", "properties": {"seed": option}, "additionalProperties": True}
    if key == "patternProperties":
        spec = {"type": "object", "patternProperties": {pattern: {"type": "string"}}}
    lock = next(lock for lock in locks() if lock.name == "source-faker.json")
    return json.dumps({**json.loads(lock.read_text()), "spec": spec})


@pytest.mark.parametrize("key", ["pattern", "patternProperties"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_pattern_of_a_lock_takes_no_time(bomb: str, key: str, tmp_path: Path) -> None:
    value = "a" * 40 + "?"
    options = json.dumps({"seed": value} if key == "pattern" else {value: "x"})
    registry = REGISTRY.replace("{count: 10}", options)
    files = {"dag/registry/lake.yaml": registry, "dag/connectors/source-faker.json": locked(BOMBS[bomb], key)}
    root = write_lake(tmp_path, MINIMAL)
    write_files(root, files)
    start, result = perf_counter(), run(root, "check")
    assert perf_counter() - start < SECONDS
    assert "Traceback" not in result.out + result.err
    if key == "pattern":
        assert "config-invalid  sources.faker.configuration.seed: does not match the spec's pattern" in result.out


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_pattern_in_a_sops_file_takes_no_time(bomb: str) -> None:
    text = f"kind: Secret\ndata: {{}}\nsops:\n  mac: x\n  encrypted_regex: {json.dumps(BOMBS[bomb])}\n"
    start = perf_counter()
    (found,), _ = secret_documents("secret.yaml", text)
    told = [problem.message for problem in encryption_problems(found)]
    assert perf_counter() - start < SECONDS
    assert "leaves out data and stringData: a key that is added there stays in plain text" in told


@pytest.mark.parametrize("key", ["streams", "exclude"])
def test_a_pattern_of_streams_takes_no_time(key: str, tmp_path: Path) -> None:
    many = REGISTRY + f"    {key}: [users, {json.dumps('*a' * 25 + 'b')}]\n"
    files = {"dag/registry/lake.yaml": many, f"dag/streams/faker/{'a' * 200}.json": "{}"}
    root = write_lake(tmp_path, {**MINIMAL, **files})
    start, result = perf_counter(), run(root, "check")
    assert perf_counter() - start < SECONDS
    assert result.code == 1
    assert "unknown-reference" in result.out


@pytest.mark.parametrize("text", ["fields: FIELD", "FIELD: x", "sync_mode: FIELD"])
def test_a_problem_repeats_a_long_text_in_part(text: str, tmp_path: Path) -> None:
    key, _, value = text.replace("FIELD", "f" * 100_000).partition(": ")
    root = write_lake(tmp_path, {**MINIMAL, "dag/streams/faker/users.json": json.dumps({key: value})})
    result = run(root, "check")
    assert result.code == 1
    assert 50 < max(map(len, result.out.splitlines())) < 3 * MAX_LETTERS
