"""One request as the handlers see it, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.standin.errors import bad_request

Json = dict[str, Any]

Answer = tuple[int, Any]


@dataclass(frozen=True)
class Call:
    """`path` is relative to the API's base; `params` are the parts of the path that the route names."""

    api: str
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: Any

    def fields(self) -> Json:
        """The body, which must be a JSON object."""
        if not isinstance(self.body, dict):
            raise bad_request("Required Body [body] not specified or not an object")
        return self.body

    def required(self, key: str) -> Any:
        value = self.fields().get(key)
        if value is None:
            raise bad_request(f"Missing required creator property '{key}'")
        return value

    def flag(self, key: str) -> bool:
        return self.query.get(key, ["false"])[-1].lower() == "true"

    def number(self, key: str, default: int) -> int:
        text = self.query.get(key, [str(default)])[-1]
        if not text.lstrip("-").isdigit():
            raise bad_request(f"Failed to convert argument [{key}] for value [{text}]")
        return int(text)

    def texts(self, key: str) -> list[str]:
        """A repeated parameter, or one with commas (the example in the OpenAPI file has commas)."""
        return [part for text in self.query.get(key, []) for part in text.split(",") if part]


def choice(body: Json, key: str, allowed: Sequence[str]) -> Any:
    """The value of `key`, or None where it is absent or null; refused when it is none of `allowed`."""
    value = body.get(key)
    if value is not None and value not in allowed:
        raise bad_request(f"Unexpected value '{value}' for {key}. Accepted values: {', '.join(allowed)}")
    return value
