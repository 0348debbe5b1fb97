"""PostgreSQL for tests: a server of this session's own, thrown away at its end."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.tools.build import ToolsMissing, give_up

USER = "lake"
PASSWORD = "hunter2' \\ of=postgres"

_DEBIAN = Path("/usr/lib/postgresql")
_PATIENCE = 60.0
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")


class NotStartedError(Exception):
    """The server ended before it answered: what it said."""


@dataclass(frozen=True)
class Postgres:
    """A server that is running.

    Attributes:
        programs: the folder of its programs.
        sockets: the folder of its Unix socket, which can be given as a host too.

    """

    programs: Path
    sockets: Path
    port: int
    host: str = "127.0.0.1"
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)
    _numbers: Iterator[int] = field(default_factory=count, repr=False, compare=False)

    def sql(self, statements: str, database: str = "postgres", *, password: str | None = None) -> str:
        """What psql prints for statements: a line for each row, `|` between columns. Raises CalledProcessError."""
        words = [str(self.programs / "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        where = ["--host", self.host, "--port", str(self.port), "--username", self.user, "--dbname", database]
        environ = {**os.environ, "PGPASSWORD": self.password if password is None else password}
        stop = ["--set", "ON_ERROR_STOP=1", "--command", statements]
        done = subprocess.run([*words, *where, *stop], env=environ, capture_output=True, text=True, check=True)
        return done.stdout

    def new_database(self) -> str:
        """The name of an empty database."""
        name = f"lake_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return name


@dataclass(frozen=True)
class Database:
    """An empty database of a server."""

    server: Postgres
    name: str

    def sql(self, statements: str) -> str:
        """What psql prints for statements."""
        return self.server.sql(statements, self.name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server on loopback and a Unix socket, with passwords (SCRAM)."""
    try:
        programs = find_programs()
    except ToolsMissing as error:
        give_up(error)
    with run_postgres(programs) as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """A database of the test's own."""
    name = postgres.new_database()
    yield Database(postgres, name)
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")


def find_programs(path: str | None = None) -> Path:
    """The folder of the newest PostgreSQL: Debian keeps it outside PATH. Raises ToolsMissing."""
    on_path = shutil.which("initdb", path=path)
    found = [file.parent for file in _DEBIAN.glob("*/bin/initdb")] if path is None else []
    found += [Path(on_path).resolve().parent] if on_path else []
    complete = [folder for folder in found if all((folder / name).exists() for name in ("initdb", "postgres", "psql"))]
    if not complete:
        raise ToolsMissing("there is no PostgreSQL with its server: apt-get install postgresql")
    return max(complete, key=_version)


def _version(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


@contextlib.contextmanager
def run_postgres(programs: Path) -> Iterator[Postgres]:
    """Make a cluster in a temporary folder, run it, remove it."""
    # Not below pytest's folder: that is closed to other users, and its name may be too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    other = _other_user()
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, "utf-8")
        if other:
            for place in (folder, secret):
                os.chown(place, other["user"], other["group"])
        _initdb(programs, folder, other)
        with _running(programs, folder, other) as port:
            yield Postgres(programs, folder, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415  # there is none on Windows, where nobody is root

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _initdb(programs: Path, folder: Path, other: dict[str, Any]) -> None:
    words = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username", USER, "--auth", "scram-sha-256"]
    words += ["--pwfile", str(folder / "password"), "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, **other)
    assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def _running(programs: Path, folder: Path, other: dict[str, Any]) -> Iterator[int]:
    """The port of the running server."""
    for last in (False, False, True):  # somebody else may take the port first
        port = free_port()
        process = _start(programs, folder, port, other)
        try:
            _wait(process, programs, folder, port)
        except NotStartedError:
            if last:
                raise
            continue
        try:
            yield port
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            process.wait(_PATIENCE)
        return


def _start(programs: Path, folder: Path, port: int, other: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = [word for setting in (*_SETTINGS, f"unix_socket_directories={folder}") for word in ("-c", setting)]
    words = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), *settings]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **other)


def _wait(process: subprocess.Popen[bytes], programs: Path, folder: Path, port: int) -> None:
    """Return when it answers. Raises NotStartedError."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(subprocess.CalledProcessError):
            Postgres(programs, folder, port).sql("SELECT 1")
            return
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise NotStartedError((folder / "log").read_text("utf-8", "replace"))


def free_port() -> int:
    """A port of loopback; asked in a process of its own, as tests may have no sockets."""
    code = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
