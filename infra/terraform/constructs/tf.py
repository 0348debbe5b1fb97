"""The names of CDKTF that lakeform uses, and the only import of it.

cdktf is archived; cdktn is its maintained fork with the same names. Whichever is installed serves, cdktf first.
"""

from __future__ import annotations

import os
import shutil
import sys

from infra.base.errors import UserError

# jsii starts Node on import: with none its traceback is of no help, and on Node 20 it prints a banner on every run.
if not (os.environ.get("JSII_NODE") or shutil.which("node")):
    raise UserError("CDKTF needs Node.js 20 or 22, and there is no `node` on PATH")
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

try:
    try:
        import cdktf as library
    except ModuleNotFoundError:
        import cdktn as library  # type: ignore[import-not-found, no-redef]
except (OSError, RuntimeError, ValueError) as error:
    sys.unraisablehook = lambda _: None  # what jsii leaves behind complains while Python ends
    reason = str(error).strip().partition("\n")[0]
    raise UserError(
        f"CDKTF could not start Node.js ({reason}); make sure that `node --version` prints 20 or 22"
    ) from None

import jsii

App = library.App
IStackSynthesizer = library.IStackSynthesizer
ISynthesisSession = library.ISynthesisSession
TerraformDataSource = library.TerraformDataSource
TerraformProvider = library.TerraformProvider
TerraformResource = library.TerraformResource
TerraformStack = library.TerraformStack
TerraformVariable = library.TerraformVariable
implements = jsii.implements

__all__ = [
    "App",
    "IStackSynthesizer",
    "ISynthesisSession",
    "TerraformDataSource",
    "TerraformProvider",
    "TerraformResource",
    "TerraformStack",
    "TerraformVariable",
    "implements",
]
