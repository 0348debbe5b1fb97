"""What is wrong with the encryption of a Secret and with its values, as far as it shows without a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.base.credentials import credential_in
from infra.base.json_value import leaves
from infra.base.printable import shell_path
from infra.lake.documents import KeyPath, Location, Problem, Related
from infra.lake.documents.pattern import finds, is_pattern
from infra.secrets.secret_documents import SecretDocument, is_key
from infra.secrets.sops_value import ENCRYPTED_REGEX, has_clear_leaf, is_damaged, sops_type

# Where SOPS keeps the data key, encrypted for those who may have it (getsops/sops, stores/stores.go, Metadata).
_KEY_SOURCES = ("age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "key_groups", "shamir")
_TYPES = {"int": "a number", "float": "a number", "bool": "true or false", "time": "a date"}


def encrypt_command(file: str) -> str:
    """The command that encrypts a filled manifest or .env file in its place."""
    options = "" if file.endswith(".env") else f" --encrypted-regex '{ENCRYPTED_REGEX}'"
    return f"sops encrypt{options} --in-place {shell_path(file)}"


def again_command(file: str) -> str:
    """The commands that encrypt an encrypted file anew."""
    return f"sops decrypt --in-place {shell_path(file)} && {encrypt_command(file)}"


def edit_command(file: str) -> str:
    """The command that opens the decrypted file in an editor, and encrypts what it saves."""
    return f"sops edit {shell_path(file)}"


def encryption_problems(found: SecretDocument) -> Iterator[Problem]:
    """`secret-not-encrypted`, `secret-file-invalid`, `wrong-type`, `bad-name` and `duplicate-key` for one Secret."""
    if found.sops is None:
        yield from _not_encrypted(found)
    else:
        yield from _metadata_problems(found)
        yield from _comment_problems(found)
        for path, value in _named(found):
            yield from _clear_values(found, path, value)
            yield from _damaged_values(found, path, value)
    for path, value in _named(found):
        yield from _type_problems(found, path, value)
    yield from _key_problems(found)


def _named(found: SecretDocument) -> Iterator[tuple[KeyPath, Any]]:
    """The entries whose key may be one; of another one its name is the mistake to be mended first."""
    return ((path, value) for path, value in found.entries() if is_key(path[-1]))


def _not_encrypted(found: SecretDocument) -> Iterator[Problem]:
    """One problem for the whole document: every value has the same fault."""
    file, keys = found.document.file, list(found.entries())
    clear = [path for path, value in keys if has_clear_leaf(value)]
    if clear:
        fix = f"{encrypt_command(file)}\nif git has seen the values, change them too"
        message = "is not encrypted: everyone who sees the file can read the values"
        yield found.layers.problem("secret-not-encrypted", clear[0][:-1], message, fix, key=True)
    elif any(sops_type(leaf) is not None for _, value in keys for _, leaf in leaves(value)):
        message = "the values are encrypted, but the part sops is missing: nobody can decrypt them"
        yield found.layers.problem("secret-file-invalid", (), message, "take it from an earlier version of the file")


def _metadata_problems(found: SecretDocument) -> Iterator[Problem]:
    at: KeyPath = () if found.format == "dotenv" else ("sops",)
    sops = found.sops
    if not isinstance(sops, dict):
        yield found.layers.problem("secret-file-invalid", at, "must be what SOPS wrote here: a mapping")
        return
    mac = sops.get("mac")
    if sops_type(mac) is None or is_damaged(mac):
        what = "missing" if sops_type(mac) is None else "damaged"
        message = f"sops.mac is {what}, without which SOPS decrypts nothing"
        fix = "take it from an earlier version of the file"
        yield found.layers.problem("secret-file-invalid", at, message, fix, key=True)
    elif (named := [bool(value) for key, value in sops.items() if key.startswith(_KEY_SOURCES)]) and not any(named):
        message = "names nobody for whom it is encrypted: no key can decrypt it"
        fix = "take it from an earlier version of the file"
        yield found.layers.problem("secret-file-invalid", at, message, fix, key=True)
    yield from _regex_problems(found, sops.get("encrypted_regex"))


def _comment_problems(found: SecretDocument) -> Iterator[Problem]:
    """SOPS decrypts a file with such a comment without a word."""
    if isinstance(found.sops, dict) and any("comment_regex" in key for key in found.sops):
        return  # somebody chose which comments stay readable
    for line in found.comments:
        message = "this comment is not encrypted, as comments beside values are"
        fix = f"remove it; write it with {edit_command(found.document.file)}, which encrypts it"
        yield Problem("secret-not-encrypted", Location(found.document.file, line), "", message, fix, severity="warning")


def _regex_problems(found: SecretDocument, regex: Any) -> Iterator[Problem]:
    if found.format == "dotenv" or not isinstance(regex, str):
        return
    missed = [section for section in ("data", "stringData") if not _matches(regex, section)]
    if missed:
        message = f"leaves out {' and '.join(missed)}: a key that is added there stays in plain text"
        fix = f"encrypt it again: {again_command(found.document.file)}"
        yield found.layers.problem("secret-file-invalid", ("sops", "encrypted_regex"), message, fix)


def _matches(regex: str, key: str) -> bool:
    """True also for an expression of Go that JSON Schema does not have: then the values themselves tell."""
    return finds(regex, key) or not is_pattern(regex)


def _clear_values(found: SecretDocument, path: KeyPath, value: Any) -> Iterator[Problem]:
    """SOPS refuses to decrypt a file with such a value, unless it was told to leave that part out."""
    if not has_clear_leaf(value):
        return
    again = f"sops edit --ignore-mac {shell_path(found.document.file)}"
    message, fix = "this value is not encrypted", f"remove the line, and add the key again with {again}"
    if setting := _left_readable_by(found.sops, path):
        message += f", and {setting} leaves it so"
        fix = f"encrypt it again, without {setting} in .sops.yaml: {again_command(found.document.file)}"
    fix += "\nif git has seen the value, change it too"
    yield found.layers.problem("secret-not-encrypted", path, message, fix, key=True)


def _damaged_values(found: SecretDocument, path: KeyPath, value: Any) -> Iterator[Problem]:
    if is_damaged(value):
        again = f"sops edit --ignore-mac {shell_path(found.document.file)}"
        fix = f"take it from an earlier version of the file; or remove the line, and add the key again with {again}"
        message = "no key can decrypt this value: letters of it are missing or were changed"
        yield found.layers.problem("secret-file-invalid", path, message, fix, key=True)


def _left_readable_by(sops: Any, path: KeyPath) -> str | None:
    """The setting with which SOPS leaves what stands there as it is; None if an edit encrypts it.

    Source: getsops/sops, sops.go, shouldBeEncrypted: a setting is about every key on the way.
    """
    told, parts = sops if isinstance(sops, dict) else {}, [str(part) for part in path]
    judges: Mapping[str, Callable[[str], bool]] = {
        "encrypted_suffix": lambda said: not any(part.endswith(said) for part in parts),
        "unencrypted_suffix": lambda said: any(part.endswith(said) for part in parts),
        "encrypted_regex": lambda said: not any(_matches(said, part) for part in parts),
        "unencrypted_regex": lambda said: any(finds(said, part) for part in parts),
    }
    return next((name for name, judge in judges.items() if told.get(name) and judge(str(told[name]))), None)


def _type_problems(found: SecretDocument, path: KeyPath, value: Any) -> Iterator[Problem]:
    kind = sops_type(value)
    if kind in _TYPES:
        message = f"was encrypted as {_TYPES[kind]} (type:{kind}); a Secret contains only text"
        fix = f"put it in quotes with {edit_command(found.document.file)}"
        yield found.layers.problem("wrong-type", path, message, fix)
    elif isinstance(value, (dict, list)):
        yield found.layers.problem("wrong-type", path, "must be text: a Secret contains no lists or mappings")
    elif isinstance(value, (bool, int, float)):
        yield found.layers.problem(
            "wrong-type", path, "must be text: a Secret contains nothing else", "put it in quotes"
        )


def _key_problems(found: SecretDocument) -> Iterator[Problem]:
    first: dict[str | int, Location] = {}
    for path, _ in found.entries():
        here = found.document.locate(path, key=True)
        if not is_key(path[-1]):
            label = credential_in(str(path[-1]))
            message = f"a key is {label}" if label else "a key of a Secret has letters, digits, -, _ and . only"
            # Not repeated: it may be a value on the wrong side of the colon.
            yield found.layers.problem("bad-name", path[:-1], message, f"see line {here.line}", key=True)
        elif path[-1] in first:
            related = (Related(first[path[-1]], "the other one, which stringData hides"),)
            message, fix = "is in data and in stringData", "remove one of the two"
            yield found.layers.problem("duplicate-key", path, message, fix, key=True, related=related)
        first.setdefault(path[-1], here)
