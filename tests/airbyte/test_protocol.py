"""A connector installed and run on this machine: what it offers, how it fails, and what it must not leave behind."""

from __future__ import annotations

import base64
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import discover_here, read_here
from infra.base.errors import UserError
from tests.support.lakes import REPOSITORY
from tests.support.packages import CATALOG

SECRET = "s3cr3t/kéy"
OFFER = f"say(**{CATALOG!r})"
ERROR = '{"type": "TRACE", "trace": {"type": "ERROR", "error": %s}}'


pytestmark = pytest.mark.usefixtures("fake_connector")


class Clock:
    """Stands still until a file exists, and is far too late at the second look after that."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seen = False

    def monotonic(self) -> float:
        late, self.seen = self.seen, self.file.exists()
        return 1e6 if late else 0.0


@pytest.fixture
def too_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Code that lets the time of the connector be over once it is reached."""
    monkeypatch.setattr("infra.base.process.time", Clock(tmp_path / "late"))
    monkeypatch.setattr("infra.base.process._POLL_SECONDS", 0.01)
    return f"open({str(tmp_path / 'late')!r}, 'w').close()"


Discover = Callable[..., list[str]]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def discover(scratch: Path, told: list[str]) -> Discover:
    """Names of the streams that the fake connector offers when it runs this code. Nothing is left of the run."""

    def run(code: str, *, timeout: float = 60, hidden: str = SECRET, **options: Any) -> list[str]:
        configuration = Configuration({"do": code, "key": hidden, **options}, frozenset({hidden}))
        try:
            offered = discover_here("source-fake", "1.0.0", configuration, tell=told.append, timeout=timeout)
        finally:
            assert list(scratch.iterdir()) == []
        assert offered.version == "1.0.0"
        return [stream.name for stream in offered.streams]

    return run


def failure(discover: Discover, code: str, **more: Any) -> str:
    """The one message of a discovery that fails."""
    with pytest.raises(UserError) as caught:
        discover(code, **more)
    message = str(caught.value)
    assert message.isprintable()
    return message


# What it says


def test_a_catalog_is_found_among_whatever_else_is_printed(discover: Discover, told: list[str]) -> None:
    noise = 'print("starting"); print("{not json"); print("[1]"); print("7"); print("null"); print({"type": 1})'
    log = (
        'say(type="LOG", log={"level": "ERROR", "message": "no harm"}); say(type="TRACE", trace=None); say(type="LOG")'
    )
    raw = 'sys.stdout.buffer.write(b"\\xff\\xfe\\n"); sys.stdout.flush()'
    assert discover(f"{noise}; {log}; {raw}; {OFFER}; print('done', end='')") == ["users"]
    assert told[-1] == "asking source-fake 1.0.0 what it offers"


def test_large_output_on_both_pipes_neither_blocks_nor_gets_lost(discover: Discover) -> None:
    code = f"""
for _ in range(200):
    print("e" * 9999, file=sys.stderr)
    print("o" * 9999)
offer = {CATALOG!r}
offer["catalog"]["streams"][0]["json_schema"] = {{"properties": {{f"field_{{n}}": {{}} for n in range(50_000)}}}}
say(**offer)
"""
    assert discover(code) == ["users"]


def test_it_ends_with_the_connector_even_if_a_child_of_that_holds_the_pipes(discover: Discover, tmp_path: Path) -> None:
    child = "import time; time.sleep(600)"
    code = f"{OFFER}; child = subprocess.Popen([sys.executable, '-c', {child!r}]); open(config['pid'], 'w').write(str(child.pid))"
    assert discover(code, pid=str(tmp_path / "pid")) == ["users"]
    assert is_gone(tmp_path / "pid")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"message": "The key is wrong."}, "The key is wrong."),
        ({"message": "It failed.", "internal_message": "401 of /api"}, "It failed. (401 of /api)"),
        ({"message": "It failed: 401", "internal_message": "401"}, "It failed: 401"),
        ({"internal_message": "401\n  of /api"}, "401 of /api"),
        ({"message": None}, "no reason given"),
        (None, "no reason given"),
        ({"message": "x" * 9999}, "x" * 400 + " ..."),
    ],
    ids=["message", "with the internal one", "the same twice", "internal only", "empty", "nothing", "long"],
)
def test_an_error_trace_becomes_one_message(discover: Discover, error: Any, said: str) -> None:
    code = f"say(type='TRACE', trace={{'type': 'ERROR', 'error': {error!r}}}); say(type='TRACE', trace={{'type': 'ERROR'}}); sys.exit(1)"
    assert failure(discover, code) == f"source-fake 1.0.0: discover failed: {said}"


