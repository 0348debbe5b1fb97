"""Ciphertexts: what tells, without a key, which values of an encrypted Secret are others than before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.base.credentials import MASK
from infra.secrets.secret_documents import SecretDocument, is_key, secret_documents
from infra.secrets.secret_manifest import is_secret

# What SOPS writes anew with every edit.
_WITH_EVERY_EDIT = frozenset({"mac", "lastmodified", "version"})


@dataclass(frozen=True)
class Ciphertexts:
    """The values of a Secret as they stand in its file; they are compared, and never shown.

    Attributes:
        keys: name, or `***` for what may be a value, -> what stands there. SOPS keeps the ciphertext of a value that an edit does not touch
            (getsops/sops, cmd/sops/edit.go and aes/cipher.go: a stash of the initialization vectors).
        key_groups: for whom the data key is encrypted; another one after `sops rotate` and `sops updatekeys`.
    """

    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    key_groups: str = field(default="", repr=False)


def ciphertexts(file: str, text: str, name: str) -> Ciphertexts | None:
    """Those of the Secret called `name` in the text of a file; None if it cannot be read, or holds no such Secret."""
    documents, problems = secret_documents(file, text)
    if problems:
        return None
    return next((_read(found) for found in documents if is_secret(found) and _is_called(found, name)), None)


def _is_called(found: SecretDocument, name: str) -> bool:
    metadata = found.document.value.get("metadata") if found.format != "dotenv" else None
    return not isinstance(metadata, dict) or metadata.get("name") in (None, name)


def _read(found: SecretDocument) -> Ciphertexts:
    keys = {
        str(path[-1]) if is_key(path[-1]) else MASK: json.dumps(value, sort_keys=True, default=str)
        for path, value in found.entries()
    }
    told = found.sops if isinstance(found.sops, dict) else {}
    groups = {key: value for key, value in told.items() if key not in _WITH_EVERY_EDIT}
    return Ciphertexts(keys, json.dumps(groups, sort_keys=True, default=str))
