"""Whatever a connector does: a sentence and an exit code within a bound; no process, no file and no secret of it stays."""

from __future__ import annotations

import json
import time
from pathlib import Path
from random import Random

import pytest

from tests.attack import hostile_connector
from tests.attack.commands import Commands
from tests.support.packages import place
from tests.support.processes import is_running
from tests.support.read_lakes import shop_in

KEY = "Zq7/hostile+key=4Kx"
WAYS = tuple(hostile_connector.ways(KEY))
COMMANDS = (("discover", "shop", "--from", "connector", "--timeout", "4"), ("read", "shop", "--timeout", "4"))
PAIRS = [(way, words) for way in WAYS for words in COMMANDS]
MEGABYTES = 700


@pytest.fixture(scope="module")
def environment(runner: Commands) -> dict[str, str]:
    """With the connector in the cache of installed ones, and no index beside it."""
    cache = runner.folder / "cache"
    code = Path(hostile_connector.__file__).read_text("utf-8")
    place(cache, "airbyte-source-fake", "1.0.0", {"airbyte_source_fake/__init__.py": code})
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(cache / "no-index"), "TF_VAR_shop_key": KEY}


@pytest.mark.attack("a hostile connector, to `discover` and `read`", short=2, long=314)
def test_no_connector_does_harm(seed: int, runner: Commands, environment: dict[str, str], tmp_path: Path) -> None:
    # The first ones are every way there is, in one order for all.
    way, words = Random(0).sample(PAIRS, len(PAIRS))[seed % len(PAIRS)]
    pids = tmp_path / "pids"
    root = shop_in(tmp_path / "lake", json.dumps({"way": way, "pids": str(pids)})).root
    ended = runner.run(root, *words, environment=environment, hasty=True, seconds=40)
    print(way, words, ended)
    ended.assert_decent()
    assert (ended.out + ended.err).replace("\n", "").isprintable()
    assert ended.megabytes < MEGABYTES
    written = "\n".join(
        path.as_posix() + path.read_text("utf-8", "replace") for path in (root / "dag/sources").rglob("*.json")
    )
    assert [form for form in hostile_connector.forms(KEY) if form in ended.out + ended.err + written] == []
    assert KEY[len(KEY) // 2 :] not in ended.out + ended.err
    assert_nothing_stays(runner, pids)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "pids"]


def assert_nothing_stays(runner: Commands, pids: Path) -> None:
    """All of its processes are gone, and what lakeform gave it."""
    deadline = time.monotonic() + 10
    left = [int(pid) for pid in pids.read_text().split()]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [pid for pid in left if is_running(pid)]
    assert left == []
    assert list((runner.folder / "tmp").iterdir()) == []
