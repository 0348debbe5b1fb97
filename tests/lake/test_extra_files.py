"""The folder of a stack holds what lakeform wrote and what the registry names, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.review.test_reviews import commit, git
from tests.support.lakes import LAKE, MINIMAL, REGISTRY, run, write_files, write_lake

FILE = "dag/registry/lake.yaml"
FOLDER = "cdktf.out/stacks/airbyte"
TIDE = "dag/terraform/tide.tf"
TEXT = 'resource "tide_table" "ebb" {}\n'
CHECKS = (("check", "--synth"), ("synth", "--check"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_lake(tmp_path_factory.mktemp("made") / "lake")
    assert run(root, "synth").code == 0
    return root


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Path:
    """A lake whose output is current."""
    return shutil.copytree(made, tmp_path / "lake")


def naming(*paths: str) -> str:
    """The registry whose stack has these extra files."""
    return REGISTRY.replace("      auth: none\n", f"      auth: none\n      extra_files: {json.dumps(paths)}\n")


def told(root: Path, *words: str) -> list[str]:
    """`place  rule` of every problem."""
    problems = json.loads(run(root, *(words or ("check", "--synth")), "--format", "json").out)["problems"]
    return [f"{p['file']}:{p['line']}:{p['column']}  {p['rule']}" for p in problems]


# Names in the folder of the output; what is told is the topmost that is wrong.
STRAYS = {
    **{f"stacks/airbyte/{name}": f"stacks/airbyte/{name}" for name in (
        "main.tf", "tide.tofu", "tide.tf.json", "tide.tofu.json", "override.tf", "override.tofu.json", "tide_override.tf",
        "tide_override.tf.json", "Cdk.tf.json", "CDK.TF.JSON", "cdk.tofu", "cdk.tofu.json", "cdk.tf", "terraform.tfvars",
        "terraform.tfvars.json", "tide.auto.tfvars", "tide.auto.tfvars.json", "TIDE.AUTO.TFVARS", "terraform.tfstate",
        "terraform.tfstate.backup", ".terraform.tfstate.lock.info", "tide.tfstate", ".terraformrc", ".tofurc", "tide.tftest.hcl",
        "tide.tofutest.hcl", "tide.tfmock.hcl", ".terraform.lock.hcl.bak", ".Terraform.lock.hcl", ".gitignore", "README.md",
        "tide", "tïde.tf", "ti de.tf", "-tide.tf", "🌊.tf", "cdk.tf.json ", "cdk.tf.json~", ".#cdk.tf.json",
    )},
    "stacks/airbyte/modules/tide/main.tf": "stacks/airbyte/modules",
    "stacks/airbyte/.terraform/environment": "stacks/airbyte/.terraform",
    "stacks/airbyte/.terraform/providers/registry.opentofu.org/x/y/1.0.0/linux_amd64/y": "stacks/airbyte/.terraform",
    "stacks/airbyte/terraform.d/plugins/x": "stacks/airbyte/terraform.d",
    "stacks/airbyte/tests/tide.tftest.hcl": "stacks/airbyte/tests",
    "stacks/airbyte/assets/tide/x": "stacks/airbyte/assets",
    "stacks/airbyte/stacks/airbyte/cdk.tf.json": "stacks/airbyte/stacks",
    "stacks/ghost/main.tf": "stacks/ghost",
    "stacks/ghost/.terraform.lock.hcl": "stacks/ghost",
    "stacks/.ghost/cdk.tf.json": "stacks/.ghost",
    "stacks/Airbyte/x.tf": "stacks/Airbyte",
    "stacks/ghost/deep/cdk.tf.json": "stacks/ghost",
    "stacks/tide.tf": "stacks/tide.tf",
    "stacks/cdk.tf.json": "stacks/cdk.tf.json",
    "tide.tf": "tide.tf",
    "cdk.tf.json": "cdk.tf.json",
    "Manifest.json": "Manifest.json",
    "modules/tide/main.tf": "modules",
    "stack/airbyte/cdk.tf.json": "stack",
}  # fmt: skip


@pytest.mark.parametrize("words", CHECKS, ids=" ".join)
@pytest.mark.parametrize("name", STRAYS, ids=ascii)
def test_a_file_that_lakeform_did_not_write_is_refused(name: str, words: tuple[str, ...], lake: Path) -> None:
    write_files(lake, {f"cdktf.out/{name}": "x"})
    result = run(lake, *words)
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(f"cdktf.out/{STRAYS[name]}:1:1  extra-file  ")
    assert result.out.endswith("\n1 problem\n")


@pytest.mark.parametrize("words", CHECKS, ids=" ".join)
def test_what_belongs_there_is_no_problem(lake: Path, words: tuple[str, ...]) -> None:
    write_files(lake, {f"{FOLDER}/.terraform.lock.hcl": "# locked\n", "cdktf.out/manifest.json": "{}"})
    (lake / FOLDER / "empty/deep").mkdir(parents=True)
    assert run(lake, *words, "--quiet") == run(lake, "check", "--quiet")
    assert run(lake, *words).code == 0


def test_check_alone_does_not_look_at_the_output(lake: Path) -> None:
    write_files(lake, {f"{FOLDER}/main.tf": ""})
    assert run(lake, "check").code == 0


def test_the_message_says_what_terraform_would_do_and_the_way_out(lake: Path) -> None:
    write_files(lake, {f"{FOLDER}/my tide.tf": "", f"{FOLDER}/a_override.tf": "", f"{FOLDER}/x.tfstate": ""})
    assert run(lake, "check", "--synth").out == (
        f"{FOLDER}/a_override.tf:1:1  extra-file  was not written by lakeform, and Terraform merges an override over what the registry says\n"
        f"    remove it: rm {FOLDER}/a_override.tf\n"
        f"{FOLDER}/my tide.tf:1:1  extra-file  was not written by lakeform, and Terraform applies what it says\n"
        f"    remove it: rm '{FOLDER}/my tide.tf'\n"
        "    or, if it is Terraform of your own, move it out of there and name it:\n"
        "    lake.stacks.airbyte.extra_files: [dag/terraform/my tide.tf]\n"
        f"{FOLDER}/x.tfstate:1:1  extra-file  was not written by lakeform, and it contains state, with secrets in plain text\n"
        f"    remove it: rm {FOLDER}/x.tfstate\n"
        "    and change the secrets that are in it\n"
        "3 problems\n"
    )


HAND_MADE = (".terraform/providers/x", ".terraform/environment", "terraform.tfstate", "prod.auto.tfvars", "plan.out")


def in_git(lake: Path, ignored: str) -> Path:
    write_files(lake, {".gitignore": ignored})
    git(lake, "init", "--quiet")
    commit(lake)
    return lake


@pytest.mark.parametrize("name", HAND_MADE)
def test_what_git_ignores_is_of_no_concern(name: str, lake: Path) -> None:
    """A person who plans by hand has such files; tofu-controller sees only what is committed."""
    in_git(lake, ".terraform/\n*.tfstate*\n*.tfvars\nplan.out\n")
    write_files(lake, {f"{FOLDER}/{name}": "x"})
    for words in CHECKS:
        assert run(lake, *words).code == 0
    git(lake, "add", "--force", f"{FOLDER}/{name}")
    assert told(lake) == [f"{FOLDER}/{name.partition('/')[0]}:1:1  extra-file"]
    commit(lake)
    assert told(lake) == [f"{FOLDER}/{name.partition('/')[0]}:1:1  extra-file"]


def test_a_file_that_is_neither_committed_nor_ignored_is_told(lake: Path) -> None:
    in_git(lake, "*.tfstate*\n")
    write_files(lake, {f"{FOLDER}/.terraform/environment": "x"})
    assert told(lake) == [f"{FOLDER}/.terraform:1:1  extra-file"]


def test_a_repository_that_ignores_the_whole_lake_has_no_say(lake: Path) -> None:
    in_git(lake.parent, "lake/\n")
    write_files(lake, {f"{FOLDER}/main.tf": "x"})
    assert told(lake) == [f"{FOLDER}/main.tf:1:1  extra-file"]


def test_an_extra_file_is_copied_and_compared(lake: Path) -> None:
    for text in (b"# \xc3\xa9\r\n", TEXT.encode()):
        write_files(lake, {FILE: naming(TIDE), TIDE: text})
        stale = run(lake, "synth", "--check")
        assert stale.code == 1
        assert f"{FOLDER}/tide.tf:1:1  synth-stale  " in stale.out
        assert f"wrote {FOLDER}/tide.tf" in run(lake, "synth").out.splitlines()
        assert (lake / FOLDER / "tide.tf").read_bytes() == text
        assert run(lake, "check", "--synth").code == 0
        assert run(lake, "synth").out == ""
    write_files(lake, {f"{FOLDER}/tide.tf": "edited"})
    assert run(lake, "synth", "--check").out == (
        f"{FOLDER}/tide.tf:1:1  synth-stale  does not match {TIDE}\n    run: lakeform synth\n1 problem\n"
    )


def test_a_copy_that_is_not_named_any_more_is_told_and_stays(lake: Path) -> None:
    write_files(lake, {FILE: naming(TIDE), TIDE: TEXT})
    assert run(lake, "synth").code == 0
    write_files(lake, {FILE: REGISTRY})
    assert run(lake, "synth").code == 0
    assert (lake / FOLDER / "tide.tf").read_text() == TEXT
    assert told(lake) == [f"{FOLDER}/tide.tf:1:1  extra-file"]


# What a stack may not name -> what is said of it.
REFUSED = {
    "dag/terraform/tide_override.tf": '"tide_override.tf" is refused: Terraform merges an override over what the registry says',
    "dag/terraform/Override.tf.json": '"Override.tf.json" is refused: Terraform merges an override over what the registry says',
    "dag/tide_override.tofu": '"tide_override.tofu" is refused: Terraform merges an override over what the registry says',
    "dag/terraform/cdk.tf.json": '"cdk.tf.json" is refused: OpenTofu may read it in place of cdk.tf.json',
    "dag/terraform/cdk.tofu.json": '"cdk.tofu.json" is refused: OpenTofu may read it in place of cdk.tf.json',
    "dag/CDK.tofu": '"CDK.tofu" is refused: OpenTofu may read it in place of cdk.tf.json',
    "dag/tide.tfvars": '"tide.tfvars" is not a Terraform configuration: it gives values to variables',
    "dag/tide.auto.tfvars.json": '"tide.auto.tfvars.json" is not a Terraform configuration: it gives values to variables',
    "terraform.tfstate": '"terraform.tfstate" is not a Terraform configuration: it contains state, with secrets in plain text',
    "dag/tide.sh": '"tide.sh" is not a Terraform configuration',
    "dag/.tide.tf": '".tide.tf" is not a Terraform configuration: Terraform applies what it says',
    "dag/terraform": '"terraform" is not a Terraform configuration',
    "cdktf.out/stacks/airbyte/tide.tf": "must be outside cdktf.out, to which synth copies it",
    "CDKTF.out/tide.tf": "must be outside cdktf.out, to which synth copies it",
    "/etc/tide.tf": "must be a path from the project's root, without . and ..",
    "../tide.tf": "must be a path from the project's root, without . and ..",
    "dag/../../tide.tf": "must be a path from the project's root, without . and ..",
    "./tide.tf": "must be a path from the project's root, without . and ..",
    "~/tide.tf": "must be a path from the project's root, without . and ..",
    "dag\\tide.tf": "must be a path from the project's root, without . and ..",
    "dag/\x1b[31mtide.tf": "must be a path from the project's root, without . and ..",
    "dag/nothing.tf": "there is no file dag/nothing.tf",
    "dag/folder.tf": "dag/folder.tf is a folder",
    "dag/link.tf": "dag/link.tf is a link, and links are not followed",
    "shared/ebb.tf": "shared is a link, and links are not followed",
}


@pytest.mark.parametrize("path", REFUSED, ids=ascii)
def test_what_is_no_extra_file(path: str, tmp_path: Path) -> None:
    lake = write_lake(tmp_path / "lake", {**MINIMAL, FILE: naming(TIDE, path), TIDE: TEXT, "dag/folder.tf/x.tf": ""})
    (lake / "dag/link.tf").symlink_to("terraform/tide.tf")
    (lake / "shared").symlink_to("dag/terraform")
    problems = json.loads(run(lake, "check", "--format", "json").out)["problems"]
    (found,) = [p for p in problems if p["rule"] == "extra-file"]
    assert (found["message"], found["path"], found["file"]) == (
        REFUSED[path],
        "lake.stacks.airbyte.extra_files[1]",
        FILE,
    )
    assert run(lake, "synth").code == 1
    assert not (lake / "cdktf.out").exists()


def test_a_file_that_is_nearly_there_is_offered(lake: Path) -> None:
    write_files(lake, {FILE: naming("dag/terraform/tied.tf"), TIDE: TEXT})
    assert f'did you mean "{TIDE}"?' in run(lake, "check").out


@pytest.mark.parametrize("other", ["dag/other/tide.tf", "dag/other/Tide.tf"])
def test_two_files_of_one_name_are_refused(other: str, lake: Path) -> None:
    write_files(lake, {FILE: naming(TIDE, other), TIDE: TEXT, other: TEXT})
    assert f"has the same name as {TIDE}: in the folder of the stack they would be one file" in run(lake, "check").out


HCL = {
    'resource "airbyte_source" "faker" {}': (1, 1, 'resource "airbyte_source" "faker" is declared by lakeform itself'),
    '\n  resource airbyte_destination "lake" {\n}': (
        2,
        3,
        'resource "airbyte_destination" "lake" is declared by lakeform itself',
    ),
    'x = 1\nresource "airbyte_\\u0063onnection" "faker_to_lake" {}': (
        2,
        1,
        'resource "airbyte_connection" "faker_to_lake" is declared by lakeform itself',
    ),
    'a "b" { c = "${"}"}" } /* { */ output "faker_to_lake" {}': (
        1,
        32,
        'output "faker_to_lake" is declared by lakeform itself',
    ),
    'provider "airbyte" {}': (1, 1, 'provider "airbyte" is declared by lakeform itself'),
    'terraform {\n  backend "http" {}\n}': (
        1,
        1,
        "the block terraform belongs to lakeform: providers, and where the state is, come from the registry",
    ),
    "removed {\n  from = airbyte_source.faker\n}": (
        1,
        1,
        "removed refers to airbyte_source.faker, which lakeform writes",
    ),
    "moved {\n  to   = tide_table.x\n  from = airbyte_connection.faker_to_lake\n}": (
        1,
        1,
        "moved refers to airbyte_connection.faker_to_lake, which lakeform writes",
    ),
    'import {\n  to = airbyte_destination.lake\n  id = "x"\n}': (
        1,
        1,
        "import refers to airbyte_destination.lake, which lakeform writes",
    ),
    "locals {\n  a = <<-X\n  }\n  X\n  NAME = 1\n}": (5, 3, 'locals "NAME" is declared by lakeform itself'),
    'resource "tide_table" "ebb" {': (1, 1, "cannot be read: a block is not closed"),
    'resource "tide_table" "ebb" {\n  x = "y\n}': (2, 7, "cannot be read: a quote is not closed"),
    "a = " + '"${' * 5000: (1, 1, "cannot be read: is nested too deeply"),
}


def colliding(lake: Path, file: str, text: str) -> list[tuple[int, int, str]]:
    """The places and messages of a file, which both commands tell, the one before it writes."""
    write_files(lake, {FILE: naming(file), file: text})
    locals_ = json.loads((lake / FOLDER / "cdk.tf.json").read_text())["locals"]
    write_files(lake, {file: text.replace("NAME", next(iter(locals_)))})
    before = sorted(path.name for path in (lake / FOLDER).iterdir())
    refused = run(lake, "synth")
    assert refused.code == 1
    assert sorted(path.name for path in (lake / FOLDER).iterdir()) == before
    problems = json.loads(run(lake, "check", "--synth", "--format", "json").out)["problems"]
    own = [p for p in problems if p["file"] == file]
    assert (
        refused.err == "".join(f"{file}:{p['line']}:{p['column']}  {p['rule']}  {p['message']}\n" for p in own)
        or own[0]["message"] in refused.err
    )
    return [(p["line"], p["column"], p["message"].replace(next(iter(locals_)), "NAME")) for p in own]


@pytest.mark.parametrize("text", HCL, ids=lambda text: ascii(text[:60]))
def test_what_lakeform_declares_is_refused_in_an_extra_file(text: str, lake: Path) -> None:
    assert colliding(lake, TIDE, text) == [HCL[text]]


JSON = {
    '{"resource": {"airbyte_source": {"faker": {}}}}': (
        1,
        34,
        'resource "airbyte_source" "faker" is declared by lakeform itself',
    ),
    '{"resource": [{"tide": {"x": {}}}, {"airbyte_source": [{"faker": [{}]}]}]}': (
        1,
        57,
        'resource "airbyte_source" "faker" is declared by lakeform itself',
    ),
    '{"provider": {"airbyte": [{"alias": "x"}, {}]}}': (1, 15, 'provider "airbyte" is declared by lakeform itself'),
    '{"terraform": {}}': (
        1,
        2,
        "the block terraform belongs to lakeform: providers, and where the state is, come from the registry",
    ),
    '{"moved": [{"from": "${airbyte_source.faker}", "to": "tide.x"}]}': (
        1,
        21,
        "moved refers to airbyte_source.faker, which lakeform writes",
    ),
    '{"locals": {"NAME": 1}}': (1, 13, 'locals "NAME" is declared by lakeform itself'),
    '{"resource": }': (1, 14, "expecting value"),
}


@pytest.mark.parametrize("text", JSON)
def test_what_lakeform_declares_is_refused_in_json_too(text: str, lake: Path) -> None:
    assert colliding(lake, "dag/terraform/tide.tf.json", text) == [JSON[text]]


FINE = {
    "tide.tf": 'resource "airbyte_source" "tide" {}\nprovider "airbyte" {\n  alias = "other"\n}\nlocals { faker = 1 }\n',
    "tide.tofu": '# resource "airbyte_source" "faker" {}\nx "y" { resource "airbyte_source" "faker" {} }\n',
    "tide.tf.json": '{"//": "resource", "resource": {"//": "x", "airbyte_source": {"//": "x", "tide": {}}}}',
    "tide.tofu.json": '{"provider": {"airbyte": {"alias": "other"}}, "variable": {"tide": {}}}',
    "empty.tf": "",
    "moved.tf": "moved {\n  from = airbyte_source.gone\n  to = module.tide.airbyte_source.faker\n}\n",
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_ones_own_is_copied(name: str, lake: Path) -> None:
    write_files(lake, {FILE: naming(f"terraform/own/{name}"), f"terraform/own/{name}": FINE[name]})
    assert run(lake, "synth").code == 0
    assert run(lake, "check", "--synth").code == 0
    assert (lake / FOLDER / name).read_text() == FINE[name]


def test_a_stack_that_is_gone_leaves_its_extra_files_to_be_removed(lake: Path) -> None:
    write_files(lake, {"cdktf.out/stacks/old/cdk.tf.json": "{}", "cdktf.out/stacks/old/tide.tf": TEXT})
    assert told(lake) == ["cdktf.out/stacks/old:1:1  synth-stale", "cdktf.out/stacks/old/tide.tf:1:1  extra-file"]
    assert run(lake, "synth").code == 0
    assert told(lake) == ["cdktf.out/stacks/old:1:1  extra-file"]


def test_the_review_knows_what_is_committed_only(lake: Path) -> None:
    in_git(lake, "*.tfvars\n")
    write_files(lake, {f"{FOLDER}/prod.tfvars": "x"})
    assert run(lake, "review", "--base", "HEAD").out.startswith(
        "No effective change.\n\nnotes\n    source-faker is locked"
    )
    git(lake, "add", "--force", f"{FOLDER}/prod.tfvars")
    assert f"refused: {FOLDER}/prod.tfvars was not written by lakeform" in run(lake, "review", "--base", "HEAD").out


def test_the_extra_files_of_a_new_stack_are_in_the_review(lake: Path) -> None:
    in_git(lake, "")
    other = LAKE[LAKE.index("      server_url") :].replace("5555", "6666") + f"      extra_files: [{TIDE}]\n"
    registry = REGISTRY.replace("      auth: none\n", f"      auth: none\n    other:\n{other}")
    entries = ("connector: source-faker", "connector: destination-s3", "source: faker")
    for entry in entries:
        registry = registry.replace(f"    {entry}\n", f"    stack: airbyte\n    {entry}\n")
    write_files(lake, {FILE: registry, TIDE: TEXT})
    assert run(lake, "synth").code == 0
    result = run(lake, "review", "--base", "HEAD")
    assert "lake.stacks.other  create in other  not-judged\n    tide.tf: new, 1 line\n" in result.out
    assert result.code == 0
