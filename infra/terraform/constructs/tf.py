"""The names of CDKTF that lakeform uses, and the only import of it.

cdktf is archived; cdktn is its maintained fork with the same names. Whichever is installed serves, cdktf first.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import jsii
from jsii.errors import JavaScriptError, JSIIError

from infra.base.errors import UserError

# jsii starts Node on import: with none its traceback is of no help, and on Node 20 it prints a banner on every run.
if not (os.environ.get("JSII_NODE") or shutil.which("node")):
    raise UserError("CDKTF needs Node.js 20 or 22, and there is no `node` on PATH")
# The names that Node.js and Python have for what a disk refuses.
_REFUSED = re.compile(
    r"\b(?:ENOSPC|EDQUOT|EFBIG|EROFS|EACCES|EPERM|ENOTDIR|ENOENT|EMFILE|EIO): (?P<node>[a-z ]+)|\[Errno \d+\] (?P<python>[A-Z][a-z -]+)"
)
_PLACE = re.compile(r"package cache in (?P<cache>\S+):|'(?P<place>/[^'\n]*)'")
# A cache that others may write would be their code, run as this user; jsii looks at every folder on the way to it.
_SHARED = re.compile(r"package cache in \S+: other users may be able to modify it, because (?P<why>.+?)\. Make sure")
_NO_CACHE = "set JSII_RUNTIME_PACKAGE_CACHE=disabled, with which every start takes longer"


def _refused(error: Exception) -> UserError | None:
    """What the disk refused to Node.js, or jsii to use of it; None for any other fault."""
    if shared := _SHARED.search(str(error)):
        return UserError(f"others could change what CDKTF runs: {shared['why']}; take that right away, or {_NO_CACHE}")
    found = _REFUSED.search(str(error))
    if found is None:
        return None
    place, reason = _PLACE.search(str(error)), (found["node"] or found["python"]).lower().strip()
    if place is None:
        fix = "it needs room in the project, in ~/.cache/aws and in the folder of temporary files (TMPDIR)"
        return UserError(f"CDKTF cannot write: {reason}; {fix}")
    if place["cache"] is None:
        return UserError(f"CDKTF cannot write {place['place']}: {reason}")
    return UserError(f"CDKTF cannot use its folder {place['cache']}: {reason}; make it writable, or {_NO_CACHE}")


def _made_cache() -> None:
    """Make the folder of jsii's packages: where that cannot be, its Node.js may try without end. Raises UserError."""
    if sys.platform != "linux" or os.environ.get("JSII_RUNTIME_PACKAGE_CACHE") == "disabled":
        return
    root = os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT")
    folder = root or os.path.join(os.path.expanduser("~"), ".cache", "aws", "jsii", "package-cache")
    before = os.umask(0o077)  # jsii refuses a folder that others may write
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "failed").lower()
        raise UserError(f"CDKTF cannot use its folder {folder}: {reason}; make it writable, or {_NO_CACHE}") from None
    finally:
        os.umask(before)


os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

_made_cache()
try:
    try:
        import cdktf as library
    except ModuleNotFoundError:
        import cdktn as library  # type: ignore[import-not-found, no-redef]
except (OSError, RuntimeError, ValueError, JavaScriptError, JSIIError) as error:
    sys.unraisablehook = lambda _: None  # what jsii leaves behind complains while Python ends
    if refused := _refused(error):
        raise refused from None
    reason = str(error).strip().partition("\n")[0]
    raise UserError(
        f"CDKTF could not start Node.js ({reason}); make sure that `node --version` prints 20 or 22"
    ) from None


@contextmanager
def node_at_work() -> Iterator[None]:
    """Raises UserError for what the disk or the end of Node.js makes of calls to CDKTF; its own words are those of a traceback."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, JavaScriptError, JSIIError) as error:
        if refused := _refused(error):
            sys.unraisablehook = lambda _: None
            raise refused from None
        raise


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
    "node_at_work",
]
