"""Backfill: read everything of a stream again, once."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from infra.lake.documents import Strict, refuse

Mode = Literal["merge", "truncate", "clear"]

# `true` is a backfill like any other.
TRUE = "true"
PATTERN = "^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$"
LENGTH = 64


def check_token(text: str) -> str:
    """The token, if it may be a part of a Terraform address."""
    if text == "false":
        raise refuse("wrong-type", '"false" in quotes is a token', "write false, or remove backfill")
    if len(text) <= LENGTH and re.fullmatch(PATTERN, text):
        return text
    words = re.sub("[^A-Za-z0-9]+", "-", text).strip("-")[:LENGTH].rstrip("-")
    message = f"a token has letters and digits, single - or _ between them, and at most {LENGTH} characters"
    raise refuse("bad-name", message, f'for example "{words}"' if words else "")


class Backfill(Strict):
    """A backfill that is requested; the token distinguishes it from others of the same stream."""

    token: Annotated[
        str, AfterValidator(check_token), WithJsonSchema({"type": "string", "pattern": PATTERN, "maxLength": LENGTH})
    ] = Field(description="another token is another backfill; the same one never runs twice")
    mode: Mode = Field(
        default="merge",
        description="merge: keep what is there; truncate: remove it at the end; clear: remove it first, then sync",
    )
    reason: str | None = Field(default=None, description="why; for the review")


def _long_form(value: Any) -> Any:
    if value is False or isinstance(value, (Backfill, dict)) or value is None:
        return value or None
    if value is True:
        return {"token": TRUE}
    if isinstance(value, str):
        return {"token": check_token(value)}
    fix = f'write "{value}"' if isinstance(value, int) else "write true"
    raise refuse("wrong-type", "must be false, true, a token in quotes or {token, mode, reason}", fix)


BackfillSetting = Annotated[
    Backfill | None,
    BeforeValidator(_long_form),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "string", "pattern": PATTERN, "maxLength": LENGTH},
                Backfill.model_json_schema(),
            ]
        }
    ),
]
