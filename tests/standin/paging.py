"""Lists of the public API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tests.standin.call import Answer, Call
from tests.standin.errors import bad_request

T = TypeVar("T")

# The configured public host, which behind an ingress is not the one that the client knows.
PUBLIC_HOST = "https://airbyte.internal.example/api/public/v1"


def page(call: Call, items: Sequence[T], shown: Callable[[T], Any]) -> Answer:
    """One page, as its items are `shown`. `next` stands on every page that is not empty, the last one included; `""` means none."""
    # See Airbyte: PaginationMapper
    limit, offset = call.number("limit", 20), call.number("offset", 0)
    if not 1 <= limit <= 100 or offset < 0:
        raise bad_request("limit must be between 1 and 100, offset at least 0")
    data = [shown(item) for item in items[offset : offset + limit]]
    address = f"{PUBLIC_HOST}{call.path}?limit={limit}&offset="
    return 200, {
        "data": data,
        "next": f"{address}{offset + limit}" if data else "",
        "previous": f"{address}{max(offset - limit, 0)}" if offset else "",
    }
