"""The folder of a lake."""

from __future__ import annotations

from pathlib import Path

from infra.base.errors import UserError
from infra.base.places import real


def project_root(named: str | None) -> Path:
    """The folder that was named, else the nearest from here upwards that holds a cdktf.json. Raises UserError if there is none."""
    if named is not None:
        root = real(named)
        if not root.is_dir():
            raise UserError(f"there is no folder {named}")
        return root
    if (found := root_above(Path.cwd())) is not None:
        return found
    raise UserError(
        "no cdktf.json here or in a folder above; go to a lake, name one with --root, or create one: lakeform init"
    )


def root_above(here: Path) -> Path | None:
    """The nearest folder from there upwards that holds a cdktf.json."""
    return next((folder for folder in (here, *here.parents) if (folder / "cdktf.json").is_file()), None)
