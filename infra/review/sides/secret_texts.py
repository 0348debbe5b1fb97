"""SecretTexts: the encrypted files of a lake at one side of a review, and the checksums in its manifests."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.read import list_tree
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import MANIFESTS
from infra.lake.registry.flux import kubernetes_name
from infra.secrets.secret_sources import secret_lines

# A file with more bytes is no Secret: Kubernetes takes 1 MiB, and SOPS adds less than as much again.
_MOST = 4 * 1024 * 1024
_CHECKSUM = re.compile(r"""^\s*["']?checksum/([a-z0-9-]+)["']?:\s*["']?([0-9a-f]{64})["']?\s*$""", re.MULTILINE)


@dataclass(frozen=True)
class SecretTexts:
    """What is there to compare; nothing of it is shown.

    Attributes:
        texts: file -> its text, None where it cannot be read; a file that is not there is not among them.
        checksums: stack -> name of a Secret -> checksum in the stack's manifests.

    """

    texts: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    checksums: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def secret_file_names(model: LakeModel) -> frozenset[str]:
    """The files that `flux.secrets` names, as far as they are in the lake's folder."""
    named = {line.file for stack in model.stacks.values() for line in secret_lines(stack) if line.file}
    return frozenset(name for name in map(os.path.normpath, named) if not name.startswith(("..", "/")))


def read_secret_texts(folder: Path, model: LakeModel) -> SecretTexts:
    """Those of a lake whose files are in a folder."""
    files = sorted(name for name in secret_file_names(model) if os.path.lexists(folder / name))
    texts = {name: _text(folder / name) for name in files}
    return SecretTexts(texts, {stack: _checksums(folder, stack) for stack in model.stacks})


def _text(path: Path) -> str | None:
    try:
        return read_text(str(path)) if path.stat().st_size <= _MOST else None
    except (OSError, UnreadableError):
        return None


def _checksums(folder: Path, stack: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in {stack, kubernetes_name(stack)}:
        inside = folder / MANIFESTS / name
        for file in list_tree(inside) if inside.is_dir() else ():
            text = _text(inside / file) if file.endswith(".yaml") else None
            found.update(_CHECKSUM.findall(text or ""))
    return found
