"""The shape of a cdk.tf.json, as `synth` writes it; blocks and attributes that no review reads are let pass."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from infra.base.json_value import Json
from infra.lake.documents import KeyPath
from infra.lake.registry.cron import parse_cron

_Blocks = dict[str, Json]
_FieldPath = Annotated[list[str], Field(min_length=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


def _fields(selected: Any) -> Any:
    """By hand: there may be a million, for each of which a model would be made."""
    if type(selected) is not list or not all(map(_is_field, selected)):
        raise ValueError
    return selected


def _is_field(one: Any) -> bool:
    path = one.get("field_path") if type(one) is dict else None
    return type(path) is list and bool(path) and all(type(part) is str for part in path)


class _Stream(_Shape):
    name: str
    namespace: str | None = None
    sync_mode: str
    cursor_field: list[str] = []
    primary_key: list[_FieldPath] = []
    selected_fields: Annotated[Any, AfterValidator(_fields)] = ()
    mappers: list[Json] = []


class _Streams(_Shape):
    streams: list[_Stream] = []


class _Schedule(_Shape):
    schedule_type: str
    cron_expression: Annotated[str, AfterValidator(lambda text: str(parse_cron(text)))] = "0 0 0 * * ?"


class _Connection(_Shape):
    name: str = ""
    prefix: str = ""
    status: str = ""
    schedule: _Schedule | None = None
    configurations: _Streams = _Streams()


class _Resources(_Shape):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, _Blocks]
    airbyte_connection: dict[str, _Connection] = {}


class _Moved(_Shape):
    origin: str = Field(alias="from")
    to: str


class _Removed(_Shape):
    origin: str = Field(alias="from")


class _Import(_Shape):
    to: str
    id: str


class _Terraform(_Shape):
    required_providers: _Blocks = {}
    backend: _Blocks = {}


class _Provider(_Shape):
    server_url: str = ""


class _Providers(_Shape):
    airbyte: Annotated[list[_Provider], Field(min_length=1)] = [_Provider()]


class _Document(_Shape):
    resource: _Resources = _Resources()
    locals: Json = {}
    moved: list[_Moved] = []
    removed: list[_Removed] = []
    imports: list[_Import] = Field(default=[], alias="import")
    variable: _Blocks = {}
    terraform: _Terraform = _Terraform()
    provider: _Providers = _Providers()


def misshapen(value: Json) -> KeyPath | None:
    """The path of what is not as `synth` writes it; None if everything is."""
    try:
        _Document.model_validate(value)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)[0]["loc"]
    return None
