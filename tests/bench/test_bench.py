"""The bench: its lakes are valid, and every part of it runs. Nothing here measures time."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.lake.rules.check import check_lake
from tests.bench.dagster import DagsterSizes, dagster_parts
from tests.bench.lakes import Shape, write_lake
from tests.bench.landing import Files, LandingSizes, landing_parts
from tests.bench.measures import Sizes, parts
from tests.bench.plans import parse
from tests.bench.plans import write as write_selection
from tests.bench.server import WorkspaceShape, server_parts
from tests.bench.table import Ratio, Row, Section, Series, render

pytestmark = pytest.mark.slow

TINY = Shape(sources=4, destinations=2, streams=2)
LARGER = Shape(sources=8, destinations=1, streams=2)
TINY_PARTS = (
    parts(Sizes(check=TINY, check_large=LARGER, synth=[TINY], cdktf=TINY, review=TINY))
    | landing_parts(LandingSizes(Files(20, 2), Files(3, 50), Files(2, 50), 30, 20))
    | dagster_parts(DagsterSizes(files=30))
)


def test_a_generated_lake_has_no_problem(tmp_path: Path) -> None:
    write_lake(tmp_path, TINY)
    checked = check_lake(tmp_path)
    assert checked.report.to_text() == ""
    assert checked.model is not None
    streams = checked.model.stacks["prod"].streams
    assert [len(fields.fields or ()) for chosen in streams.values() for fields in chosen] == [20] * 16


def test_a_shape_always_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_lake(tmp_path / name, TINY)
    assert _files(tmp_path / "one") == _files(tmp_path / "two")


@pytest.mark.parametrize(
    ("shape", "fields", "mappers"),
    [("1x5,0", [5, 0], 0), ("2x20*3s20", [20, 20, 20] * 2, 0), ("1x3*2m2", [3, 3], 2), ("1x8,0s5m1", [8, 0], 1)],
)
def test_the_lake_of_a_shape_is_what_the_shape_says(
    shape: str, fields: list[int], mappers: int, tmp_path: Path
) -> None:
    write_selection(tmp_path, parse(shape))
    checked = check_lake(tmp_path)
    assert checked.report.to_text() == ""
    chosen = [stream for streams in checked.model.stacks["prod"].streams.values() for stream in streams]
    assert [len(stream.fields or ()) for stream in chosen] == fields
    assert {len(stream.mappers) for stream in chosen} == {mappers}


def test_streams_share_as_many_fields_as_the_shape_says() -> None:
    names = [set(parse("1x20*2s15").names(stream)) for stream in (0, 1)]
    assert (len(names[0]), len(names[0] & names[1])) == (20, 15)


def test_what_is_no_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="1x"):
        parse("1x")


@pytest.mark.parametrize("part", TINY_PARTS)
def test_a_part_measures_itself_and_its_baseline(part: str) -> None:
    section = TINY_PARTS[part](1)
    assert section.rows[-1].ratios
    assert all(len(row.series.seconds) == 1 for row in section.rows)


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_workspace_of_the_shape_is_read() -> None:
    part, _ = server_parts((WorkspaceShape(3, 5, 2, 4),)).values()
    section = part(1)
    assert section.title == "a server: 5 connections of 3 sources, 2 streams each, 4 fields each; 11 requests"
    assert len(section.rows[-1].ratios) == 1


def test_the_table_puts_the_aim_beside_the_ratio() -> None:
    base = Series("reading", (0.1, 0.3, 0.2), python_mb=14)
    check = Series("check", (0.5, 0.4, 0.6), python_mb=100, node_mb=50)
    text = render(Section("lake", [Row(base), Row(check, [Ratio(base, 3)], aim_seconds=1)]))
    assert text.splitlines() == [
        "lake",
        "                median   min   max  ratio    aim  python   node",
        "  reading         0.20  0.10  0.30                 14 MB",
        "  check           0.50  0.40  0.60         < 1 s  100 MB  50 MB",
        "  - to reading                       2.50   <= 3",
    ]


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
