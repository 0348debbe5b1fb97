"""ClusterError: why kubectl did not do what was asked, in words that say what to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from infra.base.errors import UserError
from infra.base.redactor import Redactor

Kind = Literal["no-kubectl", "unreachable", "login", "no-kind", "no-namespace", "not-found", "forbidden", "failed"]

# Which controller serves a kind.
_OWNERS = {"terraforms": "tofu-controller", "gitrepositories": "Flux"}

# Lines that kubectl logs before its error: `E0102 15:04:05.123456 ...`.
_LOG = re.compile(r"[EWIF][0-9]{4} ")

_UNREACHABLE = re.compile(
    r"unable to connect to the server|the connection to the server .* was refused|i/o timeout|tls handshake timeout"
    r"|no such host|connection refused|deadline exceeded|client\.timeout|net/http: request canceled",
    re.IGNORECASE,
)
_KINDS: Mapping[str, Kind] = {
    "(notfound)": "not-found",
    "(forbidden)": "forbidden",
    "unauthorized": "login",
    "must be logged in": "login",
    "getting credentials": "login",
}
_MESSAGES: Mapping[Kind, str] = {
    "not-found": "{}",
    "forbidden": "the cluster forbids it: {}",
    "login": "you are not logged in to the cluster: {}; log in again, or choose another --context",
    "failed": "kubectl: {}",
}
_NO_KIND = re.compile(
    r'doesn\'t have a resource type "([^".]+)|no matches for kind "([^"]+)"|could not find the requested resource'
)


class ClusterError(UserError):
    """A UserError of kubectl or the cluster.

    Attributes:
        kind: what sort of fault; `not-found` is about the object alone.
    """

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def refused(stderr: str, context: str | None) -> ClusterError:
    """The fault behind what kubectl printed, in which nothing is secret any more."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    said = next((line for line in reversed(lines) if not _LOG.match(line)), lines[-1] if lines else "")
    text = Redactor().one_line(re.sub(r"^(error|Error from server( \([A-Za-z]+\))?): ", "", said)) or "no reason given"
    missing = _NO_KIND.search(said)
    if missing:
        return ClusterError("no-kind", _no_kind(missing[1] or missing[2] or ""))
    if re.search("context .*(does not exist|was not found)", said):
        return ClusterError("failed", f"{text}; to list them: kubectl config get-contexts")
    if _UNREACHABLE.search(said):
        return ClusterError("unreachable", _unreachable(text, context))
    found = [kind for words, kind in _KINDS.items() if words in said.lower()]
    kind: Kind = found[0] if found else "failed"
    return ClusterError(kind, _MESSAGES[kind].format(text))


def _no_kind(plural: str) -> str:
    owner = _OWNERS.get(plural, "")
    kind = f"objects called {plural}" if plural else "such objects"
    return f"the cluster does not know {kind}" + (f": is {owner} installed there?" if owner else "")


def _unreachable(text: str, context: str | None) -> str:
    if "localhost:8080" in text and context is None:
        return "kubectl has no cluster; log in to one, or set KUBECONFIG to a kubeconfig"
    return f"the cluster does not answer: {text}"
