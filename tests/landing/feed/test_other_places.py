"""Files whose place is another one since: a changed prefix or bucket says nothing of those that were fed before."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.fed_lakes import DESTINATION, ENTRIES, LOCAL, FedLake, fed_lake, parquet
from tests.support.lakes import LAKE

STACK = LAKE.partition("  stacks:\n")[2]
# Nobody but the destination deletes files, and what is gone is believed at once.
AT_ONCE = LOCAL + "      raw_retention: none\n      settle: 1s\n"


@pytest.fixture
def lake(tmp_path: Path) -> FedLake:
    return fed_lake(tmp_path / "lake", STACK, AT_ONCE, DESTINATION.format(bucket="lake", prefix=""), ENTRIES)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("namespace: {format: shop}", "namespace: {format: store}"),
        ("destination: files\n", "destination: files\n    prefix: new_\n"),
        ("s3_bucket_name: lake", "s3_bucket_name: other"),
        ("format_type: Parquet", "format_type: JSONL"),
    ],
)
def test_rows_stay_until_a_sync_replaces_them(lake: FedLake, written: str, instead: str) -> None:
    for stem in ("users", "products"):
        lake.write(stem, "2026-11-01", {1: "Ada"}, sync=1, generation=1)
    assert lake.run("feed", "--quiet").code == 0
    registry = lake.root / "dag/registry/lake.yaml"
    text = registry.read_text("utf-8")
    assert written in text
    registry.write_text(text.replace(written, instead), "utf-8")
    for _ in range(2):
        assert lake.run("feed", "--quiet").code == 0
        time.sleep(1.1)  # what is gone for so long is believed
        for stem in ("users", "products"):
            assert lake.rows(f"SELECT name FROM faker__{stem}") == "Ada"


def test_a_new_place_takes_over_once_it_has_replaced_a_generation(lake: FedLake) -> None:
    lake.write("products", "2026-11-01", {1: "old"}, sync=1, generation=1)
    lake.run("feed", "--quiet")
    registry = lake.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text("utf-8").replace("{format: shop}", "{format: store}"), "utf-8")
    first = lake.write("products", "2026-11-02", {1: "new"}, sync=2, generation=2)
    lake.run("feed", "--quiet")
    assert lake.rows("SELECT name FROM faker__products ORDER BY name") == "new\nold"
    lake.write("products", "2026-11-03", {1: "newer"}, sync=3, generation=3)
    first.unlink()
    lake.run("feed", "--quiet")
    assert lake.rows("SELECT name FROM faker__products") == "newer"


def test_a_renamed_connection_replaces_what_it_fed_before(lake: FedLake) -> None:
    first = lake.write("products", "2026-11-01", {1: "old"}, sync=1, generation=1)
    second = lake.path(lake.key("products", "2026-11-02", sync=2))
    lake.run("feed", "--quiet")
    registry = lake.root / "dag/registry/lake.yaml"
    text = registry.read_text("utf-8").replace("faker_to_files", "faker_to_lake")
    line = "renamed:\n  - {from: connections.faker_to_files, to: connections.faker_to_lake}\n"
    registry.write_text(text + line, "utf-8")
    second.parent.mkdir()
    second.write_bytes(parquet("2026-11-02", {1: "new"}, sync=2, generation=2))
    first.unlink()
    assert lake.run("feed", "--quiet").out == ""
    columns = "name, _lake_connection, _lake_epoch"
    assert lake.rows(f"SELECT {columns} FROM faker__products").split() == ["new", "faker_to_lake", "1"]
    # The line has been applied, and is deleted.
    registry.write_text(text, "utf-8")
    second.unlink()
    lake.run("feed", "--quiet")
    time.sleep(1.1)
    lake.run("feed", "--quiet")
    assert lake.rows("SELECT count(*) FROM faker__products") == "0"


@pytest.mark.parametrize(
    ("written", "instead"),
    [("format_type: Parquet", "format_type: JSONL"), ('"{sync_id}_{part_number}', '"p_{part_number}')],
)
def test_files_that_were_fed_are_not_unknown_under_another_pattern(lake: FedLake, written: str, instead: str) -> None:
    known = lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    lake.run("feed", "--quiet")
    registry = lake.root / "dag/registry/lake.yaml"
    text = registry.read_text("utf-8")
    assert written in text
    registry.write_text(text.replace(written, instead), "utf-8")
    assert lake.run("feed", "--quiet").out == ""
    assert "no stream has" not in lake.run("status").out
    strange = known.with_name("strange.parquet")
    strange.write_bytes(b"x")
    told = f"1 file that no stream has, for example {strange.relative_to(lake.root / '.lake/raw')}\n"
    assert lake.run("feed", "--quiet").out == told
    assert told in lake.run("status").out


@pytest.mark.parametrize("what", ["deleted", "renamed", "both"])
def test_what_is_in_quarantine_is_no_trouble_once_it_is_gone(lake: FedLake, what: str) -> None:
    file = lake.write("users", "2026-11-01", {1: "Ada"}, sync=1)
    file.write_bytes(b"no parquet")
    name = str(file.relative_to(lake.root / ".lake/raw"))
    assert (lake.run("feed", "--quiet").code, lake.run("status").code) == (1, 1)
    if what != "deleted":
        registry = lake.root / "dag/registry/lake.yaml"
        text = registry.read_text("utf-8")
        registry.write_text(text.replace('"{sync_id}_{part_number}', '"p_{part_number}'), "utf-8")
    if what != "renamed":
        file.unlink()
    told = f"1 file that no stream has, for example {name}\n" if what == "renamed" else ""
    assert (lake.run("feed", "--quiet").code, lake.run("feed", "--quiet").out) == (0, told)
    status = lake.run("status")
    assert (status.code, "quarantined" in status.out) == (0, False)
    events = "SELECT event FROM lake._lake.files ORDER BY batch"
    assert lake.rows(events).split() == ["quarantined", "forgotten"]
