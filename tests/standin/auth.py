"""Who may call: tokens for client credentials, HTTP basic, or nobody is asked."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.standin.call import Answer, Call
from tests.standin.clock import Clock
from tests.standin.errors import RefusedError, bad_request, unauthorized
from tests.standin.state import NAMESPACE

if TYPE_CHECKING:
    from tests.standin.airbyte import Airbyte

# Airbyte: application.yml, AB_AIRBYTE_AUTH_TOKEN_EXPIRATION_APPLICATION: 15 minutes
LIFETIME = 15 * 60


@dataclass
class Authentication:
    """The application's credentials, and the tokens that were given out for them.

    Attributes:
        basic: user name and password, as servers before 1.0 had them; None refuses HTTP basic.
        required: False lets everybody in.
        lifetime: for how many seconds a token is good.
    """

    client_id: str
    client_secret: str
    clock: Clock
    basic: tuple[str, str] | None = None
    required: bool = True
    lifetime: int = LIFETIME
    tokens: dict[str, float] = field(default_factory=dict)

    def issue(self) -> str:
        """A token that is good for `lifetime` of the server's clock."""
        token = f"token-{uuid.uuid5(NAMESPACE, f'token-{len(self.tokens)}')}"
        self.tokens[token] = self.clock.now.timestamp() + self.lifetime
        return token

    def check(self, header: str | None) -> None:
        """Raises a 401 unless the `Authorization` header lets the caller in."""
        scheme, _, value = (header or "").partition(" ")
        if not self.required:
            return
        if scheme.lower() == "bearer" and self.tokens.get(value, 0) > self.clock.now.timestamp():
            return
        if scheme.lower() == "basic" and self.basic and value == _encode(*self.basic):
            return
        raise unauthorized()

    def grant(self, credentials: Mapping[str, str]) -> str:
        if (credentials.get("client_id"), credentials.get("client_secret")) != (self.client_id, self.client_secret):
            raise unauthorized()
        return self.issue()


def _encode(name: str, password: str) -> str:
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def public_token(airbyte: Airbyte, call: Call) -> Answer:
    """POST /applications/token, form or JSON. The schema spells the property `grant-type`; clients send `grant_type`."""
    # OpenAPI: ApplicationTokenRequestWithGrant, PublicAccessTokenResponse
    fields = call.fields()
    if fields.get("grant_type", fields.get("grant-type")) != "client_credentials":
        raise bad_request("grant_type must be client_credentials")
    token = airbyte.authentication.grant(fields)
    return 200, {"access_token": token, "token_type": "Bearer", "expires_in": airbyte.authentication.lifetime}


def config_token(airbyte: Airbyte, call: Call) -> Answer:
    """POST /v1/applications/token, JSON only; the token is good for both APIs."""
    # OpenAPI: ApplicationTokenRequest, AccessToken
    for key in ("client_id", "client_secret"):
        if key not in call.fields():
            raise RefusedError(422, "unprocessable-entity", f"{key} is required")
    return 200, {"access_token": airbyte.authentication.grant(call.fields())}
