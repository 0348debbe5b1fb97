"""Edits of encrypted Secrets, as SOPS writes them; the ciphertexts are made up, as nothing is decrypted."""

from __future__ import annotations

from tests.support.ciphertexts import ciphertext
from tests.support.review_lake import LAKE, Edit

FILE = "secrets/prod.yaml"
KEYS = ("airbyte_client_id", "airbyte_client_secret", "shop_api_key", "warehouse_password")
_AUTH = "      auth: {client_id"
_LINES = "      flux:\n        namespace: lake\n        secrets: [{name: prod-values, file: secrets/prod.yaml}]\n"
_MANIFEST = "deploy/airbyte/terraform.yaml"


def sealed(*keys: str, group: str = "YQ==", mac: str = "bQ==", **other: str) -> str:
    """A Secret; `other`: key -> what its ciphertext is instead of `djE=`."""
    lines = "".join(f"  {key}: {ciphertext(other.get(key, 'djE='))}\n" for key in keys)
    return (
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: prod-values\n  namespace: lake\nstringData:\n{lines}"
        f"sops:\n  age: [{{recipient: age1kyvr, enc: {group}}}]\n  encrypted_regex: ^(data|stringData)$\n"
        f"  mac: {ciphertext(mac)}\n  version: 3.13.3\n"
    )


def _manifest(checksum: str) -> str:
    return f"metadata:\n  annotations:\n    checksum/prod-values: {checksum * 64}\n"


_BASE: Edit = {LAKE: [(_AUTH, _LINES + _AUTH)], FILE: sealed(*KEYS), _MANIFEST: _manifest("a")}
_ELSEWHERE: Edit = {
    LAKE: [(_AUTH, _LINES.replace("secrets/prod.yaml", "elsewhere/prod.yaml") + _AUTH)],
    _MANIFEST: _manifest("a"),
}

SECRET_EDITS: dict[str, Edit] = {
    "a-secret-is-rotated": {FILE: sealed(*KEYS, mac="bjI=", shop_api_key="djI="), _MANIFEST: _manifest("b")},
    "keys-of-a-secret-come-and-go": {FILE: sealed(*KEYS[:3], "spare", mac="bjI=")},
    "a-secret-is-encrypted-again": {FILE: sealed(*KEYS, group="Yg==", mac="bjI=", **dict.fromkeys(KEYS, "djI="))},
    "a-secret-is-encrypted-for-others": {FILE: sealed(*KEYS, group="Yg==")},
    "a-secret-cannot-be-read": {FILE: "a: [\n"},
    "a-secret-elsewhere-has-another-checksum": {_MANIFEST: _manifest("b")},
}

SECRET_BASES: dict[str, Edit] = {
    **dict.fromkeys(SECRET_EDITS, _BASE),
    "a-secret-elsewhere-has-another-checksum": _ELSEWHERE,
}
