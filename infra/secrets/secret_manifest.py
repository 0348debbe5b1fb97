"""A Secret as Kubernetes and Flux read it: what is wrong with everything around its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.base.credentials import credential_in, is_value
from infra.lake.documents import Location, Problem, did_you_mean, near_matches, question
from infra.secrets.secret_documents import SecretDocument, is_key
from infra.secrets.sops_value import ENCRYPTED_REGEX, has_clear_leaf, sops_type

_KEYS = frozenset({"apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData", "sops"})
_ENCRYPT = f"encrypt a Secret manifest with --encrypted-regex '{ENCRYPTED_REGEX}'"
# Of Secrets and tokens Kubernetes has names there.
_PASSWORD = re.compile("pass(?:word|wd|phrase)|pwd", re.IGNORECASE)
# kubectl keeps here what it was given, values and all.
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_secret(found: SecretDocument) -> bool:
    """True if keys can be read from it, also where SOPS encrypted the word `Secret` too."""
    kind = found.document.value.get("kind") if isinstance(found.document.value, dict) else None
    return found.format == "dotenv" or kind == "Secret" or sops_type(kind) is not None


def manifest_problems(found: SecretDocument) -> Iterator[Problem]:
    """`secret-file-invalid` and `unknown-key` for a document; other kinds of objects are no concern of ours."""
    value, layers = found.document.value, found.layers
    if found.format == "dotenv":
        return
    if not isinstance(value, dict):
        yield layers.problem("secret-file-invalid", (), "is not a Kubernetes object", _ENCRYPT)
    elif sops_type(value.get("kind")) is not None:
        message = "is encrypted too, so Flux cannot see what it is"
        yield layers.problem("secret-file-invalid", ("kind",), message, _ENCRYPT)
    elif value.get("kind") == "Secret":
        yield from _secret_problems(found)
    elif "kind" not in value or value["kind"] == "List" or near_matches(str(value["kind"]), ["Secret"]):
        yield _no_secret(found)


def no_secret(file: str) -> Problem:
    """The problem of a file without any Secret."""
    return Problem("secret-file-invalid", Location(file), "", "contains no Secret", _ENCRYPT)


def _no_secret(found: SecretDocument) -> Problem:
    value, layers = found.document.value, found.layers
    if value.get("kind") == "List":
        message = "is a List, in which SOPS and Flux see no Secrets"
        return layers.problem("secret-file-invalid", ("kind",), message, "write a document for each, separated by ---")
    if "kind" in value:
        return layers.problem("secret-file-invalid", ("kind",), "is not a Secret", question(["Secret"]))
    if sops_type(value.get("data")) is not None and set(value) <= {"data", "sops"}:
        message = "is a SOPS file of the type binary, which hides its keys"
        return layers.problem("secret-file-invalid", (), message, _ENCRYPT)
    return layers.problem("secret-file-invalid", (), 'is not a Secret: the key "kind" is missing', _ENCRYPT)


def _secret_problems(found: SecretDocument) -> Iterator[Problem]:
    value, layers = found.document.value, found.layers
    for key in value:
        if key not in _KEYS and not is_key(key):
            # Not repeated: it may be a value on the wrong side of the colon.
            fix = f"see line {found.document.locate((key,), key=True).line}"
            yield layers.problem("unknown-key", (), "Kubernetes does not know a key of it", fix)
        elif key not in _KEYS:
            fix = did_you_mean(key, _KEYS - {"sops"}, "keys")
            yield layers.problem("unknown-key", (key,), "Kubernetes does not know this key", fix, key=True)
    if value.get("apiVersion") != "v1":
        yield layers.problem("secret-file-invalid", ("apiVersion",), "the apiVersion of a Secret is v1")
    metadata = value.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        yield layers.problem("secret-file-invalid", ("metadata", "name"), "the Secret has no name", "add metadata.name")
    for key in ("data", "stringData"):
        if not isinstance(value.get(key) or {}, dict):
            yield layers.problem("wrong-type", (key,), "must be a mapping of keys to text")
    yield from _annotation_problems(found, metadata)
    if _has_copy(metadata):
        message = "kubectl left a copy of the Secret here, in plain text"
        path = ("metadata", "annotations", _APPLIED)
        yield layers.problem(
            "secret-not-encrypted", path, message, "remove the annotation, and change the values", key=True
        )


def _annotation_problems(found: SecretDocument, metadata: Any) -> Iterator[Problem]:
    """Everything around the values stays readable, whatever SOPS is told."""
    for section in ("annotations", "labels"):
        notes = metadata.get(section) if isinstance(metadata, dict) else None
        for key, text in notes.items() if isinstance(notes, dict) else ():
            if key != _APPLIED and isinstance(text, str) and (label := _credential_of(key, text)):
                path, message = ("metadata", section, key), f"contains {label}, in plain text"
                fix = "remove it, and change the value"
                yield found.layers.problem("secret-not-encrypted", path, message, fix, key=True)


def _credential_of(key: str, text: str) -> str | None:
    """What a note holds that must not be seen; a text under the name of one as well, if it might be one."""
    is_named = _PASSWORD.search(key) and is_value(text) and " " not in text
    return credential_in(text) or ("a password" if is_named else None)


def _has_copy(metadata: Any) -> bool:
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return isinstance(annotations, dict) and has_clear_leaf(annotations.get(_APPLIED))


def has_copy_in_clear(found: SecretDocument) -> bool:
    """True if an annotation of the Secret holds its values again."""
    return isinstance(found.document.value, dict) and _has_copy(found.document.value.get("metadata"))
