"""What other programs get to know of this process' environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from infra.base.environment import PREFIX

# Enough to find programs, a language, a way to the network; nothing that names a cloud, a token or a user.
_PASSED = frozenset(
    [
        *["PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH"],
        *["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
        *["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"],
    ]
)
# They would send a package elsewhere than into the environment that is being made.
_REFUSED = frozenset({"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_QUIET", "PIP_VERBOSE"})


def connector_environment(folder: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For a connector: a few harmless names, and `folder` as its home and for its temporary files."""
    passed = {name: value for name, value in environ.items() if name in _PASSED or name.startswith("LC_")}
    return passed | {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def pip_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For pip: everything, because its index may need a login, but no value of a Terraform variable."""
    kept = {name: value for name, value in environ.items() if not name.startswith(PREFIX) and name not in _REFUSED}
    return kept | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_NO_INPUT": "1", "LC_ALL": "C.UTF-8"}
