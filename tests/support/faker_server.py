"""A stand-in for Airbyte that has the connection of tests/support/fed_lakes.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.standin import StandIn
from tests.support.remote import CONNECTORS, environ_of, stream, without_pauses


@contextmanager
def faker_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The server, whose login is in the environment."""
    without_pauses(monkeypatch)
    with StandIn(CONNECTORS, {"source-faker": [stream("users"), stream("products")]}) as running:
        for name, value in environ_of(running).items():
            monkeypatch.setenv(name, value)
        ends = (
            running.add_source("Faker", "source-faker", {"count": 10}),
            running.add_destination("Files", "destination-s3", {}),
        )
        running.add_connection(*ends, name="Faker → Files")
        yield running
