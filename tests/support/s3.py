"""S3 for tests: moto's server in a process of its own, or a real store that the environment names.

`S3_ENDPOINT` (an address: http://127.0.0.1:9000), `S3_BUCKET` (it exists), `S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY` and, if
need be, `S3_REGION` name a real one. Everything that a test writes there is below a prefix of its own, and removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
import urllib.request
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

_PATIENCE = 60.0
_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_RUNNING = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")

# What a test that uses a store is marked with.
ON_S3 = [
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", urlsplit(os.environ.get("S3_ENDPOINT", "")).hostname or "127.0.0.1"]),
]


@dataclass(frozen=True)
class Store:
    """A store and one bucket of it.

    Attributes:
        address: `http://127.0.0.1:5000`, without a slash at the end.
        prefix: what the keys of this test begin with: "" or a path that ends in a slash.

    """

    address: str
    bucket: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str = "us-east-1"
    prefix: str = ""

    @property
    def endpoint(self) -> str:
        """Host and port, as DuckDB wants it."""
        return urlsplit(self.address).netloc

    @property
    def use_ssl(self) -> bool:
        """False for http."""
        return self.address.startswith("https:")

    @property
    def place(self) -> str:
        """`s3://bucket/prefix/`."""
        return f"s3://{self.bucket}/{self.prefix}"

    def put(self, key: str, content: bytes) -> None:
        """Write an object below the prefix."""
        self.ask("PUT", self.prefix + key, content)

    def get(self, key: str) -> bytes:
        """An object below the prefix."""
        return self.ask("GET", self.prefix + key)

    def delete(self, key: str) -> None:
        """Remove an object below the prefix."""
        self.ask("DELETE", self.prefix + key)

    def objects(self) -> list[str]:
        """What is below the prefix, sorted, without it."""
        found: list[str] = []
        more = {"list-type": "2", "prefix": self.prefix}
        while True:
            page = ET.fromstring(self.ask("GET", "", query=more))
            found += [element.text or "" for element in page.iter(f"{_SPACE}Key")]
            token = page.findtext(f"{_SPACE}NextContinuationToken")
            if not token:
                return sorted(key.removeprefix(self.prefix) for key in found)
            more = {**more, "continuation-token": token}

    def ask(self, method: str, key: str, body: bytes = b"", query: Mapping[str, str] | None = None) -> bytes:
        """A signed request for a key of the bucket, or for the bucket itself. Raises HTTPError."""
        path = f"/{self.bucket}" + (f"/{quote(key)}" if key else "")
        asked = urlencode(sorted((query or {}).items()), quote_via=quote)
        headers = self._signed(method, path, asked, hashlib.sha256(body).hexdigest())
        address = self.address + path + (f"?{asked}" if asked else "")
        data = body if method == "PUT" else None
        request = urllib.request.Request(address, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            content: bytes = answer.read()
        return content

    def _signed(self, method: str, path: str, query: str, digest: str) -> dict[str, str]:
        """The headers of a request, signed as "Signature Version 4" of Amazon's documentation has it."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        headers = {"host": self.endpoint, "x-amz-content-sha256": digest, "x-amz-date": now}
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = "\n".join([method, path, query, lines, ";".join(headers), digest])
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{self.secret_access_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        who = f"Credential={self.access_key_id}/{scope}, SignedHeaders={';'.join(headers)}, Signature={signature}"
        content = {"Content-Type": "application/octet-stream"}  # a form is what urllib would say
        return {**headers, **content, "Authorization": f"AWS4-HMAC-SHA256 {who}"}


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store; its bucket may not exist yet."""
    if "S3_ENDPOINT" in os.environ:
        yield _real(os.environ)
        return
    with run_moto(tmp_path_factory.mktemp("s3")) as address:
        yield Store(address, "lake", "testing-key", "hunter2/of+s3=")


@pytest.fixture
def s3(s3_server: Store) -> Iterator[Store]:
    """An empty bucket of the test's own; in a real store an empty prefix. For tests that are marked with `ON_S3`."""
    if "S3_ENDPOINT" in os.environ:
        store = replace(s3_server, prefix=f"lakeform-{uuid.uuid4().hex}/")
        yield store
        for key in store.objects():
            store.delete(key)
        return
    store = replace(s3_server, bucket=f"lake-{next(_NUMBERS)}")
    store.ask("PUT", "")
    yield store


_NUMBERS = count()


def _real(environ: Mapping[str, str]) -> Store:
    return Store(
        environ["S3_ENDPOINT"].rstrip("/"),
        environ["S3_BUCKET"],
        environ["S3_ACCESS_KEY_ID"],
        environ["S3_SECRET_ACCESS_KEY"],
        environ.get("S3_REGION", "us-east-1"),
    )


@contextlib.contextmanager
def run_moto(folder: Path) -> Iterator[str]:
    """The address of a running server that keeps everything in memory."""
    words = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    log = folder / "moto.log"
    with log.open("wb") as output:
        process = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield _address(process, log)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if found := _RUNNING.search(log.read_text("utf-8", "replace")):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8", "replace"))
