"""What a backend may not hold: it takes no variables, and all that stands in it is read by whoever reads git.

Source: OpenTofu evaluates `${...}` in a backend (since 1.8, early evaluation), Terraform takes it as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.base.credentials import IF_SEEN, credential_in, hidden, is_value, names_credential
from infra.lake.documents import KeyPath, Layers, Problem
from infra.lake.model.lake_model import LakeModel

# Where tofu and terraform look for what the backend does not say (documentation of the backends).
_VARIABLES = {
    "azurerm": "ARM_ACCESS_KEY, ARM_SAS_TOKEN, ARM_CLIENT_SECRET",
    "consul": "CONSUL_HTTP_TOKEN, CONSUL_HTTP_AUTH",
    "cos": "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY",
    "gcs": "GOOGLE_CREDENTIALS, GOOGLE_ENCRYPTION_KEY",
    "http": "TF_HTTP_USERNAME, TF_HTTP_PASSWORD, TF_HTTP_ADDRESS",
    "kubernetes": "KUBE_TOKEN, KUBE_PASSWORD, KUBE_CONFIG_PATH",
    "oss": "ALICLOUD_ACCESS_KEY, ALICLOUD_SECRET_KEY",
    "pg": "PG_CONN_STR, PGPASSWORD",
    "remote": "TF_TOKEN_<host>",
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_SSE_CUSTOMER_KEY",
}
# Names that say it in no other backend than their own.
_SECRETS = {
    ("consul", "http_auth"),
    ("cos", "secret_id"),
    ("gcs", "credentials"),
    ("http", "authorization"),
    ("http", "cookie"),
    ("kubernetes", "client_key"),
}
# Settings that HCL writes as blocks; names in all other mappings are quoted.
_BLOCKS = re.compile("assume_role.*|workspaces")
_TEMPLATES = ("${", "%{")
_NAME = re.compile("[A-Za-z_][0-9A-Za-z_-]*")


def is_backend(path: KeyPath) -> bool:
    """True for `lake.stacks.<stack>.backend` and all below it."""
    return len(path) >= 4 and path[:2] == ("lake", "stacks") and path[3] == "backend"


def check_backends(model: LakeModel) -> Iterator[Problem]:
    """`secret-in-clear` for a secret in a backend, `wrong-type` for a template, `bad-name` for what is no setting."""
    lake = model.declared.lake
    if lake is None or not isinstance(lake.value.get("stacks"), dict):
        return
    layers = Layers.single(lake)
    for stack, settings in lake.value["stacks"].items():
        backend = settings.get("backend") if isinstance(settings, dict) else None
        for kind, inside in backend.items() if isinstance(backend, dict) else ():
            path = ("stacks", stack, "backend", kind)
            yield from _check_key(layers, kind, kind, path)
            yield from _check(layers, kind, inside, path)


def _check(layers: Layers, kind: str, value: Any, path: KeyPath) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _check_key(layers, kind, key, (*path, key))
            yield from _check(layers, kind, inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _check(layers, kind, inner, (*path, index))
    else:
        found = _secret(kind, path, value)
        if found is not None:
            yield layers.problem("secret-in-clear", path, found, _instead(kind))
        elif isinstance(value, str):
            yield from _check_template(layers, value, path, key=False)


def _check_key(layers: Layers, kind: str, key: str, path: KeyPath) -> Iterator[Problem]:
    """What is wrong with the name of a backend, of a setting, or of something in one."""
    found = credential_in(key)
    if found is not None:
        yield layers.problem(
            "secret-in-clear", path, f"{hidden(found)} is in plain text here", _instead(kind), key=True
        )
    elif any(mark in key for mark in _TEMPLATES):
        yield from _check_template(layers, key, path, key=True)
    elif _is_name(path) and not _NAME.fullmatch(key):
        message = "is not a name of a backend or of its settings: letters, digits, _ and -"
        yield layers.problem("bad-name", path, message, key=True)


def _is_name(path: KeyPath) -> bool:
    return len(path) <= 5 or (len(path) == 6 and _BLOCKS.fullmatch(str(path[4])) is not None)


def _secret(kind: str, path: KeyPath, value: Any) -> str | None:
    """What is secret about a value, by the name of its setting or of one above it, or by itself; None if nothing."""
    if isinstance(value, bool) or value is None or not is_value(str(value)):
        return None
    names = [part for part in path[4:] if isinstance(part, str)]
    if any(_is_secret(kind, name) for name in names) and not _is_file(kind, names[-1], value):
        return "this secret is in plain text"
    found = credential_in(str(value))
    return found and f"{hidden(found)} is in plain text here"


def _is_secret(kind: str, name: str) -> bool:
    return (kind, name.lower()) in _SECRETS or names_credential(name)


def _is_file(kind: str, name: str, value: Any) -> bool:
    """`credentials` of gcs is the path of a file, or what stands in such a file."""
    return (kind, name) == ("gcs", "credentials") and "{" not in str(value)


def _instead(kind: str) -> str:
    variables = _VARIABLES.get(kind)
    where = f"tofu finds it in its environment: {variables}" if variables else "use tofu init -backend-config=FILE"
    return f"remove it, as a backend takes no variables; {where}\n{IF_SEEN}"


def _check_template(layers: Layers, text: str, path: KeyPath, *, key: bool) -> Iterator[Problem]:
    mark = next((mark for mark in _TEMPLATES if mark in text), None)
    if mark is not None:
        message = f"contains {mark}, which OpenTofu evaluates and Terraform takes literally"
        fix = "write the text itself; give what differs by place to tofu init with -backend-config"
        yield layers.problem("wrong-type", path, message, fix, key=key)
