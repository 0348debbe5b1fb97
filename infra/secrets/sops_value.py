"""What stays visible of a value that SOPS encrypted: that it is encrypted, and its type."""

from __future__ import annotations

import base64
import re
from typing import Any

from infra.base.json_value import leaves

# Source: getsops/sops, aes/cipher.go: parse, Encrypt and Decrypt.
_ENCRYPTED = re.compile(r"ENC\[AES256_GCM,data:([^,]+),iv:([^,]+),tag:([^,]+),type:([a-z0-9]+)\]")
_TYPES = frozenset({"str", "int", "int64", "float", "bytes", "bool", "time", "comment"})
# What it writes for every value; with other ones it decrypts none.
IV_BYTES = 32
TAG_BYTES = 16

# `sops --encrypted-regex` for a Kubernetes Secret: everything else has to stay readable.
ENCRYPTED_REGEX = "^(data|stringData)$"


def sops_type(value: Any) -> str | None:
    """`str`, `int`, `float`, `bool`, `bytes`, `time` or `comment` of an encrypted value, None for any other value."""
    found = _ENCRYPTED.fullmatch(value) if isinstance(value, str) else None
    return found[4] if found else None


def is_damaged(value: Any) -> bool:
    """True for an encrypted value that no key can decrypt: letters are missing, or are none of Base64's."""
    found = _ENCRYPTED.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    data, iv, tag = map(_bytes_in, found.group(1, 2, 3))
    return not data or iv != IV_BYTES or tag != TAG_BYTES or found[4] not in _TYPES


def _bytes_in(text: str) -> int:
    """How many there are; none in what is not Base64."""
    try:
        return len(base64.b64decode(text, validate=True))
    except ValueError:
        return 0


def is_empty(value: Any) -> bool:
    """True for what SOPS leaves as it is because there is nothing to encrypt: `""`, null, no items."""
    return value in (None, "", {}, [])


def has_clear_leaf(value: Any) -> bool:
    """True if anybody can read something of the value: SOPS encrypts leaves, and no key."""
    return any(sops_type(leaf) is None and not is_empty(leaf) for _, leaf in leaves(value))
