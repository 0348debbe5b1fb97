"""What stays visible of a value that SOPS encrypted: that it is encrypted, and its type."""

from __future__ import annotations

import base64
import re
from typing import Any

from infra.base.json_value import leaves

# Source: getsops/sops, aes/cipher.go.
_ENCRYPTED = re.compile(r"ENC\[AES256_GCM,data:([^,]+,iv:[^,]+,tag:[^,]+),type:([a-z]+)\]")

# `sops --encrypted-regex` for a Kubernetes Secret: everything else has to stay readable.
ENCRYPTED_REGEX = "^(data|stringData)$"


def sops_type(value: Any) -> str | None:
    """`str`, `int`, `float`, `bool`, `bytes`, `time` or `comment` of an encrypted value, None for any other value."""
    found = _ENCRYPTED.fullmatch(value) if isinstance(value, str) else None
    return found[2] if found else None


def is_damaged(value: Any) -> bool:
    """True for an encrypted value of which a letter is missing, or one that Base64 does not have: no key can decrypt it."""
    found = _ENCRYPTED.fullmatch(value) if isinstance(value, str) else None
    return found is not None and not all(map(_is_base64, re.split(",(?:iv|tag):", found[1])))


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False


def is_empty(value: Any) -> bool:
    """True for what SOPS leaves as it is because there is nothing to encrypt: `""`, null, no items."""
    return value in (None, "", {}, [])


def has_clear_leaf(value: Any) -> bool:
    """True if anybody can read something of the value: SOPS encrypts leaves, and no key."""
    return any(sops_type(leaf) is None and not is_empty(leaf) for _, leaf in leaves(value))
