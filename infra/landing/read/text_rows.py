"""JSONL and CSV as Airbyte's destination writes them, with the values as the source sent them.

Source: `ProtoToJsonWriter` and `ProtoToCsvWriter` of Airbyte's CDK (airbytehq/airbyte, airbyte-cdk/bulk/toolkits/
load-object-storage): fields of the schema only, null where a record has none, beside the metadata or in `_airbyte_data`.
"""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from infra.landing.read.coerce import Change, json_text
from infra.landing.read.record import Stamp, encoded
from infra.landing.types.airbyte_type import root_fields

_OWN = ("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id")
_DATA = "_airbyte_data"


class _TextRows:
    """Records as text; `flat`: a field each, else all in `_airbyte_data`."""

    _header = b""

    def __init__(self, json_schema: Mapping[str, Any], *, flat: bool, zipped: bool) -> None:
        self._fields = [name for name, _ in root_fields(json_schema)]
        self._flat = flat
        self._zipped = zipped

    def write(self, lines: Path, file: Path, _longest: int) -> None:
        """Make a file of lines."""
        with open(lines, "rb") as given, self._opened(file) as made:
            made.write(self._header)
            shutil.copyfileobj(given, made)

    def _opened(self, file: Path) -> BinaryIO:
        return cast("BinaryIO", gzip.open(file, "wb") if self._zipped else open(file, "wb"))


class JsonRows(_TextRows):
    """Records of a stream as lines of JSON."""

    def line(self, data: Mapping[str, Any], stamp: Stamp, changes: Sequence[Change]) -> bytes:
        """A record as it stands in the file."""
        held = {name: data.get(name) for name in self._fields}
        own = dict(zip(_OWN, _own_values(stamp, changes), strict=True))
        return encoded(json_text({**held, **own} if self._flat else {**own, _DATA: held}))


class CsvRows(_TextRows):
    """Records of a stream as lines of comma-separated values: objects and lists as JSON, nothing for null."""

    def __init__(self, json_schema: Mapping[str, Any], *, flat: bool, zipped: bool) -> None:
        super().__init__(json_schema, flat=flat, zipped=zipped)
        self._header = _csv([*_OWN, *(self._fields if flat else [_DATA])])

    def line(self, data: Mapping[str, Any], stamp: Stamp, changes: Sequence[Change]) -> bytes:
        """A record as it stands in the file."""
        raw_id, emitted_at, meta, generation = _own_values(stamp, changes)
        held = {name: data.get(name) for name in self._fields}
        values = [_csv_value(value) for value in held.values()] if self._flat else [json_text(held)]
        return _csv([raw_id, emitted_at, json_text(meta), generation, *values])


def _own_values(stamp: Stamp, changes: Sequence[Change]) -> tuple[Any, ...]:
    meta = {"sync_id": stamp.sync_id, "changes": list(changes)}
    return stamp.raw_id, stamp.emitted_at, meta, stamp.generation


def _csv_value(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else json_text(value)


def _csv(values: Sequence[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().encode(errors="replace")
