"""`lakeform read`: a connector is run, and its records are files of the landing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lakes import REPOSITORY
from tests.support.read_lakes import CSV, FAIL, INCREMENTAL, JSONL, OVERWRITE, PARQUET, SEND, MakeShop, Shop

pytest.importorskip("duckdb", reason="cannot run here: duckdb is not installed")
pytestmark = pytest.mark.usefixtures("fake_connector")


def test_what_the_connector_sends_is_in_the_files(make_shop: MakeShop) -> None:
    shop = make_shop(file_format=PARQUET)
    result = shop.read()
    assert (result.code, result.out) == (
        0,
        "stream  rows  files  removed  generation\nusers   3     1      0        0\n",
    )
    assert result.err == "preparing to read shop\nreading shop\n"
    (file,) = shop.files()
    assert re.fullmatch(
        r"users/\d{4}_\d\d_\d\d_\d{13}_0\.parquet", file.relative_to(shop.root / ".lake/raw/lake/raw").as_posix()
    )
    rows = shop.rows()
    assert [(row["id"], row["key"]) for row in rows] == [(0, "s3cr3t"), (1, "s3cr3t"), (2, "s3cr3t")]
    assert {row["_airbyte_extracted_at"] for row in rows} == {"2023-11-14 22:13:20+00"}
    assert [row["_airbyte_meta"] for row in rows] == [{"sync_id": 1, "changes": []}] * 3
    assert len({row["_airbyte_raw_id"] for row in rows}) == 3
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_next_read_goes_on(make_shop: MakeShop) -> None:
    shop = make_shop()
    assert shop.read("--set", "count=2").code == 0
    assert shop.read("--set", "count=4").code == 0
    assert sorted(shop.ids()) == [0, 1, 2, 3, 4, 5]
    shop.read("--set", "count=0")
    assert len(shop.files()) == 2
    assert [row["_airbyte_meta"]["sync_id"] for row in shop.rows()] == [1] * 2 + [2] * 4


def test_an_overwrite_replaces_the_older_generation(make_shop: MakeShop) -> None:
    shop = make_shop(users=OVERWRITE)
    shop.read()
    shop.read("--set", "count=2")
    assert shop.ids() == [0, 1]
    assert {row["_airbyte_generation_id"] for row in shop.rows()} == {2}
    assert json.loads(shop.read("--set", "count=0", "--format", "json").out) == {
        "problems": [],
        "landing": "local",
        "stack": "airbyte",
        "connection": "shop_to_files",
        "sync_id": 3,
        "streams": [{"stream": "users", "rows": 0, "files": 0, "removed": 1, "generation": 3}],
    }
    assert shop.files() == []


def test_a_full_refresh_begins_anew_and_removes_what_was_there(make_shop: MakeShop) -> None:
    shop = make_shop()
    shop.read("--set", "count=4")
    result = shop.read("--set", "count=2", "--full-refresh")
    assert result.out.splitlines()[1].split() == ["users", "2", "1", "1", "1"]
    assert shop.ids() == [0, 1]
    shop.read("--set", "count=2")
    assert sorted(shop.ids()) == [0, 1, 2, 3]


def test_a_failed_read_keeps_what_is_behind_a_state_and_hides_the_secret(make_shop: MakeShop) -> None:
    shop = make_shop(SEND + FAIL, users=INCREMENTAL, orders=OVERWRITE)
    result = shop.read()
    assert result.code == 2
    assert result.err.splitlines()[-1] == "lakeform read: source-fake 1.0.0: read failed: no quota for ***"
    assert (sorted(shop.ids()), shop.files("orders")) == ([0, 1], [])
    assert "s3cr3t" not in json.dumps(shop.state())


@pytest.mark.parametrize("file_format", [PARQUET, JSONL, CSV])
def test_files_are_known_again_without_the_state(make_shop: MakeShop, file_format: str) -> None:
    shop = make_shop(file_format=file_format, users=OVERWRITE)
    shop.read()
    shop.read()
    (shop.root / ".lake/state/local/airbyte/shop_to_files.json").unlink()
    assert shop.read().out.splitlines()[1].split() == ["users", "3", "1", "1", "3"]
    assert len(shop.files()) == 1


def test_only_the_streams_that_are_named(make_shop: MakeShop) -> None:
    shop = make_shop(users=INCREMENTAL, orders=INCREMENTAL)
    assert shop.read("--stream", "orders").out.splitlines()[1].split()[0] == "orders"
    assert shop.files() == []
    assert len(shop.files("orders")) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "count"], "--set takes key=value, for example --set count=100"),
        (["--set", "cuont=1"], '--set cuont: source-fake has no such option; did you mean "count"?'),
        (["--set", "count=many"], "--set count: must be a number"),
        (
            ["--set", "key=s3cr3t"],
            "--set key: a secret does not belong on a command line; set its TF_VAR_ variable instead",
        ),
        (["--set", "nested=1"], "--set nested: must be JSON of an object"),
        (["--stream", "user"], 'there is no stream of connections.shop_to_files "user"; did you mean "users"?'),
        (["--connection", "shop"], 'there is no connection of sources.shop "shop"; its connections: shop_to_files'),
        (["--landing", "loca"], 'there is no landing "loca"; did you mean "local"?'),
        (["--stack", "airbite"], 'there is no stack "airbite"; did you mean "airbyte"?'),
    ],
)
def test_a_wrong_word_is_told_with_what_is_near(make_shop: MakeShop, words: list[str], said: str) -> None:
    shop = make_shop()
    result = shop.read(*words)
    assert (result.code, result.err.splitlines()[-1]) == (2, f"lakeform read: {said}")
    assert not (shop.root / ".lake").exists()


def test_a_stream_with_mappers_is_refused(make_shop: MakeShop) -> None:
    hashing = {"target_field": "key", "method": "SHA-256", "field_name_suffix": "_h"}
    mapper = {"type": "hashing", "mapper_configuration": {"hashing": hashing}}
    result = make_shop(users={**INCREMENTAL, "mappers": [mapper]}).read()
    assert result.code == 2
    assert "users has mappers, which Airbyte itself applies" in result.err


def test_a_stream_file_with_a_problem_is_told_and_not_left_out(make_shop: MakeShop) -> None:
    result = make_shop(users=INCREMENTAL, orders={"sync_mod": "incremental"}).read()
    assert (result.code, result.err.splitlines()[-1]) == (
        2,
        'lakeform read: dag/streams/shop/orders.json:1:2: unknown key "sync_mod"; run: lakeform check',
    )


def test_a_raw_place_in_s3_is_refused(make_shop: MakeShop) -> None:
    shop = make_shop()
    registry = shop.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text().replace("      raw: .lake/raw/\n", ""))
    result = shop.read()
    assert result.code == 2
    assert result.err.splitlines()[-1].startswith("lakeform read: the files of the landing local are in s3://, where ")


def test_a_link_is_not_followed_out_of_the_lake(make_shop: MakeShop, tmp_path: Path) -> None:
    shop = make_shop()
    (tmp_path / "elsewhere").mkdir()
    (shop.root / ".lake").mkdir()
    (shop.root / ".lake/raw").symlink_to(tmp_path / "elsewhere")
    result = shop.read()
    assert result.code == 2
    assert "leads elsewhere" in result.err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_without_duckdb_it_says_what_to_install(make_shop: MakeShop) -> None:
    program = (
        "import sys; sys.modules['duckdb'] = None; from infra.commands.main import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", program, "--root", str(make_shop().root), "read", "shop"]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "lakeform read: this needs DuckDB: install lakeform with its extra `landing`\n",
    )


def test_a_stack_without_a_landing_is_told(make_shop: MakeShop) -> None:
    shop = make_shop()
    registry = shop.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text().replace("      landing: local\n", ""))
    said = 'nothing says into which landing the files of the stack "airbyte" are fed: write lake.stacks.airbyte.landing'
    result = shop.read()
    assert (result.code, result.err.splitlines()[-1]) == (
        2,
        f"lakeform read: {said}, or choose one with --landing: local",
    )
    assert shop.read("--landing", "local").code == 0


def test_a_source_whose_configuration_is_not_here_is_refused(make_shop: MakeShop) -> None:
    shop = make_shop()
    registry = shop.root / "dag/registry/lake.yaml"
    text = registry.read_text()
    registry.write_text(text.replace("count: 3", "count: CHANGE_ME"))
    said = "lakeform read: sources.shop.configuration.count is still a placeholder; run: lakeform check"
    assert shop.read().err.splitlines()[-1] == said
    kept, _, rest = text.partition("    configuration: {do")
    registry.write_text(kept + "    existing: 11111111-1111-1111-1111-111111111111\n" + rest.partition("\n")[2])
    assert shop.read().err.splitlines()[-1] == (
        "lakeform read: only the server has the configuration of sources.shop: it cannot be read here"
    )


@pytest.mark.parametrize(
    ("destination", "said"),
    [
        ("{format_type: Avro, compression_codec: {codec: no compression}}", "writes Avro, which is not written here"),
        ("{format_type: Parquet, compression_codec: LZO}", "compresses by LZO, which is not written here"),
    ],
)
def test_a_format_that_is_not_written_here_is_told(make_shop: MakeShop, destination: str, said: str) -> None:
    shop = make_shop(SEND, destination)
    assert f"lakeform read: destinations.files {said}" in shop.read().err
    assert not (shop.root / ".lake").exists()


def test_the_name_of_a_bucket_may_be_a_value(make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    registry = shop.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text().replace("s3_bucket_name: lake", "s3_bucket_name: {var: bucket}"))
    assert "destinations.files needs a value that is not set: TF_VAR_bucket" in shop.read().err
    monkeypatch.setenv("TF_VAR_bucket", "lake")
    assert shop.read().code == 0
    assert shop.ids() == [0, 1, 2]


@pytest.mark.parametrize("path", ["../../..", "/raw//deep/", "raw/.."])
def test_a_path_of_the_bucket_leads_nowhere_else(make_shop: MakeShop, path: str, tmp_path: Path) -> None:
    shop = make_shop()
    registry = shop.root / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text().replace("s3_bucket_path: raw", f"s3_bucket_path: {path}"))
    before = {entry.name for entry in tmp_path.iterdir()}
    assert shop.read().code == (0 if path.startswith("/") else 2)
    assert {entry.name for entry in tmp_path.iterdir()} == before
    assert [str(file.parent.relative_to(shop.root)) for file in (shop.root / ".lake").rglob("*.jsonl")] == (
        [".lake/raw/lake/raw/deep/users"] if path.startswith("/") else []
    )


def edit(shop: Shop, old: str, new: str) -> None:
    registry = shop.root / "dag/registry/lake.yaml"
    assert old in registry.read_text()
    registry.write_text(registry.read_text().replace(old, new))


def test_one_of_several_connections_is_named(make_shop: MakeShop) -> None:
    shop = make_shop()
    edit(shop, "  shop_to_files:", "  again: {source: shop, destination: files, prefix: again_}\n  shop_to_files:")
    assert shop.read().err.splitlines()[-1] == (
        "lakeform read: sources.shop has several connections: choose one with --connection: again, shop_to_files"
    )
    assert shop.read("--connection", "again").code == 0
    assert len(shop.files("again_users")) == 1


def test_a_source_without_a_connection_is_told(make_shop: MakeShop) -> None:
    shop = make_shop()
    edit(shop, "connections:\n  shop_to_files:\n    source: shop\n    destination: files\n", "")
    said = 'lakeform read: sources.shop has no connection in the stack "airbyte"; run: lakeform check'
    assert shop.read().err.splitlines()[-1] == said


def test_an_option_inside_another_and_a_list_may_be_set(make_shop: MakeShop) -> None:
    shop = make_shop(
        "say(type='RECORD', record={'stream': 'users', 'emitted_at': 1, 'data': {'id': config['count'], 'key': json.dumps(config['nested'])}})"
    )
    assert shop.read("--set", "nested.deep=true", "--set", "count=7").code == 0
    assert shop.read("--set", 'nested={"deep": false}').code == 0
    assert sorted((row["id"], row["key"]) for row in shop.rows()) == [(3, '{"deep": false}'), (7, '{"deep": true}')]
    assert shop.read("--set", "nested=[").err.splitlines()[-1].endswith("--set nested: must be JSON of an object")


def test_a_connector_that_is_not_locked_has_no_options_to_set(make_shop: MakeShop) -> None:
    shop = make_shop()
    (shop.root / "dag/connectors/source-fake.json").unlink()
    assert "sources.shop has no locked connector, so --set cannot tell a secret" in shop.read("--set", "count=1").err


def test_of_several_stacks_the_one_that_is_fed_is_read(make_shop: MakeShop) -> None:
    shop = make_shop()
    other = "    other: {server_url: https://b.example.com/api/public/v1, workspace_id: 11111111-2222-3333-4444-555555555556, auth: none}\n"
    both = "  defaults: {source: {stack: [airbyte, other]}, destination: {stack: [airbyte, other]}, connection: {stack: [airbyte, other]}}\n"
    edit(shop, "  landings:\n", f"{other}{both}  landings:\n")
    assert json.loads(shop.read("--format", "json").out)["stack"] == "airbyte"
    assert json.loads(shop.read("--format", "json", "--landing", "local").out)["stack"] == "airbyte"
    edit(shop, "auth: none}", "auth: none, landing: local}")
    assert "sources.shop is in the stacks airbyte, other: choose one with --stack" in shop.read().err
    assert json.loads(shop.read("--format", "json", "--stack", "other").out)["stack"] == "other"


def test_a_connection_with_another_id_goes_on_with_what_it_had(make_shop: MakeShop) -> None:
    shop = make_shop()
    assert shop.read("--set", "count=2").code == 0
    registry = shop.root / "dag/registry/lake.yaml"
    text = registry.read_text("utf-8")
    states = shop.root / ".lake/state/local/airbyte"
    renamed = "renamed:\n"
    for before, after in (("shop_to_files", "shop_to_lake"), ("shop_to_lake", "shop_to_raw")):
        text = text.replace(f"  {before}:\n", f"  {after}:\n")
        renamed += f"  - {{from: connections.{before}, to: connections.{after}}}\n"
    registry.write_text(text + renamed, "utf-8")
    assert shop.read("--set", "count=2").code == 0
    assert sorted(shop.ids()) == [0, 1, 2, 3]
    assert [path.name for path in states.glob("*.json")] == ["shop_to_raw.json"]
    # The file of an id that is another connection's by now, or came back, is left alone.
    (states / "shop_to_lake.json").write_text("no state", "utf-8")
    assert shop.read("--set", "count=2").code == 0
    assert sorted(shop.ids()) == [0, 1, 2, 3, 4, 5]
