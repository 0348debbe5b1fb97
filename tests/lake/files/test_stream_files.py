"""What the files of a stream are called, whole keys and all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.lake.files.layout import DEFAULT_NAME, DEFAULT_PATH, NAME_VARIABLES, PATH_VARIABLES, FileLayout
from infra.lake.files.stream_files import FileName, StreamFiles
from tests.lake.files.lakes import files_in
from tests.lake.files.writers import UUID, Sync, written

STARTED = datetime(2026, 1, 2, 3, 4, 5, 67_000, tzinfo=UTC)
HIVE = "${NAMESPACE}/${STREAM_NAME}/year=${YEAR}/month=${MONTH}/day=${DAY}/"
GZIP = {"compression_type": "GZIP"}
PLAIN = {"compression_type": "No Compression"}


def key_of(files: StreamFiles, **more: Any) -> str:
    """The key of the first file of a sync on January 2, 2026."""
    return files.key(STARTED, **{"sync_id": 7, "part": 0, "now_ms": 1_767_323_045_067, "uuid": UUID, **more})


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "raw/users/2026_01_02_1767323045067_0.parquet"),
        ({"s3_path_format": HIVE}, "raw/users/year=2026/month=01/day=02/0.parquet"),
        ({"s3_path_format": "", "file_name_pattern": ""}, "raw/users/2026_01_02_1767323045067_0.parquet"),
        ({"s3_path_format": "${STREAM_NAME}"}, "raw/users0.parquet"),
        ({"s3_path_format": "${STREAM_NAME}/"}, "raw/users/0.parquet"),
        ({"s3_path_format": "//a///${STREAM_NAME}//"}, "raw/a/users/0.parquet"),
        ({"s3_bucket_path": "raw/", "s3_path_format": "x/"}, "raw/x/0.parquet"),
        ({"s3_bucket_path": "/raw", "s3_path_format": "x/"}, "/raw/x/0.parquet"),
        ({"s3_bucket_path": "", "s3_path_format": "x/"}, "x/0.parquet"),
        ({"s3_bucket_path": "/", "s3_path_format": "x/"}, "x/0.parquet"),
        ({"s3_bucket_path": "", "s3_path_format": "/x/"}, "/x/0.parquet"),
        ({"s3_bucket_path": "", "s3_path_format": "${NAMESPACE}/${STREAM_NAME}/"}, "/users/0.parquet"),
        ({"s3_bucket_path": "${NAMESPACE}/${YEAR}", "s3_path_format": "x/"}, "/2026/x/0.parquet"),
        ({"s3_bucket_path": "a/../b", "s3_path_format": "./x/"}, "a/../b/./x/0.parquet"),
        (
            {"s3_path_format": "${HOUR}/${MINUTE}/${SECOND}/${MILLISECOND}/${EPOCH}/${UUID}/"},
            f"raw/03/04/05/0067/1767323045067/{UUID}/0.parquet",
        ),
        (
            {"s3_path_format": "x/", "file_name_pattern": "{date}.{date:yyyy_MM}.{timestamp}.{part_number}.{sync_id}"},
            "raw/x/2026_01_02.2026_01.1767323045067.0.7",
        ),
        (
            {"s3_path_format": "x/", "file_name_pattern": "{timestamp:millis}-{part_number}"},
            "raw/x/{timestamp:millis}-0",
        ),
        (
            {"s3_path_format": "${FOO}/{date}/", "file_name_pattern": "${YEAR}{part_number}"},
            "raw/${FOO}/{date}/${YEAR}0",
        ),
        ({"s3_path_format": "x/", "format": {"format_type": "JSONL"}}, "raw/x/0.jsonl.gz"),
        ({"s3_path_format": "x/", "format": {"format_type": "CSV"}}, "raw/x/0.csv.gz"),
        ({"s3_path_format": "x/", "format": {"format_type": "JSONL", "compression": PLAIN}}, "raw/x/0.jsonl"),
        ({"s3_path_format": "x/", "format": {"format_type": "CSV", "compression": GZIP}}, "raw/x/0.csv.gz"),
        (
            {"s3_path_format": "x/", "format": {"format_type": "Parquet", "compression_codec": "GZIP"}},
            "raw/x/0.parquet",
        ),
        (
            {"s3_path_format": "x/", "format": {"format_type": "Avro", "compression_codec": {"codec": "snappy"}}},
            "raw/x/0.avro",
        ),
    ],
)
def test_a_file_is_called_as_the_destination_calls_it(options: dict[str, Any], key: str, tmp_path: Path) -> None:
    files = files_in(tmp_path, options)
    assert files is not None
    assert key_of(files) == key
    assert files.match(key)
    assert key.startswith(files.prefix)


@pytest.mark.parametrize(
    ("stream", "connection", "key"),
    [
        ("users", "namespace: {format: shop}", "raw/shop/users/0.parquet"),
        ("users", "namespace: {format: shop}\nprefix: x_", "raw/shop/x_users/0.parquet"),
        ("users", "namespace: {format: '${SOURCE_NAMESPACE}'}", "raw/users/0.parquet"),
        ("users", "namespace: source", "raw/users/0.parquet"),
        ("Straße №1", "", "raw/Stra_e_No1/0.parquet"),
        ("café", "", "raw/cafe/0.parquet"),
        ("a/b//c", "", "raw/a/b/c/0.parquet"),
        ("/a/", "", "raw/a/0.parquet"),
        ("../a", "", "raw/../a/0.parquet"),
        ("it's", "", "raw/it's/0.parquet"),
        ('a"b', "", "raw/a_b/0.parquet"),
        ("${YEAR}", "", "raw/$_YEAR_/0.parquet"),
        ("{part_number}", "", "raw/_part_number_/0.parquet"),
        ("a.b*c+(d)?", "", "raw/a.b*c+(d)?/0.parquet"),
        ("a\\b|c^d[e]", "", "raw/a_b_c_d_e_/0.parquet"),
        ("a b\tc\nd", "", "raw/a_b_c_d/0.parquet"),
        ("注文", "", "raw/__/0.parquet"),
        ("ＡＢＣ", "", "raw/ABC/0.parquet"),
        ("😀", "", "raw/_/0.parquet"),
    ],
)
def test_names_are_cleaned(stream: str, connection: str, key: str, tmp_path: Path) -> None:
    files = files_in(tmp_path, {"s3_path_format": "${NAMESPACE}/${STREAM_NAME}/"}, stream=stream, connection=connection)
    assert files is not None
    assert key_of(files) == key
    assert files.match(key)


def test_a_stream_is_not_another_one_whose_name_begins_like_its_own() -> None:
    """Path and file name are joined as they are, so that both have the prefix `raw/orders`."""
    orders, items = files("${STREAM_NAME}", name="orders"), files("${STREAM_NAME}", name="orders_items")
    assert (orders.prefix, items.prefix) == ("raw/orders", "raw/orders_items")
    assert [key_of(orders), key_of(items)] == ["raw/orders0.parquet", "raw/orders_items0.parquet"]
    assert orders.match("raw/orders_items0.parquet") is None
    assert items.match("raw/orders0.parquet") is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("raw/x/7_3.parquet", FileName(3, 0, 7)),
        ("raw/x/7_3.parquet-12", FileName(3, 12, 7)),
        ("raw/x/7_3.parquet-", None),
        ("raw/x/7_3.parquet-x", None),
        ("raw/x/7_3xparquet", None),
        ("raw/x/7_3.parquet.tmp", None),
        ("raw/x/7_3", None),
        ("raw/x/y/7_3.parquet", None),
        ("/raw/x/7_3.parquet", None),
        ("raw/x/7_3.parquet\n", None),
        ("raw/x/7_٣.parquet", None),
    ],
)
def test_what_a_name_says(key: str, said: FileName | None) -> None:
    assert files("x/", "{sync_id}_{part_number}{format_extension}").match(key) == said


def test_a_name_without_numbers_says_nothing() -> None:
    assert files("x/", "data{format_extension}").match("raw/x/data.parquet-1") == FileName(None, 1, None)


@pytest.mark.parametrize(
    ("path", "prefixes"),
    [
        (HIVE, ["raw/n/users/year=2026/month=01/day=02/", "raw/n/users/year=2026/month=1/day=2/"]),
        ("${STREAM_NAME}/${YEAR}/${STREAM_NAME}_", ["raw/users/2026/users_"]),
        ("${STREAM_NAME}/${YEAR}_${MONTH}_${DAY}_${EPOCH}_", ["raw/users/2026_01_02_", "raw/users/2026_1_2_"]),
        ("${DAY}.${MONTH}/${HOUR}/", ["raw/02.01/", "raw/2.1/"]),
        ("${STREAM_NAME}/${EPOCH}/${DAY}/", ["raw/users/"]),
        ("${STREAM_NAME}/", ["raw/users/"]),
        ("${STREAM_NAME}/${YEAR}${MONTH}", ["raw/users/202601", "raw/users/20261"]),
        ("${STREAM_NAME}/${DAY}${YEAR}", ["raw/users/022026", "raw/users/22026"]),
    ],
)
def test_the_folders_of_a_day(path: str, prefixes: list[str]) -> None:
    assert list(files(path).recent([STARTED.date()])) == prefixes


def test_folders_of_several_days_are_asked_for_once() -> None:
    """The 1st as older releases write it is the beginning of the 10th to the 19th."""
    days = [date(2026, 11, day) for day in (1, 10, 11, 2)]
    found = files("${STREAM_NAME}/${YEAR}${MONTH}${DAY}").recent(days)
    assert list(found) == ["raw/users/20261101", "raw/users/20261102", "raw/users/2026111", "raw/users/2026112"]


def files(path: str, pattern: str = DEFAULT_NAME, *, prefix: str = "raw", name: str = "users") -> StreamFiles:
    """Files of a destination without a lake around it."""
    return StreamFiles(FileLayout("lake", prefix, path, pattern, "parquet", ".parquet", "", flattened=True), "n", name)


HOSTILE = "aZ09_-./{}$'\"\\^[](|)*+?~ \t\n%é№ß注😀\u0301"
TEXT = st.text(st.sampled_from(HOSTILE) | st.characters(exclude_categories=["Cs"]), max_size=8)
LITERAL = st.text(st.sampled_from("aZ9_-.=/ $'\"\\^[](|)*+?~é"), max_size=5)
PATHS = st.lists(LITERAL | st.sampled_from(["${" + name + "}" for name in PATH_VARIABLES]), max_size=7).map("".join)
NAMES = st.lists(LITERAL | st.sampled_from(["{" + name + "}" for name in NAME_VARIABLES]), max_size=5).map("".join)
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(9999, 12, 30)).map(  # noqa: DTZ001  # made UTC here
    lambda time: time.replace(tzinfo=UTC)
)
SYNCS = st.builds(Sync, TIMES, st.integers(0, 10**15), st.integers(0, 10**9), st.integers(0, 10**6))


@st.composite
def streams(draw: st.DrawFn) -> StreamFiles:
    """Files of any stream of any destination; the option that is empty has its default."""
    extension = draw(st.sampled_from([".parquet", ".jsonl", ".jsonl.gz", ".csv", ".avro"]))
    path, pattern = draw(PATHS) or DEFAULT_PATH, draw(NAMES) or DEFAULT_NAME
    layout = FileLayout("lake", draw(PATHS), path, pattern, "parquet", extension, "", flattened=True)
    return StreamFiles(layout, draw(TEXT), draw(TEXT.filter(bool)))


def options_of(found: StreamFiles) -> dict[str, str]:
    """As the test's own writer takes them."""
    layout = found.layout
    return {"prefix": layout.prefix, "path": layout.path_format, "pattern": layout.file_pattern}


