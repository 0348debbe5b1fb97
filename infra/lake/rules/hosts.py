"""Addresses where the name of a host stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.lake.connectors.spec import Spec
from infra.lake.connectors.walk import find_option, options_in
from infra.lake.documents import KeyPath, Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.placeholder import is_placeholder

# Option of a host -> the option beside it that has the port: with both, connectors put an address together by themselves.
# Source: `jdbc:postgresql://%s:%s/%s` and its like in airbytehq/airbyte; a spec with an address in `host` has no port.
_PORT_OF = {"host": "port", "hostname": "port", "tunnel_host": "tunnel_port"}

_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.:-]*://)?(?:[^/@]*@)?(?P<host>[^/:@\s]*)(?::(?P<port>[0-9]+))?(?:/.*)?",
    re.IGNORECASE | re.DOTALL,
)


def check_hosts(model: LakeModel) -> Iterator[Problem]:
    """`config-invalid` for `https://db.example.com` or `db.example.com:5432` as a host that has its port beside it."""
    for draft in model.drafts.entries.values():
        value = draft.layers.value.get("configuration")
        lock = model.locks.get(draft.text("connector") or "")
        if lock is None or not isinstance(value, dict) or draft.layers.value.get("existing"):
            continue
        for option in options_in(value, lock.spec):
            said = _fix(value, lock.spec, option.path, option.value)
            if said:
                message = "is an address, and only the name of the host belongs here"
                yield draft.layers.problem("config-invalid", ("configuration", *option.path), message, said)


def _fix(configuration: Any, spec: Spec, path: KeyPath, value: Any) -> str:
    """What to write; empty for what is no address, and where nobody says that it must not be one."""
    port = _PORT_OF.get(str(path[-1])) if path else None
    if port is None or not isinstance(value, str) or is_placeholder(value):
        return ""
    if "/" not in value and not re.search(r"^[^:]*:[0-9]+$", value):
        return ""
    beside = [str(part) for part in (*path[:-1], port)]
    if find_option(configuration, spec, beside)[1] is None:
        return ""
    found = _ADDRESS.fullmatch(value)
    if found is None or not found["host"]:
        return f"write the name of the host, and its port in {port}"
    return f"write {found['host']}" + (f", and {port}: {found['port']}" if found["port"] else "")
