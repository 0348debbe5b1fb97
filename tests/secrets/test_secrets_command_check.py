"""`lakeform secrets --check`: do encrypted files hold what is needed? Nothing is decrypted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.lakes import Result, run, write_files, write_lake
from tests.support.secret_lakes import (
    FILE,
    FILES,
    KEYS,
    SOPS,
    TWO_STACKS,
    checked,
    edited,
    encrypted,
    manifest,
    named,
    problems_of,
)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", FILES)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return write_lake(tmp_path / "lake", {**FILES, "dag/registry/lake.yaml": TWO_STACKS})


def test_a_file_that_holds_what_is_needed_passes(lake: Path) -> None:
    assert checked(lake, manifest()) == Result(0, "no problems in 1 file for 5 variables of 1 stack\n", "")
    assert checked(lake, manifest(), words=("--quiet",)) == Result(0, "", "")
    assert json.loads(checked(lake, manifest(), words=("--format", "json")).out) == {"problems": []}


def test_the_part_data_is_as_good_as_stringdata_and_both_go_together(lake: Path) -> None:
    assert checked(lake, manifest(section="data")).code == 0
    both = manifest(KEYS[:2], sops=f"data:\n  s3_id: {encrypted()}\n  s3_key: {encrypted()}\n{SOPS}")
    assert checked(lake, both).code == 0


def test_every_problem_is_told_at_once_with_its_place_and_the_way_out(lake: Path) -> None:
    keys = {"client_id": encrypted(), "client_secert": encrypted(), "s3_id": '""', "old_token": encrypted()}
    assert checked(lake, manifest(keys, namespace="shops")) == Result(
        1,
        f"""\
{FILE}:5:14  secret-namespace  metadata.namespace: is not that of the stack: tofu-controller looks for the Secret in shop
    write namespace: shop with sops edit {FILE}
{FILE}:6:1  secret-key-missing  stringData: the key "s3_key" is missing; destinations.lake needs it
    add it with sops edit {FILE}
{FILE}:8:3  secret-key-missing  stringData.client_secert: no stack has a variable for this key, and "client_secret" is \
missing; lake.stacks.prod needs it
    did you mean "client_secret"? rename it with sops edit {FILE}
{FILE}:9:3  secret-empty  stringData.s3_id: is empty; destinations.lake needs it
    give it a value with sops edit {FILE}
{FILE}:10:3  secret-key-unused  warning: stringData.old_token: no stack has a variable for this key
    remove it with sops edit {FILE}
