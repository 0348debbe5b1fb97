"""Files of lines: JSON lines and CSV, whose types the lake's files say, and whose columns the files themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from infra.landing.engine.engine import Engine
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import PATHS, Group, described, path_column, with_paths
from infra.landing.feed.text_values import from_json, from_text
from infra.landing.types.column_type import BIGINT, JSON, TIMESTAMPTZ, VARCHAR, ColumnType
from infra.landing.types.sql import identifier

# Columns that Airbyte puts before the fields (documentation of destination-s3, "Output schema").
_AIRBYTE = {
    "_airbyte_raw_id": VARCHAR,
    "_airbyte_extracted_at": TIMESTAMPTZ,
    "_airbyte_generation_id": BIGINT,
    "_airbyte_meta": JSON,
}

# The one column with all fields, where the destination does not flatten.
_DATA = "_airbyte_data"

# DuckDB goes by the end of a name, and a name that was taken ends in a number: `0.jsonl.gz-1`.
_GZIP = re.compile(r"\.gz(-[0-9]+)?")

_JSONL = f"read_ndjson_objects({PATHS}, filename = '_lake_file', compression = '{{0}}')"
_CSV = (
    f"read_csv({PATHS}, header = true, all_varchar = true, filename = '_lake_file', hive_partitioning = false,"
    " compression = '{0}')"
)

# A column's type, and the expression of its values.
_Value = tuple[ColumnType, str]


def by_compression(files: Sequence[FoundFile]) -> list[list[FoundFile]]:
    """The files that are compressed, and those that are not, by their names."""
    found: dict[bool, list[FoundFile]] = {}
    for file in files:
        found.setdefault(_is_compressed(file), []).append(file)
    return [found[key] for key in sorted(found)]


def _is_compressed(file: FoundFile) -> bool:
    name = file.path.rpartition("/")[2]
    return any(found.end() == len(name) for found in _GZIP.finditer(name))


def _source(pattern: str, files: Sequence[FoundFile]) -> str:
    return pattern.format("gzip" if _is_compressed(files[0]) else "uncompressed")


def jsonl_group(engine: Engine, files: Sequence[FoundFile], declared: Mapping[str, ColumnType]) -> Group:
    """Files of JSON lines, compressed alike, as one group: a key that only some have is null in the others."""
    source = _source(_JSONL, files)
    keys = _keys(engine, source, "json_keys(json)", files)
    wrapped = _DATA in keys
    values = {key: from_json("json", key, _AIRBYTE[key]) for key in _AIRBYTE if key in keys}
    place = f"(json->'$.{_DATA}')" if wrapped else "json"
    inner = _keys(engine, source, f"json_keys(json, '$.{_DATA}')", files) if wrapped else keys
    values |= {key: from_json(place, key, declared.get(key) or JSON) for key in _ordered(inner, declared)}
    return _group(engine, files, values, source)


def csv_group(engine: Engine, file: FoundFile, declared: Mapping[str, ColumnType]) -> Group:
    """One file of CSV; an empty text between two commas is null."""
    source = _source(_CSV, [file])
    header = described(engine, source, [file])
    values = {
        key: from_text(identifier(key), _AIRBYTE.get(key) or declared.get(key) or VARCHAR)
        for key in header
        if key != _DATA
    }
    if _DATA in header:
        inner = _keys(engine, source, f"json_keys({_DATA})", [file])
        place = f"CAST({_DATA} AS JSON)"
        values |= {key: from_json(place, key, declared.get(key) or JSON) for key in _ordered(inner, declared)}
    return _group(engine, [file], values, source)


def _keys(engine: Engine, source: str, keys: str, files: Sequence[FoundFile]) -> list[str]:
    statement = f"SELECT DISTINCT unnest({keys}) FROM {source} ORDER BY 1"
    return [key for (key,) in engine.rows(with_paths(engine, statement, files))]


def _ordered(keys: Sequence[str], declared: Mapping[str, ColumnType]) -> list[str]:
    """Those of the fields: the declared ones in their order, then the others, sorted."""
    order = {key: number for number, key in enumerate(declared)}
    fields = (key for key in keys if key not in _AIRBYTE)
    return sorted(fields, key=lambda key: (order.get(key, len(order)), key))


def _group(engine: Engine, files: Sequence[FoundFile], values: Mapping[str, _Value], source: str) -> Group:
    listed = [f"{value} AS {identifier(key)}" for key, (_, value) in values.items()]
    number = "row_number() OVER (PARTITION BY _lake_file) - 1 AS _lake_row"
    own = f"{path_column(engine, '_lake_file')} AS _lake_file"
    columns = {key: type_ for key, (type_, _) in values.items()}
    return Group(tuple(files), columns, f"(SELECT {', '.join([*listed, own, number])} FROM {source})")