def test_an_error_after_the_catalog_is_a_failure_too(discover: Discover) -> None:
    trace = "say(type='TRACE', trace={'type': 'ERROR', 'error': {'message': 'half of it'}})"
    assert failure(discover, f"{OFFER}; {trace}") == "source-fake 1.0.0: discover failed: half of it"
    assert failure(discover, f"{OFFER}; sys.exit(3)").endswith("discover failed with exit code 3: no reason given")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "discover ended without a catalog"),
        ("say(type='LOG', log={'level': 'INFO', 'message': 'bye'})", "discover ended without a catalog"),
        ("1 / 0", "discover failed with exit code 1: ZeroDivisionError: division by zero"),
        ("say(type='LOG', log={'level': 'FATAL', 'message': 'no disk'}); 1 / 0", "with exit code 1: no disk"),
        ("print('no license'); sys.exit(9)", "discover failed with exit code 9: no license"),
        ("os.kill(os.getpid(), 9)", "discover failed with exit code -9: no reason given"),
        ("say(type='CATALOG', catalog={'streams': [{'name': 7}]})", "the stream 7 is not an AirbyteStream"),
        ("say(type='CATALOG', catalog='none')", "contains no catalog"),
    ],
)
def test_an_end_without_a_catalog_says_what_is_known(discover: Discover, code: str, said: str) -> None:
    message = failure(discover, code)
    assert message.startswith("source-fake 1.0.0")
    assert said in message


def test_it_is_stopped_in_time_with_everything_that_it_started(
    discover: Discover, tmp_path: Path, too_late: str
) -> None:
    child = "import time; time.sleep(600)"
    code = f"child = subprocess.Popen([sys.executable, '-c', {child!r}]); open(config['pid'], 'w').write(str(child.pid)); {too_late}; child.wait()"
    message = failure(discover, code, timeout=60, pid=str(tmp_path / "pid"))
    assert message == "source-fake 1.0.0: discover did not finish within 60 seconds"
    assert is_gone(tmp_path / "pid")


def test_it_is_stopped_in_time_while_it_talks(discover: Discover, too_late: str) -> None:
    talk = "say(type='LOG', log={'level': 'ERROR', 'message': 'still waiting'})"
    message = failure(discover, f"{talk}; {too_late}\nwhile True: {talk}", timeout=60)
    assert message.endswith("discover did not finish within 60 seconds; it last said: still waiting")


def test_it_is_stopped_in_time_after_it_closed_its_output(discover: Discover) -> None:
    mute = "import time; os.close(1); os.close(2); time.sleep(600)"
    assert failure(discover, mute, timeout=0.1).endswith("discover did not finish within 0.1 seconds")


def test_a_token_that_was_exchanged_is_named(discover: Discover, told: list[str]) -> None:
    control = "say(type='CONTROL', control={'type': 'CONNECTOR_CONFIG', 'connectorConfig': {'config': config | %s}})"
    assert discover(f"{control % {'key': 'new', 'other': 1}}; {OFFER}") == ["users"]
    assert told[-1] == "source-fake 1.0.0 got a new key: the one in your secrets may no longer work"
    told.clear()
    assert discover(f"{control % {'other': 1}}; {OFFER}") == ["users"]
    assert len(told) == 1


