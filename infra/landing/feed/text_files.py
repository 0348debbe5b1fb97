"""Files of lines: JSON lines and CSV, whose types the lake's files say, and whose columns the files themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from infra.lake.files.column_names import names_apart
from infra.landing.engine.engine import Engine, EngineError
from infra.landing.feed.found_file import FoundFile
from infra.landing.feed.group import PATHS, Group, described, numbered, path_column, with_paths
from infra.landing.feed.text_values import from_json, from_text
from infra.landing.types.column_type import JSON, VARCHAR, ColumnType
from infra.landing.types.schema_types import airbyte_columns
from infra.landing.types.sql import identifier

_AIRBYTE = airbyte_columns("jsonl")

# The one column with all fields, where the destination does not flatten.
_DATA = "_airbyte_data"

_JSONL = f"read_ndjson_objects({PATHS}, filename = '_lake_file', compression = '{{0}}')"

# The format that Airbyte writes, rather than the one that the first rows of a file look like. It quotes each text: what is empty
# and has quotes is a text. A value is as long as a line of JSON may be.
_CSV = (
    f"read_csv({PATHS}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', comment = '', skip = 0, "
    "nullstr = '', allow_quoted_nulls = false, max_line_size = 16777216, hive_partitioning = false, "
    "filename = '_lake_file', compression = '{0}')"
)

# A column's type, and the expression of its values.
_Value = tuple[ColumnType, str]


def by_compression(engine: Engine, files: Sequence[FoundFile]) -> dict[bool, list[FoundFile]]:
    """Zipped or not -> files. DuckDB goes by the last letters of a name, and takes `0.csv.gz-1` for text."""
    found: dict[bool, list[FoundFile]] = {}
    for file in files:
        found.setdefault(_is_zipped(engine, file), []).append(file)
    return found


def _is_zipped(engine: Engine, file: FoundFile) -> bool:
    named = re.search(r"\.(?:jsonl|csv)(\.gz)?(?:-[0-9]+)?$", file.path)
    if named:
        return named[1] is not None
    asked = f"SELECT 1 FROM read_ndjson_objects({PATHS}, compression = 'gzip', ignore_errors = true) LIMIT 1"
    try:
        engine.rows(with_paths(engine, asked, [file]))
    except EngineError as error:
        return "not a GZIP stream" not in str(error)
    return True


def jsonl_source(*, zipped: bool) -> str:
    """What to select the lines of files from, as the column `json`."""
    return _JSONL.format("gzip" if zipped else "uncompressed")


def csv_source(*, zipped: bool) -> str:
    """What to select the rows of a file from, each value as text."""
    return _CSV.format("gzip" if zipped else "none")


def jsonl_group(
    engine: Engine, files: Sequence[FoundFile], declared: Mapping[str, ColumnType], *, zipped: bool
) -> Group:
    """Files of JSON lines as one group: a key that only some have is null in the others."""
    source = jsonl_source(zipped=zipped)
    keys = _keys(engine, source, "json", files)
    wrapped = _DATA in keys
    values = {key: from_json("json", key, _AIRBYTE[key]) for key in _AIRBYTE if key in keys}
    place = f"(json->'/{_DATA}')" if wrapped else "json"
    inner = _keys(engine, source, place, files) if wrapped else keys
    if wrapped:
        values |= {key: from_json("json", key, JSON) for key in keys if key not in (_DATA, *_AIRBYTE, *inner)}
    values |= {key: from_json(place, key, declared.get(key) or JSON) for key in _ordered(inner, declared)}
    return _group(engine, files, values, source)


def csv_group(engine: Engine, file: FoundFile, declared: Mapping[str, ColumnType], *, zipped: bool) -> Group:
    """One file of CSV; nothing between two commas is null."""
    source = csv_source(zipped=zipped)
    header = described(engine, source, [file])
    values = {
        key: from_text(identifier(key), key, _AIRBYTE.get(key) or declared.get(key) or VARCHAR)
        for key in header
        if key != _DATA
    }
    if _DATA in header:
        place = f"CAST({_DATA} AS JSON)"
        inner = _keys(engine, source, place, [file])
        values |= {key: from_json(place, key, declared.get(key) or JSON) for key in _ordered(inner, declared)}
    return _group(engine, [file], values, source)


def _keys(engine: Engine, source: str, place: str, files: Sequence[FoundFile]) -> list[str]:
    """The keys of all objects, sorted; something else in the place of one is an error, or it would be a row of nulls."""
    keys = f"CASE WHEN json_type({place}) = 'OBJECT' THEN json_keys({place}) ELSE error('a row is no JSON object') END"
    statement = f"SELECT DISTINCT unnest({keys}) FROM {source} ORDER BY 1"
    return [key for (key,) in engine.rows(with_paths(engine, statement, files))]


def _ordered(keys: Sequence[str], declared: Mapping[str, ColumnType]) -> list[str]:
    """Those of the fields: the declared ones in their order, then the others, sorted."""
    order = {key: number for number, key in enumerate(declared)}
    fields = (key for key in keys if key not in _AIRBYTE)
    return sorted(fields, key=lambda key: (order.get(key, len(order)), key))


def _group(engine: Engine, files: Sequence[FoundFile], values: Mapping[str, _Value], source: str) -> Group:
    names = dict(zip(values, names_apart(values), strict=True))
    listed = [f"{value} AS {identifier(names[key])}" for key, (_, value) in values.items()]
    own = f"{path_column(engine, '_lake_file')} AS _lake_file"
    columns = {names[key]: type_ for key, (type_, _) in values.items()}
    return Group(tuple(files), columns, f"(SELECT {', '.join([*listed, own])}, _lake_row FROM {numbered(source)})")
