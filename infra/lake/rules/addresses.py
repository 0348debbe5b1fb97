"""Addresses where a name stands alone: of a host that has its port beside it, of a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from infra.lake.connectors.spec import Spec
from infra.lake.connectors.walk import find_option, options_in
from infra.lake.documents import KeyPath, Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.placeholder import is_placeholder

# Option of a host -> the option beside it that has the port: with both, connectors put an address together by themselves.
# Source: `jdbc:postgresql://%s:%s/%s` and its like in airbytehq/airbyte; a spec with an address in `host` has no port.
_PORT_OF = {"host": "port", "hostname": "port", "tunnel_host": "tunnel_port"}

# Option of a bucket -> the option beside it that has the folder, if there is one. Names of buckets hold no slash, but those
# of access points do, which begin with `arn:`.
_FOLDER_OF = {"bucket": "", "s3_bucket_name": "s3_bucket_path", "gcs_bucket_name": "gcs_bucket_path"}

_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.:-]*://)?(?:[^/@]*@)?(?P<host>[^/:@\s]*)(?::(?P<port>[0-9]+))?(?:/.*)?",
    re.IGNORECASE | re.DOTALL,
)
_BUCKET = re.compile(r"(?:[a-z0-9]+://)?(?P<bucket>[^/:\s]+)(?:/+(?P<folder>.*?)/*)?", re.IGNORECASE | re.DOTALL)


class _Place(NamedTuple):
    """An option of a configuration, with what may stand beside it."""

    configuration: dict[str, Any]
    spec: Spec
    path: KeyPath

    def beside(self, name: str) -> tuple[Any, Spec | None]:
        """An option beside this one: what it says, and its spec; None each where there is none."""
        return find_option(self.configuration, self.spec, [*map(str, self.path[:-1]), name])


def check_addresses(model: LakeModel) -> Iterator[Problem]:
    """`config-invalid` for `https://db.example.com` or `db.example.com:5432` as a host that has its port beside it, for
    `s3://lake/raw` as a bucket, and for blanks around either.
    """
    for draft in model.drafts.entries.values():
        value = draft.layers.value.get("configuration")
        lock = model.locks.get(draft.text("connector") or "")
        if lock is None or not isinstance(value, dict) or draft.layers.value.get("existing"):
            continue
        for option in options_in(value, lock.spec):
            if not option.path or not isinstance(option.value, str) or is_placeholder(option.value):
                continue
            found = _found(_Place(value, lock.spec, option.path), option.value)
            if found:
                yield draft.layers.problem("config-invalid", ("configuration", *option.path), *found)


def _found(place: _Place, value: str) -> tuple[str, str] | None:
    """(what is wrong, what to write); None for a name, and where nobody says that it must not be an address."""
    option = str(place.path[-1])
    if option in _PORT_OF and place.beside(_PORT_OF[option])[1] is not None:
        noun, said = "host", _host(value, _PORT_OF[option])
    elif option in _FOLDER_OF:
        noun, said = "bucket", _bucket(value, place, _FOLDER_OF[option])
    else:
        return None
    if said:
        return f"is an address, and only the name of the {noun} belongs here", said
    name = value.strip()
    return (f"has blanks around the name of the {noun}", f"write {name}") if value != name != "" else None


def _host(value: str, port: str) -> str:
    """What to write in place of an address; empty for what is none."""
    if "/" not in value and not re.search(r"^[^:]*:[0-9]+$", value):
        return ""
    found = _ADDRESS.fullmatch(value)
    if found is None or not found["host"]:
        return f"write the name of the host, and its port in {port}"
    return f"write {found['host']}" + (f", and {port}: {found['port']}" if found["port"] else "")


def _bucket(value: str, place: _Place, option: str) -> str:
    """The same for a bucket. `option`: that of the folder in it; empty if there is none."""
    if "/" not in value or value.startswith("arn:"):
        return ""
    found = _BUCKET.fullmatch(value.strip())
    if found is None:
        return "write the name of the bucket"
    below, spec = place.beside(option) if option else (None, None)
    folder = "/".join(part for part in (found["folder"], below) if part and isinstance(part, str))
    return f"write {found['bucket']}" + (f", and {option}: {folder}" if spec is not None and found["folder"] else "")