def test_read_gives_each_message_as_it_comes_and_fails_at_the_end(scratch: Path) -> None:
    code = """
for name in [s["stream"]["name"] for s in option("--catalog")["streams"]] + option("--state"):
    say(type="RECORD", record={"stream": name, "data": {}})
say(type="TRACE", trace={"type": "ERROR", "error": {"message": "quota"}})
"""
    files = {"catalog": {"streams": [{"stream": {"name": "users"}}]}, "state": ["orders"]}
    messages = read_here("source-fake", "1.0.0", Configuration({"do": code}), files, tell=print, timeout=60)
    assert [next(messages)["record"]["stream"] for _ in files] == ["users", "orders"]
    with pytest.raises(UserError, match=r"source-fake 1\.0\.0: read failed: quota"):
        list(messages)
    assert list(scratch.iterdir()) == []


# What it gets, and what is left


def test_the_configuration_is_in_a_private_file_and_no_secret_anywhere_else(
    discover: Discover, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_key", SECRET)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    code = f"""
path = sys.argv[sys.argv.index("--config") + 1]
seen = {{"words": sys.argv, "environment": dict(os.environ), "folder": os.getcwd(),
        "modes": [os.stat(p).st_mode & 0o777 for p in (path, os.path.dirname(path))]}}
json.dump(seen, open(config["seen"], "w"))
{OFFER}
"""
    assert discover(code, seen=str(tmp_path / "seen")) == ["users"]
    seen = json.loads((tmp_path / "seen").read_text())
    assert seen["modes"] == [0o600, 0o700]
    assert SECRET not in json.dumps([seen["words"], seen["environment"]], ensure_ascii=False)
    assert Path(seen["folder"]).parent == scratch
    assert {seen["environment"][name] for name in ("HOME", "TMPDIR")} == {seen["folder"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_file_and_no_process(tmp_path: Path, number: signal.Signals) -> None:
    pipe, scratch = tmp_path / "pipe", tmp_path / "scratch"
    os.mkfifo(pipe)
    scratch.mkdir()
    code = "import time; print(os.getpid(), file=open(config['pipe'], 'w')); time.sleep(600)"
    program = f"""
import signal
from infra.airbyte.local.configuration import Configuration
from infra.airbyte.local.connector import discover_here
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts jobs in the background has them ignore it
configuration = Configuration({{"do": {code!r}, "pipe": {str(pipe)!r}}})
discover_here("source-fake", "1.0.0", configuration, tell=print, timeout=600)
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(scratch)}
    words = [sys.executable, "-c", program]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            pid = pipe.read_text()
            assert [path.name for path in scratch.glob("*/*")] == ["config.json"]
            process.send_signal(number)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode in (-signal.SIGINT, 128 + number)
    assert list(scratch.iterdir()) == []
    (tmp_path / "pid").write_text(pid)
    assert is_gone(tmp_path / "pid")


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        json.dumps(SECRET),
        "https://x/?key=s3cr3t%2Fk%C3%A9y&more",
        base64.b64encode(f"{SECRET}:".encode()).decode(),
        f"a\n{SECRET}\nb",
        "x" * 395 + SECRET,
        f"https://me:{SECRET}@host/",
    ],
)
@pytest.mark.parametrize(
    "way",
    [
        "say(type='TRACE', trace={'type': 'ERROR', 'error': {'message': SAID}})",
        "say(type='LOG', log={'level': 'FATAL', 'message': SAID}); sys.exit(1)",
        "sys.exit(SAID)",
        "print(SAID); sys.exit(1)",
        "say(type='LOG', log={'level': 'ERROR', 'message': SAID}); LATE; import time; time.sleep(600)",
        "say(type='CATALOG', catalog={'streams': [{'name': SAID, 'supported_sync_modes': 7}]})",
    ],
    ids=["trace", "log", "stderr", "stdout", "time-out", "catalog"],
)
def test_no_message_holds_a_secret(discover: Discover, too_late: str, way: str, written: str) -> None:
    code = way.replace("SAID", repr(written)).replace("LATE", too_late)
    message = failure(discover, code)
    assert "s3cr3t" not in message
    assert base64.b64encode(SECRET.encode()).decode()[:8] not in message
    assert len(message) < 600


def test_a_secret_of_several_lines_is_hidden_as_a_whole_and_line_by_line(discover: Discover) -> None:
    key = "BEGIN\nMIIEvgIBADANBg\nab\nEND"
    message = failure(discover, f"sys.exit({key!r})", hidden=key)
    assert message == "source-fake 1.0.0: discover failed with exit code 1: ***"
    assert "MIIE" not in failure(discover, "sys.exit('at MIIEvgIBADANBg')", hidden=key)


