"""SecretFile: which keys a file of secrets holds, read without decrypting anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from infra.lake.documents import KeyPath, Layers, Location, Problem
from infra.secrets.secret_documents import SecretDocument, SecretFormat, is_key, read_secret_text, secret_documents
from infra.secrets.secret_manifest import has_copy_in_clear, is_secret, manifest_problems, no_secret
from infra.secrets.sops_problems import encryption_problems
from infra.secrets.sops_rules import recipient_problems
from infra.secrets.sops_value import has_clear_leaf, is_empty, sops_type

State = Literal["encrypted", "clear", "empty"]


@dataclass(frozen=True)
class SecretKey:
    """One key of a Secret.

    Attributes:
        location: where the key stands.
        state: of its value; `empty` for `""` and null, which SOPS leaves as they are.
        path: of the key in the file, such as `("stringData", "token")`.
    """

    location: Location
    state: State
    path: KeyPath


@dataclass(frozen=True)
class SecretFile:
    """A Kubernetes Secret in a file; a file may hold several.

    Attributes:
        file: as it was asked for.
        format: a `dotenv` file has keys only, a Secret is made of it elsewhere.
        name, namespace: of the Secret; None where the file does not say so, or hides it.
        keys: by name, in the order of the file.
        encrypted: True if SOPS encrypted it and nobody can read a value of it.
        checksum: SHA-256 of the file, in hex: another one after every change, and after `sops rotate`. None where the file is not
            encrypted, or not surely: from the hash of a plaintext it can be guessed.
        layers: for problems about it.
    """

    file: str
    format: SecretFormat
    name: str | None
    namespace: str | None
    keys: Mapping[str, SecretKey]
    encrypted: bool
    layers: Layers = field(repr=False, compare=False)
    checksum: str | None = None


def read_secrets(root: Path, file: str) -> tuple[list[SecretFile], list[Problem]]:
    """Every Secret in a file, and what is wrong with the file. `file` is relative to `root`, or absolute.

    The problems are those of the file alone, such as values that are not encrypted; what a stack needs of it is a
    question for `secret_check`.
    """
    text, problems = read_secret_text(root, file)
    if text is None:
        return [], problems
    secrets, problems = parse_secrets(file, text)
    encrypted = [one for one in secret_documents(file, text)[0] if is_secret(one) and one.sops is not None]
    return secrets, problems + [one for found in encrypted[:1] for one in recipient_problems(found, root / file)]


def parse_secrets(file: str, text: str) -> tuple[list[SecretFile], list[Problem]]:
    """The same for a text that was read already."""
    documents, problems = secret_documents(file, text)
    found = [document for document in documents if is_secret(document)]
    problems += [problem for document in documents for problem in manifest_problems(document)]
    problems += [problem for document in found for problem in encryption_problems(document)]
    if not found and not problems:
        problems.append(no_secret(file))
    secrets = [_secret(document) for document in found]
    if problems or not all(secret.encrypted for secret in secrets):
        return secrets, problems
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return [replace(secret, checksum=checksum) for secret in secrets], problems


def _secret(found: SecretDocument) -> SecretFile:
    metadata = found.document.value.get("metadata") if found.format != "dotenv" else None
    told = metadata if isinstance(metadata, dict) else {}
    keys = {
        str(path[-1]): SecretKey(found.document.locate(path, key=True), _state(value), path)
        for path, value in found.entries()
        if is_key(path[-1])
    }
    in_clear = any(_state(value) == "clear" for _, value in found.entries()) or has_copy_in_clear(found)
    return SecretFile(
        found.document.file,
        found.format,
        _readable(told.get("name")),
        _readable(told.get("namespace")),
        keys,
        isinstance(found.sops, dict) and not in_clear,
        found.layers,
    )


def _state(value: Any) -> State:
    if is_empty(value):
        return "empty"
    return "clear" if has_clear_leaf(value) else "encrypted"


def _readable(value: Any) -> str | None:
    return value if isinstance(value, str) and sops_type(value) is None else None
