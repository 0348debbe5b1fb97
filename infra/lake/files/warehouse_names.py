"""WarehouseNaming: how a destination that lands tables itself makes names of namespaces, streams and fields.

Source: airbytehq/airbyte.

- Snowflake 4: `SnowflakeTableSchemaMapper`, `toSnowflakeCompatibleName`; 3: `SnowflakeSqlGenerator.buildStreamId`. Kept as they
  are, in upper case and quoted.
- BigQuery 2 and 3: `BigQuerySQLNameTransformer` (`getNamespace`, `convertStreamName`), `BigqueryColumnNameGenerator`.
- PostgreSQL 3: `PostgresTableSchemaMapper`, `toPostgresCompatibleName`; 2: `PostgresSQLNameTransformer`. Tables keep their case.
- Redshift 4: `RedshiftTableSchemaMapper`, `toRedshiftCompatibleName`; 2 and 3: `RedshiftSQLNameTransformer`.
- S3 Data Lake: `GlueTableIdGenerator` for Glue since 0.3.2, `SimpleTableIdGenerator` for every other catalog.
- Raw tables: `TypingDedupingUtil.concatenateRawTableName`.

Where releases of one version disagree about a name, it cannot be known, and the rule gives None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.lake.files.names import words_only

# A name -> what it becomes; None if that cannot be known.
NameRule = Callable[[str], str | None]


@dataclass(frozen=True)
class WarehouseNaming:
    """What becomes of names.

    Attributes:
        raw_schema, raw_table: the same for legacy raw tables, whose name is made first; None where there are none.
        shouts: True where SQL without quotes means upper case.
    """

    schema: NameRule
    table: NameRule
    column: NameRule
    raw_schema: NameRule | None = None
    raw_table: NameRule | None = None
    shouts: bool = False

    def is_plain(self, name: str) -> bool:
        """True for a name that SQL may have without quotes, keywords aside."""
        return re.fullmatch("[A-Z_][A-Z0-9_]*" if self.shouts else "[a-z_][a-z0-9_]*", name) is not None


def naming_of(connector: str, tag: str, *, glue: bool) -> WarehouseNaming | None:
    """The naming of a version of a connector; None for one that is not known. `glue`: the catalog of a data lake is Glue."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", tag)
    version = tuple(map(int, found.groups())) if found else ()
    if connector == "destination-s3-data-lake":
        return (_GLUE if glue else _ICEBERG) if (0, 3, 2) <= version < (1,) else None
    return _NAMINGS.get(connector, {}).get(version[0]) if version else None


def raw_name(namespace: str, name: str) -> str:
    """`public`, `order__items` -> `public_raw___stream_order__items`: more underscores than either has in a row."""
    longest = max(map(len, re.findall("_+", namespace + name)), default=1)
    return f"{namespace}_raw{'_' * (longest + 1)}stream_{name}"


def _snowflake(name: str) -> str | None:
    if "${" in name:
        name = re.sub("[${}]", "_", name)
    name = name.upper()
    # Releases differ in whether these get a `_`, and a `"` is doubled in some places alone.
    return None if name in _RESERVED or '"' in name else name


_RESERVED = frozenset(
    {
        *("CONSTRAINT", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER"),
        *("LOCALTIME", "LOCALTIMESTAMP"),
    }
)


def _as_it_is(name: str) -> str | None:
    return None if '"' in name else name


def _bigquery_dataset(name: str) -> str | None:
    # `project:dataset` was taken apart by some releases.
    return None if ":" in name else re.sub("^(?![A-Za-z0-9])", "n", words_only(name))


def _bigquery(name: str) -> str:
    return re.sub("^(?![A-Za-z_])", "_", words_only(name))


def _bigquery_column(name: str) -> str | None:
    # Newer releases shorten it.
    return _up_to(300, _bigquery(name))


def _postgres(name: str) -> str:
    name = _no_digit_first(words_only(name))
    return name if len(name) <= 63 else f"{name[:54]}_{str(_java_hash(name))[-8:]}"


def _postgres_2(name: str) -> str | None:
    return _up_to(63, words_only(name))


def _redshift(name: str) -> str:
    name = _no_digit_first(words_only(name).lower())
    return name if len(name) <= 127 else f"{name[:118]}_{_java_hash(name) & 0xFFFFFFFF:x}"


def _redshift_3(name: str) -> str | None:
    # Releases differ in these.
    unsure = not name.isascii() or "$" in name or name[:1].isdigit()
    return None if unsure else _up_to(127, words_only(name).lower())


def _glue(name: str) -> str:
    return words_only(name.lower())


def _up_to(length: int, name: str) -> str | None:
    return name if len(name) <= length else None


def _no_digit_first(name: str) -> str:
    return f"_{name}" if name[:1].isdigit() else name


def _java_hash(text: str) -> int:
    """`String.hashCode` of Java, of a text of ASCII: a signed number of 32 bits."""
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value


def _lower(rule: NameRule) -> NameRule:
    return lambda name: rule(name.lower())


_SNOWFLAKE = WarehouseNaming(_snowflake, _snowflake, _snowflake, _as_it_is, _as_it_is, shouts=True)
_BIGQUERY = WarehouseNaming(_bigquery_dataset, _bigquery, _bigquery_column, _bigquery_dataset, _bigquery)
_POSTGRES = WarehouseNaming(_postgres, _postgres, _postgres, _lower(_postgres), _lower(_postgres))
_POSTGRES_2 = WarehouseNaming(_postgres_2, _postgres_2, _postgres_2, _lower(_postgres_2), _lower(_postgres_2))
_REDSHIFT = WarehouseNaming(_redshift, _redshift, _redshift)
_REDSHIFT_3 = WarehouseNaming(_redshift_3, _redshift_3, _redshift_3, _redshift_3, _redshift_3)
_GLUE = WarehouseNaming(_glue, _glue, _as_it_is)
_ICEBERG = WarehouseNaming(_as_it_is, _as_it_is, _as_it_is)

# Connector -> major version -> its naming.
_NAMINGS: Mapping[str, Mapping[int, WarehouseNaming]] = {
    "destination-snowflake": {3: _SNOWFLAKE, 4: _SNOWFLAKE},
    "destination-bigquery": {2: _BIGQUERY, 3: _BIGQUERY},
    "destination-postgres": {2: _POSTGRES_2, 3: _POSTGRES},
    "destination-redshift": {2: _REDSHIFT_3, 3: _REDSHIFT_3, 4: _REDSHIFT},
}