def is_gone(pid: Path) -> bool:
    """True once the process has ended, also if nobody has asked for its exit code yet."""
    try:
        descriptor = os.pidfd_open(int(pid.read_text()))
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


def test_a_line_without_end_is_given_up(discover: Discover, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.base.process.MOST_LINE_BYTES", 2**20)
    endless = "while True: sys.stdout.write('x' * 65536)"
    said = failure(discover, f"print('begun')\n{endless}")
    assert said == "source-fake 1.0.0: discover was stopped: it wrote a line of more than 1 MB"


def test_a_connector_that_goes_on_talking_is_given_up(discover: Discover, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of it is fine, and none of them is an answer."""
    monkeypatch.setattr("infra.airbyte.local.conversation.MOST_ANSWER_BYTES", 2**20)
    said = failure(discover, "while True: say(type='LOG', log={'level': 'INFO', 'message': 'x' * 65536})")
    assert said == "source-fake 1.0.0: discover was stopped: it wrote more than 1 MB"


def test_json_in_json_without_end_is_given_up(discover: Discover) -> None:
    """It may be a record, which must not get lost."""
    said = failure(discover, "deep = 1\nfor _ in range(201): deep = [deep]\nsay(type='RECORD', record=deep)")
    assert said == "source-fake 1.0.0: discover was stopped: it wrote JSON of more than 200 levels"


def test_a_record_with_a_number_without_end_does_not_get_lost(discover: Discover) -> None:
    said = failure(discover, "print('{\"type\": \"RECORD\", \"record\": ' + '9' * 5000 + '}')")
    assert said == "source-fake 1.0.0: discover was stopped: it wrote a number of more than 4,300 digits"


@pytest.mark.parametrize("to", ["stderr", "stdout"])
@pytest.mark.parametrize("at", [2, 5, 8])
def test_no_half_of_a_secret_that_is_broken_over_lines_is_told(discover: Discover, to: str, at: int) -> None:
    halves = f"{SECRET[:at]}\n{SECRET[at:]} is wrong"
    assert failure(discover, f"print({halves!r}, file=sys.{to}); sys.exit(1)").endswith("exit code 1: *** is wrong")


# What it is not to tell


def offering(**stream: Any) -> str:
    """Code of a connector that offers one stream with what it was given as `key` in the place of KEY."""
    offer = {"type": "CATALOG", "catalog": {"streams": [{**CATALOG["catalog"]["streams"][0], **stream}]}}
    return f"say(**json.loads({json.dumps(offer)!r}.replace('KEY', json.dumps(option('--config')['key'])[1:-1])))"


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        ({"name": "stream-KEY"}, "stream-***"),
        ({"namespace": "KEY"}, "users"),
        ({"json_schema": {"properties": {"id": {"type": "string", "default": "KEY"}}}}, "users"),
        ({"json_schema": {"properties": {"KEY": {}}}}, "users"),
        ({"json_schema": {"properties": {"id": {"description": f"try Bearer {'KEY'}!"}}}}, "users"),
        ({"default_cursor_field": ["KEY"]}, "users"),
    ],
)
def test_a_catalog_with_a_secret_in_it_is_refused(discover: Discover, stream: dict[str, Any], name: str) -> None:
    assert failure(discover, offering(**stream)) == (
        f'source-fake 1.0.0 offers the stream "{name}" with the value of a secret in it, which would be committed; '
        "nothing was written"
    )


def test_a_catalog_with_a_secret_in_base64_is_refused(discover: Discover) -> None:
    code = "".join(
        [
            "import base64; offer = ",
            repr(CATALOG),
            "; offer['catalog']['streams'][0]['json_schema'] = {'title': base64.b64encode(('me:' + option('--config')['key']).encode()).decode()}",
            "; say(**offer)",
        ]
    )
    assert "with the value of a secret in it" in failure(discover, code)


def test_a_word_that_is_a_secret_too_does_not_stop_a_discovery(discover: Discover) -> None:
    assert discover(offering(name="users"), hidden="users") == ["users"]
