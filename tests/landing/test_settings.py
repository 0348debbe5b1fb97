"""A landing's settings: which one is meant, where its values come from, what is said where they are missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from infra.base.errors import UserError
from infra.lake.rules.check import check_lake
from infra.lake.values.reference import SecretRef, VarRef
from infra.landing.settings import LandingSettings, S3Credentials, read_landing
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, USERS, write_lake

LOCAL = "    local: {catalog: {sqlite: .lake/catalog.sqlite}, tables: .lake/tables/, raw: .lake/raw}\n"
PROD = """\
    prod:
      catalog:
        postgres: {host: {var: catalog_host}, dbname: lake, user: {var: catalog_user}, password: {secret: catalog_password}}
      tables: s3://lake-tables
      s3: {access_key_id: {secret: s3_id}, secret_access_key: {secret: s3_key}, region: eu-central-1}
"""
VARIABLES = "  variables:\n    catalog_host: {default: db.example.com}\n"
VALUES = {
    "TF_VAR_catalog_user": "lake",
    "TF_VAR_catalog_password": "hunter2-of-postgres",
    "TF_VAR_s3_id": "hunter2-id",
    "TF_VAR_s3_key": "hunter2-key",
}
IN_S3 = "    open: {{catalog: {{sqlite: c.sqlite}}, tables: tables{}}}\n"
AMAZON = {
    "AWS_ACCESS_KEY_ID": "hunter2-id",
    "AWS_SECRET_ACCESS_KEY": "hunter2-key",
    "AWS_SESSION_TOKEN": "hunter2-token",
}


def read(
    root: Path, landings: str, environ: Mapping[str, str] | None = None, name: str | None = None
) -> LandingSettings:
    """The settings of a lake with these landings, in this environment."""
    below = f"  landings:\n{landings}" if landings else ""
    registry = LAKE + below + VARIABLES * ("catalog_host" in landings) + SOURCE + DESTINATION + CONNECTION
    checked = check_lake(
        write_lake(root, {"dag/registry/lake.yaml": registry, "dag/streams/faker/users.json": USERS}), catalogs=False
    )
    assert [problem for problem in checked.report.problems if problem.severity == "error"] == []
    return read_landing(checked.model, name, environ or {})


def refusal(root: Path, landings: str, environ: Mapping[str, str] | None = None, name: str | None = None) -> str:
    with pytest.raises(UserError) as refused:
        read(root, landings, environ, name)
    return str(refused.value)


def s3_of(settings: LandingSettings) -> S3Credentials:
    assert settings.s3 is not None
    return settings.s3


def test_the_only_landing_needs_no_name(tmp_path: Path) -> None:
    settings = read(tmp_path, LOCAL)
    assert settings == LandingSettings(
        id="local",
        postgres=None,
        sqlite=tmp_path / ".lake/catalog.sqlite",
        tables=f"{tmp_path}/.lake/tables/",
        raw=f"{tmp_path}/.lake/raw/",
        s3=None,
        memory=2 * 10**9,
        threads=None,
        spill=f"{tmp_path}/.lake/spill/",
        spill_limit=20 * 10**9,
        settle=timedelta(hours=1),
        recent=3,
        batch_bytes=10**9,
        batch_rows=5_000_000,
        connections=frozenset({"faker_to_lake"}),
    )


def test_what_is_written_wins_over_the_defaults(tmp_path: Path) -> None:
    more = "memory: 3GiB, threads: 4, spill: tmp, spill_limit: 512MB, settle: 30m, recent: 7, batch_bytes: 64MiB"
    settings = read(tmp_path, LOCAL.replace("}\n", f", {more}, batch_rows: 10, raw_retention: 720h}}\n"))
    assert (settings.memory, settings.threads, settings.spill) == (3 * 2**30, 4, f"{tmp_path}/tmp/")
    assert (settings.spill_limit, settings.settle, settings.recent) == (512 * 10**6, timedelta(minutes=30), 7)
    assert (settings.batch_bytes, settings.batch_rows) == (64 * 2**20, 10)
    assert (settings.raw_retention, settings.raw_for_ever) == (timedelta(days=30), False)


def test_a_bucket_that_deletes_nothing_is_not_one_of_which_nothing_is_known(tmp_path: Path) -> None:
    settings = read(tmp_path, LOCAL.replace("}\n", ", raw_retention: none}\n"))
    assert (settings.raw_retention, settings.raw_for_ever) == (None, True)
    settings = read(tmp_path, LOCAL)
    assert (settings.raw_retention, settings.raw_for_ever) == (None, False)


@pytest.mark.parametrize(
    ("name", "environ", "chosen"),
    [
        ("prod", {}, "prod"),
        (None, {"LAKEFORM_LANDING": "prod"}, "prod"),
        ("local", {"LAKEFORM_LANDING": "prod"}, "local"),
    ],
    ids=["named", "in the environment", "named wins"],
)
def test_a_landing_of_several_is_named(tmp_path: Path, name: str | None, environ: dict[str, str], chosen: str) -> None:
    assert read(tmp_path, LOCAL + PROD, {**VALUES, **environ}, name).id == chosen


@pytest.mark.parametrize("environ", [{}, {"LAKEFORM_LANDING": ""}], ids=["unset", "empty"])
def test_several_landings_and_no_name(tmp_path: Path, environ: dict[str, str]) -> None:
    assert refusal(tmp_path, LOCAL + PROD, environ) == "choose one with --landing or LAKEFORM_LANDING: local, prod"
    assert read(tmp_path, LOCAL, environ).id == "local"


def test_no_landing_at_all(tmp_path: Path) -> None:
    assert refusal(tmp_path, "") == "the registry has no landing: write one under lake.landings"


@pytest.mark.parametrize(("name", "environ"), [("lcoal", {}), (None, {"LAKEFORM_LANDING": "lcoal"})])
def test_a_misspelt_landing_is_told_with_the_one_that_is_meant(
    tmp_path: Path, name: str | None, environ: dict[str, str]
) -> None:
    message = refusal(tmp_path, LOCAL + PROD, environ, name)
    assert message == 'there is no landing "lcoal"; did you mean "local"?'


def test_another_name_than_the_only_one(tmp_path: Path) -> None:
    assert "local" in refusal(tmp_path, LOCAL, name="prod")


def test_values_come_from_the_environment_and_from_defaults(tmp_path: Path) -> None:
    settings = read(tmp_path, PROD, VALUES)
    assert settings.postgres is not None
    assert (settings.postgres.host, settings.postgres.port, settings.postgres.dbname) == (
        "db.example.com",
        5432,
        "lake",
    )
    assert (settings.postgres.user, settings.postgres.password) == ("lake", "hunter2-of-postgres")
    assert (settings.sqlite, settings.tables, settings.raw) == (None, "s3://lake-tables/", "s3://")
    assert s3_of(settings) == S3Credentials(None, "eu-central-1", "hunter2-id", "hunter2-key", None, None, use_ssl=True)
    assert sorted(settings.secrets) == ["hunter2-id", "hunter2-key", "hunter2-of-postgres"]
    other = read(tmp_path, PROD, {**VALUES, "TF_VAR_catalog_host": "other"}).postgres
    assert other is not None
    assert other.host == "other"


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    assert refusal(tmp_path, PROD, {"TF_VAR_s3_id": "x", "TF_VAR_s3_key": "", "s3_key": "y"}) == (
        'landing "prod": values that the registry refers to are missing; set in the environment: '
        "TF_VAR_catalog_password, TF_VAR_catalog_user, TF_VAR_s3_key"
    )


def test_values_of_another_landing_are_not_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, LOCAL + PROD, {}, "local").secrets == ()


def test_no_secret_in_what_python_shows(tmp_path: Path) -> None:
    settings = read(tmp_path, PROD, VALUES)
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr((settings.postgres, settings.s3))
    assert "hunter2" not in repr(read(tmp_path, IN_S3.format(""), AMAZON))


def test_amazons_own_variables_are_asked_where_no_key_is_written(tmp_path: Path) -> None:
    settings = read(tmp_path, IN_S3.format(""), {**AMAZON, "AWS_DEFAULT_REGION": "eu-west-1"})
    assert s3_of(settings) == S3Credentials(
        None, "eu-west-1", "hunter2-id", "hunter2-key", "hunter2-token", None, use_ssl=True
    )
    assert sorted(settings.secrets) == ["hunter2-key", "hunter2-token"]


def test_a_key_that_is_written_is_not_mixed_with_amazons(tmp_path: Path) -> None:
    environ = {**VALUES, **{key: f"not-{value}" for key, value in AMAZON.items()}, "AWS_REGION": "eu-west-1"}
    assert s3_of(read(tmp_path, PROD, environ)) == S3Credentials(
        None, "eu-central-1", "hunter2-id", "hunter2-key", None, None, use_ssl=True
    )


def test_the_region_of_the_registry_then_of_the_environment(tmp_path: Path) -> None:
    both = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}
    assert s3_of(read(tmp_path, IN_S3.format(""), both)).region == "eu-west-1"
    assert s3_of(read(tmp_path, IN_S3.format(", s3: {region: eu-north-1}"), both)).region == "eu-north-1"
    assert s3_of(read(tmp_path, IN_S3.format(""), {})) == S3Credentials(
        None, None, None, None, None, None, use_ssl=True
    )


def test_another_store_than_amazons(tmp_path: Path) -> None:
    text = ', s3: {endpoint: "minio:9000", url_style: path, use_ssl: false}'
    store = s3_of(read(tmp_path, IN_S3.format(text), AMAZON))
    assert (store.endpoint, store.url_style, store.use_ssl) == ("minio:9000", "path", False)


def test_names_of_buckets_are_filled_in_like_everything_else(tmp_path: Path) -> None:
    settings = read(tmp_path, PROD, {**VALUES, "TF_VAR_bucket": "lake-eu", "TF_VAR_hidden": "hunter2"})
    assert settings.text("lake") == "lake"
    assert settings.text(VarRef(var="bucket")) == "lake-eu"
    assert settings.text(SecretRef(secret="hidden")) == "hunter2"
    with pytest.raises(UserError, match=r'landing "prod": values .* set in the environment: TF_VAR_other$'):
        settings.text(VarRef(var="other"))
