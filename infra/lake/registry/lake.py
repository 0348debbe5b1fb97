"""Lake and StackSettings: where things are applied, with which credentials, with which state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from infra.lake.documents import Strict, near_matches, refuse
from infra.lake.documents.parse import Foreign
from infra.lake.documents.types import Id, Items, Scalar, VariableName, check_uuid
from infra.lake.registry.backend_setting import Backend
from infra.lake.registry.belongs import BELONGS
from infra.lake.registry.duration import Duration
from infra.lake.registry.extra_file import ExtraFile, check_distinct
from infra.lake.registry.flux import Flux
from infra.lake.registry.landing import Landing
from infra.lake.registry.server_url import PUBLIC_API, address_meant, is_address
from infra.lake.values.foreign_text import foreign_variable
from infra.lake.values.reference import Secret, Text

# The release that the end-to-end suite runs.
PROVIDER_VERSION = "1.2.0"

# The first final release with airbyte_source and airbyte_destination for every connector; 0.x has a resource for each.
OLDEST_PROVIDER = (1, 0, 0)


def _exact_version(text: str) -> str:
    found = re.fullmatch(r"([0-9]+)\.([0-9]+)\.([0-9]+)(-[0-9A-Za-z.]+)?", text)
    if found is None:
        raise refuse(
            "wrong-type",
            "must be one exact version such as 1.2.0: a range would change plans without an edit",
            f"write version: {PROVIDER_VERSION}",
        )
    release = (int(found[1]), int(found[2]), int(found[3]))
    if release < OLDEST_PROVIDER or (release == OLDEST_PROVIDER and found[4]):
        reason = "must be 1.0.0 or newer: it is the oldest release that lakeform supports"
        raise refuse("wrong-type", reason, f"write version: {PROVIDER_VERSION}")
    return text


class Provider(Strict):
    """The Terraform provider airbytehq/airbyte."""

    version: Annotated[str, AfterValidator(_exact_version)] = Field(
        default=PROVIDER_VERSION,
        description="exact version of airbytehq/airbyte, 1.0.0 or newer",
    )


class ClientCredentials(Strict):
    """An Airbyte application (User settings > Applications)."""

    client_id: Text = Field(description="client id of the application")
    client_secret: Secret = Field(description="{secret: NAME} of its client secret")
    token_url: Text | None = Field(default=None, description="default: <server_url>/applications/token")


class BasicAuth(Strict):
    """User and password of an older, self-managed Airbyte."""

    username: Text = Field(description="user name")
    password: Secret = Field(description="{secret: NAME} of the password")


class BearerAuth(Strict):
    """A bearer token from elsewhere."""

    bearer_token: Secret = Field(description="{secret: NAME} of the token")


_METHODS = {
    "client_id": "@client",
    "client_secret": "@client",
    "token_url": "@client",
    "username": "@basic",
    "password": "@basic",
    "bearer_token": "@bearer",
}


def _auth_kind(value: Any) -> str:
    """The method that is meant, by its keys, also by misspelt ones."""
    if not isinstance(value, (dict, Strict)):
        return "@none"
    keys = value if isinstance(value, dict) else type(value).model_fields
    meant = [key for word in keys for key in ([word] if word in _METHODS else near_matches(word, _METHODS))]
    return _METHODS[meant[0]] if meant else "@client"


_WAYS = "client_id and client_secret, username and password, or bearer_token"
_AUTH = "for example {client_id: {secret: airbyte_client_id}, client_secret: {secret: airbyte_client_secret}}"
_AUTH_MEANT = {
    **dict.fromkeys(("none", "null", "false", "no", "anonymous"), "write auth: none"),
    **dict.fromkeys(("basic", "password"), "write {username: ..., password: {secret: NAME}}"),
    **dict.fromkeys(("bearer", "token"), "write {bearer_token: {secret: NAME}}"),
}


def _word(value: Any) -> str:
    return str(value).lower()


def _one_method(value: Any) -> Any:
    """Refuse two methods at once: the provider would send one of them, and a confusing 401 comes back."""
    if not isinstance(value, (dict, Strict)) and value != "none":
        raise refuse("wrong-type", f"must be none, or a mapping with {_WAYS}", _AUTH_MEANT.get(_word(value), _AUTH))
    if isinstance(value, dict) and value and not any(near_matches(key, _METHODS) for key in value):
        (key, *_) = value
        token = "write bearer_token: {secret: NAME}" if re.search("key|token", key, re.IGNORECASE) else f"keys: {_WAYS}"
        raise refuse("unknown-key", f'unknown key "{key}"', token, at=(key,))
    if isinstance(value, dict) and len({_METHODS[key] for key in value if key in _METHODS}) > 1:
        raise refuse("wrong-type", "contains two methods of authentication", "keep exactly one of them")
    return value


Auth = Annotated[
    Annotated[Literal["none"], Tag("@none")]
    | Annotated[ClientCredentials, Tag("@client")]
    | Annotated[BasicAuth, Tag("@basic")]
    | Annotated[BearerAuth, Tag("@bearer")],
    Discriminator(_auth_kind),
    BeforeValidator(_one_method),
]


class Defaults(Strict):
    """Merged under every entry of a kind."""

    elsewhere: ClassVar[Mapping[str, str]] = BELONGS

    source: dict[str, Any] | None = Field(default=None, description="merged under every source")
    destination: dict[str, Any] | None = Field(default=None, description="merged under every destination")
    connection: dict[str, Any] | None = Field(default=None, description="merged under every connection")


class StackOverrides(Strict):
    """Wins over every entry of a kind in one stack."""

    elsewhere: ClassVar[Mapping[str, str]] = BELONGS

    source: dict[str, Any] | None = Field(default=None, description="wins over every source")
    destination: dict[str, Any] | None = Field(default=None, description="wins over every destination")
    connection: dict[str, Any] | None = Field(default=None, description="wins over every connection")


def _url(value: Any) -> Any:
    if not isinstance(value, str) or is_address(value):
        return value
    _no_variable(value)
    raise refuse("wrong-type", "must be the address of the public API", address_meant(value))


def _no_variable(text: str) -> None:
    """Refuses what another tool would fill in."""
    if found := foreign_variable(text):
        message = f"nobody fills in {found.written} here: it would be used as it stands"
        raise refuse("text-variable", message, f"write {{var: {found.name}}}")


def _workspace(value: Any) -> Any:
    if isinstance(value, str):
        _no_variable(value)
    return check_uuid(value) if isinstance(value, str) else value


_SERVER = Foreign("server_url", lambda _: f"write server_url: https://<host>{PUBLIC_API}")


class StackSettings(Strict):
    """One Airbyte workspace, one Terraform state, one tofu-controller object."""

    elsewhere: ClassVar[Mapping[str, str]] = BELONGS
    foreign: ClassVar[Mapping[str, Foreign]] = {
        **dict.fromkeys(("url", "apiurl", "host", "server", "airbyteurl", "baseurl", "endpoint"), _SERVER),
        **dict.fromkeys(("workspace", "id"), Foreign("workspace_id", lambda _: "write workspace_id: its UUID")),
    }

    server_url: Annotated[Text, AfterValidator(_url)] = Field(description="public API, https://host/api/public/v1")
    workspace_id: Annotated[Text, AfterValidator(_workspace)] = Field(
        description="UUID of the workspace, or a reference"
    )
    auth: Auth = Field(description="client_id + client_secret, username + password, bearer_token, or none")
    backend: Backend | None = Field(default=None, description="any Terraform backend; absent: none is written")
    minimum_sync_interval: Duration = Field(default="1m", description="1m self-managed, 15m or 1h on Cloud plans")
    defaults: Defaults | None = Field(
        default=None,
        description="merged under the stack's entries; wins over lake.defaults",
    )
    overrides: StackOverrides | None = Field(
        default=None,
        description="wins over the stack's entries, except for what an entry's own overrides say",
    )
    backfills: bool = Field(
        default=False,
        description="true: the stack has the provider for backfills, for those in stream files and for what they leave in the state",
    )
    flux: Flux | None = Field(default=None, description="how tofu-controller applies the stack")
    landing: Id | None = Field(default=None, description="id of the landing that its files are fed into")
    extra_files: Annotated[Items[ExtraFile], AfterValidator(check_distinct)] = Field(
        default=(),
        description="Terraform of your own, copied beside what lakeform writes; paths from the project's root",
    )


class VariableSettings(Strict):
    """What Terraform should know about a `{var: ...}` name."""

    description: str | None = Field(default=None, description="what it is, shown by Terraform")
    default: Scalar | None = Field(default=None, description="value if nothing else gives one")


def _stack_id(name: str) -> str:
    if re.search("_[0-9]+$", name):
        fix = f'for example "{"".join(name.rsplit("_", 1))}"'
        raise refuse(
            "bad-name",
            f'"{name}" must not end in _<digits>: stored plans of tofu-controller use such names',
            fix,
        )
    return name


StackId = Annotated[Id, AfterValidator(_stack_id)]


def _some_stack(value: dict[str, StackSettings]) -> dict[str, StackSettings]:
    if value:
        return value
    raise refuse(
        "wrong-type",
        "must contain at least one stack",
        "for example {prod: {server_url: ..., workspace_id: ..., auth: ...}}",
    )


class Lake(Strict):
    """What applies to every entry. In exactly one file."""

    elsewhere: ClassVar[Mapping[str, str]] = BELONGS

    name: str = Field(min_length=1, description="name of the lake")
    provider: Provider = Field(default=Provider(), description="the Terraform provider")
    stacks: Annotated[dict[StackId, StackSettings], AfterValidator(_some_stack)] = Field(
        description="one Airbyte workspace + one Terraform state each",
    )
    variables: dict[VariableName, VariableSettings] = Field(
        default={},
        description="descriptions and defaults of {var: ...} names",
    )
    defaults: Defaults | None = Field(default=None, description="merged under every entry of a kind")
    landings: dict[Id, Landing] = Field(default={}, description="where files become tables")
