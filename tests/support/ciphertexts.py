"""Values in the form that SOPS gives them."""

from __future__ import annotations

# 32 bytes and 16, as SOPS writes them.
_IV, _TAG = "O+Espj2Bx12+n4SdVFOLsL1JgAPWecV/bfFs5YAxwSo=", "r2hiSq56V/FJkbgIbtrNOQ=="


def ciphertext(data: str = "ZA==", kind: str = "str") -> str:
    """A value that looks encrypted; `data`: its ciphertext in Base64."""
    return f"ENC[AES256_GCM,data:{data},iv:{_IV},tag:{_TAG},type:{kind}]"
