"""`{secret: NAME}` and `{var: NAME}`: values that Terraform gets from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from infra.base.credentials import IF_SEEN, names_credential
from infra.lake.documents import Strict, near_matches, refuse
from infra.lake.documents.types import SecretName, VariableName, id_meant
from infra.lake.values.foreign_text import foreign_variable


class SecretRef(Strict):
    """A sensitive Terraform variable of type string."""

    secret: SecretName = Field(description="name of the secret; becomes a sensitive Terraform variable")

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.secret


class VarRef(Strict):
    """A Terraform variable that may be shown."""

    var: VariableName = Field(description="name of the variable; becomes a plain Terraform variable")

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.var


Reference = SecretRef | VarRef


def _kind(value: Any) -> str:
    """What is meant, also by a misspelt key."""
    if isinstance(value, VarRef):
        return "@var"
    if isinstance(value, SecretRef):
        return "@secret"
    if not isinstance(value, dict):
        return "@text"
    return "@var" if any(near_matches(key, ("secret", "var")) == ["var"] for key in value) else "@secret"


def not_in_clear(place: str) -> BeforeValidator:
    """Refuses a secret's value; `place`: what to do with it instead."""

    def check(value: Any) -> Any:
        kind, name = reference_name(value) or ("", "")
        if kind == "var":
            message, fix = (
                "this secret comes from a plain variable, which is shown",
                f"write {{secret: {name}}} and {place}",
            )
            raise refuse("secret-in-clear", message, fix)
        if found := foreign_variable(value):
            message = f"nobody fills in {found.written} here: it would be used as it stands"
            raise refuse("text-variable", message, f"write {{secret: {found.name}}} and {place}")
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            fix = f"write {{secret: NAME}} and {place}; {IF_SEEN}"
            raise refuse("secret-in-clear", "this secret is in plain text", fix)
        return value

    return BeforeValidator(check)


Text = Annotated[
    Annotated[str, Tag("@text")] | Annotated[SecretRef, Tag("@secret")] | Annotated[VarRef, Tag("@var")],
    Discriminator(_kind),
]
Secret = Annotated[SecretRef, not_in_clear("add the value to the stack's secrets")]

REFERENCE_KEYS = ("secret", "var")
LITERAL = "literal"


def reference_name(value: Any) -> tuple[str, str] | None:
    """(`secret` or `var`, name) if the value is a reference: a mapping with exactly that one key and text as its value."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, name),) = value.items()
        if key in REFERENCE_KEYS and isinstance(name, str):
            return key, name
    return None


_MISSPELT = {
    "env": "var",
    "environment": "var",
    "variable": "var",
    "ref": "var",
    "secret_key": "secret",
    "secretref": "secret",
}


def meant_reference(value: Any, *, secret: bool) -> str | None:
    """`{secret: shop_password}` for a mapping that is nearly that, `{Secrets: SHOP_PASSWORD}`; None for any other value, and for a
    secret whose name may be the secret itself.

    `secret`: a secret belongs there, whatever the key is.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((key, name),) = value.items()
    near = near_matches(key, REFERENCE_KEYS)[:1] or [_MISSPELT.get(key.lower().replace("-", "_"), "")]
    kind = "secret" if secret else near[0]
    found = id_meant(name) if isinstance(name, str) and not key.startswith("_") else ""
    if not found or not near[0] or (kind == "secret" and not names_credential(name)):
        return None
    return f"{{{kind}: {found}}}"


def literal_value(value: Any) -> Mapping[str, Any] | None:
    """The object inside `{literal: {...}}`, else None: the way to write one that only looks like a reference."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get(LITERAL), dict):
        inside: Mapping[str, Any] = value[LITERAL]
        return inside
    return None


def is_atomic(value: Any) -> bool:
    """True for what a merge never looks into: references and `{literal: ...}`."""
    return reference_name(value) is not None or literal_value(value) is not None
