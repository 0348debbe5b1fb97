"""For whom `.sops.yaml` wants a file encrypted, beside for whom it is: both are readable without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.base.git import top_of
from infra.base.places import real
from infra.base.printable import shell_path
from infra.lake.documents import Problem, read_yaml
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.pattern import finds, is_pattern
from infra.secrets.secret_documents import SecretDocument

CONFIG = ".sops.yaml"

# Kind of key -> what names one in the part sops of a file (getsops/sops, stores/stores.go), and in a group of a rule if that is a
# mapping (config/config.go, keyGroup).
_NAMES = {"age": "recipient", "pgp": "fp", "kms": "arn", "gcp_kms": "resource_id"}
_FLAT = re.compile(r"(age|pgp|kms|gcp_kms)__list_\d+__map_(recipient|fp|arn|resource_id)")


def recipient_problems(found: SecretDocument, path: Path) -> Iterator[Problem]:
    """A warning `secret-file-invalid` where the rule for the file at `path` names others than the file was encrypted for."""
    wanted = _wanted(path)
    if not wanted or not isinstance(found.sops, dict):
        return
    given = _given(found.sops)
    new, old = sorted(wanted - given), sorted(given - wanted)
    if not given or not (new or old):
        return
    told = [f"{', '.join(new)} cannot decrypt it"] if new else []
    told += [f"{', '.join(old)} still can"] if old else []
    message = f"is encrypted for others than {CONFIG} says: {', and '.join(told)}"
    fix = f"sops updatekeys {shell_path(found.document.file)}"
    if old:
        fix += "\nwho could decrypt it may have its values: change these too if that is no longer right"
    at = () if found.format == "dotenv" else ("sops",)
    yield found.layers.problem("secret-file-invalid", at, message, fix, key=True, severity="warning")


def _wanted(path: Path) -> set[str]:
    """Those of the first rule for a file; empty where there is none, or none that names keys that are known here.

    Source: getsops/sops, config/config.go, parseCreationRuleForFile: the first rule whose path_regex is found in the path from
    the configuration.
    """
    path = real(path)
    top = top_of(path.parent)
    folders = [one for one in (path.parent, *path.parent.parents) if one.is_relative_to(top)]
    config = next((folder / CONFIG for folder in folders if (folder / CONFIG).is_file()), None)
    rules = _rules(config) if config else []
    return next((_of_rule(rule) for rule in rules if config and _is_for(rule, path.relative_to(config.parent))), set())


def _rules(config: Path) -> list[Any]:
    try:
        document, _ = read_yaml(CONFIG, read_text(str(config)))
    except UnreadableError:
        return []
    rules = document.value.get("creation_rules") if document and isinstance(document.value, dict) else None
    return rules if isinstance(rules, list) else []


def _is_for(rule: Any, path: Path) -> bool:
    """An expression that only Go knows ends the search: whether it is meant cannot be told."""
    regex = rule.get("path_regex") if isinstance(rule, dict) else None
    return not isinstance(regex, str) or not is_pattern(regex) or finds(regex, path.as_posix())


def _of_rule(rule: Any) -> set[str]:
    regex = rule.get("path_regex") if isinstance(rule, dict) else None
    if not isinstance(rule, dict) or (isinstance(regex, str) and not is_pattern(regex)):
        return set()
    groups = rule.get("key_groups")
    parts = groups if isinstance(groups, list) and groups else [rule]
    return {
        name for part in parts if isinstance(part, dict) for kind in _NAMES for name in _named(part.get(kind), kind)
    }


def _given(sops: dict[str, Any]) -> set[str]:
    groups = sops.get("key_groups")
    parts = groups if isinstance(groups, list) and groups else [sops]
    found = {
        name for part in parts if isinstance(part, dict) for kind in _NAMES for name in _named(part.get(kind), kind)
    }
    flat = {_plain(str(value), match[1]) for key, value in sops.items() if (match := _FLAT.fullmatch(key))}
    return found | flat


def _named(value: Any, kind: str) -> Iterator[str]:
    """Those of a text with commas, or of a list of texts or of mappings."""
    for one in value if isinstance(value, list) else [value]:
        text = one.get(_NAMES[kind]) if isinstance(one, dict) else one
        for name in text.split(",") if isinstance(text, str) else ():
            if plain := _plain(name, kind):
                yield plain


def _plain(name: str, kind: str) -> str:
    """A fingerprint without spaces, an ARN without the role that takes it."""
    return re.sub(r"\s", "", name).upper() if kind == "pgp" else name.strip().partition("+")[0]
