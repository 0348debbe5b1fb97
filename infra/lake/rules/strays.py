"""Strays: files in the folder of the output that neither lakeform wrote nor the registry names.

An allow-list: Terraform reads more kinds of files than anybody remembers, and a folder of a stack is applied as it is.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping

from infra.lake.documents import Location, Problem
from infra.lake.documents.links import shown
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import DOCUMENT, LOCK_FILE, MANIFEST, OUTPUT
from infra.lake.registry.extra_file import file_name, is_configuration, meaning

# Folder of a stack -> names of the files that may be in it.
Allowed = Mapping[str, frozenset[str]]

GENERATED = frozenset({DOCUMENT, LOCK_FILE})


def allowed_files(model: LakeModel) -> Allowed:
    """What may be in the folder of each stack."""
    return {id_: GENERATED | extra_names(model, id_) for id_ in model.stacks}


def extra_names(model: LakeModel, stack: str) -> frozenset[str]:
    """The names of a stack's extra files in its folder."""
    found = model.stacks.get(stack)
    return frozenset(map(file_name, found.settings.extra_files)) if found else frozenset()


def strays(files: Iterable[str], allowed: Allowed) -> dict[str, list[str]]:
    """What does not belong in the output -> the files in it; paths from the output folder, the topmost that is wrong."""
    files = list(files)
    gone = {parts[1] for parts in (path.split("/") for path in files) if _is_document(parts)}
    # `synth` removes those, and tells of them as stale until then.
    allowed = {**dict.fromkeys(gone, GENERATED), **allowed}
    found: dict[str, list[str]] = {}
    for path in files:
        if stray := _stray(path.split("/"), allowed):
            found.setdefault(stray, []).append(path)
    return found


def _is_document(parts: list[str]) -> bool:
    return len(parts) == 3 and parts[::2] == ["stacks", DOCUMENT] and not parts[1].startswith(".")


def _stray(parts: list[str], allowed: Allowed) -> str | None:
    """The topmost part of a path that does not belong there."""
    if parts[0] != "stacks" or len(parts) == 1:
        return None if parts == [MANIFEST] else parts[0]
    if parts[1] not in allowed:
        return "/".join(parts[:2])
    if len(parts) == 3 and parts[2] in allowed[parts[1]]:
        return None
    return "/".join(parts[:3])


def stray_problems(files: Iterable[str], allowed: Allowed, folder: str = OUTPUT) -> Iterator[Problem]:
    """`extra-file` for everything that does not belong in the output; `folder`: how that is shown."""
    for stray, inside in strays(files, allowed).items():
        yield stray_problem(stray, allowed, folder, is_folder=inside != [stray])


def stray_problem(stray: str, allowed: Allowed, folder: str = OUTPUT, *, is_folder: bool) -> Problem:
    """What is said of one of them."""
    parts, path = stray.split("/"), shown(f"{folder}/{stray}")
    if len(parts) == 2 and is_folder:
        return _problem(path, "is not the folder of a stack in the registry", f"remove it: rm -r {shlex.quote(path)}")
    says = meaning(parts[-1])
    message = "was not written by lakeform" + (f", and {says}" if says else "")
    fix = f"remove it: rm {'-r ' if is_folder else ''}{shlex.quote(path)}"
    if "state" in says:
        fix += "\nand change the secrets that are in it"
    elif len(parts) == 3 and is_configuration(parts[-1]) and not is_folder and parts[1] in allowed:
        fix += (
            "\nor, if it is Terraform of your own, move it out of there and name it:"
            f"\nlake.stacks.{parts[1]}.extra_files: [dag/terraform/{shown(parts[2])}]"
        )
    return _problem(path, message, fix)


def _problem(path: str, message: str, fix: str) -> Problem:
    return Problem("extra-file", Location(path), "", message, fix)
