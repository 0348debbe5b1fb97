"""ServerAnswer: what a complaint of the provider says of an answer of Airbyte that was no success.

Source: airbytehq/airbyte 1.2.0, run against a server that refuses. At the statuses that its description of the API has (400
and 403 of a creation, 403 and 404 of a change) it prints both headers and no body, at every other one the body; a refused
login has a sentence of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"failed to get token:\s+unexpected\s+status\s+code:\s+([0-9]{3})")
_STATUS = re.compile(
    r"Got\s+an\s+unexpected\s+response\s+code\s+([0-9]{3})|unknown\s+status\s+code\s+returned:\s+Status\s+([0-9]{3})"
)
_RESPONSE = re.compile(r"^\*\*Response\*\*:\s*\n(.*)", re.MULTILINE | re.DOTALL)

# Statuses with which Airbyte says that something is wrong in the request itself.
_ABOUT_CONTENT = frozenset({400, 409, 422})


@dataclass(frozen=True)
class ServerAnswer:
    """An answer.

    Attributes:
        status: HTTP status.
        reason_is_hidden: True if the provider leaves out the answer's body, in which Airbyte says why.
        to_login: True if it is the answer to the request for a token, whatever the complaint's address says.
    """

    status: int
    reason_is_hidden: bool = False
    to_login: bool = False

    @property
    def is_about_content(self) -> bool:
        """True if what was sent may be wrong."""
        return not self.to_login and self.status in _ABOUT_CONTENT


def answer_in(summary: str, detail: str) -> ServerAnswer | None:
    """The answer that a complaint is about; None for a complaint about anything else."""
    text = f"{summary}\n{detail}"
    if token := _TOKEN.search(text):
        return ServerAnswer(int(token[1]), to_login=True)
    found = _STATUS.search(text)
    if found is None:
        return None
    return ServerAnswer(int(found[1] or found[2]), reason_is_hidden=bool(found[1] and not _body(text[found.end() :])))


def _body(rest: str) -> str:
    """What stands after the status, without the headers of a request and a response."""
    response = _RESPONSE.search(rest)
    return (response[1].partition("\n\n")[2] if response else rest).strip(" \n.:")
