"""A connector and its secrets do not outlive lakeform, however that ends; what a whole machine left is removed later."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import discover_here, read_here
from infra.airbyte.local.private import remove_stale
from tests.support.lakes import REPOSITORY
from tests.support.packages import CATALOG
from tests.support.processes import is_running

pytestmark = pytest.mark.slow

SUPERVISOR = REPOSITORY / "infra/base/supervisor.py"
VALUE = "Zq7killed4Kx"
OFFER = f"say(**{CATALOG!r})"
SECONDS = 20
# As Airbyte's own library does: it writes its configuration once more.
COPY = "import tempfile; t = tempfile.mkdtemp(); json.dump(config, open(t + '/config.json', 'w'))"
ASLEEP = "import time; print(os.getpid(), file=open(config['pids'], 'a'), flush=True); time.sleep(600)"
TWICE = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
"""


pytestmark = pytest.mark.usefixtures("fake_connector")


@contextmanager
def started(tmp_path: Path, code: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of lakeform that discovers with a connector that does `code`, its value in the configuration."""
    program = f"""
from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import discover_here
values = {{"do": {code!r}, "key": {VALUE!r}, "pids": {str(tmp_path / "pids")!r}}}
discover_here("source-fake", "1.0.0", Configuration(values), tell=print, timeout=600)
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(tmp_path / "scratch")}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def comes_true(condition: Callable[[], bool]) -> bool:
    """Wait until something holds."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def pids(tmp_path: Path) -> list[int]:
    """The processes that said who they are."""
    file = tmp_path / "pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def naming(folder: Path) -> list[int]:
    """Processes with a path in the folder among their arguments: supervisors and connectors."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found += [int(path.parent.name)] if os.fsencode(folder / "scratch") in path.read_bytes() else []
    return found


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def holding(folder: Path) -> list[Path]:
    """Files that hold the value."""
    found = []
    for inside, _, names in os.walk(folder):  # which does not mind what vanishes meanwhile
        for path in (Path(inside, name) for name in names):
            with suppress(FileNotFoundError):
                found += [path] if VALUE in path.read_text(errors="replace") else []
    return found


def assert_nothing_stays(tmp_path: Path) -> None:
    assert comes_true(lambda: not any(map(is_running, pids(tmp_path))))
    assert comes_true(lambda: list((tmp_path / "scratch").iterdir()) == []), holding(tmp_path / "scratch")


@pytest.mark.parametrize(
    ("code", "count"),
    [
        (ASLEEP, 1),
        (f"{COPY}; {ASLEEP}", 1),
        (f"say(type='LOG', log={{}}); say(type='STATE', state={{}}); {COPY}; {ASLEEP}", 1),
        (f"import signal; signal.signal(15, signal.SIG_IGN); signal.signal(1, signal.SIG_IGN); {ASLEEP}", 1),
        (f"{COPY}\nos.fork()\nos.fork()\n{ASLEEP}", 4),
        (f"{TWICE}\n{COPY}\n{ASLEEP}", 3),
    ],
    ids=["at work", "with a copy", "after messages", "deaf", "several", "in sessions of their own"],
)
@pytest.mark.usefixtures("scratch")
def test_a_kill_leaves_no_value_and_no_process(tmp_path: Path, code: str, count: int) -> None:
    with started(tmp_path, code) as process:
        assert comes_true(lambda: len(pids(tmp_path)) == count)
        assert any(map(is_running, pids(tmp_path)))
        process.kill()
    assert_nothing_stays(tmp_path)


@pytest.mark.usefixtures("scratch")
def test_a_kill_at_any_moment_of_the_start_leaves_nothing_either(tmp_path: Path) -> None:
    """From the first import to the connector at work; the last moments are those at which it has the value."""
    file = tmp_path / "scratch"
    for moment in range(24):
        with started(tmp_path, f"{COPY}; {ASLEEP}") as process:
            assert comes_true(lambda: any(file.iterdir()))
            time.sleep(moment * 0.006)
            process.kill()
        assert comes_true(lambda: not any(map(is_running, naming(tmp_path))))
        assert holding(file) == []


@pytest.mark.skipif(sys.platform != "linux", reason="cannot run here: only Linux ends a process with its parent")
@pytest.mark.usefixtures("scratch")
def test_the_connector_ends_with_its_supervisor_too(tmp_path: Path) -> None:
    with started(tmp_path, ASLEEP) as process:
        assert comes_true(lambda: len(pids(tmp_path)) == 1)
        (supervisor,) = children_of(process.pid)
        os.kill(supervisor, signal.SIGKILL)
        assert process.wait(SECONDS) == 1
    assert_nothing_stays(tmp_path)


