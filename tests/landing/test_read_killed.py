"""A read that is killed at any moment loses nothing and repeats nothing, and leaves nothing that somebody would feed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY
from tests.support.read_lakes import INCREMENTAL, JSONL, MakeShop, Shop

pytest.importorskip("duckdb", reason="cannot run here: duckdb is not installed")
pytestmark = pytest.mark.usefixtures("fake_connector")

TOTAL = 2000

# Goes on behind the state up to TOTAL, with a state after every seventh record.
GO_ON = """
import time
streams = option("--catalog")["streams"]
known = option("--state") if "--state" in sys.argv else []
for name in [s["stream"]["name"] for s in streams]:
    own = [s["stream"] for s in known if s["stream"]["stream_descriptor"]["name"] == name]
    first = own[0]["stream_state"]["next"] if own else 0
    for number in range(first, TOTAL):
        print(json.dumps({"type": "RECORD", "record": {"stream": name, "emitted_at": 1, "data": {"id": number}}}))
        if number % 7 == 0 or number == TOTAL - 1:
            reached = {"stream_descriptor": {"name": name}, "stream_state": {"next": number + 1}}
            say(type="STATE", state={"type": "STREAM", "stream": reached})
            time.sleep(PAUSE)
"""

PROGRAM = """
import functools, sys
from infra.landing.read import reading
reading.Session = functools.partial(reading.Session, rows_in_part=20)
from infra.commands.main import main
sys.exit(main(sys.argv[1:]))
"""


def going(total: int, pause: str) -> str:
    return GO_ON.replace("TOTAL", str(total)).replace("PAUSE", pause)


def start(shop: Shop) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", PROGRAM, "--root", str(shop.root), "read", "shop"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def first_file(shop: Shop, process: subprocess.Popen[bytes]) -> None:
    """Wait until the read is under way."""
    before = len(shop.files())
    while len(shop.files()) == before and process.poll() is None:
        time.sleep(0.01)


def test_kills_at_random_moments_lose_nothing_and_repeat_nothing(make_shop: MakeShop) -> None:
    chance = random.Random(17)
    shop = make_shop(going(TOTAL, "0.003"), JSONL, users=INCREMENTAL)
    kills = 0
    while kills < 60:
        with start(shop) as process:
            first_file(shop, process)
            time.sleep(chance.uniform(0, 0.1))
            process.kill()
            process.communicate()
        if process.returncode == 0:
            break
        kills += 1
        seen = sorted(row["id"] for file in shop.files() if not file.name.startswith(".") for row in lines(file))
        assert seen == list(range(len(seen)))
    assert kills > 3
    out, err = start(shop).communicate(timeout=120)
    assert b"users" in out, err
    assert sorted(shop.ids()) == list(range(TOTAL))
    assert [file.name for file in shop.files() if file.name.startswith(".")] == []
    assert list((shop.root / ".lake/spill/read/airbyte").iterdir()) == []


def lines(file: Path) -> list[dict[str, int]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_two_reads_at_once_are_one(make_shop: MakeShop, tmp_path: Path) -> None:
    wait = f"while not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)\n"
    shop = make_shop(going(100, "0") + wait, JSONL, users=INCREMENTAL)
    with start(shop) as first:
        first_file(shop, first)
        with start(shop) as second:
            _, said = second.communicate(timeout=60)
        assert (second.returncode, said.decode().splitlines()[-1]) == (
            2,
            "lakeform read: another read of shop_to_files is under way: wait for its end",
        )
        (tmp_path / "go").touch()
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert sorted(shop.ids()) == list(range(100))
