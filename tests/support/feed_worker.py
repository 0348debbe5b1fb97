"""A process that feeds, for tests that kill it or run several: `python -m tests.support.feed_worker FOLDER [--unlocked ...]`.

FOLDER holds `worker.json`: the place of the lake, and its database if it is in PostgreSQL. It prints `feeding` once everything is
imported, attached and prepared, waits for a line, and feeds. With `--children` it does nothing itself: for each line it makes a
child that feeds, prints its id, `feeding` when it begins, and its exit code when it has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine
from infra.landing.feed import ledger, transaction
from infra.landing.settings import LandingSettings, PostgresAccess
from tests.support.landings import opened, settings_in, table_in


def main(folder: Path, *flags: str) -> int:
    told = json.loads((folder / "worker.json").read_text("utf-8"))
    settings = replace(settings_in(folder), batch_bytes=told["batch_bytes"], threads=1)
    if told["postgres"]:
        settings = replace(settings, sqlite=None, postgres=PostgresAccess(**told["postgres"]))
    if "--unlocked" in flags:
        _without_lock()
    if "--unfenced" in flags:
        _without_fence()
    if "--children" in flags:
        return _children(settings)
    with opened(settings) as engine:
        print("feeding", flush=True)
        sys.stdin.readline()
        while True:
            try:
                fed = table_in(engine, "users", key=("id",)).feed()
            except UserError as error:
                # Without the lock a writer may be refused; it comes back, as a daemon would.
                if not flags:
                    raise
                print(error, flush=True)
                continue
            print(json.dumps(fed.to_json()), flush=True)
            return 0


def _children(settings: LandingSettings) -> int:
    """Nothing is attached here, and no thread is running: a child begins where everything is imported, at no cost."""
    while sys.stdin.readline():
        if (child := os.fork()) == 0:
            with opened(settings) as engine:
                print("feeding", flush=True)
                fed = table_in(engine, "users", key=("id",)).feed()
            os._exit(1 if fed.problems or fed.failure else 0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    return 0


def _without_lock() -> None:
    @contextlib.contextmanager
    def nothing(_engine: Engine, **_: object) -> Iterator[None]:
        yield

    Engine._outer_lock = nothing  # type: ignore[method-assign,assignment]
    Engine._inner_lock = lambda *_: None  # type: ignore[method-assign]


def _without_fence() -> None:
    def counted(engine: Engine, table: str) -> int:
        query = "SELECT coalesce(max(batch), 0) + 1 FROM lake._lake.batches WHERE table_name = ?"
        number = int(engine.rows(query, [table])[0][0])
        time.sleep(1)  # in which another one commits what this one does not see
        return number

    ledger.next_batch = counted
    transaction.next_batch = counted  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
