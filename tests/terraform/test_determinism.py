"""The same lake gives the same bytes: in any folder, process and order of writing."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.lakes import REPOSITORY, run, write_lake

INPUT = ("dag/registry", "dag/streams", "dag/sources", "dag/connectors")


def example_files() -> dict[str, str | bytes]:
    """The hand-written and machine-written input of the example; nothing that synth makes."""
    files = [path for folder in INPUT for path in (REPOSITORY / folder).rglob("*") if path.is_file()]
    return {
        path.relative_to(REPOSITORY).as_posix(): path.read_bytes()
        for path in sorted(files)
        if not path.name.startswith("_catalog")
    }


def outputs(root: Path) -> dict[str, bytes]:
    """Path -> bytes of everything that synth made."""
    paths = [*root.glob("dag/streams/*/_catalog*.json"), *root.glob("cdktf.out/stacks/*/cdk.tf.json")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths)}


def synth(root: Path) -> dict[str, bytes]:
    result = run(root, "synth", "--quiet")
    assert result.code == 0, result.err
    return outputs(root)


def shuffled(files: dict[str, str | bytes], order: random.Random) -> dict[str, str | bytes]:
    """The same lake: entries dealt out to files at random, every mapping in a random order."""
    entries: list[tuple[str, str, Any]] = []
    rest = {name: data for name, data in files.items() if not name.startswith("dag/registry/")}
    for name in sorted(files.keys() - rest.keys()):
        for section, value in yaml.load(files[name], yaml.BaseLoader).items():
            if section in ("sources", "destinations", "connections"):
                entries += [(section, key, inner) for key, inner in value.items()]
            else:
                entries.append((section, "", value))
    order.shuffle(entries)
    dealt: dict[str, dict[str, Any]] = {}
    for section, key, inner in entries:
        name = f"dag/registry/{order.choice(['', 'team/', 'team/deep/'])}{order.choice('xyz')}.{order.choice(['yml', 'yaml'])}"
        file = dealt.setdefault(name, {})
        if key:
            file.setdefault(section, {})[key] = mixed(inner, order)
        else:
            file[section] = mixed(inner, order)
    for name, data in rest.items():
        if name.startswith(("dag/streams/", "dag/sources/")):
            rest[name] = json.dumps(mixed(json.loads(data), order), indent=order.choice([None, 1]))
    return {**rest, **{name: dump(value) for name, value in dealt.items()}}


def mixed(value: Any, order: random.Random) -> Any:
    """The value with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: mixed(value[key], order) for key in keys}
    return [mixed(inner, order) for inner in value] if isinstance(value, list) else value


def dump(value: Any) -> str:
    """YAML in which each scalar is spelt as it was read: numbers and words bare, everything else in quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump(inner) for inner in value) + "]"
    return str(value) if value.isdigit() or value in ("true", "false", "null") else json.dumps(value)


def test_the_example_in_another_folder_gives_the_committed_bytes(tmp_path: Path) -> None:
    assert synth(write_lake(tmp_path / "ein anderer Ordner", example_files())) == outputs(REPOSITORY)


@pytest.mark.parametrize("seed", range(6))
def test_neither_the_split_into_files_nor_the_order_of_keys_changes_a_byte(tmp_path: Path, seed: int) -> None:
    files = shuffled(example_files(), random.Random(seed))
    assert synth(write_lake(tmp_path, files)) == outputs(REPOSITORY)


WAYS = {
    "python -m stacks": ([sys.executable, "-m", "stacks"], "0"),
    "python -m infra synth": ([sys.executable, "-m", "infra", "synth"], "1"),
    "lakeform synth": ([str(Path(sys.executable).parent / "lakeform"), "synth"], "4242"),
}


@pytest.mark.parametrize(("words", "seed"), WAYS.values(), ids=WAYS)
def test_neither_the_way_to_synthesize_nor_the_seed_of_hashes_changes_a_byte(
    tmp_path: Path, words: list[str], seed: str
) -> None:
    root = write_lake(tmp_path / seed, example_files())
    settings = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    environment = {**os.environ, **settings}
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert outputs(root) == outputs(REPOSITORY)


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    root = write_lake(tmp_path, example_files())
    synth(root)
    before = {
        path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file() and path.name != "manifest.json"
    }
    result = run(root, "synth")
    assert (result.code, result.out) == (0, "")
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_line_ends_of_windows_change_no_byte(tmp_path: Path) -> None:
    files = {
        name: bytes(data).replace(b"\n", b"\r\n") if isinstance(data, bytes) else data
        for name, data in example_files().items()
    }
    assert synth(write_lake(tmp_path, files)) == outputs(REPOSITORY)


def test_a_byte_order_mark_at_the_start_of_a_file_changes_no_byte(tmp_path: Path) -> None:
    files = {
        name: b"\xef\xbb\xbf" + data if isinstance(data, bytes) else data for name, data in example_files().items()
    }
    assert synth(write_lake(tmp_path, files)) == outputs(REPOSITORY)
