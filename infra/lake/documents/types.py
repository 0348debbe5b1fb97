"""Types with a meaning of their own, used in more than one model."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from infra.base.credentials import names_credential
from infra.lake.documents.json_schema import malformed
from infra.lake.documents.parse import refuse

T = TypeVar("T")

# A YAML list becomes a tuple; strict mode would ask for a Python tuple.
Items = Annotated[tuple[T, ...], Field(strict=False)]

ID_PATTERN = "^[a-z][a-z0-9_]*$"
_ID = re.compile(ID_PATTERN)
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# Names that Terraform does not allow for a variable (they are meta-arguments of a module block).
RESERVED = frozenset({"version", "source", "count", "for_each", "providers", "lifecycle", "depends_on", "locals"})


def check_id(name: str) -> str:
    """The name, if it may be an id: ids become Terraform names and Kubernetes names."""
    if _ID.fullmatch(name):
        return name
    raise refuse(
        "bad-name", f'"{name}" is not an id: lower-case letters, digits and _, beginning with a letter', _try(name)
    )


def _try(name: str) -> str:
    words = id_meant(name)
    return f'for example "{words}"' if words else "for example shop_db"


def id_meant(name: str) -> str:
    """The id that a name means: `klaviyo_api_key` for `Klaviyo-API-Key` and `TF_VAR_KLAVIYO_API_KEY`; empty if there is none."""
    words = re.sub("[^a-z0-9]+", "_", re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
    words = words.removeprefix("tf_var_")
    return words if _ID.fullmatch(words) else ""


def check_variable(name: str) -> str:
    """The name, if Terraform can have a variable of that name."""
    if name in RESERVED:
        raise refuse("bad-name", f'Terraform reserves the variable name "{name}"', f'for example "{name}_value"')
    return check_id(name)


def check_uuid(text: str) -> str:
    """The UUID in lower case, as Airbyte writes it."""
    if _UUID.fullmatch(text):
        return text.lower()
    fix = "copy it from the address of the page in Airbyte"
    raise refuse("wrong-type", "must be a UUID such as 9da77001-af33-4bcd-be46-6252bf9342b9", fix)


def check_path(text: str) -> str:
    """The text, if a file can be called so: no system takes a path with U+0000 in it."""
    if "\0" in text:
        raise refuse("wrong-type", "contains U+0000, and no path does", "write the path without it")
    return text


def _check_schema(schema: dict[str, Any]) -> dict[str, Any]:
    found = malformed(schema)
    if found is not None:
        raise refuse("wrong-type", found[1], at=found[0])
    return schema


def _check_scalar(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)):
        return value
    raise refuse("wrong-type", "must be text, a number, true or false")


JsonSchema = Annotated[dict[str, Any], AfterValidator(_check_schema), WithJsonSchema({"type": "object"})]
Scalar = Annotated[
    str | int | float | bool,
    PlainValidator(_check_scalar),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}),
]


def check_secret_name(name: str) -> str:
    """The name, if a secret can have it; an error never shows the text, which may be the secret itself."""
    try:
        return check_variable(name)
    except PydanticCustomError:
        if name in RESERVED:
            raise
    # The text is not repeated, unless it is plain that it is a name: people paste the secret itself here.
    fix = (
        f'for example "{id_meant(name)}"' if names_credential(name) and id_meant(name) else "for example shop_password"
    )
    raise refuse("bad-name", "this is not a name: lower-case letters, digits and _, beginning with a letter", fix)


SecretName = Annotated[
    str, AfterValidator(check_secret_name), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})
]
Id = Annotated[str, AfterValidator(check_id), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
VariableName = Annotated[str, AfterValidator(check_variable), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
FilePath = Annotated[str, AfterValidator(check_path)]
Uuid = Annotated[str, AfterValidator(check_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
