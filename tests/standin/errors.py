"""Refusals, in the two shapes that Airbyte has for them."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """A request that is refused. `status` is the HTTP status, `kind` the last part of Airbyte's problem type."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message

    def body(self, api: str) -> dict[str, Any]:
        """The public API's problem, or the Configuration API's exception."""
        if api == "config":
            # OpenAPI: InvalidInputExceptionInfo, NotFoundKnownExceptionInfo
            return {"message": self.message, "exceptionClassName": f"io.airbyte.{self.kind}", "validationErrors": []}
        # OpenAPI of the problems: airbyte-api/problems-api
        return {
            "status": self.status,
            "type": f"https://reference.airbyte.com/reference/errors#{self.kind}",
            "title": self.kind,
            "detail": self.message,
            "documentationUrl": None,
            "data": {"message": self.message},
        }


def bad_request(message: str) -> RefusedError:
    return RefusedError(400, "bad-request", message)


def unauthorized() -> RefusedError:
    return RefusedError(401, "unauthorized", "Unauthorized")


def forbidden(workspace_id: str) -> RefusedError:
    return RefusedError(403, "forbidden", f"User does not have the required permissions in workspace {workspace_id}.")


def not_found(what: str, identifier: object) -> RefusedError:
    return RefusedError(404, "resource-not-found", f"Could not find {what} with id {identifier}.")


def conflict(message: str) -> RefusedError:
    return RefusedError(409, "try-again-later-conflict", message)


def unprocessable(message: str) -> RefusedError:
    return RefusedError(422, "unprocessable-entity", message)
