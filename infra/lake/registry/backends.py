"""Backends: what tells the state of one stack from that of another one, for each backend of OpenTofu.

Source: OpenTofu 1.12, internal/backend, each with the state of the workspace `default`: settings such as
`workspace_key_prefix` are for other workspaces, and do not part two states.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Any
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlencode, urlsplit

Settings = Mapping[str, Any]


def _text(value: str) -> str:
    return value


def _path(value: str) -> str:
    return normpath(unquote(value).strip("/")) if value.strip("/") else ""


def address(value: str) -> str:
    """An address without what does not matter: scheme, user, case of the host, usual ports, order of the query."""
    url = _split(value if "://" in value else f"//{value}")
    if url is None:
        return re.sub("//.*@", "//", value)
    host = (url.hostname or "").rstrip(".")
    port = re.search(":([0-9]+)$", url.netloc)
    if port and port[1] not in ("80", "443"):
        host += f":{int(port[1])}"
    query = urlencode(sorted(parse_qsl(url.query, keep_blank_values=True)))
    return f"{host}/{_path(url.path)}".rstrip("/") + (f"?{query}" if query else "")


def _split(value: str) -> SplitResult | None:
    """The parts of an address; None for what is none."""
    try:
        return urlsplit(value)
    except ValueError:
        return None


def _s3_endpoint(value: str) -> str:
    """Every address of Amazon leads to the same buckets."""
    found = address(value)
    return "" if re.search(r"(^|\.)amazonaws\.com(\.cn)?(/|$)", found) else found


def _repository(value: str) -> str:
    return address(value).removesuffix(".git")


@dataclass(frozen=True)
class Backend:
    """A backend of OpenTofu.

    Attributes:
        settings: what tells one state from another -> how two ways to write it become one.
        defaults: where it is not written; None where the environment says it. What is not in here has to be written.
        words: the place, with the settings in braces.
        key: the setting to change.

    """

    settings: Mapping[str, Callable[[str], str]]
    defaults: Mapping[str, str | None]
    words: str
    key: str


BACKENDS: Mapping[str, Backend] = {
    "azurerm": Backend(
        {"storage_account_name": str.lower, "container_name": _text, "key": _path, "environment": str.lower},
        {"environment": "public"},
        "{key} in the container {container_name} of {storage_account_name}",
        "key",
    ),
    "consul": Backend(
        {"path": _path, "address": address, "datacenter": str.lower},
        {"address": None, "datacenter": None},
        "{path} in Consul",
        "path",
    ),
    "cos": Backend(
        {"bucket": _text, "prefix": _path, "key": _path, "region": str.lower},
        {"prefix": "", "key": "terraform.tfstate", "region": None},
        "{key} in the bucket {bucket}",
        "prefix",
    ),
    "gcs": Backend(
        {"bucket": _text, "prefix": _path, "storage_custom_endpoint": address},
        {"prefix": "", "storage_custom_endpoint": ""},
        "{prefix}/default.tfstate in the bucket {bucket}",
        "prefix",
    ),
    "http": Backend({"address": address}, {}, "{address}", "address"),
    "kubernetes": Backend(
        {
            "secret_suffix": _text,
            "namespace": _text,
            "host": address,
            "config_context": _text,
            "config_context_cluster": _text,
            "manifests": _repository,
        },
        {
            "namespace": "default",
            "host": None,
            "config_context": None,
            "config_context_cluster": None,
            "manifests": None,
        },
        "the Secret tfstate-default-{secret_suffix} in the namespace {namespace}",
        "secret_suffix",
    ),
    "oss": Backend(
        {"bucket": _text, "prefix": _path, "key": _path},
        {"prefix": "env:", "key": "terraform.tfstate"},
        "{key} in the bucket {bucket}",
        "prefix",
    ),
    "pg": Backend(
        {"schema_name": _text, "table_name": _text, "host": str.lower, "port": _text, "dbname": _text},
        {"schema_name": "terraform_remote_state", "table_name": "states", "host": None, "port": None, "dbname": None},
        "the schema {schema_name}",
        "schema_name",
    ),
    "remote": Backend(
        {"hostname": address, "organization": str.lower, "workspaces": _text},
        {"hostname": "app.terraform.io", "organization": None},
        "the workspace {workspaces}",
        "workspaces.name",
    ),
    "s3": Backend(
        {"bucket": _text, "key": _path, "endpoint": _s3_endpoint},
        {"endpoint": ""},
        "{key} in the bucket {bucket}",
        "key",
    ),
}  # fmt: skip


def flat_settings(kind: str, values: Settings) -> Settings:
    """The settings with those that stand deeper, or inside of others, brought up."""
    if kind == "s3":
        endpoints = values.get("endpoints")
        inner = endpoints.get("s3") if isinstance(endpoints, Mapping) else None
        return {**values, "endpoint": inner or values.get("endpoint") or ""}
    if kind == "remote":
        found = values.get("workspaces")
        first = found[0] if isinstance(found, list) and found else found
        return {**values, "workspaces": _workspaces(first) if isinstance(first, Mapping) else None}
    return {**values, **_connection(str(values.get("conn_str") or ""))} if kind == "pg" else values


def _workspaces(value: Settings) -> str:
    """`name: prod` -> `prod`; anything else as it is written."""
    return str(value["name"]) if value.get("name") else json.dumps(value, sort_keys=True, default=str)


def _connection(text: str) -> Settings:
    """Server and database of a connection string of Postgres, as address or as `key=value`; nothing that it does not say."""
    url = _split(text) if "://" in text else None
    if url is not None:
        said = {key: values[-1] for key, values in parse_qs(url.query).items()}
        port = re.search(":([0-9]+)$", url.netloc)
        found = {"host": url.hostname, "port": port and port[1], "dbname": unquote(url.path.strip("/")), **said}
    else:
        found = dict(re.findall(r"(\w+)\s*=\s*'?([^\s']*)'?", text))
    host = found.get("host")
    return {"host": host, "port": found.get("port") or ("5432" if host else None), "dbname": found.get("dbname")}
