"""Source, Destination and Connection, as they are after defaults and overrides are merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from infra.lake.documents import Strict, refuse
from infra.lake.documents.parse import Foreign
from infra.lake.documents.types import Id, Items, Uuid
from infra.lake.registry.belongs import BELONGS
from infra.lake.registry.connection_words import SCHEMA_WORDS, STATUS, Namespace, Streams, in_our_words
from infra.lake.registry.foreign import CONNECTION, actor_keys
from infra.lake.registry.schedule import Schedule


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


StackList = Annotated[
    Items[Id],
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


_NOTIFICATIONS = "the Terraform provider does not manage notifications; set them in Airbyte"


class EntrySettings(Strict):
    """What every source, destination and connection may say."""

    elsewhere: ClassVar[Mapping[str, str]] = BELONGS

    refused: ClassVar[Mapping[str, str]] = {
        "tags": "the Terraform provider cannot clear tags and sees their order as a change; set them in Airbyte",
        "notify_schema_changes": _NOTIFICATIONS,
        "notify_schema_changes_by_email": _NOTIFICATIONS,
        "notifications": _NOTIFICATIONS,
        "data_residency": "the Terraform provider has deprecated it; remove it",
        "operations": "Airbyte has no operations any more: normalization and dbt are gone; remove it",
    }

    stack: StackList | None = Field(default=None, description="the stack or stacks of the entry; default: the only one")
    overrides: dict[str, dict[str, Any]] = Field(default={}, description="merged over the entry for one stack")
    description: str | None = Field(default=None, description="what it is for; lakeform does not read it")
    owner: str | None = Field(default=None, description="team or person to ask")
    protect: bool = Field(
        default=False,
        description="true: Terraform refuses a plan that destroys it (prevent_destroy), as long as the entry is here",
    )
    adopt: Uuid | None = Field(
        default=None,
        description="id of an object that exists in Airbyte: imported, then managed",
    )


class Resources(Strict):
    """Kubernetes quantities."""

    cpu_request: str | None = Field(default=None, description="CPU that is reserved, e.g. 500m")
    cpu_limit: str | None = Field(default=None, description="CPU that is never exceeded")
    memory_request: str | None = Field(default=None, description="memory that is reserved, e.g. 1Gi")
    memory_limit: str | None = Field(default=None, description="memory that is never exceeded")
    ephemeral_storage_request: str | None = Field(default=None, description="disk that is reserved")
    ephemeral_storage_limit: str | None = Field(default=None, description="disk that is never exceeded")


class JobResources(Strict):
    """Quantities for one type of job."""

    job_type: Literal[
        "get_spec", "check_connection", "discover_schema", "sync", "reset_connection", "connection_updater", "replicate"
    ] = Field(description="sync, check_connection, discover_schema, ...")
    resource_requirements: Resources = Field(description="the quantities for that type of job")


class ResourceAllocation(Strict):
    """Resources of the connector's pods, in the shape of the Terraform provider."""

    default: Resources | None = Field(default=None, description="for every type of job")
    job_specific: Items[JobResources] | None = Field(default=None, description="for one type of job")


def _option_path(text: str) -> str:
    if all(text.split(".")):
        return text
    raise refuse("wrong-type", "must be the path of an option, such as max_rows or tuning.threads")


OptionPath = Annotated[str, AfterValidator(_option_path)]


