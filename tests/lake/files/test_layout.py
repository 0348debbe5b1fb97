"""What a destination says of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.lake.values.reference import SecretRef, VarRef
from tests.lake.files.lakes import files_in

FLAT = "Root level flattening"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"format_type": "Parquet"}, ("parquet", "", True)),
        ({"format_type": "Parquet", "compression_codec": "UNCOMPRESSED"}, ("parquet", "", True)),
        ({"format_type": "Parquet", "compression_codec": "ZSTD"}, ("parquet", "ZSTD", True)),
        ({"format_type": "JSONL"}, ("jsonl", "GZIP", False)),
        ({"format_type": "JSONL", "flattening": FLAT}, ("jsonl", "GZIP", True)),
        ({"format_type": "JSONL", "compression": {"compression_type": "No Compression"}}, ("jsonl", "", False)),
        ({"format_type": "CSV", "flattening": "No flattening"}, ("csv", "GZIP", False)),
        ({"format_type": "CSV", "compression": {"compression_type": "GZIP"}}, ("csv", "GZIP", False)),
        ({"format_type": "Avro", "compression_codec": {"codec": "snappy"}}, ("avro", "", True)),
    ],
)
def test_the_format(written: dict[str, Any], said: tuple[str, str, bool], tmp_path: Path) -> None:
    """JSONL and CSV that say nothing of it are compressed by GZIP, the destination's own default."""
    files = files_in(tmp_path, {"format": written})
    assert files is not None
    layout = files.layout
    assert (layout.file_format, layout.compression, layout.flattened) == said


@pytest.mark.parametrize(
    ("written", "bucket"),
    [("lake", "lake"), ({"var": "bucket"}, VarRef(var="bucket")), ({"secret": "bucket"}, SecretRef(secret="bucket"))],
)
def test_a_bucket_may_be_a_reference(written: Any, bucket: object, tmp_path: Path) -> None:
    files = files_in(tmp_path, {"s3_bucket_name": written})
    assert files is not None
    assert files.layout.bucket == bucket


@pytest.mark.parametrize(
    "options",
    [
        {"s3_bucket_path": {"var": "path"}},
        {"s3_path_format": {"var": "path"}},
        {"file_name_pattern": {"var": "pattern"}},
        {"format": {"var": "format"}},
        {"format": {"format_type": {"var": "format"}}},
        {"format": {"format_type": "ORC"}},
        {"format": {"format_type": "JSONL", "flattening": {"var": "flattening"}}},
        {"format": {"format_type": "JSONL", "compression": {"var": "compression"}}},
        {"format": {"format_type": "JSONL", "compression": {"compression_type": {"var": "compression"}}}},
        {"format": None},
        {"s3_bucket_name": None},
    ],
)
def test_names_that_only_terraform_knows_are_unknown(options: dict[str, Any], tmp_path: Path) -> None:
    assert files_in(tmp_path, options) is None
