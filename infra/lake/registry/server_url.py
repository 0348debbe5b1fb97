"""server_url: the address of Airbyte's public API, as it stands in the registry, and the addresses that follow from it.

A self-managed server has the public API at /api/public/v1 and, beside it, the Configuration API at /api/v1. Cloud has
the public one alone, at the root of a host of its own.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

FORMS = "self-managed: https://<host>/api/public/v1, Cloud: https://api.airbyte.com/v1"
PUBLIC_API = "/api/public/v1"

_CLOUD = re.compile(r"https?://(?:[^/]*@)?(?:[^/@]+\.)?airbyte\.com(?::[0-9]*)?/", re.IGNORECASE)


def is_address(text: str) -> bool:
    """True for http:// or https:// with a host and a path."""
    try:
        parts = urlsplit(text)
        return bool(re.fullmatch(r"https?://[^\s/]+/\S+", text) and parts.hostname and parts.port != 0)
    except ValueError:
        return False


def address_meant(text: str) -> str:
    """What to write for the address of the user interface, or for one without https://; the two forms for all else."""
    url = text if "://" in text else f"https://{text}"
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", url) or _CLOUD.match(f"{url}/"):
        return FORMS
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return f"write {scheme}://{host}{f'/{path}' if path.strip('/') else PUBLIC_API}"


def is_cloud(server_url: str) -> bool:
    """True for a host of Airbyte Cloud, which has no Configuration API for users."""
    return _CLOUD.match(server_url) is not None


def api_root(server_url: str) -> str | None:
    """The root of both APIs of a self-managed server, https://host/api; None for Cloud and any other address."""
    url = server_url.rstrip("/")
    return f"{url.removesuffix(PUBLIC_API)}/api" if url.endswith(PUBLIC_API) and not is_cloud(url) else None


def api_root_expression(variable: str) -> str:
    """The same of an address that Terraform has in a variable; one that has no such root stays as it is."""
    return f'${{replace(var.{variable}, "/\\\\/api\\\\/public\\\\/v1\\\\/?$/", "/api")}}'


def token_url(server_url: str) -> str:
    """Where client credentials are exchanged for a token, absolute: the provider resolves its relative default against the
    host and misses the path of a self-managed server (airbytehq/terraform-provider-airbyte issues 216 and 280).
    """
    return server_url.rstrip("/") + "/applications/token"


def token_url_expression(variable: str) -> str:
    """The same of an address that Terraform has in a variable."""
    return f'${{trimsuffix(var.{variable}, "/")}}/applications/token'
