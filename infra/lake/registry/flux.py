"""Flux: how tofu-controller applies a stack."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from infra.base.credentials import credential_in
from infra.lake.documents import Strict, refuse
from infra.lake.documents.types import FilePath, Items, Scalar, VariableName
from infra.lake.registry.duration import Duration

# A part of a DNS name, which names of namespaces and values of labels have to be.
_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


def kubernetes_name(stack: str) -> str:
    """The name of a stack's Terraform object, and of the GitRepository that it reads: the id with `-` for `_`."""
    return stack.replace("_", "-")


def _name(text: str) -> str:
    if re.fullmatch(_LABEL, text):
        return text
    raise refuse("bad-name", "must be a Kubernetes name: at most 63 lower-case letters, digits and -")


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_LABEL}$"})]


def _git_url(text: str) -> str:
    """Flux takes no other addresses (source-controller, GitRepository)."""
    short = re.fullmatch(r"([\w.-]+@[\w.-]+):(?!//)(.+)", text)
    if short:
        raise refuse("wrong-type", "must begin with ssh:// or https://", f"write ssh://{short[1]}/{short[2]}")
    if credential_in(text) or re.match(r"https?://[^/]*@", text):
        raise refuse(
            "secret-in-clear",
            "contains a user's password or token",
            "put it into a Secret, and name that Secret with the key secret",
        )
    if not re.fullmatch(r"(https?|ssh)://[^\s/]+/\S+", text):
        raise refuse("wrong-type", "must be the address of a repository", "for example ssh://git@example.com/team/lake")
    return text


def _folder(text: str) -> str:
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if text.startswith(("/", "~")) or ".." in parts or "\\" in text:
        raise refuse("wrong-type", "must be a path from the root of the repository", "for example data/lake")
    return "/".join(parts) or "."


GitUrl = Annotated[str, AfterValidator(_git_url)]
Folder = Annotated[str, AfterValidator(_folder)]


class FluxGit(Strict):
    """The repository that Flux watches."""

    url: GitUrl = Field(description="ssh:// or https:// address of this repository")
    branch: str = Field(default="main", min_length=1, description="branch that is applied")
    path: Folder = Field(default=".", description="folder of this lake in the repository; `.`: its root")
    secret: Name | None = Field(
        default=None, description="Secret with the credentials to read it; none for a public one"
    )


class FluxCluster(Strict):
    """The repository that the manifests are committed to, if it is another one."""

    url: GitUrl = Field(description="ssh:// or https:// address of that repository")
    branch: str = Field(default="main", min_length=1, description="branch that Flux reads")
    path: Folder = Field(default="deploy", description="folder of the manifests in it")
    secret: Name | None = Field(
        default=None, description="Secret with the credentials to read it; none for a public one"
    )


class FluxReceiver(Strict):
    """A webhook, so that Flux sees a merge within seconds."""

    type: Literal["bitbucket", "generic", "generic-hmac", "github", "gitlab"] = Field(description="who calls it")
    secret: Name = Field(description="Secret whose key token the caller knows")


# What Flux can notify, in the order of the alphabet, in which messages and the editor's schema list them.
_ToM = Literal[
    "alertmanager", "discord", "generic", "generic-hmac", "googlechat", "grafana", "incident.io", "lark", "matrix"
]
_ToZ = Literal["msteams", "opsgenie", "pagerduty", "rocket", "sentry", "slack", "telegram", "webex", "zoom", "zulip"]


class FluxNotifications(Strict):
    """Where Flux reports to."""

    type: Literal[_ToM, _ToZ] = Field(description="kind of service that receives them")
    secret: Name = Field(description="Secret with the keys address, and token where that kind needs one")
    channel: str | None = Field(default=None, description="channel or room")
    severity: Literal["error", "info"] = Field(default="error", description="info: successes too")


class FluxSecret(Strict):
    """A Kubernetes Secret that contains values of variables."""

    name: Name = Field(description="name of the Secret")
    file: FilePath | None = Field(default=None, min_length=1, description="SOPS-encrypted manifest of the Secret")
    key_prefix: str = Field(default="", description="what comes before the variable's name in its keys, e.g. TF_VAR_")


def _named_once(secrets: tuple[FluxSecret, ...]) -> tuple[FluxSecret, ...]:
    names = [secret.name for secret in secrets]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise refuse(
                "duplicate-key", f'the Secret "{name}" is given twice', "remove one of the two", (index, "name")
            )
    return secrets


class Flux(Strict):
    """How tofu-controller applies the stack."""

    namespace: Name | None = Field(
        default=None,
        description="namespace of the Terraform object, its Secrets and its state; default: that of the backend",
    )
    system_namespace: Name = Field(
        default="flux-system", description="namespace of Flux's own objects, with the key that decrypts"
    )
    git: FluxGit | None = Field(default=None, description="the repository that Flux watches")
    cluster: FluxCluster | None = Field(default=None, description="the repository of the manifests; default: this one")
    approve: Literal["auto", "manual"] = Field(
        default="auto", description="auto: a merged pull request is the approval"
    )
    interval: Duration = Field(default="10m", description="time between drift checks")
    destroy_on_deletion: bool = Field(
        default=False, description="true: deleting the Terraform object destroys what it created in Airbyte"
    )
    receiver: FluxReceiver | None = Field(default=None, description="a webhook that fetches a merge at once")
    notifications: FluxNotifications | None = Field(default=None, description="where Flux reports to")
    branch_planner: bool = Field(default=False, description="true: the branch planner plans pull requests")
    decryption_secret: Name | None = Field(
        default="sops-age",
        description="Secret with the age or PGP key of SOPS; null: the cluster's own identity decrypts",
    )
    secrets: Annotated[Items[FluxSecret], AfterValidator(_named_once)] = Field(
        default=(), description="Secrets that contain the values of variables"
    )
    values: dict[VariableName, Scalar] = Field(default={}, description="values of {var: ...} names")

    def namespace_with(self, backend: dict[str, dict[str, Any]] | None) -> str | None:
        """`namespace`, else that of a Kubernetes backend, which has to be the same: the runner keeps its state there."""
        found = (backend or {}).get("kubernetes", {}).get("namespace")
        return self.namespace or (found if isinstance(found, str) else None)
