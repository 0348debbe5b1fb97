"""Stacks whose plans take long are told, by `check`, `flux` and `review`, with what would help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.lake.registry.entries import Source
from infra.lake.replication.method import reads_log
from tests.review.test_reviews import commit, git, synthesized
from tests.support.lakes import Result, run
from tests.support.plan_lakes import FILE, wide_lake

FLUX = '      flux: {{namespace: lake, git: {{url: "ssh://git@git.example.com/lake"}}, interval: {}}}\n'
S3 = "      backend: {s3: {bucket: state, key: airbyte}}\n"
HEAD = f"{FILE}:5:5  plan-slow  warning: lake.stacks.airbyte: a plan takes about"
DROPPED = "    every column is synced then; new ones too, automatically with schema_changes: propagate_columns, otherwise when the connection next changes\n"


def test_the_stack_its_time_and_the_connections_that_cost_most(tmp_path: Path) -> None:
    sources = {"a": [20] * 9, "b": [0] * 9, "c": [20] * 20, "d": [20] * 10, "e": [20] * 8}
    result = run(wide_lake(tmp_path, sources, stack=FLUX.format("4m") + S3, unselected=20), "check", "--quiet")
    assert result == Result(
        0,
        f"{HEAD} 66 s of processor time on an AMD EPYC at 2.6 GHz, more than a quarter of flux.interval, 4m\n"
        "    split a connection by streams, unless it reads the database's log; those that move are read again: c_to_lake\n"
        "    or plan less often, for example flux.interval: 5m\n"
        "    see docs/performance.md, OpenTofu\n"
        f"    {FILE}:38:3  connections.c_to_lake takes about 34 s of it: 20 streams, 400 selected fields\n"
        f"    {FILE}:39:3  connections.d_to_lake takes about 12 s of it: 10 streams, 200 selected fields\n"
        f"    {FILE}:36:3  connections.a_to_lake takes about 10 s of it: 9 streams, 180 selected fields\n"
        "1 warning\n",
        "",
    )


def test_mappers_count_where_nothing_is_selected(tmp_path: Path) -> None:
    stack = FLUX.format("2m") + S3
    assert run(wide_lake(tmp_path / "none", {"a": [0] * 20}, stack=stack), "check", "--quiet") == Result(0, "", "")
    told = run(wide_lake(tmp_path / "many", {"a": [0] * 20}, stack=stack, mappers=6), "check", "--quiet").out
    assert told.startswith(f"{HEAD} 41 s ")
    assert "connections.a_to_lake takes about 41 s of it: 20 streams, 0 selected fields, 120 mappers\n" in told


def test_only_strict_makes_it_an_error(tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"wide": [160]})
    assert run(lake, "check", "--quiet").code == 0
    strict = run(lake, "check", "--quiet", "--strict")
    assert (strict.code, strict.out.count("plan-slow  lake.stacks.airbyte: a plan takes")) == (1, 1)


@pytest.mark.parametrize(("interval", "warns"), [("1m", True), ("2m", False), ("1h", False)])
def test_what_counts_is_the_interval(interval: str, warns: bool, tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"wide": [70]}, stack=FLUX.format(interval) + S3)
    assert ("plan-slow" in run(lake, "check", "--quiet").out) == warns


@pytest.mark.parametrize(("size", "warns"), [(0, False), (100, False), (160, True)])
def test_without_flux_it_is_the_default(size: int, warns: bool, tmp_path: Path) -> None:
    found = run(wide_lake(tmp_path, {"wide": [size]}), "check", "--quiet").out
    assert ("more than a quarter of 10m, after which tofu-controller would plan again\n" in found) == warns


def test_nearly_all_fields_are_better_none(tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"wide": [160, 3, 110, 120, 130]}, unselected=20)
    told = run(lake, "check", "--quiet").out
    assert (
        "    drop fields where nearly all are selected, which leaves about 1 s: dag/streams/wide/s0.json:1:2 (160 of 180), "
        "dag/streams/wide/s4.json:1:2 (130 of 150), dag/streams/wide/s3.json:1:2 (120 of 140) and 1 more\n" + DROPPED
    ) in told
    for number in (0, 2, 3, 4):
        (lake / f"dag/streams/wide/s{number}.json").write_text("{}\n")
    run(lake, "catalog", "--quiet")
    assert run(lake, "check", "--quiet") == Result(0, "", "")


def test_a_file_that_two_connections_share_is_named_once(tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"wide": [130, 3]}, unselected=20)
    with (lake / FILE).open("a") as file:
        file.write("  again: {source: wide, destination: lake, prefix: again_}\n")
    told = run(lake, "check", "--quiet").out
    assert "which leaves about 1 s: dag/streams/wide/s0.json:1:2 (130 of 150)\n" in told


def test_a_selection_that_leaves_much_out_is_no_mistake(tmp_path: Path) -> None:
    assert "drop fields" not in run(wide_lake(tmp_path, {"wide": [160]}, unselected=100), "check", "--quiet").out


def test_dropping_what_costs_nothing_is_no_advice(tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"small": [4] * 10, "wide": [160]}, unselected=1)
    (lake / "dag/sources/wide/s0.json").write_text(
        (lake / "dag/sources/wide/s0.json")
        .read_text()
        .replace('"other_0"', ", ".join(f'"x{n}": {{}}' for n in range(99)) + ', "y"')
    )
    assert "drop fields" not in run(lake, "check", "--quiet").out


def test_a_connection_that_reads_the_log_is_not_cut(tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"database": [20] * 40, "shop": [20] * 35}, unselected=20)
    told = run(lake, "check", "--quiet").out
    assert "unless it reads the database's log; those that move are read again: shop_to_lake\n" in told
    assert "connections.database_to_lake takes about" in told


def test_one_wide_stream_is_not_cut(tmp_path: Path) -> None:
    assert (
        "split a connection" not in run(wide_lake(tmp_path, {"wide": [160, 3]}, unselected=90), "check", "--quiet").out
    )


@pytest.mark.parametrize(
    ("connector", "configuration", "reads"),
    [
        ("source-postgres", {"replication_method": {"method": "CDC"}}, True),
        ("source-postgres", {"replication_method": {"method": "Standard"}}, False),
        ("source-mysql", {"replication_method": "CDC"}, True),
        ("source-oracle-enterprise", {"cursor": {"cursor_method": "cdc"}}, True),
        ("source-mongodb-v2", {}, True),
        ("source-faker", {"count": 10}, False),
        ("source-postgres", {"replication_method": {"var": "method"}}, False),
    ],
)
def test_who_reads_a_log(connector: str, configuration: dict[str, object], reads: bool) -> None:
    assert reads_log(Source(connector=connector, configuration=configuration)) == reads


def test_flux_tells_it_too_and_writes_all_the_same(tmp_path: Path) -> None:
    lake = wide_lake(tmp_path, {"wide": [160]}, stack=FLUX.format("10m") + S3)
    told = run(lake, "flux")
    assert told.code == 0
    assert told.out.startswith(f"{HEAD} 3.8 min")
    assert "1 warning\nwrote deploy/airbyte/" in told.out
    assert run(lake, "synth", "--quiet").code == 0
    current = run(lake, "flux", "--check", "--format", "json")
    assert [problem["rule"] for problem in json.loads(current.out)["problems"]] == ["plan-slow"]
    assert current.code == 0


def reviewed(
    root: Path, sizes: list[int], after: list[int], *words: str, interval: str = "10m", mappers: int = 0
) -> Result:
    """The review of a source whose streams select other numbers of fields; `interval`, `mappers`: the new ones."""
    lake = wide_lake(root, {"wide": sizes}, stack=FLUX.format("10m") + S3, unselected=30)
    synthesized(lake)
    git(root, "init", "--quiet")
    commit(root)
    wide_lake(root, {"wide": after}, stack=FLUX.format(interval) + S3, unselected=30, mappers=mappers)
    synthesized(lake)
    return run(lake, "review", "--base", "HEAD", *words)


@pytest.mark.parametrize(
    ("before", "after", "interval", "note"),
    [
        (
            [100],
            [160],
            "10m",
            "3.8 min of processor time, 59 s before; that is slow for an interval of 10m (plan-slow)",
        ),
        ([160], [100], "10m", "59 s of processor time, 3.8 min before; that is no longer slow for an interval of 10m"),
        ([160], [160], "1h", "3.8 min of processor time; that is no longer slow for an interval of 1h"),
        ([60], [100], "10m", "59 s of processor time, 14 s before"),
        ([160], [160, 3], "10m", None),
        ([20], [40], "10m", None),
        ([100], [101], "10m", None),
    ],
)
def test_the_review_says_what_matters(
    before: list[int], after: list[int], interval: str, note: str | None, tmp_path: Path
) -> None:
    notes = json.loads(reviewed(tmp_path, before, after, "--format", "json", interval=interval).out)["notes"]
    told = [line for line in notes if "a plan takes" in line]
    assert told == ([f"airbyte: a plan takes about {note}"] if note else [])


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_note_is_in_every_form(form: str, tmp_path: Path) -> None:
    found = reviewed(tmp_path, [60], [100], "--format", form).out
    assert "airbyte: a plan takes about 59 s of processor time, 14 s before\n" in found


def test_the_review_counts_mappers(tmp_path: Path) -> None:
    notes = json.loads(reviewed(tmp_path, [0] * 20, [0] * 20, "--format", "json", mappers=6).out)["notes"]
    assert "airbyte: a plan takes about 41 s of processor time, 1 s before" in notes
