"""Plugin of dbt-duckdb: attaches a landing for dbt as every other command of lakeform has it: limits, extensions, secrets, lock.

dbt-duckdb 1.11 calls a module's `Plugin` before it opens DuckDB, and again before it attaches what profiles.yml says; that is
`ATTACH IF NOT EXISTS`, so nothing of the landing has to stand there, and no password either.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError

from infra.base.errors import UserError
from infra.base.places import real
from infra.base.redactor import Redactor
from infra.lake.model.load import load_lake
from infra.lake.model.root import root_above
from infra.landing.engine.engine import Engine, lock_file
from infra.landing.engine.lock import file_lock
from infra.landing.engine.opening import attach_landing, limits
from infra.landing.settings import LandingSettings, read_landing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Plugin(BasePlugin):
    """Attaches the landing that profiles.yml names: `config: {landing: local}`."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Note what is meant; nothing is opened yet."""
        self._landing = str(plugin_config.get("landing") or "") or None
        self._held = ExitStack()
        self._settings: LandingSettings | None = None

    def update_connection_config(self, _: object, config: dict[str, Any]) -> None:
        """The landing's limits, of memory above all. Raises DbtRuntimeError."""
        config.update(limits(self._read()))

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach the lake. A catalog in SQLite has one writer, so its lock is held until dbt ends. Raises DbtRuntimeError."""
        settings = self._read()
        engine = Engine(settings, conn, Redactor(frozenset(settings.secrets)))
        try:
            attach_landing(engine, made=True)
            if settings.sqlite is not None:
                self._held.enter_context(file_lock(lock_file(settings), exclusive=True, wait=settings.wait))
        except UserError as error:
            raise DbtRuntimeError(str(error)) from None

    def _read(self) -> LandingSettings:
        try:
            if self._settings is None:
                loaded = load_lake(_root())
                self._settings = read_landing(loaded.model, self._landing, os.environ)
        except UserError as error:
            raise DbtRuntimeError(str(error)) from None
        return self._settings


def _root() -> Path:
    """The lake that the dbt project is in, wherever dbt was started. Raises UserError."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    project = real(getattr(flags, "PROJECT_DIR", None) or ".")
    found = root_above(project)
    if found is None:
        raise UserError(f"the dbt project {project} is in no lake: there is no cdktf.json in it or in a folder above")
    return found
