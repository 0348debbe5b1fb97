"""StreamFile: what to sync of one stream, one JSON file each, all keys optional."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from infra.lake.documents import Strict, refuse
from infra.lake.documents.parse import Foreign
from infra.lake.documents.types import Items
from infra.lake.registry.backfill import BackfillSetting
from infra.lake.registry.belongs import BELONGS
from infra.lake.registry.landing import StreamLanding
from infra.lake.registry.mapper import Mapper
from infra.lake.registry.stream_words import IN_OUR_WORDS, STREAM, refuse_catalog_entry

SyncModeName = Literal["incremental", "full_refresh"]
DestinationSyncModeName = Literal["append", "overwrite", "append_dedup", "overwrite_dedup", "update", "soft_delete"]


def _named_fields(value: Any) -> Any:
    """A plain list of names says the same as a mapping without types."""
    if not isinstance(value, list):
        return value
    for index, name in enumerate(value):
        if not isinstance(name, str):
            raise refuse("wrong-type", "must be the name of a field", at=(index,))
        if name in value[:index]:
            raise refuse("duplicate-key", f'the field "{name}" is named twice', "remove one of the two", at=(index,))
    return {name: {} for name in value}


def _five_fields(text: str) -> str:
    if len(text.split()) == 5:
        return text
    raise refuse("cron-syntax", "a loader's schedule has five fields: minute hour day-of-month month day-of-week")


FieldName = Annotated[str, Field(min_length=1)]
FieldPath = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
FieldSchemas = Annotated[
    dict[str, dict[str, Any]],
    BeforeValidator(_named_fields),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "object", "additionalProperties": {"type": "object"}},
                {"type": "array", "items": {"type": "string"}},
            ],
        },
    ),
]


class StreamFile(Strict):
    """One file under dag/streams/<source>/; `{}` selects the stream with what discovery offers."""

    elsewhere: ClassVar[Mapping[str, str]] = BELONGS
    foreign: ClassVar[Mapping[str, Foreign]] = STREAM

    stream: str | None = Field(default=None, min_length=1, description="name of the stream; default: the file name")
    namespace: str | None = Field(default=None, description="namespace of the stream, if the source has namespaces")
    sync_mode: Annotated[SyncModeName | None, IN_OUR_WORDS["sync_mode"]] = Field(
        default=None, description="incremental where offered, else full_refresh"
    )
    destination_sync_mode: Annotated[DestinationSyncModeName | None, IN_OUR_WORDS["destination_sync_mode"]] = Field(
        default=None,
        description="append for incremental, overwrite for full_refresh",
    )
    primary_key: Annotated[Items[FieldPath] | None, IN_OUR_WORDS["primary_key"]] = Field(
        default=None, description='[["id"]]; default: what discovery says'
    )
    cursor_field: Annotated[FieldPath | None, IN_OUR_WORDS["cursor_field"]] = Field(
        default=None, description='["updated_at"]; default: what discovery says'
    )
    fields: Annotated[FieldSchemas | None, IN_OUR_WORDS["fields"]] = Field(
        default=None, description="only these top-level fields are synced; absent: all"
    )
    exclude_fields: Annotated[Items[FieldName] | None, IN_OUR_WORDS["exclude_fields"]] = Field(
        default=None,
        description="instead of fields: everything that is committed as discovered but these; [] for all of it",
    )
    selected: bool = Field(default=True, description="false: keep the file, do not sync the stream")
    backfill: BackfillSetting = Field(
        default=None, description="true, a token or {token, mode, reason}: read everything again, once per token"
    )
    mappers: Items[Mapper] = Field(default=(), description="transformations, in the shape of the Terraform provider")
    include_files: bool | None = Field(
        default=None,
        description="true: files are copied beside the records, where source and destination can; absent: as it is",
    )
    destination_object_name: str | None = Field(
        default=None,
        min_length=1,
        description="object that rows are written to, in a destination that has objects",
    )
    landing: StreamLanding = Field(default=StreamLanding(), description="how its files become a table")
    schema_: str | None = Field(default=None, alias="$schema", description="for editors; lakeform does not read it")
    description: str | None = Field(default=None, description="what it is for; lakeform does not read it")
    owner: str | None = Field(default=None, description="team or person to ask")

    @model_validator(mode="before")
    @classmethod
    def _no_catalog_entry(cls, value: Any) -> Any:
        return refuse_catalog_entry(value)

    @model_validator(mode="after")
    def _fields_or_all_but(self) -> Self:
        if self.fields is not None and self.exclude_fields is not None:
            raise refuse(
                "wrong-type", '"fields" and "exclude_fields" are both given', "keep one of them", at=("exclude_fields",)
            )
        return self


class ExternalStreamFile(StreamFile):
    """A stream file of an `external` source: its stream belongs to the lake side, Airbyte never sees it."""

    connector: Literal["dlt"] | None = Field(default=None, description="what loads the stream")
    schedule: Annotated[str, AfterValidator(_five_fields)] | None = Field(
        default=None, description="five-field cron of the loader"
    )
    initial_value: str | None = Field(default=None, description="where the cursor starts")
