"""Mapper: a transformation of a stream's records, in the shape of the Terraform provider.

Source: airbytehq/terraform-provider-airbyte, docs/resources/connection.md, `configurations.streams.mappers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from infra.base.json_value import json_of
from infra.lake.documents import Strict, refuse
from infra.lake.values.reference import Secret, Text


class Hashing(Strict):
    """Replace a field by its hash, in a field with a suffix."""

    target_field: str = Field(description="the field")
    method: Literal["MD2", "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"] = Field(
        description="SHA-256, ..."
    )
    field_name_suffix: str = Field(description="put after the field's name, e.g. _hashed")


class FieldRenaming(Strict):
    """Give a field another name."""

    original_field_name: str = Field(description="the field")
    new_field_name: str = Field(description="its name in the destination")


class FieldFiltering(Strict):
    """Leave a field out."""

    target_field: str = Field(description="the field")


def _json(text: str) -> str:
    try:
        json_of(text)
    except ValueError:
        raise refuse("wrong-type", "must be JSON as text") from None
    return text


class RowFiltering(Strict):
    """Keep some rows only."""

    conditions: Annotated[str, AfterValidator(_json)] = Field(description="conditions, JSON as text")


class Aes(Strict):
    """Encrypt a field with a key."""

    algorithm: Literal["AES"] = Field(description="AES")
    target_field: str = Field(description="the field")
    field_name_suffix: str = Field(description="put after the field's name, e.g. _encrypted")
    key: Secret = Field(description="{secret: NAME} of the key, hexadecimal")
    mode: Literal["CBC", "CFB", "OFB", "CTR", "GCM", "ECB"] = Field(description="CBC, GCM, ...")
    padding: Literal["NoPadding", "PKCS5Padding"] = Field(description="NoPadding or PKCS5Padding")


class Rsa(Strict):
    """Encrypt a field for the holder of a private key."""

    algorithm: Literal["RSA"] = Field(description="RSA")
    target_field: str = Field(description="the field")
    field_name_suffix: str = Field(description="put after the field's name, e.g. _encrypted")
    public_key: Text = Field(description="the public key, or a reference")


class Encryption(Strict):
    """Encrypt a field."""

    aes: Aes | None = Field(default=None, description="with one key for both directions")
    rsa: Rsa | None = Field(default=None, description="with a public key")

    @model_validator(mode="after")
    def _one_algorithm(self) -> Self:
        if (self.aes is None) == (self.rsa is None):
            raise refuse("wrong-type", "must contain exactly one of aes and rsa")
        return self

    @property
    def settings(self) -> Aes | Rsa:
        """The one algorithm that is given."""
        settings = self.aes or self.rsa
        assert settings is not None, "the model holds exactly one"
        return settings


class HashingConfiguration(Strict):
    """`mapper_configuration` of a hashing mapper."""

    hashing: Hashing = Field(description="the hash")


class FieldRenamingConfiguration(Strict):
    """`mapper_configuration` of a field-renaming mapper."""

    field_renaming: FieldRenaming = Field(description="the names")


class FieldFilteringConfiguration(Strict):
    """`mapper_configuration` of a field-filtering mapper."""

    field_filtering: FieldFiltering = Field(description="the field")


class RowFilteringConfiguration(Strict):
    """`mapper_configuration` of a row-filtering mapper."""

    row_filtering: RowFiltering = Field(description="the conditions")


class EncryptionConfiguration(Strict):
    """`mapper_configuration` of an encryption mapper."""

    encryption: Encryption = Field(description="the algorithm and its key")


class HashingMapper(Strict):
    """A hashing mapper."""

    type: Literal["hashing"] = Field(description="hashing")
    mapper_configuration: HashingConfiguration = Field(description="its settings, below a key named after the type")


class FieldRenamingMapper(Strict):
    """A field-renaming mapper."""

    type: Literal["field-renaming"] = Field(description="field-renaming")
    mapper_configuration: FieldRenamingConfiguration = Field(
        description="its settings, below a key named after the type"
    )


class FieldFilteringMapper(Strict):
    """A field-filtering mapper."""

    type: Literal["field-filtering"] = Field(description="field-filtering")
    mapper_configuration: FieldFilteringConfiguration = Field(
        description="its settings, below a key named after the type"
    )


class RowFilteringMapper(Strict):
    """A row-filtering mapper."""

    type: Literal["row-filtering"] = Field(description="row-filtering")
    mapper_configuration: RowFilteringConfiguration = Field(
        description="its settings, below a key named after the type"
    )


class EncryptionMapper(Strict):
    """An encryption mapper."""

    type: Literal["encryption"] = Field(description="encryption")
    mapper_configuration: EncryptionConfiguration = Field(description="its settings, below a key named after the type")


class AnyMapper(Strict):
    """A mapper whose type is missing or unknown; no valid one is of this model."""

    model_config = ConfigDict(json_schema_extra={"not": {}})

    type: Literal["hashing", "field-renaming", "row-filtering", "encryption", "field-filtering"] = Field(
        description="hashing, field-renaming, row-filtering, encryption or field-filtering"
    )
    mapper_configuration: dict[str, Any] = Field(description="settings, below a key named after the type")


_TYPES = ("hashing", "field-renaming", "field-filtering", "row-filtering", "encryption")


_SETTINGS = {
    "hashing": Hashing.model_fields.keys(),
    "field-renaming": FieldRenaming.model_fields.keys(),
    "field-filtering": FieldFiltering.model_fields.keys(),
    "row-filtering": RowFiltering.model_fields.keys(),
    "encryption": Aes.model_fields.keys() | Rsa.model_fields.keys(),
}


def _kind(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"@{kind}" if kind in _TYPES else "@any"


def _settings_of_the_type(value: Any) -> Any:
    """Refuse settings that belong to another type, or that are not below their type, in one message."""
    settings = value.get("mapper_configuration") if isinstance(value, dict) else None
    kind = _kind(value)[1:]
    if kind in _TYPES and isinstance(settings, dict) and settings.keys() & _SETTINGS[kind]:
        key = kind.replace("-", "_")
        message, fix = f"the settings stand below the key {key}", f'write "mapper_configuration": {{"{key}": {{...}}}}'
        raise refuse("wrong-type", message, fix, ("mapper_configuration",))
    others = {other.replace("-", "_"): other for other in _TYPES if other != kind}
    if kind in _TYPES and isinstance(settings, dict) and len(settings) == 1 and (found := others.keys() & settings):
        other = others[found.pop()]
        raise refuse(
            "wrong-type", f"the type is {kind}, but the settings are for {other}", "make them the same", ("type",)
        )
    return value


Mapper = Annotated[
    Annotated[HashingMapper, Tag("@hashing")]
    | Annotated[FieldRenamingMapper, Tag("@field-renaming")]
    | Annotated[FieldFilteringMapper, Tag("@field-filtering")]
    | Annotated[RowFilteringMapper, Tag("@row-filtering")]
    | Annotated[EncryptionMapper, Tag("@encryption")]
    | Annotated[AnyMapper, Tag("@any")],
    Discriminator(_kind),
    BeforeValidator(_settings_of_the_type),
]


@dataclass(frozen=True)
class FieldChange:
    """What a mapper does to a field.

    Attributes:
        field: its name before.
        path: key path of that name below the mapper.
        what: `hashed`, `renamed`, `left out` or `encrypted`.
        becomes: the name after; None if the field is gone.
    """

    field: str
    path: tuple[str, ...]
    what: str
    becomes: str | None


def change_of(mapper: Mapper) -> FieldChange | None:
    """The change that a mapper makes to a field; None for one that filters rows."""
    if isinstance(mapper, HashingMapper):
        hashing = mapper.mapper_configuration.hashing
        becomes = hashing.target_field + hashing.field_name_suffix
        return FieldChange(hashing.target_field, _below("hashing", "target_field"), "hashed", becomes)
    if isinstance(mapper, FieldRenamingMapper):
        renaming = mapper.mapper_configuration.field_renaming
        path = _below("field_renaming", "original_field_name")
        return FieldChange(renaming.original_field_name, path, "renamed", renaming.new_field_name)
    if isinstance(mapper, FieldFilteringMapper):
        name = mapper.mapper_configuration.field_filtering.target_field
        return FieldChange(name, _below("field_filtering", "target_field"), "left out", None)
    if isinstance(mapper, EncryptionMapper):
        encryption = mapper.mapper_configuration.encryption
        path = _below("encryption", "aes" if encryption.aes else "rsa", "target_field")
        settings = encryption.settings
        return FieldChange(settings.target_field, path, "encrypted", settings.target_field + settings.field_name_suffix)
    return None


def has_masked_key(mapper: Mapper) -> bool:
    """True for one whose key Airbyte never gives back: `encryption.aes`. Terraform then sees another key at every plan.

    Source: airbyte-platform, MapperSecretHelper: what AesMapper's spec marks as secret is masked in every answer; a public
    key of RSA is not.
    """
    return isinstance(mapper, EncryptionMapper) and mapper.mapper_configuration.encryption.aes is not None


def _below(*keys: str) -> tuple[str, ...]:
    return ("mapper_configuration", *keys)
