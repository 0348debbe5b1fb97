"""Tables that read the files where they are (`landing: {mode: register}`): nothing is copied, and the table owns the files.

DuckLake takes a file twice without a word, gives one that is gone an error for the whole table, and merges and deletes what it
owns; so such tables are left out of its maintenance, and only streams whose files stay may have one (`landing-register`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import Group
from infra.landing.types.column_type import ColumnType
from infra.landing.types.insert_plan import Refused
from infra.landing.types.sql import exact_path, literal
from infra.landing.types.statements import create_statement
from infra.landing.types.target import Target


def make_table(engine: Engine, target: Target, columns: Mapping[str, ColumnType]) -> None:
    """Make the table, and keep it out of DuckLake's maintenance before anything is in it.

    Two transactions: an option can be set for what is committed only. Nothing is registered in a table without it.
    """
    with engine.writing(target.name):
        engine.run(create_statement(target, columns).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
    with engine.writing(target.name):
        engine.run(
            f"CALL lake.set_option('auto_compact', false, table_name => {literal(target.name)}, schema => 'landing')"
        )


def is_kept_out(engine: Engine, target: Target) -> bool:
    """True if the table is there, and out of DuckLake's maintenance."""
    found = engine.rows(
        "SELECT 1 FROM ducklake_options('lake') WHERE option_name = 'auto_compact' AND value = 'false' AND scope_entry = ?",
        [f"landing.{target.name}"],
    )
    return bool(found)


def misfit(columns: Mapping[str, ColumnType], group: Group) -> Refused | None:
    """Why files cannot be registered: their types have to be those of the table, since nothing is cast."""
    for name, type_ in group.stored.items():
        if columns.get(name) != type_:
            known = columns[name].sql() if name in columns else "not there"
            return Refused(
                f"the column {name} is {known} in the table and {type_.sql()} in the file, and files that are registered "
                "are read as they are: say mode: copy, and begin with a new table"
            )
    return None


def register_files(engine: Engine, target: Target, files: Sequence[FoundFile]) -> None:
    """Let the table read the files."""
    paths = ", ".join(literal(exact_path(engine.settings.raw + file.path)) for file in files)
    engine.run(
        f"CALL ducklake_add_data_files('lake', {literal(target.name)}, [{paths}], schema => 'landing', "
        "allow_missing => true, hive_partitioning => false)"
    )
