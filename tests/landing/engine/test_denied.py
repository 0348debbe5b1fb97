"""A store that lists a file and does not give it: nobody's file is at fault, and what to look at is told."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.landing.engine.engine import ConflictError, Engine, EngineError
from infra.landing.engine.faults import kind_of
from infra.landing.engine.opening import open_engine
from infra.landing.types.sql import literal
from tests.landing.feed.test_other_places import STACK
from tests.support.fed_lakes import DESTINATION, FedLake, fed_lake, parquet
from tests.support.landings import settings_in

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

LANDINGS = """\
  landings:
    here:
      catalog: {{sqlite: .lake/catalog.sqlite}}
      tables: .lake/tables/
      s3: {{endpoint: "127.0.0.1:{port}", access_key_id: me, secret_access_key: {{secret: key}}, url_style: path, use_ssl: false}}
"""
LISTED = """\
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>lake</Name><IsTruncated>false</IsTruncated><Contents>\
<Key>{key}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>"x"</ETag><Size>{size}</Size></Contents></ListBucketResult>"""
CONTENT = parquet("2026-11-01", {1: "Ada"}, sync=1)


class Store(ThreadingHTTPServer):
    """An S3 with one object, and an answer for whoever asks for it: an HTTP status and a code of S3's."""

    key = ""
    answer: tuple[int, str] | None = None


class Handler(BaseHTTPRequestHandler):
    server: Store

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if "list-type" in asked.query:
            prefix = parse_qs(asked.query)["prefix"][0]
            listed = LISTED if self.server.key.startswith(prefix) else "<ListBucketResult/>"
            self._send(200, listed.format(key=self.server.key, size=len(CONTENT)).encode())
        elif self.server.answer is not None:
            status, code = self.server.answer
            self._send(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())
        else:
            self._send(200, CONTENT)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, status: int, body: bytes) -> None:
        first, end = 0, len(body)
        if status == 200 and (ranged := self.headers.get("Range")):
            first, last = (int(part) for part in ranged.removeprefix("bytes=").split("-"))
            status, end = 206, last + 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body[first:end])))
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{end - 1}/{len(body)}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[first:end])

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def lake(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> FedLake:
    monkeypatch.setenv("TF_VAR_key", "s3cret-key")
    landings = LANDINGS.format(port=store.server_port)
    lake = fed_lake(tmp_path / "lake", STACK, landings, DESTINATION.format(bucket="lake", prefix=""))
    store.key = lake.key("users", "2026-11-01", sync=1)
    return lake


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((403, "AccessDenied"), ("access is denied: ", "lake.landings.here.s3.access_key_id and secret_access_key")),
        ((401, "Unauthorized"), ("access is denied: ", "lake.landings.here.s3.access_key_id and secret_access_key")),
        ((400, "ExpiredToken"), ("ExpiredToken", "lake.landings.here.s3: endpoint, region, url_style, session_token")),
    ],
)
def test_what_is_denied_is_fed_once_it_is_allowed(
    lake: FedLake, store: Store, answer: tuple[int, str], told: tuple[str, str]
) -> None:
    store.answer = answer
    for _ in range(4):
        result = lake.run("feed", "--quiet")
        assert (result.code, result.err, len(result.out.splitlines())) == (1, "", 1)
        assert result.out.startswith("faker__users: ")
        assert all(text in result.out for text in (f"HTTP {answer[0]}", *told))
        assert "s3cret-key" not in result.out
        assert "Authentication Failure" not in result.out
    assert lake.run("status").code == 0
    store.answer = None
    assert lake.run("feed", "--quiet").code == 0
    assert lake.rows("SELECT name FROM faker__users") == "Ada"


def test_a_file_in_an_archive_is_put_into_quarantine(lake: FedLake, store: Store) -> None:
    store.answer = (403, "InvalidObjectState")
    result = lake.run("feed", "--quiet")
    assert (result.code, "InvalidObjectState" in result.out) == (1, True)
    assert "quarantined" in lake.run("status").out


def test_a_file_that_nobody_may_open_is_not_at_fault() -> None:
    assert kind_of('Cannot open file "/raw/lake/x.parquet": Permission denied') == "outside"
    assert kind_of("ERROR: permission denied for table ducklake_snapshot") == "outside"


# What DuckDB says of a server's answer, names left out.
ANSWERS = {
    "HTTP GET error reading 'http://x/lake/y%3D1/1_0.parquet' in region '' (HTTP 403 Forbidden) AccessDenied: no": "outside",
    "HTTP GET error reading 's3://lake/y=1/1_0.parquet' in region '' (HTTP 301 Moved Permanently)": "outside",
    "HTTP GET error on '/?list-type=2&prefix=x' (HTTP 400)": "outside",
    "Request returned HTTP 503 for HTTP HEAD to 'http://x/lake/1_0.parquet'": "outside",
    "HTTP GET error reading 's3://lake/1_0.parquet' in region '' (HTTP 404 Not Found)": "wrong",
}


@pytest.mark.parametrize("text", ANSWERS)
def test_what_a_server_answers(text: str) -> None:
    assert kind_of(text) == ANSWERS[text]


VALUES = [
    "permission denied",
    'it\'s \\"x\\": Permission denied',
    "ERROR: permission denied for table x",
    "HTTP 400",
    "HTTP GET error reading (HTTP 403 Forbidden)",
    "connection refused: timed out, out of memory, conflict",
    "x" * 500 + " timed out",
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(settings_in(tmp_path_factory.mktemp("quoted"))) as engine:
        yield engine


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("file_format", ["csv", "json", "cast"])
def test_an_error_that_quotes_a_file_is_about_the_file(
    engine: Engine, tmp_path: Path, value: str, file_format: str
) -> None:
    name, shown = tmp_path / "permission denied HTTP 400", value.replace('\\"', '"')
    content = {"csv": f"a\n{shown}\n", "json": f'{{"a": "{value}"}}\n', "cast": ""}[file_format]
    name.write_text(content, "utf-8")
    statement = {
        "csv": f"FROM read_csv({literal(str(name))}, columns={{'a': 'INT'}}, header=true, auto_detect=false)",
        "json": f"FROM read_json({literal(str(name))}, columns={{'a': 'INT'}})",
        "cast": f"SELECT {literal(shown)}::INT",
    }
    with pytest.raises(EngineError) as caught:
        engine.rows(statement[file_format])
    assert not isinstance(caught.value, ConflictError), str(caught.value)


def test_a_file_whose_name_quotes_an_error_is_at_fault(engine: Engine, tmp_path: Path) -> None:
    name = tmp_path / "permission denied (HTTP 403) timed out.parquet"
    name.write_bytes(b"nonsense that is no parquet")
    with pytest.raises(EngineError, match="No magic bytes"):
        engine.rows(f"FROM read_parquet({literal(str(name))})")