class Actor(EntrySettings):
    """A source or a destination."""

    name: str | None = Field(default=None, min_length=1, description="shown in Airbyte; default: the id in title case")

    connector: str | None = Field(default=None, description="locked connector, source-x or destination-x")
    configuration: dict[str, Any] | None = Field(default=None, description="the connector's options")
    undeclared: Items[OptionPath] | None = Field(
        default=None,
        description="options that the connector accepts and its spec lacks: [max_rows, tuning.threads]",
    )
    definition_id: Uuid | None = Field(default=None, description="definition of a custom connector")
    resource_allocation: ResourceAllocation | None = Field(
        default=None,
        description="resources of the connector's pods",
    )
    existing: Uuid | None = Field(
        default=None,
        description="id of an object that connections use and that is not managed here",
    )

    @model_validator(mode="after")
    def _managed_or_not(self) -> Self:
        if not self.managed:
            self._refuse_settings("existing" if self.existing else "external")
            return self
        for key in ("connector", "configuration"):
            if getattr(self, key) is None:
                about = type(self).model_fields[key].description
                raise refuse("missing-key", f'the key "{key}" is missing', f"add {key}: {about}", missing=key)
        return self

    def _refuse_settings(self, why: str) -> None:
        for key in ("configuration", "resource_allocation", "adopt", "definition_id"):
            if getattr(self, key) is not None:
                message = f'"{key}" has no meaning beside "{why}": it is not managed here'
                fix = f"remove it; beside {why} in an override, write {key}: null there"
                raise refuse("wrong-type", message, fix, at=(key,))

    @property
    def managed(self) -> bool:
        """True if Terraform creates and changes it."""
        return self.existing is None


class Destination(Actor):
    """Where data goes."""

    foreign: ClassVar[Mapping[str, Foreign]] = actor_keys("destination")


class Source(Actor):
    """Where data comes from."""

    foreign: ClassVar[Mapping[str, Foreign]] = actor_keys("source")

    streams_from: Id | None = Field(default=None, description="another source whose stream files and schemas are used")
    external: Literal["dlt"] | None = Field(default=None, description="loaded by something else; no Airbyte objects")

    @property
    def managed(self) -> bool:
        """True if Terraform creates and changes it."""
        return self.existing is None and self.external is None


class Connection(EntrySettings):
    """Which streams go from a source to a destination, and when."""

    foreign: ClassVar[Mapping[str, Foreign]] = CONNECTION

    name: str | None = Field(
        default=None, min_length=1, description="shown in Airbyte; default: <source name> → <destination name>"
    )
    source: str = Field(description="id of the source")
    destination: str = Field(description="id of the destination")
    schedule: Schedule = Field(default="manual", description='{every: 6h}, {cron: "0 0 * * * ?"} or manual')
    namespace: Namespace = Field(default="destination", description="{format: x}, source or destination")
    prefix: str = Field(default="", description="put before every stream name in the destination")
    status: Annotated[Literal["active", "inactive"], in_our_words("status", STATUS)] = Field(
        default="active", description="inactive: keep it, never sync"
    )
    schema_changes: Annotated[
        Literal["ignore", "disable_connection", "propagate_columns", "propagate_fully"],
        in_our_words("schema_changes", SCHEMA_WORDS),
    ] = Field(
        default="ignore",
        description="what Airbyte does when the source's schema changes",
    )
    new_columns: Literal["sync", "acknowledge"] = Field(
        default="sync",
        description="acknowledge: a column that the source adds is synced once it is committed as discovered",
    )
    streams: Streams | None = Field(
        default=None, description="stream files to sync, also by a pattern such as user_*; default: every selected one"
    )
    exclude: Items[str] | None = Field(
        default=None, description="stream files to leave out, also by a pattern, instead of streams"
    )
    feeds: Literal["backfill"] | None = Field(
        default=None, description="backfill: its files go into the landing tables that another connection feeds"
    )

    @model_validator(mode="after")
    def _streams_or_exclude(self) -> Self:
        if self.streams is not None and self.exclude is not None:
            raise refuse("wrong-type", '"streams" and "exclude" are both given', "keep one of them", at=("exclude",))
        return self


def title_of(entry_id: str) -> str:
    """The name that an entry has in Airbyte if it gives none: `s3_data_lake` -> `S3 Data Lake`."""
    return " ".join(word[:1].upper() + word[1:] for word in entry_id.split("_") if word)
