"""Landings of several stacks, and what only seems to overlap."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, USERS, problems_of, run, write_lake

CATALOG = "catalog: {sqlite: .lake/catalog.sqlite}"
ALL = "".join(f"    {kind}: {{stack: [airbyte, staging]}}\n" for kind in ("source", "destination", "connection"))


def lake_with(landing: str, *, stack: str = "", more: str = "") -> str:
    """A lake whose only stack has a landing; `more`: other landings."""
    return f"{LAKE}      landing: prod\n{stack}  landings:\n    prod: {{{landing}}}\n{more}"


def problems(root: Path, lake: str, rest: str = SOURCE + DESTINATION + CONNECTION, stream: str = USERS) -> list[str]:
    """`rule path` of each problem."""
    write_lake(root, {"dag/registry/lake.yaml": lake + rest, "dag/streams/faker/users.json": stream})
    return [f"{problem.rule} {problem.path}" for problem in problems_of(root)]


@pytest.mark.parametrize(
    ("landing", "told"),
    [
        (f"{CATALOG}, tables: s3://lake/tables/", []),
        (f"{CATALOG}, tables: s3://lake/raw/", ["tables"]),
        (f"{CATALOG}, tables: s3://lake/", ["tables"]),
        (f"{CATALOG}, tables: s3://lake/raw/users/tables/", ["tables"]),
        (f"{CATALOG}, tables: s3://lake/raw/user/", ["tables"]),
        (f"{CATALOG}, tables: s3://lake/raws/", []),
        (f"{CATALOG}, tables: s3://pond/raw/", []),
        # A folder that stands for all buckets.
        (f"{CATALOG}, tables: .lake/tables/, raw: .lake/raw/", []),
        (f"{CATALOG}, tables: .lake/, raw: .lake/raw/", ["catalog.sqlite", "spill", "tables"]),
        (f"{CATALOG}, tables: .lake/tables/, raw: .lake/raw/, spill: .lake/raw/lake/raw/users/x", ["spill"]),
        ("catalog: {sqlite: .lake/raw/lake/raw/users/c}, tables: .lake/tables/, raw: .lake/raw/", ["catalog.sqlite"]),
        ("catalog: {sqlite: .lake/tab}, tables: .lake/tables/, raw: .lake/raw/", []),
    ],
)
def test_places(landing: str, told: list[str], tmp_path: Path) -> None:
    found = problems(tmp_path, lake_with(landing))
    assert sorted(set(found)) == [f"landing-overlap lake.landings.prod.{key}" for key in told]


@pytest.mark.parametrize(
    ("raw", "told"), [("s3://", []), (".lake/raw/", ["landing-overlap lake.landings.prod.tables"])]
)
def test_a_bucket_that_nobody_knows_may_be_any_folder(raw: str, told: list[str], tmp_path: Path) -> None:
    rest = (SOURCE + DESTINATION + CONNECTION).replace("s3_bucket_name: lake", "s3_bucket_name: {var: bucket}")
    assert problems(tmp_path, lake_with(f"{CATALOG}, tables: .lake/raw/pond/, raw: {raw}"), rest) == told


def test_files_of_other_landings_count(tmp_path: Path) -> None:
    other = "    other: {catalog: {sqlite: .lake/other.sqlite}, tables: s3://lake/raw/users/}\n"
    lake = lake_with(f"{CATALOG}, tables: s3://lake/tables/", more=other)
    assert problems(tmp_path, lake) == ["landing-overlap lake.landings.other.tables"]


def test_the_same_entries_in_two_stacks_write_one_table_twice(tmp_path: Path) -> None:
    staging = LAKE.partition("  stacks:\n")[2].replace("airbyte", "staging").replace("1111", "2222")
    lake = lake_with(f"{CATALOG}, tables: s3://t/", stack=f"{staging}      landing: prod\n") + f"  defaults:\n{ALL}"
    found = problems(tmp_path, lake)
    assert "landing-two-writers connections.faker_to_lake" in found


@pytest.mark.parametrize(
    ("stream", "rule"),
    [
        ({"types": {"id": "BIGINT", "name": "timestamptz"}}, None),
        ({"types": {"id": "decimal(38, 38)"}}, None),
        ({"types": {"id": "DECIMAL"}}, "wrong-type landing.types.id"),
        ({"types": {"id": "DECIMAL(0,0)"}}, "wrong-type landing.types.id"),
        ({"types": {"id": "DECIMAL(5,6)"}}, "wrong-type landing.types.id"),
        ({"types": {"id": "VARCHAR); DROP TABLE x; --"}}, "wrong-type landing.types.id"),
        ({"types": {"id": "VARCHAR[]"}}, "wrong-type landing.types.id"),
        ({"types": {"id": ""}}, "wrong-type landing.types.id"),
        ({"types": {"ID": "BIGINT"}}, "landing-unknown-column landing.types.ID"),
    ],
)
def test_types_of_columns(stream: dict[str, object], rule: str | None, tmp_path: Path) -> None:
    text = json.dumps({**json.loads(USERS), "landing": stream})
    assert problems(tmp_path, LAKE, stream=text) == ([rule] if rule else [])


def test_a_column_that_a_mapper_makes_is_known(tmp_path: Path) -> None:
    mapper = {"hashing": {"target_field": "name", "method": "SHA-256", "field_name_suffix": "_hashed"}}
    for column, told in (("name_hashed", []), ("name", ["landing-unknown-column landing.types.name"])):
        stream = {
            **json.loads(USERS),
            "mappers": [{"type": "hashing", "mapper_configuration": mapper}],
            "landing": {"types": {column: "VARCHAR"}},
        }
        assert problems(tmp_path, LAKE, stream=json.dumps(stream)) == told


def test_a_variable_of_a_landing_is_used(tmp_path: Path) -> None:
    catalog = (
        "catalog: {postgres: {host: {var: db_host}, dbname: ducklake, user: lake, password: {secret: db_password}}}"
    )
    lake = lake_with(f"{catalog}, tables: s3://t/") + "  variables:\n    db_host: {description: the catalog's server}\n"
    assert problems(tmp_path, lake) == []


def test_other_destinations_say_nothing_of_files(tmp_path: Path) -> None:
    """They land tables themselves."""
    rest = SOURCE + CONNECTION + "destinations:\n  lake: {existing: 11111111-2222-3333-4444-555555555555}\n"
    assert problems(tmp_path, lake_with(f"{CATALOG}, tables: s3://t/"), rest) == []


@pytest.mark.parametrize(
    ("option", "text", "fixes"),
    [
        ("s3_path_format", "{STREAM_NAME}/", ["write ${STREAM_NAME}"]),
        (
            "s3_path_format",
            "${part_number}/",
            ["{part_number} is for file_name_pattern; here there are ${NAMESPACE}, "],
        ),
        ("s3_bucket_path", "${STREM_NAME}", ['did you mean "${STREAM_NAME}"']),
        ("file_name_pattern", "{date:yyyy-MM-dd}{part_number}", ["write {date}, as in 2026_01_31, or {date:yyyy_MM}"]),
        ("file_name_pattern", "${part_number}", ["write {part_number}: only variables of the path have a $"]),
        ("file_name_pattern", "${YEAR}{part_nmber}", ["${YEAR} is for s3_path_format", 'did you mean "{part_number}"']),
        ("file_name_pattern", "{}{part_number}{part_number}", ["variables: {date}, {date:yyyy_MM}, "]),
        ("file_name_pattern", "{x}{x}", ["variables: {date}"]),
        ("file_name_pattern", "{part_number", []),
        ("file_name_pattern", {"var": "pattern"}, []),
    ],
)
def test_variables_that_mean_nothing(option: str, text: object, fixes: list[str], tmp_path: Path) -> None:
    destination = DESTINATION.replace("      s3_bucket_path: raw\n", "") + f"      {option}: {json.dumps(text)}\n"
    problems(tmp_path, LAKE, SOURCE + destination + CONNECTION)
    told = [problem for problem in problems_of(tmp_path) if problem.rule == "file-name-variable"]
    assert [problem.fix.startswith(fix) for problem, fix in zip(told, sorted(fixes), strict=True)] == [True] * len(
        fixes
    )


def test_one_message_where_a_destination_is_in_two_stacks(tmp_path: Path) -> None:
    staging = LAKE.partition("  stacks:\n")[2].replace("airbyte", "staging").replace("1111", "2222")
    lake = f"{LAKE}{staging}  defaults:\n{ALL}"
    destination = (
        DESTINATION
        + "      file_name_pattern: '{x}{format_extension}'\n    overrides: {staging: {configuration: {s3_bucket_path: x}}}\n"
    )
    assert problems(tmp_path, lake, SOURCE + destination + CONNECTION) == [
        "file-name-variable destinations.lake.configuration.file_name_pattern"
    ]
    assert run(tmp_path, "check").code == 1
