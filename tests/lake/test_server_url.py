"""The address of a server, and the addresses that follow from it."""

from __future__ import annotations

import re

import pytest

from infra.lake.registry.server_url import (
    api_root,
    api_root_expression,
    is_address,
    is_cloud,
    token_url,
    token_url_expression,
)

ROOTS = {
    "https://airbyte.example.com/api/public/v1": "https://airbyte.example.com/api",
    "https://airbyte.example.com/api/public/v1/": "https://airbyte.example.com/api",
    "http://localhost:8000/api/public/v1": "http://localhost:8000/api",
    "https://example.com/tools/airbyte/api/public/v1": "https://example.com/tools/airbyte/api",
    "https://notairbyte.com/api/public/v1": "https://notairbyte.com/api",
    "https://airbyte.com.example.org/api/public/v1": "https://airbyte.com.example.org/api",
    "https://airbyte.example.com/x/airbyte.com/api/public/v1": "https://airbyte.example.com/x/airbyte.com/api",
    "https://api.airbyte.com/v1": None,
    "https://API.Airbyte.com:443/v1/": None,
    "https://cloud.airbyte.com/api/public/v1": None,
    "https://airbyte.example.com/api/v1": None,
    "https://airbyte.example.com/api/public/v1/connections": None,
    "https://airbyte.example.com/proxy/v1": None,
}


@pytest.mark.parametrize(("url", "root"), ROOTS.items())
def test_the_root_of_both_apis(url: str, root: str | None) -> None:
    assert api_root(url) == root


@pytest.mark.parametrize(("url", "root"), [(url, root) for url, root in ROOTS.items() if not is_cloud(url)])
def test_terraform_finds_the_same_root(url: str, root: str | None) -> None:
    found = re.fullmatch(r'\$\{replace\(var\.address, "/(.*)/", "(.*)"\)\}', api_root_expression("address"))
    assert found is not None
    assert re.sub(found[1].replace("\\\\", "\\"), found[2], url) == (root or url)


def test_hosts_of_cloud() -> None:
    clouds = [url for url in ROOTS if is_cloud(url)]
    assert clouds == [
        "https://api.airbyte.com/v1",
        "https://API.Airbyte.com:443/v1/",
        "https://cloud.airbyte.com/api/public/v1",
    ]


@pytest.mark.parametrize("slash", ["", "/"])
def test_where_a_token_is_given_out(slash: str) -> None:
    url = f"https://airbyte.example.com/api/public/v1{slash}"
    assert token_url(url) == "https://airbyte.example.com/api/public/v1/applications/token"
    assert token_url_expression("address") == '${trimsuffix(var.address, "/")}/applications/token'


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("https://airbyte.example.com/api/public/v1", True),
        ("http://[::1]:8000/api/public/v1", True),
        ("https://airbyte.example.com", False),
        ("https://airbyte.example.com/a b", False),
        ("ftp://airbyte.example.com/v1", False),
        ("https://[::1/api/public/v1", False),
        ("https://airbyte.example.com:port/v1", False),
        ("https://airbyte.example.com:0/v1", False),
        ("https://:8000/v1", False),
    ],
)
def test_what_is_an_address(text: str, *, fits: bool) -> None:
    assert is_address(text) is fits
