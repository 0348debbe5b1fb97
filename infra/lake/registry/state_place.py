"""StatePlace: where the Terraform state of a stack lies, so that two stacks never have one.

Source for stacks under Flux: tofu-controller 0.16.5 (`tf_controller_backend.go`), which writes a Kubernetes backend of its own,
in the namespace of the Terraform object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Literal

from infra.lake.registry.backends import BACKENDS, Backend, Settings, address, flat_settings
from infra.lake.registry.flux import Flux, kubernetes_name
from infra.lake.registry.lake import StackSettings

_MANIFESTS = "manifests"


@dataclass(frozen=True)
class StatePlace:
    """A place for one state.

    Attributes:
        parts: what tells it from other places of its kind; None for what comes from the environment, and may be anything.
        words: the place for people, without what may be a password.
        key: the setting to change for another place; empty where nobody knows.

    """

    kind: str
    parts: Mapping[str, str | None]
    words: str
    key: str

    def is_also(self, other: StatePlace) -> bool:
        """True unless something that both of them say differs."""
        if (self.kind, self.parts.keys()) != (other.kind, other.parts.keys()):
            return False
        pairs = [(value, other.parts[name]) for name, value in self.parts.items()]
        return all(None in pair or pair[0] == pair[1] for pair in pairs) and any(None not in pair for pair in pairs)

    def later(self, other: StatePlace) -> Literal["same", "other", "unclear"]:
        """Whether a state that is kept here is found there, when the same stack is told to keep it there; the repository of
        the manifests, which stands for a cluster, says nothing of that: repositories move and clusters stay.
        """
        if (self.kind, self.parts.keys()) != (other.kind, other.parts.keys()):
            return "other"
        pairs = [(value, other.parts[name]) for name, value in self.parts.items() if name != _MANIFESTS]
        if any(one != two for one, two in pairs if None not in (one, two)):
            return "other"
        return "unclear" if any(pair.count(None) == 1 for pair in pairs) else "same"


def state_place(stack: str, settings: StackSettings, folder: str) -> StatePlace | None:
    """Where a stack keeps its state; None where its backend does not say. `folder`: the stack's own, from the root."""
    kind, values = _backend(stack, settings)
    if kind == "local":
        path = normpath(f"{folder}/{values.get('path') or 'terraform.tfstate'}")
        return StatePlace("local", {"path": path}, f"the file {path}", "path")
    known = BACKENDS.get(kind)
    return _unknown(kind, values) if known is None else _known(kind, known, flat_settings(kind, values))


def _backend(stack: str, settings: StackSettings) -> tuple[str, Settings]:
    """The backend that is used in the end, also where none is written."""
    backend, flux = settings.backend, settings.flux
    kind, values = next(iter(backend.items())) if backend else ("kubernetes" if flux else "local", {})
    if flux and kind == "kubernetes":
        return kind, _of_controller(stack, values, flux, flux.namespace_with(backend))
    return ("remote" if kind == "cloud" else kind), values


def _of_controller(stack: str, values: Settings, flux: Flux, namespace: str | None) -> Settings:
    repository = flux.cluster or flux.git
    suffix = values.get("secret_suffix") or kubernetes_name(stack)
    return {**values, "secret_suffix": suffix, "namespace": namespace, _MANIFESTS: repository and repository.url}


def _known(kind: str, known: Backend, values: Settings) -> StatePlace | None:
    parts: dict[str, str | None] = {}
    for name, normal in known.settings.items():
        written = values.get(name)
        if written not in (None, ""):
            parts[name] = normal(str(written))
        elif name not in known.defaults:
            return None  # given to `tofu init`, for each stack another one
        else:
            parts[name] = None if name in values and values[name] is None else known.defaults[name]
    shown = {name: _without_query(value or "") for name, value in parts.items()}
    return StatePlace(kind, parts, known.words.format(**shown).removeprefix("/"), known.key)


def _without_query(text: str) -> str:
    return text.partition("?")[0]


# What only says how to get there, or may be a secret, in the names of settings of backends that we do not know.
_WAY = re.compile(
    "token|passw|secret|credential|access_key|private|cert|(^|_)ca(_|$)|user|login|auth|profile|role|region|retr|timeout"
    "|wait|lock|encrypt|kms|sse|insecure|skip|verify|tls|ssl|proxy|header|agent|acl|gzip|label|workspace_key"
)


def _unknown(kind: str, values: Settings) -> StatePlace | None:
    parts = dict(_leaves(values))
    return StatePlace(kind, parts, f"a place that the same settings of {kind} name", "") if parts else None


def _leaves(values: Settings, above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if _WAY.search(str(key).lower()) or value is None:
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{key}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
            yield f"{above}{key}", address(text) if "://" in text else PurePosixPath(text).as_posix().rstrip("/")