@given(streams(), SYNCS, st.booleans(), st.sampled_from(["", "-1", "-27"]))
def test_what_any_destination_writes_is_found(found: StreamFiles, sync: Sync, older: bool, suffix: str) -> None:
    """Today's names and those of older releases: they match, they have the prefix, and that of the day of the start."""
    key = written(options_of(found), found.namespace, found.name, sync, extension=found.layout.extension, older=older)
    assert found.match(key + suffix) is not None
    assert (key + suffix).startswith(found.prefix)
    assert any(key.startswith(prefix) for prefix in found.recent([sync.started.date()]))
    assert all(
        prefix.startswith(found.prefix) or found.prefix.startswith(prefix) for prefix in found.recent([date.min])
    )


@given(streams(), SYNCS)
def test_a_key_is_the_one_of_the_destination(found: StreamFiles, sync: Sync) -> None:
    key = found.key(sync.started, sync_id=sync.sync_id, part=sync.part, now_ms=sync.now_ms, uuid=UUID)
    assert key == written(
        options_of(found), found.namespace, found.name, sync, extension=found.layout.extension, older=False
    )


@given(st.data(), SYNCS)
def test_numbers_are_read_back(data: st.DataObject, sync: Sync) -> None:
    """Where something that is no digit stands between them."""
    pattern = data.draw(st.permutations(["{sync_id}", "{part_number}"]).map("_".join)) + "{format_extension}"
    found = files(data.draw(PATHS.map(lambda path: f"{path}/")), pattern)
    key = found.key(sync.started, sync_id=sync.sync_id, part=sync.part, now_ms=sync.now_ms, uuid=UUID)
    assert found.match(key) == FileName(sync.part, 0, sync.sync_id)
    assert found.match(f"{key}-3") == FileName(sync.part, 3, sync.sync_id)


@given(streams(), TEXT)
def test_no_other_text_is_a_file(found: StreamFiles, text: str) -> None:
    """A pattern is anchored: what it matches is no part of something else, and holds the names as they were cleaned."""
    key = found.key(STARTED, sync_id=7, part=0, now_ms=0, uuid=UUID)
    assume(text and not re.fullmatch("-?[0-9]+", text))
    assert found.match(f"{text}\n{key}") is None
    assert found.match(f"{key}\n") is None


@given(st.sampled_from([HIVE, DEFAULT_PATH]), st.integers(0, 4), TIMES, TIMES)
def test_recent_folders_leave_other_days_out(path: str, days: int, today: datetime, started: datetime) -> None:
    """Of today's destination; unpadded names may be asked for too often, never too seldom."""
    found, wanted = files(path), [today.date() - timedelta(days=number) for number in range(days + 1)]
    key = found.key(started, sync_id=7, part=0, now_ms=0, uuid=UUID)
    padded = started.month > 9 and started.day > 9
    listed = any(key.startswith(prefix) for prefix in found.recent(wanted))
    assert listed == (started.date() in wanted) or (listed and not padded)