4 problems, 1 warning
""",
        "",
    )


def test_unused_keys_alone_are_warnings(lake: Path) -> None:
    result = checked(lake, manifest([*KEYS, "old"]))
    assert (result.code, result.out.splitlines()[-1]) == (0, "1 warning")


def test_a_misspelt_key_is_told_as_the_one_that_it_is_nearest_to(lake: Path) -> None:
    problems = problems_of(lake, manifest(["clientsecret", "clientid", "s3_id", "s3_key"]))
    assert [(line, fix) for line, _, fix in problems] == [
        (7, f'did you mean "client_secret"? rename it with sops edit {FILE}'),
        (8, f'did you mean "client_id"? rename it with sops edit {FILE}'),
    ]


def test_keys_with_another_prefix_are_one_problem(lake: Path) -> None:
    prefixed = manifest([f"TF_VAR_{key}" for key in KEYS])
    assert problems_of(lake, prefixed) == [
        (7, "secret-key-missing", 'write key_prefix: "TF_VAR_" for the Secret in lake.stacks.prod.flux.secrets')
    ]
    edited(lake, "secrets/prod.yaml}", "secrets/prod.yaml, key_prefix: TF_VAR_}")
    assert problems_of(lake, prefixed) == []
    assert problems_of(lake, manifest()) == [
        (7, "secret-key-missing", 'write key_prefix: "" for the Secret in lake.stacks.prod.flux.secrets')
    ]


def test_one_key_that_ends_like_the_only_variable_is_no_prefix(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, fix in (("my_staging_token", 'did you mean "staging_token"?'), ("TF_VAR_staging_token", "key_prefix:")):
        write_files(two, {"x.yaml": manifest([key], name="staging-values", namespace="shop-staging")})
        assert fix in named(two, monkeypatch, "x.yaml").out


def test_a_secret_without_a_namespace_is_in_none(lake: Path) -> None:
    text = manifest().replace("  namespace: shop\n", "")
    assert problems_of(lake, text) == [(3, "secret-namespace", f"write namespace: shop with sops edit {FILE}")]


def test_the_namespace_of_the_state_is_that_of_the_stack(lake: Path) -> None:
    edited(lake, "        namespace: shop\n", "")
    assert problems_of(lake, manifest(namespace="anywhere")) == []
    edited(lake, "      flux:\n", "      backend: {kubernetes: {namespace: state, secret_suffix: shop}}\n      flux:\n")
    assert [rule for _, rule, _ in problems_of(lake, manifest(namespace="anywhere"))] == ["secret-namespace"]


def test_a_secret_of_another_name_is_told_where_the_registry_names_it(lake: Path) -> None:
    result = checked(lake, manifest(name="prod-value"))
    assert result == Result(
        1,
        "dag/registry/lake.yaml:11:26  unknown-reference  lake.stacks.prod.flux.secrets[0].name: "
        f'{FILE} contains no Secret called "prod-values"\n'
        '    did you mean "prod-value"?\n'
        "1 problem\n",
        "",
    )


def test_a_file_that_is_not_there_is_told_where_the_registry_names_it(lake: Path) -> None:
    assert run(lake, "secrets", "--check") == Result(
        1,
        f"dag/registry/lake.yaml:11:45  file-unreadable  lake.stacks.prod.flux.secrets[0].file: there is no file {FILE}\n"
        "    create it: lakeform secrets --template --stack prod\n"
        "    if it is in another repository: --secrets-root DIR\n"
        "1 problem\n"
        "not checked: Secret prod-values of stack prod\n",
        "",
    )


def test_a_stack_that_names_no_secret_lacks_everything(lake: Path) -> None:
    edited(lake, "        secrets: [{name: prod-values, file: secrets/prod.yaml}]\n", "")
    edited(lake, "        values: {workspace_id: 11111111-2222-3333-4444-555555555555}\n", "")
    result = run(lake, "secrets", "--check")
    assert result.code == 1
    assert result.out.endswith(
        'dag/registry/lake.yaml:9:7  secret-key-missing  lake.stacks.prod.flux: the variable "workspace_id" gets no value; '
        "lake.stacks.prod needs it\n"
        "    name a Secret that contains it in lake.stacks.prod.flux.secrets, or give it a value in "
        "lake.stacks.prod.flux.values\n"
        "5 problems\n"
    )


def test_what_a_secret_without_a_file_holds_is_not_known(lake: Path) -> None:
    edited(lake, "secrets/prod.yaml}]", "secrets/prod.yaml}, {name: other}]")
    assert checked(lake, manifest(KEYS[:3])) == Result(
        0,
        "not checked: Secret other of stack prod\nno problems in 1 file for 5 variables of 1 stack\n",
        "",
    )


def test_a_plain_variable_may_have_a_key_as_well(lake: Path) -> None:
    assert problems_of(lake, manifest([*KEYS, "workspace_id"])) == []


def test_secrets_root_is_where_the_files_are(lake: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {f"cluster/{FILE}": manifest(KEYS[:3])})
    result = run(lake, "secrets", "--check", "--secrets-root", str(tmp_path / "cluster"))
    assert result.code == 1
    assert result.out.startswith(f'{tmp_path}/cluster/{FILE}:6:1  secret-key-missing  stringData: the key "s3_key"')


def test_a_file_with_several_secrets_is_read_to_its_end(lake: Path) -> None:
    other = manifest(["a"], name="other")
    assert checked(lake, other, manifest()).code == 0
    assert [(line, rule) for line, rule, _ in problems_of(lake, other, manifest([*KEYS, "old"]))] == [
        (24, "secret-key-unused")
    ]


# Files that are named


def test_a_file_that_is_named_is_that_of_the_secret_with_its_name(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(two, {"new.yaml": manifest(["staging_tokn"], name="staging-values", namespace="shop-staging")})
    result = named(two, monkeypatch, "new.yaml")
    assert (result.code, result.err) == (1, "")
    assert 'did you mean "staging_token"?' in result.out
    assert result.out.splitlines()[-1] == "1 problem"


def test_one_file_may_hold_the_secrets_of_every_stack(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = manifest(["staging_token"], name="staging-values", namespace="shop-staging")
    write_files(two, {"all.yaml": f"{manifest()}---\n{staging}"})
    result = named(two, monkeypatch, "all.yaml")
    assert result == Result(0, "no problems in 1 file for 6 variables of 2 stacks\n", "")


def test_a_secret_that_no_stack_names_is_unknown(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(two, {"new.yaml": manifest(name="prod-value")})
    assert named(two, monkeypatch, "new.yaml") == Result(
        1,
        "new.yaml:4:9  unknown-reference  metadata.name: no stack takes values from this Secret\n"
        '    did you mean "prod-values"?\n'
        "1 problem\n",
        "",
    )


def test_a_secret_in_two_namespaces_belongs_to_the_stack_of_its_own(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(two, "name: staging-values", "name: prod-values")
    write_files(two, {"s.yaml": manifest(["staging_token"], namespace="shop-staging"), "p.yaml": manifest()})
    assert named(two, monkeypatch, "s.yaml", "p.yaml").code == 0
    write_files(two, {"s.yaml": manifest(["staging_token"], namespace="nowhere")})
    assert "secret-namespace" in named(two, monkeypatch, "s.yaml").out


def test_a_key_that_another_stack_takes_is_not_unused(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(two, "namespace: shop-staging", "namespace: shop")
    edited(two, "{name: staging-values, file: secrets/staging.yaml}", "{name: prod-values, file: secrets/prod.yaml}")
    write_files(two, {FILE: manifest([*KEYS, "staging_token"])})
    for words in ([], [FILE], ["--stack", "prod"], ["--stack", "staging"], [FILE, "--stack", "prod"]):
        assert named(two, monkeypatch, *words, "--quiet") == Result(0, "", ""), words


def test_without_flux_a_file_is_that_of_the_only_stack(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (lake / "dag/registry/lake.yaml").read_text("utf-8")
    start, end = text.index("      flux:\n"), text.index("  variables:\n")
    (lake / "dag/registry/lake.yaml").write_text(text[:start] + text[end:], "utf-8")
    write_files(lake, {"x.yaml": manifest([*KEYS, "workspace_id"], name="Any.Name")})
    assert named(lake, monkeypatch, "x.yaml").code == 0
    write_files(lake, {"x.yaml": manifest(name="any")})
    assert 'the key "workspace_id" is missing' in named(lake, monkeypatch, "x.yaml").out
    why = "not checked: stack prod: without the key flux, nothing says where its 5 variables get their values"
    assert named(lake, monkeypatch) == Result(0, f"{why}\n", "")
    assert run(lake, "secrets", "--stack", "prod", "--check") == Result(
        2, "", f"lakeform secrets: {why}; name a file: lakeform secrets --check FILE\n"
    )


def test_files_in_the_repository_of_the_cluster_are_not_at_hand(lake: Path) -> None:
    cluster = 'cluster: {url: "ssh://git@git.example.com/team/cluster"}'
    edited(lake, "        namespace: shop\n", f"        namespace: shop\n        {cluster}\n")
    said = "not checked: Secret prod-values of stack prod\nno problems in 0 files for 5 variables of 1 stack\n"
    assert run(lake, "secrets", "--check") == Result(0, said, "")
    assert "there is no file" in run(lake, "secrets", "--check", "--secrets-root", str(lake)).out


def test_a_dotenv_file_is_found_by_its_own_name(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(lake, "secrets/prod.yaml", "secrets/prod.env")
    lines = "".join(f"{key}={encrypted()}\n" for key in KEYS[:3])
    text = f"#{encrypted()}\n{lines}s3_key=\nsops_mac={encrypted()}\nsops_version=3.13.3\n"
    write_files(lake, {"secrets/prod.env": text})
    told = "secrets/prod.env:5:1  secret-empty  s3_key: is empty; destinations.lake needs it"
    assert named(lake, monkeypatch, "secrets/prod.env").out.splitlines()[0] == told
    assert named(lake, monkeypatch).out.splitlines()[0] == told