@pytest.mark.usefixtures("scratch")
def test_what_left_its_group_ends_with_the_connector(tmp_path: Path) -> None:
    code = f"{TWICE}        {ASLEEP.replace('; ', chr(10) + '        ')}\n{OFFER}"
    configuration = Configuration({"do": code, "pids": str(tmp_path / "pids")})
    discover_here("source-fake", "1.0.0", configuration, tell=print, timeout=60)
    assert_nothing_stays(tmp_path)


@pytest.mark.usefixtures("scratch")
def test_the_configuration_is_gone_once_the_connector_speaks(scratch: Path) -> None:
    """Not with the first words of a log: the connector may look at its configuration again until it begins."""
    code = """
import time
path = sys.argv[sys.argv.index("--config") + 1]
say(type="LOG", log={"level": "INFO", "message": "starting"})
time.sleep(0.2)
say(type="RECORD", record={"there": os.path.exists(path)})
for _ in range(1000):
    if not os.path.exists(path):
        break
    time.sleep(0.01)
say(type="RECORD", record={"there": os.path.exists(path)})
"""
    configuration = Configuration({"do": code})
    files: dict[str, Any] = {"catalog": {"streams": []}}
    messages = read_here("source-fake", "1.0.0", configuration, files, tell=print, timeout=60)
    there = []
    for message in messages:
        if message["type"] == "RECORD":
            there.append(message["record"]["there"])
            assert list(scratch.glob("*/*.json")) == []
    assert there == [True, False]


# What is removed at the next start


def dead_pid() -> int:
    """The id of a process that ended."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


def left(folder: Path, name: str, mode: int = 0o700) -> Path:
    """A private folder that a process left."""
    made = folder / name
    made.mkdir()
    (made / "config.json").write_text(VALUE)
    made.chmod(mode)
    return made


def test_what_a_dead_process_left_is_removed_at_the_next_start(scratch: Path) -> None:
    """As after a power cut, or where a container was killed as a whole."""
    for name in ("a_b1c2", "x"):
        left(scratch, f"lakeform-{dead_pid()}-{name}")
    discover_here("source-fake", "1.0.0", Configuration({"do": OFFER}), tell=print, timeout=60)
    assert list(scratch.iterdir()) == []


def test_what_is_not_ours_to_remove_stays(scratch: Path, tmp_path: Path) -> None:
    outside = left(tmp_path, "outside")
    dead = dead_pid()
    kept = [
        left(scratch, f"lakeform-{os.getpid()}-x"),
        left(scratch, "lakeform-1-x"),
        left(scratch, f"lakeform-{dead}-shared", 0o755),
        left(scratch, "lakeform-abc"),
        left(scratch, f"other-{dead}-x"),
        left(scratch, f"lakeform-{dead}-"),
        left(scratch, "lakeform-99999999999999999999999-x"),
    ]
    (scratch / f"lakeform-{dead}-link").symlink_to(outside)
    (scratch / f"lakeform-{dead}-file").write_text("x")
    locked = left(scratch, f"lakeform-{dead}-locked")
    held = os.open(locked, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    remove_stale(scratch)
    assert all((folder / "config.json").exists() for folder in (*kept, outside, locked))
    assert (scratch / f"lakeform-{dead}-file").exists()
    os.close(held)
    remove_stale(scratch)
    assert not locked.exists()
    assert (outside / "config.json").exists()


def test_a_link_inside_of_what_was_left_is_not_followed(scratch: Path, tmp_path: Path) -> None:
    outside = left(tmp_path, "outside")
    stale = left(scratch, f"lakeform-{dead_pid()}-x")
    (stale / "link").symlink_to(outside)
    remove_stale(scratch)
    assert not stale.exists()
    assert (outside / "config.json").exists()


def test_a_supervisor_whose_starter_is_gone_at_once_ends_what_it_has_just_started(tmp_path: Path) -> None:
    for _ in range(30):
        words = [sys.executable, "-I", "-S", str(SUPERVISOR), "", "sleep", f"{600 + len(str(tmp_path))}"]
        with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
            process.communicate(b"{}\n", timeout=SECONDS)
        assert process.returncode == -signal.SIGKILL


def test_a_supervisor_starts_nothing_where_what_it_was_told_is_cut(tmp_path: Path) -> None:
    folder, started_ = tmp_path / "private", tmp_path / "started"
    folder.mkdir()
    words = [sys.executable, "-I", "-S", str(SUPERVISOR), str(folder), "touch", str(started_)]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
        process.communicate(b'{"config.json": "', timeout=SECONDS)
    assert (process.returncode, folder.exists(), started_.exists()) == (127, False, False)


def test_a_program_that_is_gone_is_one_line(tmp_path: Path) -> None:
    words = [sys.executable, "-I", "-S", str(SUPERVISOR), "", str(tmp_path / "gone")]
    done = subprocess.run(words, input=b"{}\n", capture_output=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stderr) == (127, b"cannot be started: no such file or directory\n")
