"""The files of the output as tofu-controller will see them: what git ignores stays on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from infra.base.revision import ignored
from infra.lake.documents.read import list_tree
from infra.lake.model.output import DOCUMENT
from infra.lake.rules.strays import Allowed, strays


def output_files(root: Path, folder: Path, allowed: Allowed) -> list[str]:
    """Everything in the output folder, as paths from there, without what a person has for plans by hand: `.terraform/`,
    state, values. Without a repository all of it counts, and so where git ignores the documents themselves.
    """
    files = list_tree(folder)
    odd = [path for inside in strays(files, allowed).values() for path in inside]
    if not odd:
        return files
    documents = [path for path in files if path.endswith(f"/{DOCUMENT}") and path not in odd]
    prefix = Path(os.path.relpath(folder, root)).as_posix()
    hidden = _ignored(root, prefix, [*odd, *documents])
    return files if hidden & set(documents) else [path for path in files if path not in hidden]


def _ignored(root: Path, prefix: str, paths: Sequence[str]) -> set[str]:
    return {path.removeprefix(f"{prefix}/") for path in ignored(root, [f"{prefix}/{path}" for path in paths])}
