"""A small Airbyte server for tests, which behaves as the real one is known to.

Each behaviour names where the real one has it: a class of airbytehq/airbyte-platform ("Airbyte: ConnectionReadMapper"),
a schema or path of Airbyte's OpenAPI files ("OpenAPI: ..."), or a file or issue of the Terraform provider. It shares
no code with the library, so that a mistake there is not repeated here.
"""

from tests.standin.server import Request, StandIn

__all__ = ["Request", "StandIn"]
