"""FileLayout: how a destination names the files that it writes.

Source: airbytehq/airbyte, destination-s3 on the bulk CDK: `S3PathSpecification`, `ObjectStorageFormatSpecification` (extensions),
`ObjectStoragePathFactory` (defaults, variables).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.lake.registry.entries import Destination
from infra.lake.registry.entry import Entry
from infra.lake.values.reference import SecretRef, VarRef, reference_name

FileFormat = Literal["parquet", "jsonl", "csv", "avro"]

DEFAULT_PATH = "${NAMESPACE}/${STREAM_NAME}/${YEAR}_${MONTH}_${DAY}_${EPOCH}_"
DEFAULT_NAME = "{part_number}{format_extension}"

# Of JSONL and CSV that say nothing of it (`DeprecatedObjectStorageFormatSpecification`).
DEFAULT_COMPRESSION = "GZIP"

# What may stand in a path format, and in a file name pattern.
PATH_VARIABLES = (
    *("NAMESPACE", "STREAM_NAME", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "EPOCH", "UUID"),
)
NAME_VARIABLES = ("date", "date:yyyy_MM", "timestamp", "part_number", "sync_id", "format_extension")

# The options that name files: two with path variables, and one with those of a file name.
PATH_OPTIONS = ("s3_bucket_path", "s3_path_format")
NAME_OPTION = "file_name_pattern"

# Connectors that write files in this way, and whose options are these.
CONNECTORS = ("destination-s3",)

_FORMATS: Mapping[str, FileFormat] = {"Parquet": "parquet", "JSONL": "jsonl", "CSV": "csv", "Avro": "avro"}


@dataclass(frozen=True)
class FileLayout:
    """What a destination says of its files.

    Attributes:
        bucket: its name, or the reference that stands for it.
        prefix: path in the bucket, before the path format.
        path_format, file_pattern: with variables, `${YEAR}` and `{part_number}`.
        extension: with the dot: `.parquet`, `.jsonl.gz`.
        compression: `GZIP`, a codec of Parquet, or "" for none.
        flattened: True if each field is a column, False if all are in `_airbyte_data`.
    """

    bucket: str | SecretRef | VarRef
    prefix: str
    path_format: str
    file_pattern: str
    file_format: FileFormat
    extension: str
    compression: str
    flattened: bool


def layout_of(destination: Entry[Destination]) -> FileLayout | None:
    """The layout of a destination; None for one that writes no such files, or does not say literally where."""
    settings = destination.settings
    if settings.connector not in CONNECTORS or not settings.configuration:
        return None
    options = settings.configuration
    found = _format(options.get("format"))
    texts = {key: options.get(key, "") for key in (*PATH_OPTIONS, NAME_OPTION)}
    bucket = _text(options.get("s3_bucket_name"))
    if found is None or bucket is None or not all(isinstance(text, str) for text in texts.values()):
        return None
    file_format, compression, flattened = found
    extension = f".{file_format}" + (".gz" if compression == "GZIP" and file_format in ("jsonl", "csv") else "")
    return FileLayout(
        bucket,
        texts["s3_bucket_path"],
        texts["s3_path_format"] or DEFAULT_PATH,
        texts["file_name_pattern"] or DEFAULT_NAME,
        file_format,
        extension,
        compression,
        flattened,
    )


def _text(value: Any) -> str | SecretRef | VarRef | None:
    reference = reference_name(value)
    if reference is not None:
        kind, name = reference
        return SecretRef(secret=name) if kind == "secret" else VarRef(var=name)
    return value if isinstance(value, str) and value else None


def _format(value: Any) -> tuple[FileFormat, str, bool] | None:
    """(format, compression, flattened) of the option `format`; None where a part of it is no text."""
    kind = _FORMATS.get(_choice(value, "format_type", ""))
    if kind is None:
        return None
    if kind in ("parquet", "avro"):
        codec = value.get("compression_codec", "UNCOMPRESSED")
        return kind, "" if codec == "UNCOMPRESSED" or not isinstance(codec, str) else codec, True
    compression = value.get("compression")
    zipped = DEFAULT_COMPRESSION if compression is None else _choice(compression, "compression_type", "")
    flattening = _choice(value, "flattening", "No flattening")
    if not zipped or not flattening:
        return None
    return kind, "GZIP" if zipped == "GZIP" else "", flattening == "Root level flattening"


def _choice(value: Any, key: str, default: str) -> str:
    """The text of a key; "" for anything but a text."""
    found = value.get(key, default) if isinstance(value, Mapping) else ""
    return found if isinstance(found, str) else ""
