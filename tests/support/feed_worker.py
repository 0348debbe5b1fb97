"""A process that feeds, for tests that kill it or run several: `python -m tests.support.feed_worker FOLDER [FLAG ...]`.

FOLDER holds `worker.json`: the place of the lake, and its database if it is in PostgreSQL. It prints `feeding` once everything is
imported, attached and prepared, waits for a line, and feeds; then it prints what it fed.

`--children`: it does nothing itself: for each line it makes a child that feeds, prints its id, `feeding` when it begins, and its
exit code when it has ended.
`--race`: it makes three children, see `_race_three`.
`--unlocked`, `--unfenced`: without Engine's lock, without the head of the ledger.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

from infra.base.errors import UserError
from infra.landing.engine.engine import Engine
from infra.landing.feed import feeding, ledger, replay, retire, transaction
from infra.landing.feed.fed import Fed
from infra.landing.settings import LandingSettings, PostgresAccess
from tests.support.landings import opened, settings_in, table_in

RACERS = 3

# How long one waits for the others, in seconds: for those that come, and for those that a lock should keep out.
_PATIENCE = 120.0
_KEPT_OUT = 3.0


def main(folder: Path, *flags: str) -> int:
    told = json.loads((folder / "worker.json").read_text("utf-8"))
    settings = replace(settings_in(folder), batch_bytes=told["batch_bytes"], threads=1)
    if told["postgres"]:
        settings = replace(settings, sqlite=None, postgres=PostgresAccess(**told["postgres"]))
    if "--unlocked" in flags:
        _without_lock()
    if "--unfenced" in flags:
        _put("next_batch", _counted, ledger, transaction, retire, replay)
    if "--children" in flags:
        return _children(settings)
    if "--race" in flags:
        return _race_three(settings, locked="--unlocked" not in flags)
    with opened(settings) as engine:
        print("feeding", flush=True)
        sys.stdin.readline()
        print(json.dumps(_feed(engine, locked="--unlocked" not in flags).to_json()), flush=True)
    return 0


def _feed(engine: Engine, *, locked: bool) -> Fed:
    """Without the lock a writer may be refused; it comes back, as a daemon would."""
    while True:
        try:
            return table_in(engine, "users", key=("id",)).feed()
        except UserError as error:
            if locked:
                raise
            print(error, file=sys.stderr, flush=True)


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


def _race_three(settings: LandingSettings, *, locked: bool) -> int:
    """Three that have all seen the same new files before one of them begins its transaction, and that are all in it, with a
    number, before one of them writes rows; where a lock keeps the others out, the first one goes on without them.

    Each prints `together` (true if all were in their transactions at once) and `files` (how many it fed).
    """
    fork = multiprocessing.get_context("fork")
    seen, inside = fork.Barrier(RACERS), fork.Barrier(RACERS)
    racers = [fork.Process(target=_race, args=(settings, seen, inside, locked)) for _ in range(RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return int(any(racer.exitcode for racer in racers))


def _race(settings: LandingSettings, seen: Barrier, inside: Barrier, locked: bool) -> None:
    met: list[bool] = []
    real_write, real_next = feeding.write_batch, ledger.next_batch  # type: ignore[attr-defined]

    def write_batch(*values: Any) -> Any:
        if not met:
            seen.wait(_PATIENCE)
        return real_write(*values)

    def next_batch(engine: Engine, table: str) -> int:
        number = real_next(engine, table)
        if not met:
            met.append(_all_came(inside, _KEPT_OUT if locked else _PATIENCE))
        return number

    _put("write_batch", write_batch, feeding)
    _put("next_batch", next_batch, ledger, transaction, retire, replay)
    with opened(settings) as engine:
        fed = _feed(engine, locked=locked)
    print(json.dumps({"together": met[0], "files": fed.files}), flush=True)


def _all_came(barrier: Barrier, bound: float) -> bool:
    """False after the bound, and then for everybody at once."""
    try:
        barrier.wait(bound)
    except BrokenBarrierError:
        return False
    return True


def _put(name: str, function: Callable[..., Any], *modules: object) -> None:
    for module in modules:
        assert hasattr(module, name), f"{module} has no {name} any more"
        setattr(module, name, function)


def _without_lock() -> None:
    @contextlib.contextmanager
    def nothing(_engine: Engine, **_: object) -> Iterator[None]:
        yield

    Engine._outer_lock = nothing  # type: ignore[method-assign,assignment]
    Engine._inner_lock = lambda *_: None  # type: ignore[method-assign]


def _counted(engine: Engine, table: str) -> int:
    query = "SELECT coalesce(max(batch), 0) + 1 FROM lake._lake.batches WHERE table_name = ?"
    return int(engine.rows(query, [table])[0][0])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
