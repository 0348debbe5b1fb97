"""Writing the synthesized stacks, and telling which of them are not current."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.base.errors import UserError
from infra.lake.documents import Problem, remove_file, render_json
from infra.lake.documents.generated import FileChange, GeneratedFiles
from infra.lake.documents.links import link_problems
from infra.lake.documents.read import list_folders
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import DOCUMENT, MANIFEST, OUTPUT
from infra.lake.rules.strays import GENERATED
from infra.terraform.constructs.tf import node_at_work
from stacks.airbyte_stack import AirbyteStack
from stacks.app import build_app
from stacks.extra_files import copy_extras, refused_extras, stale_extras, stray_files


def output_folder(root: Path) -> Path:
    """Where stacks are written: what `cdktf synth` says, else cdktf.out/ of the project."""
    return Path(os.path.normpath(root / (os.environ.get("CDKTF_OUTDIR") or OUTPUT)))


@node_at_work()
def synth(lake: LakeModel) -> list[FileChange]:
    """Write every stack and take away the documents of stacks that are gone.

    Files that lakeform did not write stay: a folder is removed only when nothing else is left in it.
    """
    folder = output_folder(lake.root)
    _refuse_obstacles(folder, lake)
    before = _texts(folder, lake)
    app, _ = build_app(lake, folder)
    app.synth()
    after = _texts(folder, lake)
    written = [f"stacks/{id_}/{DOCUMENT}" for id_ in lake.stacks if before[id_] != after[id_]]
    written += copy_extras(lake, folder)
    shown = _shown(folder, lake)
    return [FileChange("wrote", f"{shown}/{path}") for path in written] + [
        FileChange("removed", f"{shown}/{_remove(folder, stack)}") for stack in _gone(folder, lake)
    ]


@node_at_work()
def refused(lake: LakeModel) -> list[Problem]:
    """`extra-file` for extra files that declare what lakeform declares: the reason to write nothing."""
    if not any(stack.settings.extra_files for stack in lake.stacks.values()):
        return []
    return [problem for one in _stacks(lake) for problem in refused_extras(lake, one.name, one.to_terraform())]


def _refuse_obstacles(folder: Path, lake: LakeModel) -> None:
    """Errors of the writer come back through Node with a traceback, so what can be seen before is said before."""
    for link in _links(folder, lake):
        raise UserError(f"{link.location.file} {link.message}; {link.fix}")
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder.name} is a file; synth writes a folder with that name")
    for stack in lake.stacks:
        if (folder / "stacks" / stack / DOCUMENT).is_dir():
            raise UserError(f"{folder.name}/stacks/{stack}/{DOCUMENT} is a folder; synth writes a file with that name")


def _links(folder: Path, lake: LakeModel) -> list[Problem]:
    """Links in the output folder, which Node would follow; `check` looks for them in the usual one, this in any."""
    if folder.is_relative_to(lake.root):
        return list(link_problems(lake.root, [_shown(folder, lake)]))
    return list(link_problems(folder, ["stacks", MANIFEST]))


@node_at_work()
def stale_stacks(lake: LakeModel) -> list[Problem]:
    """A `synth-stale` problem for every file of a stack that is missing or differs, and for every stack that is gone;
    an `extra-file` for what cannot stand beside the documents.
    """
    folder = output_folder(lake.root)
    if links := _links(folder, lake):
        return links
    shown, documents = _shown(folder, lake), {stack.name: stack.to_terraform() for stack in _stacks(lake)}
    files = GeneratedFiles(
        folder,
        {f"stacks/{name}/{DOCUMENT}": render_json(document) for name, document in documents.items()},
        [f"stacks/{name}" for name in _gone(folder, lake)],
        shown,
        missing="has not been synthesized",
        belongs_nowhere="belongs to a stack that no longer exists",
    )
    problems = files.problems("synth-stale", "lakeform synth") + list(stale_extras(lake, folder, shown))
    return problems + [problem for name, one in documents.items() for problem in refused_extras(lake, name, one)]


@node_at_work()
def documents_of(lake: LakeModel) -> dict[str, str]:
    """Stack -> the text of its cdk.tf.json; nothing is written."""
    return {stack.name: render_json(stack.to_terraform()) for stack in _stacks(lake)}


def strays(lake: LakeModel) -> list[Problem]:
    """`extra-file` for everything in the output folder that neither lakeform wrote nor the registry names."""
    folder = output_folder(lake.root)
    return [] if _links(folder, lake) else stray_files(lake, folder)


def _shown(folder: Path, lake: LakeModel) -> str:
    """The output folder as a path from the project's."""
    return Path(os.path.relpath(folder, lake.root)).as_posix()


def _stacks(lake: LakeModel) -> list[AirbyteStack]:
    """The stacks of an app that writes nothing here: CDKTF makes its output folder as soon as there is an app."""
    with TemporaryDirectory() as elsewhere:
        return build_app(lake, Path(elsewhere))[1]


def _texts(folder: Path, lake: LakeModel) -> dict[str, bytes | None]:
    return {stack: _read(folder / "stacks" / stack / DOCUMENT) for stack in lake.stacks}


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _gone(folder: Path, lake: LakeModel) -> list[str]:
    """Stacks that have a document and are not in the lake; what else stands in such a folder is somebody's own."""
    names = [name for name in list_folders(folder, "stacks") if name not in lake.stacks]
    return [name for name in names if (folder / "stacks" / name / DOCUMENT).is_file()]


def _remove(folder: Path, stack: str) -> str:
    """The document that was removed, with what else is generated; the folder too if nothing else is in it."""
    gone = folder / "stacks" / stack
    for name in sorted(GENERATED):
        remove_file(folder, f"stacks/{stack}/{name}")
    if not any(gone.iterdir()):
        gone.rmdir()
    return f"stacks/{stack}/{DOCUMENT}"
