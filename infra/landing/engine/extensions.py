"""Extensions: where DuckDB gets DuckLake and its helpers from, signed by DuckDB itself.

In this order: the wheels `duckdb-extension-*` beside duckdb, which need no network; a folder that already has them; DuckDB's
own repository. The check of signatures stays on, so a wheel can hold nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from infra.base.errors import UserError
from infra.landing.engine.duckdb_module import DuckDBError
from infra.landing.types.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def load_extensions(connection: DuckDBPyConnection, names: Sequence[str]) -> None:
    """Load each extension. Raises UserError that names both remedies."""
    for name in names:
        wheel = _in_wheel(name)
        try:
            if wheel is not None:
                connection.execute(f"LOAD {literal(str(wheel))}")
            else:
                _load_or_install(connection, name)
        except DuckDBError as error:
            raise UserError(
                f"DuckDB's extension {name} cannot be loaded: {str(error).splitlines()[0]}; "
                f"install duckdb-extension-{name.replace('_', '-')} in the version of duckdb, or let this machine reach "
                "extensions.duckdb.org once"
            ) from None


def _load_or_install(connection: DuckDBPyConnection, name: str) -> None:
    try:
        connection.execute(f"LOAD {name}")
    except DuckDBError:
        connection.execute(f"INSTALL {name}")
        connection.execute(f"LOAD {name}")


def _in_wheel(name: str) -> Path | None:
    """The extension's file in its wheel, found without running anything of it."""
    spec = find_spec(f"duckdb_extension_{name}")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = [path for folder in folders for path in sorted(Path(folder).glob(f"extensions/*/{name}.duckdb_extension"))]
    return found[-1] if found else None
