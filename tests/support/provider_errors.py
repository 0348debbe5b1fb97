"""What tofu prints where the real airbytehq/airbyte 1.2.0 meets an answer that is no success: seen against a stand-in server."""

from __future__ import annotations

# What lakeform says where the provider leaves out Airbyte's reason.
HIDDEN = "the provider leaves out Airbyte's reason here;{} the log of Airbyte's server has it, at the time of the apply (TF_LOG would print it too, along with every secret that is sent)"


def dumped(address: str, status: str, path: str = "/api/public/v1/connections") -> str:
    """400 and 403 of a creation, 403 and 404 of a change: both headers and no body."""
    return f"""\
Error: unexpected response from API. Got an unexpected response code {status[:3]}

{_at(address)}
**Request**:
POST {path} HTTP/1.1
Host: airbyte.example.com
Accept: application/json
Authorization: (sensitive)
Content-Type: application/json
User-Agent: speakeasy-sdk/terraform 1.2.0 2.881.17 1.0.0
github.com/airbytehq/terraform-provider-airbyte/internal/sdk


**Response**:
HTTP/1.1 {status}
Content-Length: 35
Content-Type: application/json
Date: Wed, 25 Nov 2026 14:49:35 GMT
Server: BaseHTTP/0.6 Python/3.11.7



"""


def unknown(address: str, status: int, body: str) -> str:
    """Every other status: the body is there."""
    return f"Error: failure to invoke API\n\n{_at(address)}\nunknown status code returned: Status {status}\n{body}\n"


def no_token(address: str, status: int, body: str) -> str:
    """A login that is refused; tofu breaks the line where it will."""
    said = f"failed to get token: unexpected status code: {status}: {body}"
    return f"Error: failure to invoke API\n\n{_at(address)}\n{said[:72]}\n{said[72:].lstrip()}\n"


def _at(address: str) -> str:
    return f"  with {address},\n  on cdk.tf.json line 202, in resource.{address}:\n 202:       }}\n"
